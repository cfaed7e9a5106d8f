#include "fs/walk.h"

#include <atomic>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/spawn.h"
#include "fs/walk_units.h"

namespace cloudsync {

namespace {

// Keys up to this length need no look at the whole path: a component may be longer already.
constexpr std::size_t kCertainlyShort = 255;

// What the pieces of work share with the stream; they may outlive it.
struct Ground {
  Ground(std::unique_ptr<Folder> folder, KeyRange wanted, std::size_t size)
      : base(std::move(folder)), range(std::move(wanted)), sliceSize(size) {}

  const std::unique_ptr<Folder> base;
  const KeyRange range;
  const std::size_t sliceSize;
  std::atomic<std::size_t> reading{0};  // pieces posted and not finished
};

Result<Slice> perform(Ground& ground, PendingSlice& pending) {
  // Out of memory in one directory is a hole there, not the end of the engine.
  try {
    return readSlice(*ground.base, std::move(pending.job), ground.range, ground.sliceSize);
  } catch (const std::exception& bug) {
    return Error{ErrorKind::internal, bug.what(), "", 0};
  }
}

Task<void> readAheadOne(std::shared_ptr<Ground> ground, std::shared_ptr<PendingSlice> pending) {
  if (pending->claim()) pending->set(perform(*ground, *pending));
  ground->reading.fetch_sub(1, std::memory_order_relaxed);
  co_return;
}

// A directory the walk is in.
struct Frame {
  struct Child {
    std::size_t index;  // in the listing
    std::shared_ptr<PendingSlice> pending;
  };

  Slice slice;
  std::size_t at = 0;           // the next name to hand on, an index of the listing
  std::vector<Child> children;  // the directories of the slice that will be walked
  std::size_t nextChild = 0;    // the first not entered
  std::size_t started = 0;      // the first not read ahead
  std::shared_ptr<PendingSlice> more;

  const ListedName& name(std::size_t index) const { return slice.listing->list.names()[index]; }
  std::size_t nameCount() const { return slice.listing->list.names().size(); }
  bool isNextChild(std::size_t index) const {
    return nextChild < children.size() && children[nextChild].index == index;
  }
};

class Walk final : public LocalStream {
 public:
  Walk(Scheduler& scheduler, Folder& root, WalkOptions options)
      : scheduler_(scheduler), root_(root), options_(std::move(options)) {
    if (options_.inFlight == 0) options_.inFlight = 1;
    if (options_.batchSize == 0) options_.batchSize = 1;
  }

  Task<Result<LocalBatch>> next(CancelToken cancel) override;

 private:
  Status begin();
  void handOn(LocalBatch& batch);
  void push(Slice slice);
  void findChildren(Frame& frame);
  std::optional<EntryKind> kindOf(const Frame& frame, std::size_t index) const;
  void addUnknown(LocalBatch& batch, const Frame& frame, std::size_t index) const;
  void addRestUnknown(LocalBatch& batch) const;
  Status enter(LocalBatch& batch, Result<Slice> slice);
  Status goOn(LocalBatch& batch, Result<Slice> slice);
  Status checkRoot();

  std::shared_ptr<PendingSlice> pendingFor(SliceJob job) const;
  std::shared_ptr<PendingSlice> pendingChild(const Frame& frame, std::size_t index) const;
  std::shared_ptr<PendingSlice> pendingMore(const Frame& frame) const;
  void readAhead();
  bool readAheadIn(Frame& frame);
  void start(const std::shared_ptr<PendingSlice>& pending);

