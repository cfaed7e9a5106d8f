#include "cache/trash.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <utility>

#include "cache/layout.h"

namespace cloudsync {

namespace {

constexpr std::string_view kIndex = "index";
constexpr Nanoseconds kSecond = 1'000'000'000;
constexpr std::size_t kTokenDigits = 8;

std::string_view nameOf(TrashReason reason) {
  switch (reason) {
    case TrashReason::replaced:
      return "replaced";
    case TrashReason::discarded:
      return "discarded";
    case TrashReason::duplicate:
      return "duplicate";
  }
  return "";
}

// A name may hold a newline: one line of the index is one file all the same.
std::string escaped(std::string_view key) {
  std::string text;
  for (char c : key) {
    if (c == '\\') {
      text += "\\\\";
    } else if (c == '\n') {
      text += "\\n";
    } else {
      text += c;
    }
  }
  return text;
}

std::string unescaped(std::string_view text) {
  std::string key;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool escape = text[i] == '\\' && i + 1 < text.size();
    if (escape) ++i;
    key += escape && text[i] == 'n' ? '\n' : text[i];
  }
  return key;
}

// Rounds are named by their time; other names are not ours.
std::optional<Nanoseconds> timeOf(std::string_view round) {
  std::size_t dash = round.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  std::int64_t seconds = 0;
  std::string_view digits = round.substr(0, dash);
  const char* last = digits.data() + digits.size();
  auto [end, fault] = std::from_chars(digits.data(), last, seconds);
  if (fault != std::errc() || end != last) return std::nullopt;
  return seconds * kSecond;
}

Result<std::string> readAll(File& file) {
  Result<FileStat> stat = file.stat();
  if (!stat) return stat.error();
  std::string text(stat->size, '\0');
  Result<std::size_t> got =
      file.readAt(0, std::span(reinterpret_cast<std::uint8_t*>(text.data()), text.size()));
  if (!got) return got.error();
  text.resize(*got);
  return text;
}

// Files only: a directory that somebody put there stays, and its round with it.
Result<std::uint64_t> purgeRound(Folder& root, const RelPath& round) {
  Result<std::unique_ptr<Folder>> folder = root.openFolder(round);
  if (!folder) return folder.error();
  Result<std::vector<DirectoryEntry>> entries = (*folder)->list();
  if (!entries) return entries.error();
  std::uint64_t files = 0;
  for (const DirectoryEntry& entry : *entries) {
    if (entry.name == kIndex || entry.type == FileType::directory) continue;
    Status removed = root.removeFile(round.child(entry.name));
    if (!removed) return removed.error();
    ++files;
  }
  // The index goes last: as long as there are files, it says where they came from.
  Status removed = root.removeFile(round.child(kIndex));
  if (!removed && removed.error().kind != ErrorKind::notFound) return removed.error();
  Status gone = root.removeFolder(round);
  if (!gone && gone.error().kind != ErrorKind::notEmpty) return gone.error();
  return files;
}

}  // namespace

TrashRound::TrashRound(Folder& root, Clock& clock, Random& random)
    : root_(root),
      folder_(trashFolder().child(std::to_string(clock.wallTime() / kSecond) + "-" +
                                  random.token().substr(0, kTokenDigits))) {}

RelPath TrashRound::add(std::string_view key, TrashReason reason) {
  std::string name = std::to_string(++count_);
  index_.append(name).append("\t").append(nameOf(reason)).append("\t");
  index_.append(escaped(key)).append("\n");
  return folder_.child(name);
}

Status TrashRound::seal() {
  if (empty()) return Status();
  Status made = root_.makeFolder(folder_);
  if (!made) return made;
  Result<std::unique_ptr<File>> index = root_.open(folder_.child(kIndex), OpenMode::createNew);
  if (!index) return index.error();
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(index_.data());
  Status done = (*index)->writeAt(0, std::span(bytes, index_.size()));
  if (done) done = (*index)->sync();
  if (done) done = root_.syncFolder(folder_);
  if (done) done = root_.syncFolder(trashFolder());
  return done;
}

Result<std::vector<std::string>> trashRounds(Folder& root) {
  Result<std::unique_ptr<Folder>> trash = root.openFolder(trashFolder());
  if (!trash) return trash.error();
  Result<std::vector<DirectoryEntry>> entries = (*trash)->list();
  if (!entries) return entries.error();
  std::vector<std::pair<Nanoseconds, std::string>> found;
  for (DirectoryEntry& entry : *entries) {
    std::optional<Nanoseconds> time = timeOf(entry.name);
    if (time && entry.type == FileType::directory) found.emplace_back(*time, std::move(entry.name));
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> rounds;
  rounds.reserve(found.size());
  for (auto& [time, name] : found) rounds.push_back(std::move(name));
  return rounds;
}

Result<std::vector<TrashedFile>> trashedFiles(Folder& root, std::string_view round) {
  RelPath folder = trashFolder().child(round);
  Result<std::unique_ptr<File>> index = root.open(folder.child(kIndex), OpenMode::read);
  if (!index) return index.error();
  Result<std::string> text = readAll(**index);
  if (!text) return text.error();
  std::vector<TrashedFile> files;
  std::string_view rest = *text;
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    std::size_t reason = line.find('\t');
    std::size_t key = reason == std::string_view::npos ? reason : line.find('\t', reason + 1);
    if (key == std::string_view::npos) continue;
    RelPath path = folder.child(line.substr(0, reason));
    Result<FileStat> stat = root.stat(path);
    if (!stat) continue;  // it never moved, or was put back
    files.push_back({unescaped(line.substr(key + 1)),
                     std::string(line.substr(reason + 1, key - reason - 1)), path,
                     timeOf(round).value_or(0), stat->size});
  }
  return files;
}

Result<std::uint64_t> purgeTrashBefore(Folder& root, Nanoseconds before) {
  Result<std::vector<std::string>> rounds = trashRounds(root);
  if (!rounds) return rounds.error();
  std::uint64_t files = 0;
  for (const std::string& round : *rounds) {
    if (timeOf(round).value_or(before) >= before) continue;
    Result<std::uint64_t> purged = purgeRound(root, trashFolder().child(round));
    if (!purged) return purged.error();
    files += *purged;
  }
  return files;
}

}  // namespace cloudsync
