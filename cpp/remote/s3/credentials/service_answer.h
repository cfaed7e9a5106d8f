#pragma once

#include <string>
#include <string_view>

#include "base/cancel.h"
#include "base/result.h"
#include "base/task.h"
#include "net/http_message.h"
#include "remote/open.h"
#include "remote/s3/credentials.h"

namespace cloudsync {

// Asks a service that hands out credentials, with a few attempts.
Task<Result<HttpResponse>> askService(HttpRequest request, std::string body, std::string who,
                                      RemoteNeeds needs, CancelToken cancel);

// PURE. What an answer other than 2xx means; nothing of the request is in it.
Error serviceError(const HttpResponse& answer, const std::string& who);

// PURE. Credentials as the metadata services of containers and instances write them.
Result<S3Credentials> credentialsOfJson(std::string_view body, const std::string& who);

}  // namespace cloudsync
