#include "remote/s3/bodies.h"

#include <string_view>

#include "remote/s3/answers.h"

namespace cloudsync {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace

std::string completeBody(const std::vector<S3Part>& parts) {
  std::string body = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  for (const S3Part& part : parts) {
    body += "<Part><PartNumber>" + std::to_string(part.number) + "</PartNumber><ETag>\"" +
            escaped(stripEtag(part.etag)) + "\"</ETag></Part>";
  }
  return body + "</CompleteMultipartUpload>";
}

}  // namespace cloudsync
