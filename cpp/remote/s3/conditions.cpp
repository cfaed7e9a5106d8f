#include "remote/s3/conditions.h"

#include <optional>
#include <string_view>
#include <utility>

#include "base/rel_path.h"
#include "remote/s3/answers.h"

namespace cloudsync {

namespace {

constexpr std::string_view kText = "cloudsync";
constexpr std::string_view kOtherText = "cloudsynC";
// No content's ETag.
constexpr std::string_view kWrong = "00000000000000000000000000000000";

// A server that answers the wrong bytes with silence must not hold up everything for long.
constexpr std::uint32_t kAttemptsOfOthers = 2;

std::string quoted(std::string_view etag) { return "\"" + std::string(etag) + "\""; }

Sha256 hashOf(std::string_view text) {
  return sha256Of({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

// One PUT after the other to one key of our own.
class Probe {
 public:
  Probe(S3Client& client, std::string key, CancelToken cancel)
      : client_(client), key_(std::move(key)), cancel_(std::move(cancel)) {}

  enum class Answer { done, refused, unknown };

  // `network` and the like end the probe: nothing was learned.
  Task<Result<Answer>> put(std::string name, std::string value) {
    S3Request request;
    if (!name.empty()) request.headers.add(std::move(name), std::move(value));
    Task<Result<HttpResponse>> sending = send(std::move(request), kText);
    Result<HttpResponse> answer = co_await sending;
    if (answer) co_return Answer::done;
    ErrorKind kind = answer.error().kind;
    if (kind == ErrorKind::conflict) co_return Answer::refused;
    if (kind == ErrorKind::network || kind == ErrorKind::timeout || kind == ErrorKind::throttled ||
        kind == ErrorKind::cancelled || kind == ErrorKind::remoteNotReady) {
      co_return answer.error();
    }
    // A refusal of its own (501, 405), or trouble that says nothing of what it keeps?
    isSure_ = isSure_ && kind == ErrorKind::notSupported;
    co_return Answer::unknown;
  }

  // Does the server notice bytes that are not those whose hash was signed? Where no answer says so
  // clearly, it does not: whoever relies on it then reads back, which costs time only.
  Task<Result<bool>> noticesOthers() {
    S3Request request;
    request.attempts = kAttemptsOfOthers;
    Task<Result<HttpResponse>> sending = send(std::move(request), kOtherText);
    Result<HttpResponse> answer = co_await sending;
    if (answer) co_return false;
    if (answer.error().kind == ErrorKind::cancelled) co_return answer.error();
    co_return answer.error().kind == ErrorKind::corrupt;
  }

  // In a versioned bucket every version of it.
  Task<void> removeAll() {
    if (versions_.empty()) versions_.push_back("");
    for (const std::string& version : versions_) {
      S3Request request;
      request.method = "DELETE";
      request.key = key_;
      if (!version.empty()) request.query.emplace_back("versionId", version);
      // What stays is a few bytes under our own name.
      Task<Result<HttpResponse>> sending = client_.send(std::move(request), cancel_);
      (void)co_await sending;
    }
  }

  bool isSure() const { return isSure_; }
  const std::string& etag() const { return etag_; }
  bool wrote() const { return !etag_.empty(); }

 private:
  // PUTs kText and signs it as `announced`.
  Task<Result<HttpResponse>> send(S3Request request, std::string_view announced) {
    request.method = "PUT";
    request.key = key_;
    request.subject = key_;
    request.payloadHash = hashOf(announced).hex();
    StringSource body{std::string(kText)};
    Task<Result<HttpResponse>> sending = client_.send(std::move(request), &body, nullptr, cancel_);
    Result<HttpResponse> answer = co_await sending;
    if (answer) remember(*answer);
    co_return answer;
  }

  void remember(const HttpResponse& answer) {
    if (std::optional<std::string_view> etag = answer.headers.find("ETag")) {
      etag_ = stripEtag(*etag);
    }
    if (std::optional<std::string_view> id = answer.headers.find("x-amz-version-id")) {
      if (*id != "null") versions_.emplace_back(*id);
    }
  }

  S3Client& client_;
  const std::string key_;
  const CancelToken cancel_;
  bool isSure_ = true;
  std::string etag_;
  std::vector<std::string> versions_;
};

Task<Result<S3Conditions>> askConditions(Probe& probe) {
  using Answer = Probe::Answer;
  S3Conditions conditions;
  Result<Answer> created = co_await probe.put("If-None-Match", "*");
  if (!created) co_return created.error();
  if (*created == Answer::done) {
    Result<Answer> again = co_await probe.put("If-None-Match", "*");
    if (!again) co_return again.error();
    conditions.absent = *again == Answer::refused;
  } else {
    // Nobody but our own first attempt, whose answer was lost, can have made this key.
    conditions.absent = *created == Answer::refused;
    Result<Answer> plain = co_await probe.put("", "");
    if (!plain) co_return plain.error();
  }
  if (!probe.wrote()) co_return conditions;

  Result<Answer> wrong = co_await probe.put("If-Match", quoted(kWrong));
  if (!wrong) co_return wrong.error();
  if (*wrong != Answer::refused) co_return conditions;
  Result<Answer> right = co_await probe.put("If-Match", quoted(probe.etag()));
  if (!right) co_return right.error();
  if (*right == Answer::done) {
    conditions.match = S3Conditions::Match::quoted;
    co_return conditions;
  }
  Result<Answer> bareWrong = co_await probe.put("If-Match", std::string(kWrong));
  if (!bareWrong) co_return bareWrong.error();
  Result<Answer> bareRight = co_await probe.put("If-Match", probe.etag());
  if (!bareRight) co_return bareRight.error();
  if (*bareWrong == Answer::refused && *bareRight == Answer::done) {
    conditions.match = S3Conditions::Match::unquoted;
  }
  co_return conditions;
}

Task<Result<S3Conditions>> ask(Probe& probe) {
  Task<Result<S3Conditions>> asking = askConditions(probe);
  Result<S3Conditions> conditions = co_await asking;
  if (!conditions || !probe.wrote()) co_return conditions;
  Task<Result<bool>> sending = probe.noticesOthers();
  Result<bool> notices = co_await sending;
  if (!notices) co_return notices.error();
  conditions->content = *notices;
  co_return conditions;
}

}  // namespace

bool S3Conditions::keeps(const Precondition& precondition) const {
  switch (precondition.kind) {
    case Precondition::Kind::none:
      return true;
    case Precondition::Kind::absent:
      return absent;
    case Precondition::Kind::version:
      return match != Match::ignored;
  }
  return false;
}

void addPrecondition(HttpHeaders& headers, const Precondition& precondition,
                     const S3Conditions& conditions) {
  if (!conditions.keeps(precondition)) return;
  if (precondition.kind == Precondition::Kind::absent) headers.set("If-None-Match", "*");
  if (precondition.kind == Precondition::Kind::version) {
    const std::string& etag = precondition.version.text;
    bool bare = conditions.match == S3Conditions::Match::unquoted;
    headers.set("If-Match", bare ? etag : quoted(etag));
  }
}

Task<Result<S3Conditions>> probeConditions(S3Client& client, std::string prefix,
                                           CancelToken cancel) {
  std::string key = prefix + std::string(kReservedName) + "/probe/" + client.random().token();
  Probe probe(client, std::move(key), std::move(cancel));
  Task<Result<S3Conditions>> asking = ask(probe);
  Result<S3Conditions> conditions = co_await asking;
  if (conditions) conditions->sure = probe.isSure();
  if (probe.wrote()) co_await probe.removeAll();
  co_return conditions;
}

}  // namespace cloudsync
