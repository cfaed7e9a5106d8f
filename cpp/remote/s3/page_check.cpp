#include "remote/s3/page_check.h"

#include <string_view>
#include <utility>

namespace cloudsync {

namespace {

Error lie(std::string what, std::string_view key) {
  return Error{
      ErrorKind::remoteFault,
      "the S3 server's listing cannot be believed: " + what + "; nothing is deleted for it",
      std::string(key), 0};
}

}  // namespace

Status checkPage(const S3Page& page, const PageRequest& wanted) {
  std::string_view last = wanted.after;
  for (const S3Object& object : page.objects) {
    if (!object.key.starts_with(wanted.prefix)) {
      return lie("a key lies outside of the prefix", object.key);
    }
    if (!last.empty() && object.key == last) return lie("a key stands in it twice", object.key);
    if (object.key < last) return lie("its keys are out of order", object.key);
    last = object.key;
  }
  // Directories that nobody asked for would hide what is in them.
  bool hides = wanted.depth == Depth::all && !page.commonPrefixes.empty();
  if (hides) return lie("it leaves out what is in a directory", page.commonPrefixes.front());
  if (page.truncated && page.objects.empty() && page.commonPrefixes.empty()) {
    return lie("a page without a key says that more follow", wanted.after);
  }
  return {};
}

}  // namespace cloudsync
