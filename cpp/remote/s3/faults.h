#pragma once

#include <string_view>

#include "base/error.h"
#include "net/http_message.h"
#include "remote/s3/location.h"

namespace cloudsync {

// PURE. What an answer that is no success means to the engine, with what to do about it:
//   notFound         no such key, upload or version; also what a HEAD says of a missing bucket
//   conflict         a precondition did not hold
//   remoteNotReady   credentials refused, no such bucket, another region, a clock that is off
//   corrupt          the bytes did not have the hash that was signed
//   notSupported     the server does not know this kind of request
//   invalidArgument  a range outside of the object
//   remoteFull, limit, throttled, timeout, remoteFault
// `subject` is what it is about, for the message.
Error s3ErrorOf(const HttpResponse& answer, const S3Location& location, std::string_view subject);

}  // namespace cloudsync
