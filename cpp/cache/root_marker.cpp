#include "cache/root_marker.h"

#include <charconv>
#include <cstddef>
#include <string_view>
#include <vector>

#include "cache/layout.h"

namespace cloudsync {

namespace {

constexpr std::string_view kFirstLine = "cloudsync root 1\n";
constexpr std::string_view kId = "id ";
constexpr std::string_view kGeneration = "generation ";
constexpr std::size_t kLongestMarker = 4096;

Error unreadable() {
  return Error{ErrorKind::corrupt, "the marker of this root cannot be understood",
               markerPath().text(), 0};
}

std::optional<std::string_view> takeLine(std::string_view& text, std::string_view label) {
  std::size_t end = text.find('\n');
  if (!text.starts_with(label) || end == std::string_view::npos) return std::nullopt;
  std::string_view value = text.substr(label.size(), end - label.size());
  text.remove_prefix(end + 1);
  return value;
}

// Lines after the known ones are left for versions to come.
Result<RootMarker> parse(std::string_view text) {
  if (!text.starts_with(kFirstLine)) return unreadable();
  text.remove_prefix(kFirstLine.size());
  std::optional<std::string_view> id = takeLine(text, kId);
  if (!id || id->empty()) return unreadable();
  std::optional<std::string_view> number = takeLine(text, kGeneration);
  if (!number) return unreadable();
  RootMarker marker{std::string(*id), 0};
  auto [end, fault] =
      std::from_chars(number->data(), number->data() + number->size(), marker.generation);
  if (fault != std::errc() || end != number->data() + number->size()) return unreadable();
  return marker;
}

Status fill(Folder& root, const RelPath& path, std::string_view text) {
  Result<std::unique_ptr<File>> file = root.open(path, OpenMode::createNew);
  if (!file) return file.error();
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  Status written = (*file)->writeAt(0, std::span(bytes, text.size()));
  return written ? (*file)->sync() : written;
}

}  // namespace

Result<std::optional<RootMarker>> readRootMarker(Folder& root) {
  Result<std::unique_ptr<File>> file = root.open(markerPath(), OpenMode::read);
  if (!file) {
    if (file.error().kind == ErrorKind::notFound) return std::optional<RootMarker>();
    return file.error();
  }
  std::vector<std::uint8_t> bytes(kLongestMarker);
  Result<std::size_t> got = (*file)->readAt(0, bytes);
  if (!got) return got.error();
  Result<RootMarker> marker =
      parse(std::string_view(reinterpret_cast<const char*>(bytes.data()), *got));
  if (!marker) return marker.error();
  return std::optional<RootMarker>(std::move(*marker));
}

Status writeRootMarker(Folder& root, Random& random, const RootMarker& marker) {
  std::string text(kFirstLine);
  text.append(kId).append(marker.id).append("\n");
  text.append(kGeneration).append(std::to_string(marker.generation)).append("\n");
  RelPath fresh = tmpFolder().child(random.token());
  Status done = fill(root, fresh, text);
  if (done) done = root.moveReplacing(fresh, markerPath());
  if (!done) {
    (void)root.removeFile(fresh);  // what stays behind is removed by recover()
    return done;
  }
  // Where a move is one step of a journal, it is certain only with both directories.
  done = root.syncFolder(tmpFolder());
  return done ? root.syncFolder(ownFolder()) : done;
}

Result<RootMarker> createRootMarker(Folder& root, Random& random) {
  Result<std::optional<RootMarker>> present = readRootMarker(root);
  if (!present) return present.error();
  if (*present) return std::move(**present);
  RootMarker marker{random.token(), 0};
  Status written = writeRootMarker(root, random, marker);
  // A process that died may have made our folder, and not brought its name to the disk: a marker
  // that is remembered and gone after a power cut would halt every run.
  if (written) written = root.syncFolder(RelPath());
  if (!written) return written.error();
  return marker;
}

Result<std::uint64_t> raiseGeneration(Folder& root, Random& random) {
  Result<std::optional<RootMarker>> present = readRootMarker(root);
  if (!present) return present.error();
  if (!*present) {
    return Error{ErrorKind::halted, "the marker of this root is missing", markerPath().text(), 0};
  }
  RootMarker marker = std::move(**present);
  ++marker.generation;
  Status written = writeRootMarker(root, random, marker);
  if (!written) return written.error();
  return marker.generation;
}

}  // namespace cloudsync
