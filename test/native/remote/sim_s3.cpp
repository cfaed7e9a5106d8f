#include "sim_s3.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <ctime>

#include "base/sha256.h"
#include "net/url.h"
#include "remote/s3/answers.h"

namespace cloudsync {

namespace {

std::string hashOf(std::string_view text) {
  return sha256Of({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}).hex();
}

HttpResponse status(int code, std::string body = {}) {
  HttpResponse answer;
  answer.status = code;
  answer.body = std::move(body);
  return answer;
}

HttpResponse fault(int code, const std::string& name) {
  return status(code, "<Error><Code>" + name + "</Code><Message>simulated</Message></Error>");
}

std::string element(const std::string& name, const std::string& text) {
  return "<" + name + ">" + text + "</" + name + ">";
}

std::string format(Nanoseconds time, const char* pattern) {
  std::time_t seconds = static_cast<std::time_t>(time / 1'000'000'000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[64];
  return {text, std::strftime(text, sizeof text, pattern, &parts)};
}

std::string isoTime(Nanoseconds time) { return format(time, "%Y-%m-%dT%H:%M:%S.000Z"); }
std::string httpTime(Nanoseconds time) { return format(time, "%a, %d %b %Y %H:%M:%S GMT"); }

std::map<std::string, std::string> parseQuery(const std::string& text) {
  std::map<std::string, std::string> query;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.find('&', at), text.size());
    std::string pair = text.substr(at, end - at);
    std::size_t equals = std::min(pair.find('='), pair.size());
    query[decodePercent(pair.substr(0, equals))] =
        equals < pair.size() ? decodePercent(pair.substr(equals + 1)) : "";
    at = end + 1;
  }
  return query;
}

HttpHeaders metadataIn(const HttpRequest& request) {
  HttpHeaders kept;
  for (const HttpHeader& header : request.headers.all()) {
    if (header.name.starts_with("x-amz-meta-")) kept.add(header.name, header.value);
  }
  return kept;
}

}  // namespace

std::string SimS3::Call::header(std::string_view name) const {
  return std::string(request.headers.find(name).value_or(""));
}

HttpResponse SimS3::answer(const HttpRequest& request, const std::string& body) {
  Url url = std::move(parseUrl(request.url)).value();
  std::size_t slash = std::min(url.path.find('/', 1), url.path.size());
  Call call{request, body, decodePercent(url.path.substr(std::min(slash + 1, url.path.size()))),
            parseQuery(url.query)};
  HttpResponse answer;
  if (std::optional<HttpResponse> mistrusted = mistrust(call)) {
    answer = *mistrusted;
  } else if (call.key.empty()) {
    answer = onBucket(call);
  } else if (call.has("uploads") || call.has("uploadId")) {
    answer = onUpload(call);
  } else if (request.method == "PUT") {
    answer = call.header("x-amz-copy-source").empty() ? put(call) : copy(call);
  } else if (request.method == "DELETE") {
    answer = remove(call);
  } else {
    answer = read(call);
  }
  answer.headers.add("Date", httpTime(now()));
  return answer;
}

std::optional<HttpResponse> SimS3::mistrust(const Call& call) const {
  std::string signature = call.header("Authorization");
  if (signature.empty()) return fault(403, "AccessDenied");
  if (signature.find("/" + options_.region + "/") == std::string::npos) {
    HttpResponse elsewhere = fault(301, "PermanentRedirect");
    elsewhere.headers.add("x-amz-bucket-region", options_.region);
    return elsewhere;
  }
  std::tm parts{};
  if (!::strptime(call.header("x-amz-date").c_str(), "%Y%m%dT%H%M%SZ", &parts)) return status(400);
  constexpr std::int64_t kTolerated = 15 * 60;
  std::int64_t off = ::timegm(&parts) - now() / 1'000'000'000;
  if (off > kTolerated || off < -kTolerated) return fault(403, "RequestTimeTooSkewed");
  if (options_.checksContent && !call.body.empty() &&
      call.header("x-amz-content-sha256") != hashOf(call.body)) {
    return fault(400, "XAmzContentSHA256Mismatch");
  }
  return std::nullopt;
}

std::vector<std::string> SimS3::keys() const {
  std::vector<std::string> keys;
  for (const auto& entry : objects_) {
    if (find(entry.first)) keys.push_back(entry.first);
  }
  return keys;
}

