#include "fs/spelling.h"

#include <algorithm>
#include <cctype>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace cloudsync {

namespace {

std::string inOtherCase(std::string_view name) {
  std::string other(name);
  std::transform(other.begin(), other.end(), other.begin(), [](unsigned char c) {
    return static_cast<char>(std::islower(c) ? std::toupper(c) : std::tolower(c));
  });
  return other;
}

bool sameButForCase(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// What `folder` calls the entry that it finds under `name`. By its inode, or, since FUSE makes one
// up for each spelling, by its letters.
Result<std::string> nameInListing(Folder& folder, const RelPath& name, const FileStat& found) {
  Result<std::vector<DirectoryEntry>> entries = folder.list();
  if (!entries) return entries.error();
  std::string listed = name.text();  // gone since, if no entry is it
  for (const DirectoryEntry& entry : *entries) {
    if (entry.name == name.text()) return entry.name;
    bool same = entry.inode == found.inode || sameButForCase(entry.name, name.text());
    if (same) listed = entry.name;
  }
  return listed;
}

}  // namespace

Result<bool> foldsCase(Folder& folder, const RelPath& name) {
  RelPath parent = name.parent();
  RelPath other = parent.child(inOtherCase(name.name()));
  Result<FileStat> there = folder.stat(other);
  if (!there && there.error().kind == ErrorKind::notFound) return false;
  if (!there) return there.error();
  // Both may exist, of course.
  Result<std::optional<RelPath>> spelled = otherSpelling(folder, other);
  if (!spelled) return spelled.error();
  return spelled->has_value();
}

Result<std::optional<RelPath>> otherSpelling(Folder& root, const RelPath& path) {
  RelPath way;
  std::string_view left = path.text();
  while (!left.empty()) {
    std::size_t slash = std::min(left.find('/'), left.size());
    std::string_view component = left.substr(0, slash);
    left.remove_prefix(std::min(slash + 1, left.size()));
    RelPath next = way.child(component);
    Result<FileStat> found = root.stat(next);
    bool none = !found && (found.error().kind == ErrorKind::notFound ||
                           found.error().kind == ErrorKind::notDirectory);
    if (none) return std::optional<RelPath>();
    if (!found) return found.error();
    Result<std::unique_ptr<Folder>> folder = root.openFolder(way);
    if (!folder) return folder.error();
    Result<std::string> listed =
        nameInListing(**folder, RelPath::trusted(std::string(component)), *found);
    if (!listed) return listed.error();
    if (*listed != component) return std::optional<RelPath>(way.child(*listed));
    way = std::move(next);
  }
  return std::optional<RelPath>();
}

}  // namespace cloudsync
