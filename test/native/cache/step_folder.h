#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fs/file_system.h"
#include "steps.h"

namespace cloudsync::test {

// What the file system of a test lacks.
struct Lacks {
  bool exchange = false;
  bool leases = false;
};

class StepFile final : public File {
 public:
  StepFile(std::unique_ptr<File> file, Steps& steps, Lacks lacks)
      : file_(std::move(file)), steps_(steps), lacks_(lacks) {}

  Result<FileStat> stat() override {
    if (auto fault = steps_.next("fstat")) return *fault;
    return file_->stat();
  }
  Result<std::size_t> readAt(ByteCount offset, std::span<std::uint8_t> into) override {
    if (auto fault = steps_.next("read")) return *fault;
    return file_->readAt(offset, into);
  }
  Status writeAt(ByteCount offset, std::span<const std::uint8_t> bytes) override {
    if (auto fault = steps_.next("write")) return *fault;
    return file_->writeAt(offset, bytes);
  }
  Status truncate(ByteCount size) override { return file_->truncate(size); }
  Status allocate(ByteCount size) override {
    if (auto fault = steps_.next("allocate")) return *fault;
    return file_->allocate(size);
  }
  void startWriteback(ByteRange range) override { file_->startWriteback(range); }
  Status sync() override {
    if (auto fault = steps_.next("fsync")) return *fault;
    return file_->sync();
  }
  Status setTimes(Nanoseconds a, Nanoseconds m) override { return file_->setTimes(a, m); }
  Status setPermissions(std::uint32_t permissions) override {
    if (auto fault = steps_.next("chmod")) return *fault;
    return file_->setPermissions(permissions);
  }
  Result<LeaseState> takeReadLease() override {
    if (auto fault = steps_.next("lease")) return *fault;
    if (lacks_.leases) return LeaseState::unsupported;
    return file_->takeReadLease();
  }
  Result<bool> leaseBroken() override {
    if (auto fault = steps_.next("lease?")) return *fault;
    return file_->leaseBroken();
  }
  void releaseLease() override { file_->releaseLease(); }
  Result<bool> tryLock() override { return file_->tryLock(); }
  void unlock() override { file_->unlock(); }
  Result<std::optional<std::string>> attribute(std::string_view name) override {
    return file_->attribute(name);
  }
  Status setAttribute(std::string_view name, std::string_view value) override {
    return file_->setAttribute(name, value);
  }

 private:
  std::unique_ptr<File> file_;
  Steps& steps_;
  Lacks lacks_;
};

// A Folder whose every call is a step. The folder below outlives it.
class StepFolder final : public Folder {
 public:
  StepFolder(Folder& below, Steps& steps, Lacks lacks)
      : below_(&below), steps_(steps), lacks_(lacks) {}
  StepFolder(std::unique_ptr<Folder> below, Steps& steps, Lacks lacks)
      : owned_(std::move(below)), below_(owned_.get()), steps_(steps), lacks_(lacks) {}

  Result<FileStat> stat() override {
    if (auto fault = steps_.next("stat")) return *fault;
    return below_->stat();
  }
  Result<FileStat> stat(const RelPath& path) override {
    if (auto fault = steps_.next("stat " + path.text())) return *fault;
    return below_->stat(path);
  }
  Result<std::unique_ptr<File>> open(const RelPath& path, OpenMode mode) override {
    if (auto fault = steps_.next("open " + path.text())) return *fault;
    Result<std::unique_ptr<File>> file = below_->open(path, mode);
    if (!file) return file.error();
    return std::unique_ptr<File>(std::make_unique<StepFile>(std::move(*file), steps_, lacks_));
  }
  Result<std::unique_ptr<Folder>> openFolder(const RelPath& path) override {
    if (auto fault = steps_.next("openFolder " + path.text())) return *fault;
    Result<std::unique_ptr<Folder>> folder = below_->openFolder(path);
    if (!folder) return folder.error();
    return std::unique_ptr<Folder>(
        std::make_unique<StepFolder>(std::move(*folder), steps_, lacks_));
  }
  Result<std::vector<DirectoryEntry>> list() override {
    if (auto fault = steps_.next("list")) return *fault;
    return below_->list();
  }
  Result<NameList> listNames() override { return below_->listNames(); }
  Result<std::vector<NameStat>> statNames(std::span<const ListedName> names) override {
    return below_->statNames(names);
  }
  Status makeFolder(const RelPath& path) override {
    if (auto fault = steps_.next("mkdir " + path.text())) return *fault;
    return below_->makeFolder(path);
  }
  Status removeFolder(const RelPath& path) override {
    if (auto fault = steps_.next("rmdir " + path.text())) return *fault;
    return below_->removeFolder(path);
  }
  Status removeFile(const RelPath& path) override {
    if (auto fault = steps_.next("unlink " + path.text())) return *fault;
    return below_->removeFile(path);
  }
  bool syncsAllAtOnce() override { return below_->syncsAllAtOnce(); }
  Status syncAll() override {
    if (auto fault = steps_.next("syncAll")) return *fault;
    return below_->syncAll();
  }
  Status moveNoReplace(const RelPath& from, const RelPath& to) override {
    if (auto fault = steps_.next("move " + from.text())) return *fault;
    return below_->moveNoReplace(from, to);
  }
  Status moveReplacing(const RelPath& from, const RelPath& to) override {
    if (auto fault = steps_.next("replace " + from.text())) return *fault;
    return below_->moveReplacing(from, to);
  }
  Status exchange(const RelPath& a, const RelPath& b) override {
    if (auto fault = steps_.next("exchange " + a.text())) return *fault;
    if (lacks_.exchange) {
      return Error{ErrorKind::notSupported, "this file system cannot exchange", a.text(), 0};
    }
    return below_->exchange(a, b);
  }
  Status syncFolder(const RelPath& path) override {
    if (auto fault = steps_.next("syncFolder " + path.text())) return *fault;
    return below_->syncFolder(path);
  }
  Result<std::string> readLink(const RelPath& path) override { return below_->readLink(path); }
  Result<SpaceInfo> space() override { return below_->space(); }

 private:
  std::unique_ptr<Folder> owned_;
  Folder* below_;
  Steps& steps_;
  Lacks lacks_;
};

}  // namespace cloudsync::test