void SimS3::putDirectly(const std::string& key, const std::string& body) {
  Object object;
  object.body = body;
  object.etag = hashOf(body).substr(0, 32);
  store(key, std::move(object));
}

void SimS3::replaceKeepingMetadata(const std::string& key, const std::string& body) {
  HttpHeaders kept = find(key)->metadata;
  putDirectly(key, body);
  objects_[key].back().metadata = std::move(kept);
}

void SimS3::damage(const std::string& key, const std::string& body) {
  objects_.at(key).back().body = body;
}

std::size_t SimS3::versions() const {
  std::size_t count = 0;
  for (const auto& entry : objects_) count += entry.second.size();
  return count;
}

const SimS3::Object* SimS3::find(const std::string& key) const {
  auto found = objects_.find(key);
  if (found == objects_.end() || found->second.empty()) return nullptr;
  const Object& newest = found->second.back();
  return newest.deleteMarker ? nullptr : &newest;
}

HttpResponse SimS3::onBucket(const Call& call) {
  if (call.has("versioning")) {
    std::string state = options_.versioned ? element("Status", "Enabled") : "";
    return status(200, element("VersioningConfiguration", state));
  }
  return call.has("versions") ? listVersions(call) : list(call);
}

HttpResponse SimS3::list(const Call& call) {
  auto asked = [&call](const char* name) {
    auto found = call.query.find(name);
    return found == call.query.end() ? std::string() : found->second;
  };
  std::size_t most = options_.pageSize;
  if (call.has("max-keys")) most = std::min<std::size_t>(most, std::stoul(asked("max-keys")));
  bool encoded = asked("encoding-type") == "url";
  std::string contents;
  std::size_t count = 0;
  bool truncated = false;
  std::string lastPrefix;
  for (const std::string& key : keys()) {
    std::string prefix = asked("prefix");
    if (!key.starts_with(prefix) || key <= asked("start-after")) continue;
    std::size_t slash = call.has("delimiter") ? key.find('/', prefix.size()) : std::string::npos;
    std::string common = slash == std::string::npos ? "" : key.substr(0, slash + 1);
    if (!common.empty() && common == lastPrefix) continue;
    if (count == most) truncated = true;
    if (truncated) break;
    ++count;
    if (!common.empty()) {
      lastPrefix = common;
      std::string text = encoded ? encodeUnreserved(common) : common;
      contents += element("CommonPrefixes", element("Prefix", text));
      continue;
    }
    const Object& object = *find(key);
    contents += element("Contents", element("Key", encoded ? encodeUnreserved(key) : key) +
                                        element("LastModified", isoTime(object.storedAt)) +
                                        element("ETag", "&quot;" + object.etag + "&quot;") +
                                        element("Size", std::to_string(object.body.size())));
  }
  std::string head = element("KeyCount", std::to_string(count)) +
                     element("IsTruncated", truncated ? "true" : "false");
  if (encoded) head += element("EncodingType", "url");
  if (truncated) head += element("NextContinuationToken", "token");
  return status(200, element("ListBucketResult", head + contents));
}

HttpResponse SimS3::listVersions(const Call& call) {
  std::string shown = element("IsTruncated", "false") + element("EncodingType", "url");
  for (const auto& [key, versions] : objects_) {
    if (!key.starts_with(call.query.at("prefix"))) continue;
    for (std::size_t i = versions.size(); i-- > 0;) {
      const Object& object = versions[i];
      std::string text = element("Key", encodeUnreserved(key)) +
                         element("VersionId", object.versionId) +
                         element("IsLatest", i + 1 == versions.size() ? "true" : "false") +
                         element("LastModified", isoTime(object.storedAt));
      if (!object.deleteMarker) {
        text += element("ETag", object.etag) + element("Size", std::to_string(object.body.size()));
      }
      shown += element(object.deleteMarker ? "DeleteMarker" : "Version", text);
    }
  }
  return status(200, element("ListVersionsResult", shown));
}

