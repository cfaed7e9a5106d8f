#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "base/task.h"

namespace cloudsync {

// What stands at one place of a stream.
enum class EntryKind : std::uint8_t {
  file,
  directory,
  symlink,  // set aside and reported; never followed, never a deletion
  special,  // FIFO, socket, device, mount point: the same
  badName,  // a name that cannot be carried: the same
  unknown,  // [key, unknownEnd) could not be read: neither there nor absent
};

// One entry of a side, in the order of its EntryKey. The text lives in the batch it came in.
template <class Facts>
struct Entry {
  EntryKind kind = EntryKind::file;
  std::string_view key;         // with a trailing '/' for directories
  std::string_view unknownEnd;  // kind unknown: the first key behind the hole; "" = to the end
  Facts facts{};
};

// A few thousand entries and the text they point into. Moves keep the views valid.
template <class Facts>
class EntryBatch {
 public:
  const std::vector<Entry<Facts>>& entries() const { return entries_; }
  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }

  // Room for so many entries: growing step by step would copy them a few times over.
  void reserve(std::size_t entries) { entries_.reserve(entries); }

  // Appends an entry whose key is `parent` + `name` + `suffix`, copied into this batch.
  Entry<Facts>& add(EntryKind kind, std::string_view parent, std::string_view name,
                    std::string_view suffix) {
    std::size_t length = parent.size() + name.size() + suffix.size();
    char* place = room(length);
    std::size_t at = parent.copy(place, parent.size());
    at += name.copy(place + at, name.size());
    suffix.copy(place + at, suffix.size());
    return addKept(kind, std::string_view(place, length));
  }
  // The same with a key whose text was kept or taken before.
  Entry<Facts>& addKept(EntryKind kind, std::string_view key) {
    Entry<Facts>& entry = entries_.emplace_back();
    entry.kind = kind;
    entry.key = key;
    return entry;
  }
  // The text of a batch of another kind is this one's from here on: for the same keys with other
  // facts. Before anything is added.
  template <class Other>
  void takeText(EntryBatch<Other>& from) {
    blocks_ = std::move(from.blocks_);
    used_ = from.used_;
    capacity_ = from.capacity_;
  }
  std::string_view keep(std::string_view text) {
    char* place = room(text.size());
    text.copy(place, text.size());
    return std::string_view(place, text.size());
  }

 private:
  template <class Other>
  friend class EntryBatch;

  static constexpr std::size_t kBlockSize = 64 * 1024;

  char* room(std::size_t length) {
    if (blocks_.empty() || used_ + length > capacity_) {
      capacity_ = std::max(kBlockSize, length);
      blocks_.push_back(std::make_unique_for_overwrite<char[]>(capacity_));
      used_ = 0;
    }
    char* place = blocks_.back().get() + used_;
    used_ += length;
    return place;
  }

  std::vector<Entry<Facts>> entries_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t used_ = 0;
  std::size_t capacity_ = 0;
};

// A side as a stream in key order, pulled batch by batch. One consumer.
template <class Facts>
class EntryStream {
 public:
  virtual ~EntryStream() = default;
  // The next batch, never empty; an empty one means the end. An Error means that the stream as a
  // whole cannot be had (the root is gone, credentials refused): whatever was not delivered is
  // unknown. Smaller holes come as entries of kind `unknown`.
  virtual Task<Result<EntryBatch<Facts>>> next(CancelToken cancel) = 0;
};

}  // namespace cloudsync
