#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "net/http_message.h"

namespace cloudsync {

// An S3 server as a function, for runs in virtual time and for answers that no real server gives on
// demand. It does what the documentation of S3 says for the requests that we send, and nothing
// more; that real servers agree is what the contract suite against Ceph and Swift is for.
class SimS3 {
 public:
  struct Options {
    bool versioned = false;
    bool conditions = true;     // If-None-Match and If-Match of PUT; false: 501, as Swift
    bool bareIfMatch = false;   // If-Match wants its ETag without quotes, as Ceph
    bool checksContent = true;  // refuses bodies that do not have their x-amz-content-sha256
    std::size_t pageSize = 1000;
    Duration clockAhead{0};            // of ours
    std::string region = "us-east-1";  // what else is signed for is sent there
  };
  SimS3(Clock& clock, Options options) : clock_(clock), options_(options) {}

  HttpResponse answer(const HttpRequest& request, const std::string& body);

  // Behind the engine's back.
  std::vector<std::string> keys() const;
  void putDirectly(const std::string& key, const std::string& body);
  void replaceKeepingMetadata(const std::string& key, const std::string& body);
  void removeDirectly(const std::string& key) { objects_[key].clear(); }
  void damage(const std::string& key, const std::string& body);  // same ETag, same metadata
  std::size_t uploads() const { return uploads_.size(); }
  // Of all objects: contents and delete markers, the replaced ones included.
  std::size_t versions() const;
  // Every content that is kept, with its key; `current` for what a plain GET answers.
  void visit(const std::function<void(const std::string& key, const std::string& body,
                                      bool current)>& visitor) const;

 private:
  struct Object {
    std::string body;
    std::string etag;
    HttpHeaders metadata;
    Nanoseconds storedAt = 0;
    std::string versionId;
    bool deleteMarker = false;
  };
  struct Upload {
    std::string key;
    HttpHeaders metadata;
    std::map<std::uint32_t, Object> parts;
  };
  struct Call {
    const HttpRequest& request;
    const std::string& body;
    std::string key;  // "" for the bucket
    std::map<std::string, std::string> query;

    std::string header(std::string_view name) const;
    bool has(const std::string& name) const { return query.contains(name); }
  };

  std::optional<HttpResponse> mistrust(const Call& call) const;
  HttpResponse onBucket(const Call& call);
  HttpResponse list(const Call& call);
  HttpResponse listVersions(const Call& call);
  HttpResponse put(const Call& call);
  HttpResponse copy(const Call& call);
  HttpResponse read(const Call& call);
  HttpResponse remove(const Call& call);
  HttpResponse onUpload(const Call& call);
  HttpResponse putPart(const Call& call, Upload& upload);
  // What a copy takes; or why not.
  const Object* sourceOf(const Call& call, HttpResponse& refused) const;
  static std::string listParts(const Call& call, const Upload& upload);
  HttpResponse complete(const Call& call, const std::string& id);

  HttpResponse store(const std::string& key, Object object);
  const Object* find(const std::string& key) const;
  std::optional<HttpResponse> refusal(const Call& call) const;

  Nanoseconds now() const { return clock_.wallTime() + options_.clockAhead.count(); }

  Clock& clock_;
  const Options options_;
  std::map<std::string, std::vector<Object>> objects_;  // newest last
  std::map<std::string, Upload> uploads_;
  std::uint64_t ids_ = 0;
};

}  // namespace cloudsync
