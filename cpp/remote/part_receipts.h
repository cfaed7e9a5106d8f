#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "remote/remote.h"

// PURE. The form of our receipts: `BEGIN-END-PROOF`, so that a receipt alone says which bytes it is
// for, and a gap is seen before anything is put together.
namespace cloudsync {

std::string receiptTag(ByteRange range, std::string_view proof);

struct ReceivedPart {
  std::uint32_t number = 0;
  ByteRange range;
  std::string proof;  // the remote's: a hash, an ETag
};

// In order, without gaps, exactly `size` bytes; else `invalidArgument`.
Result<std::vector<ReceivedPart>> arrangeParts(const std::vector<PartReceipt>& receipts,
                                               ByteCount size);

}  // namespace cloudsync
