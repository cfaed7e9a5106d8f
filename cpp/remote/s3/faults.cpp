#include "remote/s3/faults.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "remote/s3/answers.h"

namespace cloudsync {

namespace {

struct Meaning {
  std::string_view code;
  ErrorKind kind;
  std::string_view advice;
};

constexpr std::string_view kCheckKeys =
    "check accessKeyId and secretAccessKey (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)";

constexpr std::array kMeanings = {
    Meaning{"NoSuchKey", ErrorKind::notFound, ""},
    Meaning{"NoSuchUpload", ErrorKind::notFound, ""},
    Meaning{"NoSuchVersion", ErrorKind::notFound, ""},
    Meaning{"PreconditionFailed", ErrorKind::conflict, ""},
    Meaning{"ConditionalRequestConflict", ErrorKind::conflict, ""},
    Meaning{"NoSuchBucket", ErrorKind::remoteNotReady,
            "there is no such bucket: make it, or correct the URL"},
    Meaning{"InvalidBucketName", ErrorKind::remoteNotReady, "correct the bucket in the URL"},
    Meaning{"InvalidAccessKeyId", ErrorKind::remoteNotReady, kCheckKeys},
    Meaning{"SignatureDoesNotMatch", ErrorKind::remoteNotReady, kCheckKeys},
    Meaning{"InvalidClientTokenId", ErrorKind::remoteNotReady, kCheckKeys},
    Meaning{"InvalidToken", ErrorKind::remoteNotReady, "fetch a new session token"},
    Meaning{"ExpiredToken", ErrorKind::remoteNotReady, "fetch a new session token"},
    Meaning{"AccountProblem", ErrorKind::remoteNotReady, "ask the provider of the account"},
    Meaning{"NotSignedUp", ErrorKind::remoteNotReady, "ask the provider of the account"},
    Meaning{"UserSuspended", ErrorKind::remoteNotReady, "ask the provider of the account"},
    Meaning{"RequestTimeTooSkewed", ErrorKind::remoteNotReady, "set this machine's clock"},
    Meaning{"InvalidRange", ErrorKind::invalidArgument, "the range lies outside of the object"},
    Meaning{"XAmzContentSHA256Mismatch", ErrorKind::corrupt,
            "the bytes that arrived are not what was announced"},
    Meaning{"BadDigest", ErrorKind::corrupt, "the bytes that arrived are not what was announced"},
    Meaning{"InvalidDigest", ErrorKind::corrupt,
            "the bytes that arrived are not what was announced"},
    // The upload is of no use any more: it is begun anew.
    Meaning{"InvalidPart", ErrorKind::corrupt, "a part of the upload is lost"},
    Meaning{"InvalidPartOrder", ErrorKind::corrupt, "the parts of the upload do not fit"},
    Meaning{"EntityTooSmall", ErrorKind::corrupt, "the parts of the upload do not fit"},
    Meaning{"QuotaExceeded", ErrorKind::remoteFull, "free some space in the cloud, or buy more"},
    Meaning{"EntityTooLarge", ErrorKind::limit, "this server does not take objects of this size"},
    Meaning{"KeyTooLongError", ErrorKind::invalidName, "the name is longer than the server takes"},
    Meaning{"NotImplemented", ErrorKind::notSupported, ""},
    Meaning{"MethodNotAllowed", ErrorKind::notSupported, ""},
    Meaning{"SlowDown", ErrorKind::throttled, "sync again later"},
    Meaning{"ServiceUnavailable", ErrorKind::throttled, "sync again later"},
    Meaning{"RequestTimeout", ErrorKind::timeout, "sync again"},
    Meaning{"InvalidObjectState", ErrorKind::remoteFault,
            "the object lies in an archive: restore it first"},
    Meaning{"AccessDenied", ErrorKind::remoteFault,
            "these credentials may not do that: ask the owner of the bucket"},
};

ErrorKind kindOfStatus(int status) {
  switch (status) {
    case 304:
    case 409:
    case 412:
      return ErrorKind::conflict;
    case 404:
      return ErrorKind::notFound;
    case 405:
    case 501:
      return ErrorKind::notSupported;
    case 408:
      return ErrorKind::timeout;
    case 413:
      return ErrorKind::limit;
    case 416:
      return ErrorKind::invalidArgument;
    case 429:
    case 503:
      return ErrorKind::throttled;
    case 507:
      return ErrorKind::remoteFull;
    default:
      return ErrorKind::remoteFault;
  }
}

std::string words(const HttpResponse& answer, const S3Error& said) {
  std::string text = "the S3 server answered " + std::to_string(answer.status);
  if (!said.code.empty()) text += " " + said.code;
  if (!said.message.empty() && said.message != said.code) text += " (" + said.message + ")";
  return text;
}

// Another region than the one we signed for: some servers say which.
bool isOtherRegion(const HttpResponse& answer, const S3Error& said) {
  return answer.status == 301 || said.code == "PermanentRedirect" ||
         said.code == "AuthorizationHeaderMalformed" || said.code == "IllegalLocationConstraint";
}

}  // namespace

Error s3ErrorOf(const HttpResponse& answer, const S3Location& location, std::string_view subject) {
  S3Error said = parseS3Error(answer.body);
  Error error{kindOfStatus(answer.status), words(answer, said), std::string(subject), 0};
  if (isOtherRegion(answer, said)) {
    error.kind = ErrorKind::remoteNotReady;
    error.message += "; the bucket '" + location.bucket + "' is not in region " + location.region +
                     ": add region=… to the URL";
    return error;
  }
  const auto* meaning = std::find_if(kMeanings.begin(), kMeanings.end(),
                                     [&said](const Meaning& m) { return m.code == said.code; });
  if (meaning == kMeanings.end()) return error;
  error.kind = meaning->kind;
  if (!meaning->advice.empty()) error.message += "; " + std::string(meaning->advice);
  if (said.code == "NoSuchBucket" || said.code == "InvalidBucketName") {
    error.subject = location.bucket;
  }
  return error;
}

}  // namespace cloudsync
