#include "scan/scope.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace cloudsync {

namespace {

// More than anybody writes; what a program filled by mistake must not fill the memory.
constexpr ByteCount kLargestIgnoreFile = 1024 * 1024;

using Verdict = IgnoreRules::Verdict;

// The rules in the file `path`; empty when there is none.
Result<IgnoreRules> readRules(Folder& folder, const RelPath& path) {
  Result<std::unique_ptr<File>> file = folder.open(path, OpenMode::read);
  if (!file.ok()) {
    const ErrorKind kind = file.error().kind;
    // Nothing of that name, or a link, a FIFO: nothing that says anything.
    const bool none = kind == ErrorKind::notFound || kind == ErrorKind::notDirectory ||
                      kind == ErrorKind::isDirectory || kind == ErrorKind::notSupported;
    if (none) return IgnoreRules();
    return file.error();
  }
  Result<FileStat> stat = (*file)->stat();
  if (!stat.ok()) return stat.error();
  if (stat->size > kLargestIgnoreFile) {
    return Error{ErrorKind::notSupported,
                 "is larger than 1 MiB: too large to be a list of patterns", path.text(), 0};
  }
  std::vector<std::uint8_t> bytes(stat->size);
  Result<std::size_t> read = (*file)->readAt(0, bytes);
  if (!read.ok()) return read.error();
  return IgnoreRules::ofFile({reinterpret_cast<const char*>(bytes.data()), *read});
}

}  // namespace

// What holds everywhere in a space.
struct Scope::Given {
  IgnoreRules defaults;
  IgnoreRules configured;
};

// A directory with all that says something of what lies in it.
class Scope::Directory final : public WalkFilter {
 public:
  // The directory above the root: it has no rules, the root is entered from it.
  explicit Directory(std::shared_ptr<const Given> given) : given_(std::move(given)) {}

  Result<std::shared_ptr<const WalkFilter>> enter(
      Folder& folder, std::string_view key, std::span<const ListedName> names) const override {
    bool hasFile = std::any_of(names.begin(), names.end(), [](const ListedName& name) {
      return name.type == FileType::file && name.view() == kIgnoreFileName;
    });
    if (!hasFile) return std::shared_ptr<const WalkFilter>(below(key, IgnoreRules()));
    Result<IgnoreRules> rules = readRules(folder, RelPath::trusted(std::string(kIgnoreFileName)));
    if (!rules.ok()) return rules.error();
    return std::shared_ptr<const WalkFilter>(below(key, std::move(*rules)));
  }

  std::vector<bool> leavesOut(std::span<const ListedName> names) const override {
    std::vector<bool> out;
    std::string path = key_;
    for (std::size_t i = 0; i < names.size(); ++i) {
      path.resize(key_.size());
      path += names[i].view();
      bool directory = names[i].type == FileType::directory;
      if (!ignores(path, directory ? IsDirectory::yes : IsDirectory::no)) continue;
      if (out.empty()) out.resize(names.size());
      out[i] = true;
    }
    return out;
  }

  std::shared_ptr<const Directory> below(std::string_view key, IgnoreRules rules) const {
    auto directory = std::make_shared<Directory>(given_);
    directory->key_ = key;
    directory->files_ = files_;
    if (!rules.empty()) {
      directory->files_ =
          std::make_shared<RuleFile>(RuleFile{files_, key.size(), std::move(rules)});
    }
    return directory;
  }

  // `path` is that of something that lies in this directory.
  bool ignores(std::string_view path, IsDirectory directory) const {
    Verdict verdict = given_->configured.judge(path, key_.size(), directory);
    for (const RuleFile* file = files_.get(); file && verdict == Verdict::silent;
         file = file->above.get()) {
      verdict = file->rules.judge(path.substr(file->depth), key_.size() - file->depth, directory);
    }
    if (verdict == Verdict::silent) {
      verdict = given_->defaults.judge(path, key_.size(), directory);
    }
    return verdict == Verdict::leftOut;
  }

 private:
  // The innermost first; directories without a file have none, and share those above them.
  struct RuleFile {
    std::shared_ptr<const RuleFile> above;
    std::size_t depth = 0;  // length of the key of its directory
    IgnoreRules rules;
  };

  const std::shared_ptr<const Given> given_;
  std::string key_;
  std::shared_ptr<const RuleFile> files_;
};

bool isIgnoreFile(std::string_view key) {
  if (!key.ends_with(kIgnoreFileName)) return false;
  std::size_t before = key.size() - kIgnoreFileName.size();
  return before == 0 || key[before - 1] == '/';
}

Scope::Scope(std::span<const std::string> patterns) {
  std::span<const std::string_view> defaults = defaultIgnorePatterns();
  std::vector<std::string> lines(defaults.begin(), defaults.end());
  given_ =
      std::make_shared<Given>(Given{IgnoreRules::ofLines(lines), IgnoreRules::ofLines(patterns)});
}

std::shared_ptr<const WalkFilter> Scope::filter() const {
  return std::make_shared<Directory>(given_);
}

// A directory on the way to the last key.
struct ScopeCursor::Frame {
  std::string key;
  std::shared_ptr<const Scope::Directory> directory;  // null: all below it is ignored, or unknown
  std::optional<Error> unknown;                       // the rules in it could not be read
};

ScopeCursor::ScopeCursor(const Scope& scope, Folder& root) : root_(root) {
  frames_.push_back(Frame{"", std::make_shared<Scope::Directory>(scope.given_), std::nullopt});
}

ScopeCursor::~ScopeCursor() = default;

// Adds the frame of a directory that lies in that of the last frame.
void ScopeCursor::enter(std::string_view directoryKey) {
  const Frame& above = frames_.back();
  Frame frame{std::string(directoryKey), nullptr, above.unknown};
  bool isRoot = directoryKey.empty();
  std::string_view path = directoryKey.substr(0, isRoot ? 0 : directoryKey.size() - 1);
  bool open = above.directory && (isRoot || !above.directory->ignores(path, IsDirectory::yes));
  if (open) {
    std::string file = std::string(directoryKey) + std::string(kIgnoreFileName);
    Result<IgnoreRules> rules = readRules(root_, RelPath::trusted(std::move(file)));
    if (rules.ok()) {
      frame.directory = above.directory->below(directoryKey, std::move(*rules));
    } else {
      frame.unknown = rules.error();
    }
  }
  frames_.push_back(std::move(frame));
}

Result<bool> ScopeCursor::ignores(std::string_view key) {
  // The first frame is above the root, whose own is never left.
  auto liesIn = [key](const std::string& directory) {
    return key.size() > directory.size() && key.starts_with(directory);
  };
  while (frames_.size() > 2 && !liesIn(frames_.back().key)) frames_.pop_back();
  if (frames_.size() == 1) enter("");
  const bool isDirectory = key.ends_with('/');
  std::string_view path = isDirectory ? key.substr(0, key.size() - 1) : key;
  for (std::size_t slash = path.find('/', frames_.back().key.size());
       slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
    enter(path.substr(0, slash + 1));
  }
  const Frame& frame = frames_.back();
  if (frame.unknown) return *frame.unknown;
  if (!frame.directory) return true;
  return frame.directory->ignores(path, isDirectory ? IsDirectory::yes : IsDirectory::no);
}

}  // namespace cloudsync
