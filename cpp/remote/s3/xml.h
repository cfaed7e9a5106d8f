#pragma once

#include <initializer_list>
#include <memory>
#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cloudsync {

// What the readers of S3's XML share. PURE; any thread.

// Parses a body that somebody else wrote. `remoteFault` for what is no XML, breaks off, or is built
// to hurt: document types, NUL bytes, far more elements than any page has. Entities are no danger,
// since pugixml expands the five of XML and numbers only; nor is depth, since it neither parses nor
// frees recursively.
Result<std::unique_ptr<pugi::xml_document>> parseXml(std::string_view body);

// The document whose root is one of `roots`. An <Error> is `remoteFault` with its code as the
// subject, whatever was expected: S3 sends it after a 200, too.
Result<std::unique_ptr<pugi::xml_document>> parseAnswer(
    std::string_view body, std::initializer_list<std::string_view> roots);

// All of the text in `node`, across CDATA and comments.
std::string textOf(pugi::xml_node node);

// Servers may write anything, and it ends up on a terminal: without control characters, and short.
std::string presentable(std::string text);

Error badAnswer(std::string what);

}  // namespace cloudsync