std::optional<HttpResponse> SimS3::refusal(const Call& call) const {
  std::string absent = call.header("If-None-Match");
  std::string match = call.header("If-Match");
  if (absent.empty() && match.empty()) return std::nullopt;
  if (!options_.conditions) return fault(501, "NotImplemented");
  const Object* now = find(call.key);
  if (!absent.empty()) {
    return now ? std::optional(fault(412, "PreconditionFailed")) : std::nullopt;
  }
  if (!now) return fault(404, "NoSuchKey");  // not 412: as AWS does
  bool quoted = match.starts_with('"');
  bool holds = now && stripEtag(match) == now->etag && quoted != options_.bareIfMatch;
  return holds ? std::nullopt : std::optional(fault(412, "PreconditionFailed"));
}

HttpResponse SimS3::store(const std::string& key, Object object) {
  object.storedAt = now();
  object.versionId = "v/" + std::to_string(++ids_);
  std::vector<Object>& versions = objects_[key];
  if (!options_.versioned) versions.clear();
  HttpResponse answer = status(200);
  answer.headers.add("ETag", "\"" + object.etag + "\"");
  if (options_.versioned) answer.headers.add("x-amz-version-id", object.versionId);
  versions.push_back(std::move(object));
  return answer;
}

HttpResponse SimS3::put(const Call& call) {
  if (std::optional<HttpResponse> refused = refusal(call)) return *refused;
  Object object;
  object.body = call.body;
  object.etag = hashOf(call.body).substr(0, 32);
  object.metadata = metadataIn(call.request);
  return store(call.key, std::move(object));
}

HttpResponse SimS3::copy(const Call& call) {
  HttpResponse refused;
  const Object* from = sourceOf(call, refused);
  if (!from) return refused;
  Object object = *from;
  HttpResponse answer = store(call.key, std::move(object));
  answer.body =
      element("CopyObjectResult", element("ETag", std::string(*answer.headers.find("ETag"))));
  return answer;
}

const SimS3::Object* SimS3::sourceOf(const Call& call, HttpResponse& refused) const {
  const std::string version = "?versionId=";
  std::string given = call.header("x-amz-copy-source");
  std::size_t question = given.find(version);
  std::string source = decodePercent(given.substr(0, question));
  std::string key = source.substr(source.find('/', 1) + 1);
  const Object* from = find(key);
  if (question != std::string::npos) {
    std::string wanted = decodePercent(given.substr(question + version.size()));
    from = nullptr;
    auto kept = objects_.find(key);
    for (std::size_t i = 0; kept != objects_.end() && i < kept->second.size(); ++i) {
      if (kept->second[i].versionId == wanted) from = &kept->second[i];
    }
  }
  if (!from) refused = fault(404, "NoSuchKey");
  if (from && stripEtag(call.header("x-amz-copy-source-if-match")) != from->etag) {
    refused = fault(412, "PreconditionFailed");
    from = nullptr;
  }
  return from;
}

HttpResponse SimS3::read(const Call& call) {
  const Object* object = find(call.key);
  if (call.has("versionId")) {
    for (const Object& version : objects_[call.key]) {
      if (version.versionId == call.query.at("versionId")) object = &version;
    }
  }
  if (!object) return fault(404, "NoSuchKey");
  std::string match = call.header("If-Match");
  if (!match.empty() && stripEtag(match) != object->etag) return fault(412, "PreconditionFailed");
  HttpResponse answer = status(200, object->body);
  answer.headers = object->metadata;
  answer.headers.add("ETag", "\"" + object->etag + "\"");
  answer.headers.add("Last-Modified", httpTime(object->storedAt));
  if (options_.versioned) answer.headers.add("x-amz-version-id", object->versionId);
  std::string range = call.header("Range");
  if (!range.empty()) {
    std::size_t first = 0;
    std::size_t last = 0;
    if (std::sscanf(range.c_str(), "bytes=%zu-%zu", &first, &last) != 2) return status(400);
    if (first >= object->body.size()) return fault(416, "InvalidRange");
    last = std::min(last, object->body.size() - 1);
    answer.status = 206;
    answer.body = object->body.substr(first, last - first + 1);
    answer.headers.add("Content-Range", "bytes " + std::to_string(first) + "-" +
                                            std::to_string(last) + "/" +
                                            std::to_string(object->body.size()));
  }
  answer.headers.add("Content-Length", std::to_string(answer.body.size()));
  return answer;
}

