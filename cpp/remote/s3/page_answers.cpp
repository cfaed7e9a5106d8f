#include <memory>
#include <utility>

#include "remote/s3/answers.h"
#include "remote/s3/page_reader.h"
#include "remote/s3/xml.h"

namespace cloudsync {

namespace {

S3Version readVersion(PageReader& reader, pugi::xml_node node, bool deleteMarker) {
  S3Version version;
  version.key = reader.key(node, "Key");
  version.versionId = reader.required(node, "VersionId");
  version.latest = reader.flag(node, "IsLatest");
  version.deleteMarker = deleteMarker;
  version.modifyTime = reader.time(node, "LastModified");
  if (deleteMarker) return version;
  version.size = reader.size(node);
  version.etag = stripEtag(textOf(node.child("ETag")));
  return version;
}

}  // namespace

Result<S3Page> parseListPage(std::string_view body) {
  auto document = parseAnswer(body, {"ListBucketResult"});
  if (!document) return document.error();
  pugi::xml_node root = (*document)->document_element();
  PageReader reader(root);
  S3Page page;
  for (pugi::xml_node node : root.children("Contents")) {
    S3Object object;
    object.key = reader.key(node, "Key");
    object.size = reader.size(node);
    object.etag = stripEtag(reader.required(node, "ETag"));
    object.modifyTime = reader.time(node, "LastModified");
    page.objects.push_back(std::move(object));
  }
  for (pugi::xml_node node : root.children("CommonPrefixes")) {
    page.commonPrefixes.push_back(reader.key(node, "Prefix"));
  }
  page.truncated = reader.truncated();
  if (page.truncated) page.nextToken = reader.next("NextContinuationToken");
  return reader.finish(std::move(page));
}

Result<S3VersionsPage> parseVersionsPage(std::string_view body) {
  auto document = parseAnswer(body, {"ListVersionsResult"});
  if (!document) return document.error();
  pugi::xml_node root = (*document)->document_element();
  PageReader reader(root);
  S3VersionsPage page;
  for (pugi::xml_node node : root.children()) {
    std::string_view name = node.name();
    if (name != "Version" && name != "DeleteMarker") continue;
    page.versions.push_back(readVersion(reader, node, name == "DeleteMarker"));
  }
  page.truncated = reader.truncated();
  if (page.truncated) {
    page.nextKeyMarker = reader.next("NextKeyMarker");
    page.nextVersionIdMarker = textOf(root.child("NextVersionIdMarker"));
  }
  return reader.finish(std::move(page));
}

Result<S3PartsPage> parsePartsPage(std::string_view body) {
  auto document = parseAnswer(body, {"ListPartsResult"});
  if (!document) return document.error();
  pugi::xml_node root = (*document)->document_element();
  PageReader reader(root);
  S3PartsPage page;
  for (pugi::xml_node node : root.children("Part")) {
    S3StoredPart part;
    part.number = reader.smallNumber(node, "PartNumber");
    part.size = reader.size(node);
    part.etag = stripEtag(reader.required(node, "ETag"));
    page.parts.push_back(std::move(part));
  }
  page.truncated = reader.truncated();
  if (page.truncated) page.nextMarker = reader.smallNumber(root, "NextPartNumberMarker");
  return reader.finish(std::move(page));
}

}  // namespace cloudsync
