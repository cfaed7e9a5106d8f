#include "fs/walk_units.h"

#include <algorithm>
#include <cstring>

#include "base/big_endian.h"

namespace cloudsync {

namespace {

// The next eight bytes of a key as a number that compares like them. Most comparisons end here,
// without a look at the text.
struct SortKey {
  std::uint64_t front;
  std::uint32_t index;
};

// The key's byte at `at`: the name's, then the slash of a directory, then nothing. A name holds no
// NUL, so 0 stands before everything.
std::uint8_t byteAt(const ListedName& name, std::size_t at) {
  if (at < name.length) return static_cast<std::uint8_t>(name.text[at]);
  return at == name.length && name.type == FileType::directory ? '/' : 0;
}

std::uint64_t frontAt(const ListedName& name, std::size_t skip) {
  std::uint64_t front = 0;
  if (skip + sizeof(front) <= name.length) {
    std::memcpy(&front, name.text + skip, sizeof(front));
    return bigEndian(front);
  }
  for (std::size_t i = 0; i < 8; ++i) front = front << 8U | byteAt(name, skip + i);
  return front;
}

// How many leading bytes all names share: "IMG_0001.jpg" and the like differ late.
std::size_t sharedPrefix(const std::vector<ListedName>& names) {
  std::size_t shared = names.front().length;
  for (const ListedName& name : names) {
    std::size_t limit = std::min<std::size_t>(shared, name.length);
    shared = 0;
    while (shared < limit && name.text[shared] == names.front().text[shared]) ++shared;
    if (shared == 0) break;
  }
  return shared;
}

bool keyBefore(const ListedName& a, const ListedName& b) {
  std::size_t common = std::min(a.length, b.length);
  int order = std::memcmp(a.text, b.text, common);
  if (order != 0) return order < 0;
  // The texts end here, or one goes on: against the slash of the other, or against nothing.
  return byteAt(a, common) < byteAt(b, common);
}

// The part of `bound` that lies in directory `key`; nothing when it lies elsewhere. The walk enters
// no directory that is outside of its range as a whole, so one that holds no bound is inside.
std::optional<std::string_view> boundWithin(std::string_view key, std::string_view bound) {
  if (bound.size() <= key.size() || !bound.starts_with(key)) return std::nullopt;
  return bound.substr(key.size());
}

void keepRange(std::vector<ListedName>& names, std::string_view directory, const KeyRange& range) {
  const auto from = boundWithin(directory, range.from);
  const auto end = boundWithin(directory, range.end);
  if (!from && !end) return;
  std::string key;
  std::erase_if(names, [&](const ListedName& name) {
    key = name.view();
    if (name.type == FileType::directory) key += '/';
    bool before = from && key < *from && !(key.ends_with('/') && from->starts_with(key));
    return before || (end && key >= *end);
  });
}

Result<Slice> beginDirectory(Folder& folder, SliceJob job, const KeyRange& range,
                             std::size_t limit) {
  Result<NameList> list = folder.listNames();
  if (!list) return list.error();
  auto listing = std::make_shared<Listing>();
  listing->path = std::move(job.path);
  listing->key = std::move(job.key);
  listing->list = std::move(*list);
  std::vector<ListedName>& names = listing->list.names();
  keepRange(names, listing->key, range);
  sortByKey(names);
  if (names.size() > limit) {  // it will be opened again
    Result<FileStat> self = folder.stat();
    if (!self) return self.error();
    listing->inode = self->inode;
    listing->device = self->device;
  }
  std::span<const ListedName> first(names.data(), std::min(names.size(), limit));
  Result<std::vector<NameStat>> stats = folder.statNames(first);
  if (!stats) return stats.error();
  return Slice{std::move(listing), 0, std::move(*stats)};
}

Result<Slice> continueDirectory(Folder& folder, SliceJob job, std::size_t limit) {
  Result<FileStat> self = folder.stat();
  if (!self) return self.error();
  const Listing& listing = *job.listing;
  if (self->inode != listing.inode || self->device != listing.device) {
    return Error{ErrorKind::changed, "the directory was replaced during the walk", listing.key, 0};
  }
  std::span<const ListedName> names(listing.list.names());
  std::size_t count = std::min(names.size() - job.begin, limit);
  Result<std::vector<NameStat>> stats = folder.statNames(names.subspan(job.begin, count));
  if (!stats) return stats.error();
  return Slice{std::move(job.listing), job.begin, std::move(*stats)};
}

}  // namespace

void sortByKey(std::vector<ListedName>& names) {
  if (names.size() < 2) return;
  std::size_t skip = sharedPrefix(names);
  std::vector<SortKey> keys(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    keys[i] = {frontAt(names[i], skip), static_cast<std::uint32_t>(i)};
  }
  std::sort(keys.begin(), keys.end(), [&names](const SortKey& a, const SortKey& b) {
    if (a.front != b.front) return a.front < b.front;
    return keyBefore(names[a.index], names[b.index]);
  });
  std::vector<ListedName> sorted(names.size());
  for (std::size_t i = 0; i < keys.size(); ++i) sorted[i] = names[keys[i].index];
  names = std::move(sorted);
}

Result<Slice> readSlice(Folder& base, SliceJob job, const KeyRange& range, std::size_t limit) {
  Result<std::unique_ptr<Folder>> folder =
      base.openFolder(job.listing ? job.listing->path : job.path);
  if (!folder) return folder.error();
  if (job.listing) return continueDirectory(**folder, std::move(job), limit);
  return beginDirectory(**folder, std::move(job), range, limit);
}

void PendingSlice::set(Result<Slice> slice) {
  std::unique_lock lock(mutex_);
  slice_.emplace(std::move(slice));
  std::coroutine_handle<> waiter = std::exchange(waiter_, nullptr);
  Lane lane = lane_;
  lock.unlock();
  if (waiter) scheduler_.post(waiter, lane);
}

bool PendingSlice::park(std::coroutine_handle<> waiter) {
  std::lock_guard lock(mutex_);
  if (slice_) return false;
  waiter_ = waiter;
  lane_ = Scheduler::currentLane();
  return true;
}

Result<Slice> PendingSlice::fetch() {
  std::lock_guard lock(mutex_);
  return std::move(*slice_);
}

}  // namespace cloudsync
