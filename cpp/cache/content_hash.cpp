#include "cache/content_hash.h"

#include <cstdint>
#include <vector>

namespace cloudsync {

Result<Sha256> hashContent(File& file) {
  constexpr std::size_t kPiece = 1 << 20;
  std::vector<std::uint8_t> piece(kPiece);
  Sha256Hasher hasher;
  for (ByteCount offset = 0;;) {
    Result<std::size_t> got = file.readAt(offset, piece);
    if (!got) return got.error();
    hasher.update(std::span(piece.data(), *got));
    offset += *got;
    if (*got < piece.size()) return hasher.finish();
  }
}

}  // namespace cloudsync
