// The XML that S3 answers with. The input is the body of an answer.
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "calendar.h"
#include "printed_pages.h"
#include "property.h"
#include "remote/s3/answers.h"
#include "remote/s3/faults.h"
#include "remote/s3/iso_time.h"
#include "remote/s3/page_check.h"
#include "remote/s3/xml.h"

namespace cloudsync::fuzz {
namespace {

// Sizes are read as they stand in the document, and none turns negative in the database.
void checkSizes(std::string_view body, const char* element, const std::vector<ByteCount>& sizes) {
  auto document = parseXml(body);
  must(document.ok(), "a page comes from a document");
  std::size_t i = 0;
  for (pugi::xml_node node : (*document)->document_element().children(element)) {
    must(i < sizes.size(), "every element is an entry");
    std::string text = textOf(node.child("Size"));
    must(plainDigits(text) == std::to_string(sizes[i]), "a size is what the document says");
    must(sizes[i] <= std::numeric_limits<std::int64_t>::max(), "a size fits into 63 bits");
    ++i;
  }
  must(i == sizes.size(), "every entry is an element");
}

void checkTimes(std::string_view body, const char* element) {
  auto document = parseXml(body);
  for (pugi::xml_node node : (*document)->document_element().children(element)) {
    std::string text = textOf(node.child("LastModified"));
    if (text.empty() || text.substr(17, 2) == "60") continue;  // a leap second prints otherwise
    std::string printed = Calendar(parseIsoTime(text).value()).iso();
    must(printed.starts_with(text.substr(0, 19)), "a time prints as it was written");
    text.pop_back();
    must(printed.starts_with(text), "and its fraction, too");
  }
}

// What is true of every kind of page.
template <class Page>
bool checkPage(std::string_view body, Result<Page> (*parse)(std::string_view)) {
  Result<Page> page = parse(body);
  if (!page) {
    must(page.error().kind == ErrorKind::remoteFault, "a bad answer is the server's fault");
    must(isPresentable(page.error().message), "an error can be shown");
    return false;
  }
  must(bytesIn(*page) <= body.size(), "a page is no larger than its answer");
  std::string printed = print(*page);
  Result<Page> again = parse(printed);
  must(again && print(*again) == printed, "a page that is printed reads the same");
  // Half an answer must never look like a shorter page.
  unsigned sum = std::accumulate(body.begin(), body.end(), 0U, [](unsigned all, char c) {
    return all * 31 + static_cast<unsigned char>(c);
  });
  Result<Page> cut = parse(body.substr(0, sum % body.size()));
  must(!cut || print(*cut) == printed, "an answer that was cut off is refused");
  return true;
}

bool checkObjects(std::string_view body) {
  if (!checkPage(body, parseListPage)) return false;
  Result<S3Page> page = parseListPage(body);
  std::vector<ByteCount> sizes;
  for (const S3Object& object : page->objects) {
    must(!object.key.empty(), "a key is never empty");
    sizes.push_back(object.size);
  }
  checkSizes(body, "Contents", sizes);
  checkTimes(body, "Contents");
  must(page->truncated == !page->nextToken.empty(),
       "a token leads on, and only where more follows");
  if (cloudsync::checkPage(*page, PageRequest{})) {
    for (std::size_t i = 1; i < page->objects.size(); ++i) {
      must(page->objects[i - 1].key < page->objects[i].key, "a page that is believed is in order");
    }
  }
  return true;
}

bool checkVersions(std::string_view body) {
  if (!checkPage(body, parseVersionsPage)) return false;
  Result<S3VersionsPage> page = parseVersionsPage(body);
  std::vector<ByteCount> sizes;
  for (const S3Version& version : page->versions) {
    if (!version.deleteMarker) sizes.push_back(version.size);
  }
  checkSizes(body, "Version", sizes);
  checkTimes(body, "Version");
  checkTimes(body, "DeleteMarker");
  must(page->truncated == !page->nextKeyMarker.empty(), "a marker leads on where more follows");
  return true;
}

bool checkParts(std::string_view body) {
  if (!checkPage(body, parsePartsPage)) return false;
  Result<S3PartsPage> page = parsePartsPage(body);
  std::vector<ByteCount> sizes;
  for (const S3StoredPart& part : page->parts) sizes.push_back(part.size);
  checkSizes(body, "Part", sizes);
  return true;
}

bool checkText(std::string_view body, Result<std::string> (*parse)(std::string_view)) {
  Result<std::string> text = parse(body);
  if (text) {
    must(text->size() <= body.size(), "a text is no larger than its answer");
  } else {
    must(isPresentable(text.error().message), "an error can be shown");
    must(isPresentable(text.error().subject), "and what it is about");
  }
  return text.ok();
}

void checkError(std::string_view body) {
  S3Error said = parseS3Error(body);
  must(said.code.size() + said.message.size() <= body.size(), "an error is no larger than told");
  HttpResponse answer;
  answer.status = 300 + static_cast<int>(body.size() % 300);
  answer.body = std::string(body);
  S3Location location;
  location.bucket = "bucket";
  location.region = "us-east-1";
  Error error = s3ErrorOf(answer, location, "key");
  must(isPresentable(error.message), "an error can be shown");
  must(error.subject == "key" || error.subject == "bucket", "an error is about what was asked");
}

void check(std::string_view body) {
  int understood = 0;
  for (bool yes :
       {checkObjects(body), checkVersions(body), checkParts(body), checkText(body, parseUploadId),
        checkText(body, parseEtagAnswer), parseVersioningEnabled(body)}) {
    if (yes) ++understood;
  }
  must(understood <= 1, "an answer is of one kind");
  checkError(body);
  must(understood == 0 || parseS3Error(body).code.empty(), "an error is no success");
}

}  // namespace
}  // namespace cloudsync::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cloudsync::fuzz::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
