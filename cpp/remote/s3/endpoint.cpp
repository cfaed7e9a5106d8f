#include "remote/s3/endpoint.h"

#include "remote/s3/answers.h"

namespace cloudsync {

std::optional<S3Traits> S3Endpoint::known() const {
  std::lock_guard lock(mutex_);
  return known_;
}

Task<Result<S3Traits>> S3Endpoint::traits(CancelToken cancel) {
  if (std::optional<S3Traits> already = known()) co_return *already;
  std::optional<AsyncSemaphore::Permit> turn = co_await turn_.acquire(cancel);
  if (!turn) co_return Error{ErrorKind::cancelled, "cancelled", prefix_, 0};
  if (std::optional<S3Traits> already = known()) co_return *already;
  S3Traits traits;
  Task<Result<bool>> asking = askVersioned(cancel);
  Result<bool> versioned = co_await asking;
  if (!versioned) co_return versioned.error();
  traits.versioned = *versioned;
  if (access_ == Access::readWrite) {
    Task<Result<S3Conditions>> probing = probeConditions(client_, prefix_, cancel);
    Result<S3Conditions> conditions = co_await probing;
    if (!conditions) co_return conditions.error();
    traits.conditions = *conditions;
  }
  if (!traits.conditions.sure) co_return traits;
  std::lock_guard lock(mutex_);
  known_ = traits;
  co_return traits;
}

Task<Result<bool>> S3Endpoint::askVersioned(CancelToken cancel) {
  S3Request request;
  request.query = {{"versioning", ""}};
  request.subject = client_.location()->bucket;
  Task<Result<HttpResponse>> sending = client_.send(std::move(request), std::move(cancel));
  Result<HttpResponse> answer = co_await sending;
  if (answer) co_return parseVersioningEnabled(answer->body);
  ErrorKind kind = answer.error().kind;
  // Not allowed to know, or a server that has none: then we keep our own trash.
  bool isAnswer = kind == ErrorKind::remoteFault || kind == ErrorKind::notSupported ||
                  kind == ErrorKind::notFound || kind == ErrorKind::invalidArgument;
  if (isAnswer) co_return false;
  co_return answer.error();
}

}  // namespace cloudsync
