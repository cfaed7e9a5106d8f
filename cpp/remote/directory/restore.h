#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/scheduler.h"
#include "remote/directory/root.h"
#include "remote/remote.h"

namespace cloudsync {

// What lies in the trash of a directory remote, a page at a time. The id of an object is its path
// below `.cloudsync`: `trash/DATE/SERIES/PATH`.
Task<Result<TrashedPage>> listTrash(DirectoryRoot& root, Scheduler& scheduler, std::string after,
                                    CancelToken cancel);

// PURE. The path of the object in the trash that `id` names; nothing when it names none.
std::optional<RelPath> placeInTrash(std::string_view id);

// The bytes of an older content, as the source of a new one. Owns the file.
class OlderContentSource final : public ByteSource {
 public:
  OlderContentSource(std::unique_ptr<File> file, ByteCount size)
      : file_(std::move(file)), size_(size) {}
  ByteCount size() const override { return size_; }
  Status readAt(ByteCount offset, std::span<std::uint8_t> into) override;
  File& file() { return *file_; }

 private:
  std::unique_ptr<File> file_;
  const ByteCount size_;
};

}  // namespace cloudsync
