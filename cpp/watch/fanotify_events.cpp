#include "watch/fanotify_events.h"

#include <fcntl.h>
#include <linux/fanotify.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstring>
#include <vector>

namespace cloudsync {

namespace {

constexpr std::size_t kLongestLink = PATH_MAX + 16;

std::optional<std::string> pathOfDescriptor(int fd) {
  std::string link = "/proc/self/fd/" + std::to_string(fd);
  std::array<char, kLongestLink> path;
  ssize_t length = ::readlink(link.c_str(), path.data(), path.size());
  if (length <= 0 || path[0] != '/') return std::nullopt;
  return std::string(path.data(), static_cast<std::size_t>(length));
}

template <class T>
bool copyOut(std::span<const std::uint8_t> from, std::size_t at, T& into) {
  if (from.size() < at || from.size() - at < sizeof into) return false;
  std::memcpy(&into, from.data() + at, sizeof into);
  return true;
}

// The handle and the name of an info record: they follow its header.
bool readRecord(std::span<const std::uint8_t> record, FanotifyEvent& event) {
  std::size_t at = sizeof(fanotify_event_info_fid);
  file_handle head{};
  std::uint32_t bytes = 0;
  if (!copyOut(record, at, bytes)) return false;
  std::size_t size = sizeof head + bytes;
  if (record.size() - at < size) return false;
  event.directory = record.subspan(at, size);
  std::span<const std::uint8_t> rest = record.subspan(at + size);
  const auto* text = reinterpret_cast<const char*>(rest.data());
  event.name = std::string_view(text, ::strnlen(text, rest.size()));
  return true;
}

FanotifyEvent readEvent(std::span<const std::uint8_t> event, std::uint64_t mask) {
  FanotifyEvent told;
  told.mask = mask;
  std::size_t at = sizeof(fanotify_event_metadata);
  fanotify_event_info_header header{};
  while (copyOut(event, at, header) && header.len >= sizeof header &&
         header.len <= event.size() - at) {
    if (header.info_type == FAN_EVENT_INFO_TYPE_DFID_NAME) {
      readRecord(event.subspan(at, header.len), told);
    }
    at += header.len;
  }
  return told;
}

}  // namespace

void forEachFanotifyEvent(std::span<const std::uint8_t> read,
                          const std::function<void(const FanotifyEvent&)>& take) {
  fanotify_event_metadata head{};
  while (copyOut(read, 0, head) && head.event_len >= sizeof head && head.event_len <= read.size()) {
    take(readEvent(read.first(head.event_len), head.mask));
    read = read.subspan(head.event_len);
  }
}

bool HandlePaths::work() const {
  std::vector<std::uint8_t> handle(sizeof(file_handle) + MAX_HANDLE_SZ);
  auto* raw = reinterpret_cast<file_handle*>(handle.data());
  raw->handle_bytes = MAX_HANDLE_SZ;
  int mount = 0;
  if (::name_to_handle_at(root_, "", raw, &mount, AT_EMPTY_PATH) != 0) return false;
  return pathOf(handle).has_value();
}

void HandlePaths::begin() {
  rootPath_ = pathOfDescriptor(root_).value_or("");
  forget();
}

std::optional<std::string> HandlePaths::keyOf(std::span<const std::uint8_t> handle) {
  std::string_view bytes(reinterpret_cast<const char*>(handle.data()), handle.size());
  if (!last_.empty() && bytes == last_) return lastKey_;
  last_ = bytes;
  lastKey_.reset();
  std::optional<std::string> path = pathOf(handle);
  if (!path || rootPath_.empty()) return std::nullopt;
  if (*path == rootPath_) {
    lastKey_ = "";
    return lastKey_;
  }
  std::string above = rootPath_ == "/" ? rootPath_ : rootPath_ + "/";
  if (path->starts_with(above)) lastKey_ = path->substr(above.size()) + "/";
  return lastKey_;
}

std::optional<std::string> HandlePaths::pathOf(std::span<const std::uint8_t> handle) const {
  // A copy: the call wants it writable and aligned.
  std::vector<std::uint64_t> aligned((handle.size() + 7) / 8);
  std::memcpy(aligned.data(), handle.data(), handle.size());
  auto* raw = reinterpret_cast<file_handle*>(aligned.data());
  Descriptor opened(::open_by_handle_at(root_, raw, O_PATH | O_CLOEXEC));
  if (!opened.valid()) return std::nullopt;
  return pathOfDescriptor(opened.get());
}

}  // namespace cloudsync
