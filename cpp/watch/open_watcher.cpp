#include <utility>

#include "watch/fanotify_watcher.h"
#include "watch/inotify_watcher.h"
#include "watch/watcher.h"

namespace cloudsync {

namespace {

template <class Kind>
Result<std::unique_ptr<Watcher>> started(std::unique_ptr<Kind> watcher) {
  Status begun = watcher->start();
  if (!begun.ok()) return begun.error();
  return std::unique_ptr<Watcher>(std::move(watcher));
}

}  // namespace

Result<std::unique_ptr<Watcher>> openWatcher(const std::string& root, WatchOptions options,
                                             HintSink& sink) {
  if (options.method != WatchOptions::Method::inotify) {
    Result<std::unique_ptr<Watcher>> whole = started(std::make_unique<FanotifyWatcher>(root, sink));
    if (whole.ok() || options.method == WatchOptions::Method::fanotify) return whole;
  }
  return started(std::make_unique<InotifyWatcher>(root, options, sink));
}

}  // namespace cloudsync
