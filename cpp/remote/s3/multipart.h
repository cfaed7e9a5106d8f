#pragma once

#include <string>
#include <vector>

#include "remote/s3/answers.h"
#include "remote/s3/bodies.h"
#include "remote/s3/client.h"

namespace cloudsync {

// CompleteMultipartUpload of `key`: makes the parts one object, and again while the server says, in
// a 200, that it failed for the moment. `headers` may hold preconditions, `guard` may be null. The
// status says nothing of an answer that was lost: whoever asks looks at the object afterwards.
Task<Status> completeUpload(S3Client& client, std::string key, std::string uploadId,
                            std::vector<S3Part> parts, HttpHeaders headers, RepeatGuard* guard,
                            CancelToken cancel);

// ListParts, all pages; `notFound` when the server does not know the upload (any more).
Task<Result<std::vector<S3StoredPart>>> listParts(S3Client& client, std::string key,
                                                  std::string uploadId, CancelToken cancel);

// AbortMultipartUpload; one that is gone already is no error.
Task<Status> abortMultipart(S3Client& client, std::string key, std::string uploadId,
                            std::uint32_t attempts, CancelToken cancel);

// CreateMultipartUpload of an object that will have `headers`.
Task<Result<std::string>> createMultipart(S3Client& client, std::string key, HttpHeaders headers,
                                          CancelToken cancel);

}  // namespace cloudsync
