#include "remote/s3/list_pages.h"

#include <optional>
#include <utility>

#include "net/retry_policy.h"

namespace cloudsync {

Task<Result<S3Page>> listPage(S3Client& client, PageRequest wanted, CancelToken cancel) {
  RetryState state;
  while (true) {
    S3Request request;
    request.subject = client.location()->bucket;
    request.query = {{"list-type", "2"},
                     {"encoding-type", "url"},
                     {"max-keys", std::to_string(wanted.most)},
                     {"prefix", wanted.prefix}};
    if (!wanted.after.empty()) request.query.emplace_back("start-after", wanted.after);
    if (wanted.depth == Depth::oneLevel) request.query.emplace_back("delimiter", "/");
    Task<Result<HttpResponse>> sending = client.send(std::move(request), cancel);
    Result<HttpResponse> answer = co_await sending;
    if (!answer) co_return answer.error();
    Result<S3Page> page = parseListPage(answer->body);
    Status believed = page ? checkPage(*page, wanted) : Status(page.error());
    if (believed) co_return page;
    // Half an answer with status 200 passes; a server that lies goes on doing it.
    ++state.failed;
    RetryLimits limits;
    limits.attempts = 3;
    std::optional<Duration> delay =
        retryDelay(limits, state, Trouble::transient, std::nullopt, client.random().next());
    if (!delay) co_return believed.error();
    bool slept = co_await client.scheduler().sleep(*delay, cancel);
    if (!slept) co_return Error{ErrorKind::cancelled, "cancelled", wanted.prefix, 0};
  }
}

}  // namespace cloudsync
