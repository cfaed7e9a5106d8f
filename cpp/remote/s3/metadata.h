#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http_message.h"
#include "remote/remote.h"

namespace cloudsync {

// PURE. What stands beside the content of an object, as x-amz-meta-* headers:
//   mtime              seconds since 1970 with a fraction, as rclone writes it
//   cloudsync-sha256   of the content, in hex
//   cloudsync-nonce    of the write, percent-encoded
//   cloudsync-bound    the size and mtime that the two are about
// Most programs take them away when they replace the content; some (s3fs) carry them on. What is
// not bound to the object as it is now says nothing.
HttpHeaders metadataOf(const WriteRequest& request);

// A HEAD's or GET's answer. `remoteFault` without an ETag or a size. A ranged answer tells the size
// of the whole in its Content-Range.
Result<ObjectInfo> objectInfoOf(const HttpResponse& answer, std::string_view subject);

// What a write made, as a stat will tell it.
ObjectInfo writtenInfo(const WriteRequest& request, std::string etag);

}  // namespace cloudsync