  Scheduler& scheduler_;
  Folder& root_;
  WalkOptions options_;
  std::uint64_t device_ = 0;
  std::size_t lastSize_ = 0;        // of the last batch
  std::shared_ptr<Ground> ground_;  // from the first next() on
  std::vector<Frame> stack_;
};

// Opens a folder of its own, so that work that was started needs nobody else.
Status Walk::begin() {
  Result<FileStat> root = root_.stat();
  if (!root) return root.error();
  device_ = root->device;
  Result<std::unique_ptr<Folder>> base = root_.openFolder(options_.below);
  if (!base) return base.error();
  ground_ = std::make_shared<Ground>(std::move(*base), options_.range, options_.batchSize);
  SliceJob job;
  if (!options_.below.isRoot()) job.key = options_.below.text() + "/";
  Result<Slice> top = readSlice(*ground_->base, std::move(job), ground_->range, options_.batchSize);
  if (!top) return top.error();
  push(std::move(*top));
  return {};
}

Task<Result<LocalBatch>> Walk::next(CancelToken cancel) {
  LocalBatch batch;
  batch.reserve(lastSize_);
  if (!ground_) {
    Status begun = begin();
    if (!begun) co_return begun.error();
  }
  while (batch.size() < options_.batchSize && !stack_.empty()) {
    if (cancel.cancelled()) co_return Error{ErrorKind::cancelled, "the walk was stopped", "", 0};
    handOn(batch);
    if (batch.size() >= options_.batchSize) break;
    Frame& top = stack_.back();
    bool inChild = top.isNextChild(top.at);
    if (!inChild && top.at == top.nameCount()) {
      stack_.pop_back();
      if (!stack_.empty()) continue;
      Status stands = checkRoot();
      if (!stands) co_return stands.error();
      break;
    }
    std::shared_ptr<PendingSlice>& slot = inChild ? top.children[top.nextChild].pending : top.more;
    bool fresh = !slot;
    if (fresh) slot = inChild ? pendingChild(top, top.at) : pendingMore(top);
    std::shared_ptr<PendingSlice> pending = slot;
    // Reading it here saves two thread switches; but only where reading is what threads are for.
    bool mine = Scheduler::currentLane() == Lane::background && pending->claim();
    readAhead();
    if (mine) {
      pending->set(perform(*ground_, *pending));
    } else if (fresh) {
      start(pending);
    }
    Result<Slice> slice = co_await pending->take();
    Status done = inChild ? enter(batch, std::move(slice)) : goOn(batch, std::move(slice));
    if (!done) co_return done.error();
  }
  lastSize_ = batch.size();
  co_return batch;
}

// Copies entries of the top frame up to a directory to enter, the end of the slice, or a full
// batch.
void Walk::handOn(LocalBatch& batch) {
  Frame& top = stack_.back();
  const std::string& parent = top.slice.listing->key;
  for (; top.at < top.slice.end() && batch.size() < options_.batchSize; ++top.at) {
    if (top.isNextChild(top.at)) return;
    std::optional<EntryKind> kind = kindOf(top, top.at);
    if (!kind) continue;
    if (*kind == EntryKind::unknown) {
      addUnknown(batch, top, top.at);
      continue;
    }
    const ListedName& name = top.name(top.at);
    bool isDirectory = name.type == FileType::directory;
    batch.add(*kind, parent, name.view(), isDirectory ? "/" : "").facts.stat =
        top.slice.stats[top.at - top.slice.begin].stat;
    if (*kind == EntryKind::special && isDirectory) addUnknown(batch, top, top.at);
  }
}

// Nothing: left out.
std::optional<EntryKind> Walk::kindOf(const Frame& frame, std::size_t index) const {
  const NameStat& found = frame.slice.stats[index - frame.slice.begin];
  if (found.presence == NameStat::Presence::vanished) return std::nullopt;
  const ListedName& name = frame.name(index);
  const std::string& parent = frame.slice.listing->key;
  if (found.stat.type != name.type) return EntryKind::unknown;
  NameFault fault = faultOf(name.view());
  if (fault == NameFault::reserved) {
    if (parent.empty() && name.type == FileType::directory) return std::nullopt;
    if (!parent.empty()) fault = NameFault::none;  // only at the top
  }
  if (fault == NameFault::none && parent.size() + name.length > kCertainlyShort) {
    fault = faultOf(parent + std::string(name.view()));
    if (fault == NameFault::reserved) fault = NameFault::none;  // a walk of our own directory
  }
  if (fault != NameFault::none) return EntryKind::badName;
  switch (name.type) {
    case FileType::file:
      // A file can be a mount point too.
      return found.presence == NameStat::Presence::mountPoint || found.stat.device != device_
                 ? EntryKind::special
                 : EntryKind::file;
    case FileType::directory:
      return found.presence == NameStat::Presence::mountPoint || found.stat.device != device_
                 ? EntryKind::special
                 : EntryKind::directory;
    case FileType::symlink:
      return EntryKind::symlink;
    case FileType::other:
      return EntryKind::special;
  }
  return EntryKind::unknown;
}

// The entry and everything below it.
void Walk::addUnknown(LocalBatch& batch, const Frame& frame, std::size_t index) const {
  const ListedName& name = frame.name(index);
  bool isDirectory = name.type == FileType::directory;
  Entry<LocalFacts>& hole =
      batch.add(EntryKind::unknown, frame.slice.listing->key, name.view(), isDirectory ? "/" : "");
  std::string end(hole.key);
  if (isDirectory) {
    end = endOfSubtree(end);
  } else {
    end += '\x01';  // the first key behind this one: no name holds a NUL
  }
  hole.unknownEnd = batch.keep(end);
}

// From the next name of the top frame to the end of its directory.
void Walk::addRestUnknown(LocalBatch& batch) const {
  const Frame& top = stack_.back();
  const ListedName& name = top.name(top.at);
  const std::string& parent = top.slice.listing->key;
  Entry<LocalFacts>& hole = batch.add(EntryKind::unknown, parent, name.view(),
                                      name.type == FileType::directory ? "/" : "");
  if (!parent.empty()) hole.unknownEnd = batch.keep(endOfSubtree(parent));
}

// The directory that the top frame stands at was read, or was not.
Status Walk::enter(LocalBatch& batch, Result<Slice> slice) {
  Frame& top = stack_.back();
  std::size_t index = top.at++;
  ++top.nextChild;
  top.children[top.nextChild - 1].pending = nullptr;
  if (!slice && slice.error().kind == ErrorKind::notFound) return checkRoot();
  batch.add(EntryKind::directory, top.slice.listing->key, top.name(index).view(), "/").facts.stat =
      top.slice.stats[index - top.slice.begin].stat;
  if (slice) {
    push(std::move(*slice));
  } else {
    addUnknown(batch, top, index);
  }
  return {};
}

// The next slice of the top frame's directory was read, or was not.
Status Walk::goOn(LocalBatch& batch, Result<Slice> slice) {
  Frame& top = stack_.back();
  if (slice) {
    top.slice = std::move(*slice);
    top.more = nullptr;
    findChildren(top);
    return {};
  }
  Status done;
  if (slice.error().kind == ErrorKind::notFound) {
    done = checkRoot();
  } else {
    addRestUnknown(batch);
  }
  stack_.pop_back();
  return done;
}

// Something vanished. If that was the root, then nothing that follows would mean anything.
Status Walk::checkRoot() {
  Result<FileStat> base = ground_->base->stat();
  if (!base) return base.error();
  if (base->links > 0) return {};
  return Error{ErrorKind::notFound, "the directory was removed during the walk",
               options_.below.text(), 0};
}

void Walk::push(Slice slice) {
  Frame frame;
  frame.slice = std::move(slice);
  findChildren(frame);
  stack_.push_back(std::move(frame));
}

void Walk::findChildren(Frame& frame) {
  frame.children.clear();
  frame.nextChild = 0;
  frame.started = 0;
  for (std::size_t index = frame.slice.begin; index < frame.slice.end(); ++index) {
    if (frame.name(index).type != FileType::directory) continue;
    if (kindOf(frame, index) == EntryKind::directory) frame.children.push_back({index, nullptr});
  }
}

std::shared_ptr<PendingSlice> Walk::pendingFor(SliceJob job) const {
  return std::make_shared<PendingSlice>(scheduler_, std::move(job));
}

std::shared_ptr<PendingSlice> Walk::pendingChild(const Frame& frame, std::size_t index) const {
  const Listing& listing = *frame.slice.listing;
  std::string_view name = frame.name(index).view();
  SliceJob job;
  job.path = listing.path.child(name);
  job.key.reserve(listing.key.size() + name.size() + 1);
  job.key.append(listing.key).append(name).push_back('/');
  return pendingFor(std::move(job));
}

std::shared_ptr<PendingSlice> Walk::pendingMore(const Frame& frame) const {
  SliceJob job;
  job.listing = frame.slice.listing;
  job.begin = frame.slice.end();
  return pendingFor(std::move(job));
}

// Starts what comes next, nearest first.
void Walk::readAhead() {
  for (auto frame = stack_.rbegin(); frame != stack_.rend(); ++frame) {
    if (!readAheadIn(*frame)) return;
  }
}

// False: enough is being read. At most `inFlight` slices wait per directory, so that a wide tree
// does not pile up at every level.
bool Walk::readAheadIn(Frame& frame) {
  auto full = [this] {
    return ground_->reading.load(std::memory_order_relaxed) >= options_.inFlight;
  };
  if (frame.started < frame.nextChild) frame.started = frame.nextChild;
  while (frame.started < frame.children.size() &&
         frame.started <= frame.nextChild + options_.inFlight) {
    if (full()) return false;
    Frame::Child& child = frame.children[frame.started++];
    if (child.pending) continue;  // the one that is being entered
    child.pending = pendingChild(frame, child.index);
    start(child.pending);
  }
  bool allStarted = frame.started == frame.children.size();
  if (allStarted && !frame.more && frame.slice.end() < frame.nameCount()) {
    if (full()) return false;
    frame.more = pendingMore(frame);
    start(frame.more);
  }
  return !full();
}

void Walk::start(const std::shared_ptr<PendingSlice>& pending) {
  ground_->reading.fetch_add(1, std::memory_order_relaxed);
  Task<void> task = readAheadOne(ground_, pending);
  spawn(scheduler_, Lane::background, std::move(task), [](std::exception_ptr) {});
}

}  // namespace

std::unique_ptr<LocalStream> walk(Scheduler& scheduler, Folder& root, WalkOptions options) {
  return std::make_unique<Walk>(scheduler, root, std::move(options));
}

}  // namespace cloudsync
