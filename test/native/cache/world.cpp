#include "world.h"

#include <stdlib.h>

#include <filesystem>
#include <span>
#include <stdexcept>

#include "cache/root_marker.h"
#include "fs/posix_file_system.h"

namespace cloudsync::test {

namespace {

// In memory where there is one: thousands of trees are made.
std::string makeTempFolder() {
  std::error_code none;
  std::string base = std::filesystem::is_directory("/dev/shm", none)
                         ? "/dev/shm"
                         : std::filesystem::temp_directory_path().string();
  std::string pattern = base + "/cloudsync-cache-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
  return pattern;
}

std::span<const std::uint8_t> bytesOf(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message + ": " + result.error().subject);
  return std::move(*result);
}
void must(Status status) {
  if (!status) throw std::runtime_error(status.error().message + ": " + status.error().subject);
}

}  // namespace

void inANewTick(File& file, const std::function<void()>& change) {
  Nanoseconds before = must(file.stat()).changeTime;
  do {
    change();
  } while (must(file.stat()).changeTime == before);
}

Sha256 hashOf(std::string_view text) { return sha256Of(bytesOf(text)); }

World::World(Lacks lacks) : path_(makeTempFolder()), lacks_(lacks) {
  disk_ = must(PosixFileSystem().openRoot(path_));
  restart();
  must(content_->prepare());
  must(createRootMarker(*disk_, random));
  steps.taken = 0;
}

World::~World() {
  content_.reset();
  stepped_.reset();
  disk_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void World::restart() {
  content_.reset();
  stepped_ = std::make_unique<StepFolder>(*disk_, steps, lacks_);
  content_ = std::make_unique<ContentStore>(
      ContentStore::Needs{*stepped_, store, SpaceId{1}, clock, random, "laptop"});
}

std::string World::read(const std::string& path) {
  std::unique_ptr<File> file = must(disk_->open(RelPath::trusted(path), OpenMode::read));
  std::string text(must(file->stat()).size, '\0');
  std::span<std::uint8_t> into(reinterpret_cast<std::uint8_t*>(text.data()), text.size());
  text.resize(must(file->readAt(0, into)));
  return text;
}

void World::write(const std::string& path, std::string_view text) {
  for (std::size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1)) {
    Status made = disk_->makeFolder(RelPath::trusted(path.substr(0, at)));
    if (!made && made.error().kind != ErrorKind::exists) must(made);
  }
  std::unique_ptr<File> file = must(disk_->open(RelPath::trusted(path), OpenMode::openOrCreate));
  inANewTick(*file, [&] {
    must(file->writeAt(0, bytesOf(text)));
    must(file->truncate(text.size()));
  });
}

Fingerprint World::addSynced(const std::string& key, std::string_view text) {
  write(key, text);
  Fingerprint state = Fingerprint::of(must(disk_->stat(RelPath::trusted(key))));
  BaseRow row;
  row.key = key;
  row.remoteVersion = "v1";
  row.facts.local = true;
  row.facts.fingerprint = state;
  row.facts.lookedAt = state.changeTime + 1'000'000'000;
  row.facts.size = text.size();
  row.facts.sha256 = hashOf(text);
  store.facts.rows[key] = row;
  return state;
}

std::string World::addPart(std::string_view text) {
  auto [name, part] = must(content_->createPart(text.size()));
  must(part->writeAt(0, bytesOf(text)));
  must(part->truncate(text.size()));
  return name;
}

Staged World::staged(const std::string& key, std::string_view text,
                     std::optional<Fingerprint> expected) {
  Staged staged{key, addPart(text), expected, {}};
  staged.claim.key = key;
  staged.claim.remoteVersion = "v2";
  staged.claim.facts.size = text.size();
  staged.claim.facts.sha256 = hashOf(text);
  return staged;
}

Removal World::removal(const std::string& key) {
  BaseRow row = store.facts.rows.at(key);
  return Removal{key, row.facts.fingerprint, row};
}

std::optional<BaseRow> World::row(const std::string& key) {
  auto found = store.facts.rows.find(key);
  if (found == store.facts.rows.end()) return std::nullopt;
  return found->second;
}

bool World::exists(const std::string& path) { return disk_->stat(RelPath::trusted(path)).ok(); }

void World::collect(const RelPath& folder, std::map<std::string, std::string>& into) {
  std::unique_ptr<Folder> open = folder.isRoot() ? nullptr : must(disk_->openFolder(folder));
  for (const DirectoryEntry& entry : must((open ? *open : *disk_).list())) {
    RelPath path = folder.child(entry.name);
    if (path.text() == kReservedName) continue;
    if (entry.type == FileType::directory) {
      collect(path, into);
    } else {
      into[path.text()] = read(path.text());
    }
  }
}

std::map<std::string, std::string> World::visible() {
  std::map<std::string, std::string> files;
  collect(RelPath(), files);
  return files;
}

std::vector<std::string> World::trashed() {
  std::map<std::string, std::string> files;
  collect(RelPath::trusted(".cloudsync/trash"), files);
  std::vector<std::string> contents;
  for (auto& [path, text] : files) {
    if (!path.ends_with("/index")) contents.push_back(std::move(text));
  }
  return contents;
}

std::vector<std::string> World::temporary() {
  std::map<std::string, std::string> files;
  collect(RelPath::trusted(".cloudsync/tmp"), files);
  std::vector<std::string> names;
  for (auto& [path, text] : files) names.push_back(path.substr(path.rfind('/') + 1));
  return names;
}

}  // namespace cloudsync::test
