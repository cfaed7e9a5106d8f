#include "remote/s3/answers.h"

#include <cstddef>
#include <memory>
#include <utility>

#include "remote/s3/xml.h"

namespace cloudsync {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n";
  std::size_t begin = text.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
}

}  // namespace

S3Error parseS3Error(std::string_view body) {
  Result<std::unique_ptr<pugi::xml_document>> document = parseXml(body);
  if (!document) return {};
  pugi::xml_node root = (*document)->document_element();
  std::string_view name = root.name();
  if (name == "ErrorResponse") root = root.child("Error");  // STS wraps it
  if (std::string_view(root.name()) != "Error") return {};
  S3Error error;
  error.code = presentable(std::string(trimmed(textOf(root.child("Code")))));
  error.message = presentable(std::string(trimmed(textOf(root.child("Message")))));
  return error;
}

Result<std::string> parseUploadId(std::string_view body) {
  auto document = parseAnswer(body, {"InitiateMultipartUploadResult"});
  if (!document) return document.error();
  std::string id(trimmed(textOf((*document)->document_element().child("UploadId"))));
  if (id.empty()) return badAnswer("<UploadId> is missing");
  return id;
}

Result<std::string> parseEtagAnswer(std::string_view body) {
  auto document =
      parseAnswer(body, {"CompleteMultipartUploadResult", "CopyObjectResult", "CopyPartResult"});
  if (!document) return document.error();
  return stripEtag(textOf((*document)->document_element().child("ETag")));
}

bool parseVersioningEnabled(std::string_view body) {
  auto document = parseAnswer(body, {"VersioningConfiguration"});
  if (!document) return false;
  return trimmed(textOf((*document)->document_element().child("Status"))) == "Enabled";
}

std::string stripEtag(std::string_view header) {
  std::string_view text = trimmed(header);
  if (text.starts_with("W/") || text.starts_with("w/")) text.remove_prefix(2);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  return std::string(text);
}

}  // namespace cloudsync
