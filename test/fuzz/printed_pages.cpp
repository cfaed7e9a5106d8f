#include "printed_pages.h"

#include "calendar.h"
#include "net/url.h"

namespace cloudsync::fuzz {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    bool plain = c != '&' && c != '<' && c != '>' && c != '\r';
    out += plain ? std::string(1, c) : "&#" + std::to_string(static_cast<int>(c)) + ";";
  }
  return out;
}

std::string element(const std::string& name, const std::string& inside) {
  return "<" + name + ">" + inside + "</" + name + ">";
}

std::string text(const std::string& name, std::string_view value) {
  return element(name, escaped(value));
}

std::string key(const std::string& name, std::string_view value) {
  return element(name, encodeUnreserved(value));
}

std::string etag(std::string_view bare) { return text("ETag", "\"" + std::string(bare) + "\""); }

std::string number(const std::string& name, ByteCount value) {
  return element(name, std::to_string(value));
}

std::string flag(const std::string& name, bool value) {
  return element(name, value ? "true" : "false");
}

std::string time(Nanoseconds value) {
  return value == 0 ? "" : element("LastModified", Calendar(value).iso());
}

std::string page(const std::string& root, bool truncated, const std::string& inside) {
  return element(root,
                 "<EncodingType>url</EncodingType>" + flag("IsTruncated", truncated) + inside);
}

}  // namespace

std::string print(const S3Page& page) {
  std::string inside = page.truncated ? text("NextContinuationToken", page.nextToken) : "";
  for (const S3Object& object : page.objects) {
    inside += element("Contents", key("Key", object.key) + time(object.modifyTime) +
                                      etag(object.etag) + number("Size", object.size));
  }
  for (const std::string& prefix : page.commonPrefixes) {
    inside += element("CommonPrefixes", key("Prefix", prefix));
  }
  return fuzz::page("ListBucketResult", page.truncated, inside);
}

std::string print(const S3VersionsPage& page) {
  std::string inside;
  if (page.truncated) {
    inside = key("NextKeyMarker", page.nextKeyMarker) +
             text("NextVersionIdMarker", page.nextVersionIdMarker);
  }
  for (const S3Version& version : page.versions) {
    std::string parts = key("Key", version.key) + text("VersionId", version.versionId) +
                        flag("IsLatest", version.latest) + time(version.modifyTime);
    if (!version.deleteMarker) parts += etag(version.etag) + number("Size", version.size);
    inside += element(version.deleteMarker ? "DeleteMarker" : "Version", parts);
  }
  return fuzz::page("ListVersionsResult", page.truncated, inside);
}

std::string print(const S3PartsPage& page) {
  std::string inside = page.truncated ? number("NextPartNumberMarker", page.nextMarker) : "";
  for (const S3StoredPart& part : page.parts) {
    inside += element(
        "Part", number("PartNumber", part.number) + etag(part.etag) + number("Size", part.size));
  }
  return fuzz::page("ListPartsResult", page.truncated, inside);
}

std::size_t bytesIn(const S3Page& page) {
  std::size_t bytes = page.nextToken.size();
  for (const S3Object& object : page.objects) bytes += object.key.size() + object.etag.size();
  for (const std::string& prefix : page.commonPrefixes) bytes += prefix.size();
  return bytes + (page.objects.size() + page.commonPrefixes.size()) * 10;  // "<Contents>"
}

std::size_t bytesIn(const S3VersionsPage& page) {
  std::size_t bytes = page.nextKeyMarker.size() + page.nextVersionIdMarker.size();
  for (const S3Version& version : page.versions) {
    bytes +=
        version.key.size() + version.versionId.size() + version.etag.size() + 9;  // "<Version>"
  }
  return bytes;
}

std::size_t bytesIn(const S3PartsPage& page) {
  std::size_t bytes = 0;
  for (const S3StoredPart& part : page.parts) bytes += part.etag.size() + 6;  // "<Part>"
  return bytes;
}

}  // namespace cloudsync::fuzz
