#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "fs/file_system.h"
#include "remote/remote.h"
#include "store/rows.h"

namespace cloudsync {

// A local file as something to send. A file that got shorter is `changed`, never padded.
class FileSource final : public ByteSource {
 public:
  FileSource(File& file, ByteCount size, std::string subject)
      : file_(file), size_(size), subject_(std::move(subject)) {}

  ByteCount size() const override { return size_; }
  Status readAt(ByteCount offset, std::span<std::uint8_t> into) override;

 private:
  File& file_;
  ByteCount size_;
  std::string subject_;
};

// Bytes already in memory.
class BufferSource final : public ByteSource {
 public:
  explicit BufferSource(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  ByteCount size() const override { return bytes_.size(); }
  Status readAt(ByteCount offset, std::span<std::uint8_t> into) override;

 private:
  std::span<const std::uint8_t> bytes_;
};

// The error of an attempt that a writer made void.
Error changedWhileRead(const std::string& key);

// Is `file` still what it was, and does `path` still name it?
Status expectUnchanged(Folder& root, File& file, const RelPath& path, const Fingerprint& before);

}  // namespace cloudsync
