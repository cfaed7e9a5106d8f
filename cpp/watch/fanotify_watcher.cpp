#include "watch/fanotify_watcher.h"

#include <fcntl.h>
#include <linux/fanotify.h>
#include <pthread.h>
#include <sys/fanotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "base/rel_path.h"

namespace cloudsync {

namespace {

constexpr std::uint64_t kMask = FAN_CREATE | FAN_DELETE | FAN_MOVED_FROM | FAN_MOVED_TO |
                                FAN_CLOSE_WRITE | FAN_MODIFY | FAN_ATTRIB | FAN_ONDIR;
constexpr std::uint64_t kComesOrGoes = FAN_CREATE | FAN_DELETE | FAN_MOVED_FROM | FAN_MOVED_TO;
constexpr unsigned kGroupFlags =
    FAN_CLASS_NOTIF | FAN_REPORT_DFID_NAME | FAN_CLOEXEC | FAN_NONBLOCK;
constexpr std::size_t kBufferSize = 64 * 1024;
// Before events are read: by then the kernel has merged those that repeat each other.
constexpr auto kGather = std::chrono::milliseconds(5);
constexpr auto kForever = std::chrono::hours(1);

Error notHere(int code, std::string_view what) {
  return Error{ErrorKind::notSupported, std::string(what), "", code};
}

// `.cloudsync` at the top, and what is in it.
bool isOurs(std::string_view key) {
  if (!key.starts_with(kReservedName)) return false;
  return key.size() == kReservedName.size() || key[kReservedName.size()] == '/';
}

}  // namespace

FanotifyWatcher::FanotifyWatcher(std::string root, HintSink& sink)
    : root_(std::move(root)), sink_(sink) {}

FanotifyWatcher::~FanotifyWatcher() {
  close();
  if (thread_.joinable()) thread_.join();
}

Status FanotifyWatcher::start() {
  group_ = Descriptor(::fanotify_init(kGroupFlags, O_RDONLY | O_CLOEXEC));
  if (!group_.valid()) return notHere(errno, "fanotify is not allowed here");
  Status marked = mark();
  if (!marked.ok()) return marked;
  if (!HandlePaths(folder_.get()).work()) {
    return notHere(errno, "file handles of this file system cannot be opened");
  }
  thread_ = std::thread([this] {
    ::pthread_setname_np(::pthread_self(), "cs-watch");
    serve();
  });
  return Status();
}

Status FanotifyWatcher::mark() {
  Descriptor folder(
      uninterrupted([this] { return ::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!folder.valid()) return fromErrno(errno, "cannot watch the directory", root_);
  int marked =
      ::fanotify_mark(group_.get(), FAN_MARK_ADD | FAN_MARK_FILESYSTEM, kMask, folder.get(), ".");
  if (marked != 0) return notHere(errno, "this file system cannot be watched as a whole");
  folder_ = std::move(folder);
  return Status();
}

void FanotifyWatcher::refresh() {
  refresh_.store(true, std::memory_order_release);
  wake_.ring();
}

void FanotifyWatcher::serve() {
  sink_.hint("");
  while (!wake_.stopped()) {
    bool readable = wake_.wait(group_.get(), kForever);
    if (wake_.stopped()) return;
    if (refresh_.exchange(false, std::memory_order_acq_rel)) {
      struct stat named{};
      struct stat held{};
      bool same = ::stat(root_.c_str(), &named) == 0 && ::fstat(folder_.get(), &held) == 0 &&
                  named.st_dev == held.st_dev && named.st_ino == held.st_ino;
      // Another directory has the name: a mark that is there already may be set again.
      if (!same && mark().ok()) sink_.hint("");
    }
    if (!readable) continue;
    std::this_thread::sleep_for(kGather);
    readEvents();
    if (std::exchange(lost_, false)) sink_.hint("");
  }
}

void FanotifyWatcher::readEvents() {
  alignas(fanotify_event_metadata) std::array<std::uint8_t, kBufferSize> buffer;
  HandlePaths paths(folder_.get());
  while (!wake_.stopped()) {
    ssize_t filled = ::read(group_.get(), buffer.data(), buffer.size());
    if (filled <= 0) return;  // EAGAIN: all read
    paths.begin();
    forEachFanotifyEvent({buffer.data(), static_cast<std::size_t>(filled)},
                         [&](const FanotifyEvent& event) { handle(event, paths); });
  }
}

void FanotifyWatcher::handle(const FanotifyEvent& event, HandlePaths& paths) {
  if ((event.mask & FAN_Q_OVERFLOW) != 0) {
    lost_ = true;
    return;
  }
  if (event.directory.empty() || event.name.empty()) return;
  const bool isDirectory = (event.mask & FAN_ONDIR) != 0;
  const bool comesOrGoes = (event.mask & kComesOrGoes) != 0;
  // Permissions of a directory are not carried; "." is the directory itself.
  if (event.name == "." || (isDirectory && !comesOrGoes)) return;
  if (isDirectory) paths.forget();
  // A directory that is gone: what it was in tells of that.
  std::optional<std::string> key = paths.keyOf(event.directory);
  if (!key) return;
  *key += event.name;
  if (isOurs(*key)) return;
  if (isDirectory) *key += '/';
  sink_.hint(*key);
}

}  // namespace cloudsync
