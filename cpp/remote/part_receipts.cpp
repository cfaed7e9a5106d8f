#include "remote/part_receipts.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace cloudsync {

namespace {

Error wrongParts(std::string why) {
  return Error{ErrorKind::invalidArgument, std::move(why), "", 0};
}

Result<ReceivedPart> parse(const PartReceipt& receipt) {
  ReceivedPart part;
  part.number = receipt.number;
  const char* at = receipt.tag.data();
  const char* end = at + receipt.tag.size();
  for (ByteCount* into : {&part.range.begin, &part.range.end}) {
    std::from_chars_result read = std::from_chars(at, end, *into);
    if (read.ec != std::errc() || read.ptr == end || *read.ptr != '-') {
      return wrongParts("a receipt of part " + std::to_string(part.number) + " is not one of ours");
    }
    at = read.ptr + 1;
  }
  part.proof.assign(at, end);
  return part;
}

}  // namespace

std::string receiptTag(ByteRange range, std::string_view proof) {
  return std::to_string(range.begin) + "-" + std::to_string(range.end) + "-" + std::string(proof);
}

Result<std::vector<ReceivedPart>> arrangeParts(const std::vector<PartReceipt>& receipts,
                                               ByteCount size) {
  std::vector<ReceivedPart> parts;
  for (const PartReceipt& receipt : receipts) {
    Result<ReceivedPart> part = parse(receipt);
    if (!part) return part.error();
    parts.push_back(std::move(*part));
  }
  std::sort(parts.begin(), parts.end(),
            [](const ReceivedPart& a, const ReceivedPart& b) { return a.number < b.number; });
  ByteCount at = 0;
  for (const ReceivedPart& part : parts) {
    if (part.range.begin != at) {
      return wrongParts("a part is missing before part " + std::to_string(part.number));
    }
    at = part.range.end;
  }
  if (at != size) return wrongParts("the parts do not make up the whole object");
  return parts;
}

}  // namespace cloudsync
