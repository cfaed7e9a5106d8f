#include "net/http_transport.h"

#include <algorithm>

namespace cloudsync {

Status StringSource::readAt(ByteCount offset, std::span<std::uint8_t> into) {
  if (offset > text_.size() || into.size() > text_.size() - offset) {
    return Error{ErrorKind::internal, "read behind the end of a body", {}};
  }
  std::copy_n(text_.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
  return {};
}

}  // namespace cloudsync
