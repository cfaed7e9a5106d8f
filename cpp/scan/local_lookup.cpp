#include "scan/local_lookup.h"

#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace cloudsync {

Result<LocalLookup::Found> LocalLookup::find(const RelPath& path) {
  Status reached = goTo(path.parent());
  if (!reached.ok()) return reached.error();
  switch (footing_) {
    case Footing::there:
      return look(path.name());
    case Footing::absent:
      return Found{Found::Kind::absent, {}};
    case Footing::none:
    case Footing::unknown:
      break;
  }
  return Found{Found::Kind::unknown, {}};
}

// Down from the root, one directory after the other: each must be one that a walk would enter.
Status LocalLookup::goTo(const RelPath& directory) {
  if (footing_ != Footing::none && directory == directory_) return Status();
  footing_ = Footing::none;
  Result<FileStat> root = root_.stat();
  if (!root.ok()) return root.error();
  device_ = root->device;
  Result<std::unique_ptr<Folder>> opened = root_.openFolder(RelPath());
  if (!opened.ok()) return opened.error();
  folder_ = std::move(*opened);
  directory_ = directory;
  footing_ = Footing::there;
  std::string_view left = directory.text();
  while (!left.empty() && footing_ == Footing::there) {
    std::string_view component = left.substr(0, left.find('/'));
    left.remove_prefix(std::min(left.size(), component.size() + 1));
    footing_ = step(RelPath::trusted(std::string(component)));
  }
  return Status();
}

LocalLookup::Footing LocalLookup::step(const RelPath& below) {
  Found found = look(below.text());
  switch (found.kind) {
    case Found::Kind::absent:
      return Footing::absent;
    case Found::Kind::mountPoint:
    case Found::Kind::unknown:
      return Footing::unknown;
    case Found::Kind::entry:
      break;
  }
  if (found.stat.type == FileType::file) return Footing::absent;  // nothing lies below a file
  if (found.stat.type != FileType::directory) return Footing::unknown;
  Result<std::unique_ptr<Folder>> next = folder_->openFolder(below);
  if (!next.ok()) return Footing::unknown;
  folder_ = std::move(*next);
  return Footing::there;
}

LocalLookup::Found LocalLookup::look(std::string_view name) {
  std::string text(name);
  std::array<ListedName, 1> names{
      ListedName{text.c_str(), static_cast<std::uint16_t>(text.size()), FileType::other}};
  Result<std::vector<NameStat>> stats = folder_->statNames(names);
  if (!stats.ok() || stats->empty()) return {Found::Kind::unknown, {}};
  const NameStat& found = stats->front();
  switch (found.presence) {
    case NameStat::Presence::vanished:
      return {Found::Kind::absent, {}};
    case NameStat::Presence::mountPoint:
      return {Found::Kind::mountPoint, found.stat};
    case NameStat::Presence::there:
      break;
  }
  bool foreign = found.stat.device != device_ && found.stat.type != FileType::symlink;
  return {foreign ? Found::Kind::mountPoint : Found::Kind::entry, found.stat};
}

}  // namespace cloudsync
