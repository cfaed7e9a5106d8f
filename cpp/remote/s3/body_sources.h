#pragma once

#include <cstdint>
#include <span>

#include "net/http_transport.h"
#include "remote/remote.h"

namespace cloudsync {

// A range of a ByteSource as the body of a request. `source` outlives it.
class RangeSource final : public BodySource {
 public:
  RangeSource(ByteSource& source, ByteRange range) : source_(source), range_(range) {}

  ByteCount size() const override { return range_.size(); }
  Status readAt(ByteCount offset, std::span<std::uint8_t> into) override {
    return source_.readAt(range_.begin + offset, into);
  }

 private:
  ByteSource& source_;
  const ByteRange range_;
};

}  // namespace cloudsync
