#include "step.h"

#include <array>
#include <charconv>
#include <utility>

namespace cloudsync::sim {

namespace {

using Kind = Step::Kind;

struct Word {
  Kind kind;
  std::string_view text;
  int paths;
  bool number;
};
constexpr std::array kWords = {Word{Kind::write, "write", 1, true},
                               Word{Kind::append, "append", 1, true},
                               Word{Kind::edit, "edit", 1, true},
                               Word{Kind::truncate, "truncate", 1, false},
                               Word{Kind::rename, "rename", 2, false},
                               Word{Kind::swap, "swap", 2, false},
                               Word{Kind::mkdir, "mkdir", 1, false},
                               Word{Kind::remove, "remove", 1, false},
                               Word{Kind::link, "link", 1, false},
                               Word{Kind::free, "free", 1, false},
                               Word{Kind::fetch, "fetch", 1, false},
                               Word{Kind::sync, "sync", 0, true},
                               Word{Kind::begin, "begin", 0, false},
                               Word{Kind::stop, "stop", 0, false},
                               Word{Kind::settle, "settle", 0, false},
                               Word{Kind::kill, "kill", 0, false},
                               Word{Kind::power, "power", 0, true},
                               Word{Kind::close, "close", 0, false},
                               Word{Kind::backup, "backup", 0, false},
                               Word{Kind::restore, "restore", 0, false},
                               Word{Kind::full, "full", 0, true},
                               Word{Kind::fail, "fail", 0, true},
                               Word{Kind::cutOff, "cut-off", 0, false},
                               Word{Kind::connect, "connect", 0, false},
                               Word{Kind::fault, "fault", 0, true},
                               Word{Kind::unmount, "unmount", 0, false},
                               Word{Kind::cloudPower, "cloud-power", 0, true},
                               Word{Kind::lie, "lie", 0, true},
                               Word{Kind::jump, "jump", 0, true}};

const Word& wordOf(Kind kind) {
  for (const Word& word : kWords) {
    if (word.kind == kind) return word;
  }
  return kWords[0];
}

constexpr std::array<std::pair<Setting::Cloud, std::string_view>, 4> kClouds = {
    {{Setting::Cloud::directory, "directory"},
     {Setting::Cloud::s3, "s3"},
     {Setting::Cloud::s3Plain, "s3-plain"},
     {Setting::Cloud::s3Versioned, "s3-versioned"}}};

// Names hold no space, semicolon or parenthesis; other bytes than ASCII are shown as %XX.
std::string escaped(std::string_view path) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (char c : path) {
    auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f && c != '%') {
      text += c;
    } else {
      text += '%';
      text += kDigits[byte >> 4U];
      text += kDigits[byte & 15U];
    }
  }
  return text;
}

std::string unescaped(std::string_view text) {
  std::string path;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ec == std::errc()) {
      path += static_cast<char>(value);
      i += 2;
    } else {
      path += text[i];
    }
  }
  return path;
}

void print(const Step& step, std::string& text) {
  const Word& word = wordOf(step.kind);
  text += std::to_string(step.where) + " ";
  text += word.text;
  if (word.paths > 0) text.append(" ").append(escaped(step.path));
  if (word.paths > 1) text.append(" ").append(escaped(step.other));
  if (word.number) text.append(" ").append(std::to_string(step.number));
  for (const Step::Interruption& other : step.during) {
    text.append(" (").append(std::to_string(other.call)).append(" ");
    print(other.step, text);
    text += ")";
  }
}

Error unreadable(std::string_view what) {
  return Error{ErrorKind::invalidArgument, "not a part of a history", std::string(what), 0};
}

class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) {}

  std::string_view next() {
    std::size_t begin = rest_.find_first_not_of(' ');
    if (begin == std::string_view::npos) return rest_ = {};
    rest_.remove_prefix(begin);
    std::size_t end = std::min(rest_.find(' '), rest_.size());
    std::string_view word = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return word;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

template <class Number>
bool readNumber(std::string_view text, Number& number) {
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc() && end == text.data() + text.size();
}

Result<Step> parseStep(std::string_view text) {
  std::size_t open = text.find('(');
  Words words(text.substr(0, open));
  Step step;
  std::string_view where = words.next();
  if (!readNumber(where, step.where)) return unreadable(text);
  std::string_view verb = words.next();
  const Word* found = nullptr;
  for (const Word& word : kWords) {
    if (word.text == verb) found = &word;
  }
  if (found == nullptr) return unreadable(text);
  step.kind = found->kind;
  if (found->paths > 0) step.path = unescaped(words.next());
  if (found->paths > 1) step.other = unescaped(words.next());
  if (found->number && !readNumber(words.next(), step.number)) return unreadable(text);
  while (open != std::string_view::npos) {
    std::size_t close = text.find(')', open);
    if (close == std::string_view::npos) return unreadable(text);
    Words inside(text.substr(open + 1, close - open - 1));
    Step::Interruption interruption;
    if (!readNumber(inside.next(), interruption.call)) return unreadable(text);
    Result<Step> nested = parseStep(inside.rest());
    if (!nested) return nested.error();
    interruption.step = std::move(*nested);
    step.during.push_back(std::move(interruption));
    open = text.find('(', close);
  }
  return step;
}

Result<Setting> parseSetting(std::string_view text) {
  Setting setting;
  Words words(text);
  for (std::string_view word = words.next(); !word.empty(); word = words.next()) {
    std::size_t equals = std::min(word.find('='), word.size());
    std::string_view name = word.substr(0, equals);
    std::string_view value = word.substr(std::min(equals + 1, word.size()));
    bool read = false;
    if (name == "seed") read = readNumber(value, setting.seed);
    if (name == "devices") read = readNumber(value, setting.devices);
    if (name == "on-demand") read = readNumber(value, setting.onDemand);
    for (const auto& [cloud, cloudName] : kClouds) {
      if (name != "cloud" || value != cloudName) continue;
      setting.cloud = cloud;
      read = true;
    }
    if (word == "no-leases") read = !(setting.leases = false);
    if (word == "no-exchange") read = !(setting.exchange = false);
    if (word == "new-state") read = setting.newState = true;
    if (!read) return unreadable(word);
  }
  return setting;
}

}  // namespace

std::string toText(const Step& step) {
  std::string text;
  print(step, text);
  return text;
}

std::string toText(const History& history) {
  const Setting& setting = history.setting;
  std::string text = "seed=" + std::to_string(setting.seed);
  text += " devices=" + std::to_string(setting.devices) + " cloud=";
  for (const auto& [cloud, name] : kClouds) {
    if (cloud == setting.cloud) text += name;
  }
  if (setting.onDemand != 0) text += " on-demand=" + std::to_string(setting.onDemand);
  if (!setting.leases) text += " no-leases";
  if (!setting.exchange) text += " no-exchange";
  if (setting.newState) text += " new-state";
  for (const Step& step : history.steps) {
    text += "; ";
    print(step, text);
  }
  return text;
}

Result<History> parseHistory(std::string_view text) {
  History history;
  std::size_t end = std::min(text.find(';'), text.size());
  Result<Setting> setting = parseSetting(text.substr(0, end));
  if (!setting) return setting.error();
  history.setting = *setting;
  while (end < text.size()) {
    std::size_t begin = end + 1;
    end = std::min(text.find(';', begin), text.size());
    Result<Step> step = parseStep(text.substr(begin, end - begin));
    if (!step) return step.error();
    history.steps.push_back(std::move(*step));
  }
  return history;
}

}  // namespace cloudsync::sim
