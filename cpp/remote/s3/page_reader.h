#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "remote/s3/xml.h"

namespace cloudsync {

// Reads one page of a listing. The first thing that is not as it must be makes the page void, and
// stays: a page that was misread must never look like a page without the entry. One owner.
class PageReader {
 public:
  explicit PageReader(pugi::xml_node page);

  // A key, or the beginning of one; decoded where the page says that it is encoded.
  std::string key(pugi::xml_node parent, const char* name);
  std::string required(pugi::xml_node parent, const char* name);
  bool flag(pugi::xml_node parent, const char* name);
  ByteCount size(pugi::xml_node parent);
  std::uint32_t smallNumber(pugi::xml_node parent, const char* name);
  Nanoseconds time(pugi::xml_node parent, const char* name);  // 0 where there is none

  bool truncated() { return flag(page_, "IsTruncated"); }
  // Where the next page begins: without it a listing would end early and look complete.
  std::string next(const char* name);

  template <class Page>
  Result<Page> finish(Page page) const {
    if (fault_) return badAnswer(*fault_);
    return page;
  }

 private:
  void fail(std::string what);
  void unreadable(const char* name, const std::string& text);
  std::string decode(std::string text, const char* name);

  const bool encoded_;
  const pugi::xml_node page_;
  std::optional<std::string> fault_;
};

}  // namespace cloudsync
