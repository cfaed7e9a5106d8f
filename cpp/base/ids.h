#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>

namespace cloudsync {

// Strong types for what would otherwise be naked integers and strings in a signature.
template <class Tag, class Rep>
struct StrongId {
  Rep value{};

  friend auto operator<=>(const StrongId&, const StrongId&) = default;
};

using SpaceId = StrongId<struct SpaceTag, std::int64_t>;  // row id of a space in the state store
using TaskId = StrongId<struct TaskTag, std::int64_t>;    // one transfer; grows over restarts
using UploadId =
    StrongId<struct UploadTag, std::string>;             // names an unfinished upload at its remote
using CallId = StrongId<struct CallTag, std::uint64_t>;  // one pending call of one JavaScript env

using ByteCount = std::uint64_t;

// Half-open: [begin, end).
struct ByteRange {
  ByteCount begin = 0;
  ByteCount end = 0;

  ByteCount size() const { return end - begin; }
  friend auto operator<=>(const ByteRange&, const ByteRange&) = default;
};

}  // namespace cloudsync

template <class Tag, class Rep>
struct std::hash<cloudsync::StrongId<Tag, Rep>> {
  std::size_t operator()(const cloudsync::StrongId<Tag, Rep>& id) const {
    return std::hash<Rep>{}(id.value);
  }
};
