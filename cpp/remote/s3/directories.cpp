#include "remote/s3/directories.h"

#include <utility>

#include "remote/s3/list_pages.h"
#include "remote/s3/removal.h"

namespace cloudsync {

Task<Status> makeMarker(S3Client& client, std::string key, CancelToken cancel) {
  Task<Result<S3Page>> listing = listPage(client, {key, "", 1, Depth::all}, cancel);
  Result<S3Page> page = co_await listing;
  if (!page) co_return page.error();
  bool exists = !page->objects.empty() && page->objects.front().key == key;
  if (exists) co_return Status();
  S3Request request;
  request.method = "PUT";
  request.subject = key;
  request.key = std::move(key);
  request.headers.add("Content-Type", "application/x-directory");
  Task<Result<HttpResponse>> sending = client.send(std::move(request), std::move(cancel));
  Result<HttpResponse> answer = co_await sending;
  co_return answer ? Status() : Status(answer.error());
}

Task<Status> removeMarker(S3Client& client, std::string key, CancelToken cancel) {
  Task<Result<S3Page>> listing = listPage(client, {key, "", 2, Depth::all}, cancel);
  Result<S3Page> page = co_await listing;
  if (!page) co_return page.error();
  if (page->objects.empty()) {
    co_return Error{ErrorKind::notFound, "there is no such directory", key, 0};
  }
  const S3Object& first = page->objects.front();
  bool empty = page->objects.size() == 1 && !page->truncated && first.key == key;
  // Somebody's bytes under a directory's name are content, and not ours to take.
  if (!empty || first.size > 0) {
    co_return Error{ErrorKind::notEmpty, "the directory holds something", key, 0};
  }
  Task<Status> deleting = deleteKey(client, std::move(key), nullptr, std::move(cancel));
  co_return co_await deleting;
}

}  // namespace cloudsync