HttpResponse SimS3::remove(const Call& call) {
  std::vector<Object>& versions = objects_[call.key];
  if (call.has("versionId")) {
    std::erase_if(versions, [&call](const Object& version) {
      return version.versionId == call.query.at("versionId");
    });
  } else if (options_.versioned) {
    Object marker;
    marker.deleteMarker = true;
    store(call.key, std::move(marker));
  } else {
    versions.clear();
  }
  return status(204);
}

HttpResponse SimS3::onUpload(const Call& call) {
  if (call.has("uploads")) {
    std::string id = "upload-" + std::to_string(++ids_);
    uploads_[id] = Upload{call.key, metadataIn(call.request), {}};
    return status(200, element("InitiateMultipartUploadResult", element("UploadId", id)));
  }
  const std::string& id = call.query.at("uploadId");
  auto found = uploads_.find(id);
  if (found == uploads_.end() || found->second.key != call.key) return fault(404, "NoSuchUpload");
  if (call.request.method == "DELETE") {
    uploads_.erase(found);
    return status(204);
  }
  if (call.request.method == "POST") return complete(call, id);
  if (call.request.method == "GET") return status(200, listParts(call, found->second));
  return putPart(call, found->second);
}

HttpResponse SimS3::putPart(const Call& call, Upload& upload) {
  Object part;
  part.body = call.body;
  bool copies = !call.header("x-amz-copy-source").empty();
  if (copies) {
    HttpResponse refused;
    const Object* from = sourceOf(call, refused);
    if (!from) return refused;
    std::size_t first = 0;
    std::size_t last = 0;
    std::string range = call.header("x-amz-copy-source-range");
    if (std::sscanf(range.c_str(), "bytes=%zu-%zu", &first, &last) != 2) return status(400);
    if (last >= from->body.size()) return fault(416, "InvalidRange");
    part.body = from->body.substr(first, last - first + 1);
  }
  part.etag = hashOf(part.body).substr(0, 32);
  HttpResponse answer = status(200);
  if (copies)
    answer.body = element("CopyPartResult", element("ETag", "&quot;" + part.etag + "&quot;"));
  answer.headers.add("ETag", "\"" + part.etag + "\"");
  upload.parts[static_cast<std::uint32_t>(std::stoul(call.query.at("partNumber")))] =
      std::move(part);
  return answer;
}

// Two parts a page: servers have a thousand.
std::string SimS3::listParts(const Call& call, const Upload& upload) {
  std::uint32_t marker = 0;
  if (call.has("part-number-marker")) {
    marker = static_cast<std::uint32_t>(std::stoul(call.query.at("part-number-marker")));
  }
  std::string parts;
  auto part = upload.parts.upper_bound(marker);
  for (int count = 0; count < 2 && part != upload.parts.end(); ++count, ++part) {
    marker = part->first;
    parts += element("Part", element("PartNumber", std::to_string(marker)) +
                                 element("Size", std::to_string(part->second.body.size())) +
                                 element("ETag", "&quot;" + part->second.etag + "&quot;"));
  }
  bool more = part != upload.parts.end();
  parts += element("IsTruncated", more ? "true" : "false");
  if (more) parts += element("NextPartNumberMarker", std::to_string(marker));
  return element("ListPartsResult", parts);
}

HttpResponse SimS3::complete(const Call& call, const std::string& id) {
  Upload& upload = uploads_.at(id);
  if (std::optional<HttpResponse> refused = refusal(call)) return *refused;
  Object object;
  object.metadata = upload.metadata;
  std::size_t count = 0;
  for (std::size_t at = call.body.find("<PartNumber>"); at != std::string::npos;
       at = call.body.find("<PartNumber>", at + 1)) {
    auto number = static_cast<std::uint32_t>(std::stoul(call.body.substr(at + 12)));
    auto part = upload.parts.find(number);
    if (part == upload.parts.end()) return fault(400, "InvalidPart");
    object.body += part->second.body;
    ++count;
  }
  object.etag = hashOf(object.body).substr(0, 32) + "-" + std::to_string(count);
  uploads_.erase(id);
  HttpResponse stored = store(call.key, std::move(object));
  return status(200, element("CompleteMultipartUploadResult",
                             element("ETag", std::string(*stored.headers.find("ETag")))));
}

}  // namespace cloudsync
