#pragma once

#include <string>

#include "base/cancel.h"
#include "base/result.h"
#include "base/task.h"
#include "remote/remote.h"
#include "remote/s3/client.h"

namespace cloudsync {

// What a PUT asks for and a server really keeps. Servers differ: AWS keeps both preconditions, Ceph
// wants the ETag of If-Match without its quotes, Swift answers 501 to either, and some ignore them.
struct S3Conditions {
  enum class Match { ignored, quoted, unquoted };
  bool absent = false;  // If-None-Match: *
  Match match = Match::ignored;
  bool content = false;  // x-amz-content-sha256: bytes that do not have it are refused
  bool sure = true;      // false: the server was in trouble; ask again another time

  bool keeps(const Precondition& precondition) const;
};

// Adds what makes the server refuse, where it would keep it.
void addPrecondition(HttpHeaders& headers, const Precondition& precondition,
                     const S3Conditions& conditions);

// Finds out by writing a few bytes, some of them under a wrong hash, to `.cloudsync/probe/` and
// removing them again. Where nothing may be written, nothing is kept.
Task<Result<S3Conditions>> probeConditions(S3Client& client, std::string prefix,
                                           CancelToken cancel);

}  // namespace cloudsync
