#include "watch/inotify_watcher.h"

#include <pthread.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace cloudsync {

namespace {

constexpr std::size_t kBufferSize = 64 * 1024;
// Before events are read: by then the kernel has merged those that repeat each other.
constexpr auto kGather = std::chrono::milliseconds(5);
constexpr auto kForever = std::chrono::hours(1);

SteadyTime now() {
  return std::chrono::time_point_cast<Duration>(std::chrono::steady_clock::now());
}

}  // namespace

InotifyWatcher::InotifyWatcher(const std::string& root, WatchOptions options, HintSink& sink)
    : options_(options),
      sink_(sink),
      tree_({root, options.mostWatches, [this] { return wake_.stopped(); }}),
      nextPoll_(now()) {}

InotifyWatcher::~InotifyWatcher() {
  close();
  if (thread_.joinable()) thread_.join();
}

Status InotifyWatcher::start() {
  if (::access(tree_.root().c_str(), X_OK) != 0) {
    return fromErrno(errno, "cannot watch the directory", tree_.root());
  }
  thread_ = std::thread([this] {
    ::pthread_setname_np(::pthread_self(), "cs-watch");
    serve();
  });
  return Status();
}

void InotifyWatcher::refresh() {
  refresh_.store(true, std::memory_order_release);
  wake_.ring();
}

void InotifyWatcher::serve() {
  beginAnew();
  while (!wake_.stopped()) {
    Duration most = tree_.unwatched().empty() ? Duration(kForever) : nextPoll_ - now();
    bool readable = wake_.wait(tree_.descriptor(), most);
    if (wake_.stopped()) return;
    if (readable) {
      std::this_thread::sleep_for(kGather);
      readEvents();
    }
    bool asked = refresh_.exchange(false, std::memory_order_acq_rel);
    bool lost = std::exchange(overflowed_, false);
    if (lost || (asked && (rootLost_ || !tree_.rootStands()))) beginAnew();
    if (!tree_.unwatched().empty() && now() >= nextPoll_) pollUnwatched();
  }
}

// Watches what has no watch yet, then says that anything may have changed before.
void InotifyWatcher::beginAnew() {
  rootLost_ = !tree_.watchAll().ok();
  warnOfLimit();
  nextPoll_ = now() + options_.pollEvery;
  if (!wake_.stopped()) sink_.hint("");
}

void InotifyWatcher::readEvents() {
  alignas(inotify_event) std::array<char, kBufferSize> buffer;
  while (!wake_.stopped()) {
    ssize_t filled = ::read(tree_.descriptor(), buffer.data(), buffer.size());
    if (filled <= 0) return;  // EAGAIN: all read
    for (ssize_t at = 0; at < filled;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      handle(*event);
    }
  }
}

void InotifyWatcher::handle(const inotify_event& event) {
  if ((event.mask & IN_Q_OVERFLOW) != 0) {
    overflowed_ = true;
    return;
  }
  if ((event.mask & IN_IGNORED) != 0) {
    if (tree_.isRoot(event.wd)) rootLost_ = true;
    tree_.forget(event.wd);
    return;
  }
  if (tree_.isRoot(event.wd) && (event.mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)) != 0) {
    sink_.hint("");  // a run says what is wrong with the root
    return;
  }
  if ((event.mask & IN_MOVE_SELF) != 0) {
    tree_.recheck(event.wd);
    return;
  }
  if (event.len == 0) return;  // about a watched directory itself: told by the one it is in
  std::string key;
  switch (tree_.keyOf(event.wd, key)) {
    case InotifyTree::Place::known:
      onEntry(event, std::move(key));
      return;
    case InotifyTree::Place::none:
      return;  // the rest of what was said of a directory that is gone
    case InotifyTree::Place::lost:
      overflowed_ = true;
      return;
  }
}

void InotifyWatcher::onEntry(const inotify_event& event, std::string key) {
  const bool atTop = key.empty();
  key += event.name;
  if (atTop && key == kReservedName) return;
  if ((event.mask & IN_ISDIR) == 0) {
    sink_.hint(key);
    return;
  }
  constexpr std::uint32_t kComesOrGoes = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;
  if ((event.mask & kComesOrGoes) == 0) return;  // permissions of a directory are not carried
  key += '/';
  if ((event.mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
    tree_.watchBelow(key);
    warnOfLimit();
  }
  // After the watches: what came before them is seen by the look that follows the hint.
  sink_.hint(key);
}

void InotifyWatcher::pollUnwatched() {
  KeySet unwatched = tree_.takeUnwatched();
  for (const auto& part : unwatched.parts()) {
    if (wake_.stopped()) return;
    tree_.watchBelow(part.first);
    sink_.hint(part.first);
  }
  nextPoll_ = now() + options_.pollEvery;
}

void InotifyWatcher::warnOfLimit() {
  if (tree_.unwatched().empty() || std::exchange(warned_, true)) return;
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(options_.pollEvery).count();
  std::string rest = "; the others are looked at every " + std::to_string(seconds) + " s instead. ";
  if (tree_.descriptor() < 0) {
    sink_.warn("this user has no inotify instance left: no directory is watched" + rest +
               "Raise fs.inotify.max_user_instances (sysctl) and open the device again");
    return;
  }
  std::string watched = "only " + std::to_string(tree_.watches()) + " directories can be watched";
  bool ownLimit = tree_.watches() >= options_.mostWatches;
  sink_.warn(watched + rest +
             (ownLimit ? "More would take too much memory"
                       : "Raise fs.inotify.max_user_watches, for example: sysctl -w "
                         "fs.inotify.max_user_watches=1048576"));
}

}  // namespace cloudsync
