#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cloudsync {

// The identity of a file's content.
struct Sha256 {
  std::array<std::uint8_t, 32> bytes{};

  std::string hex() const;
  static std::optional<Sha256> fromHexText(std::string_view text);
  friend auto operator<=>(const Sha256&, const Sha256&) = default;
};

// Hashes a stream of bytes, piece by piece. OpenSSL does the work (SHA-NI where the CPU has it).
class Sha256Hasher {
 public:
  Sha256Hasher();
  ~Sha256Hasher();
  Sha256Hasher(Sha256Hasher&&) noexcept;
  Sha256Hasher& operator=(Sha256Hasher&&) noexcept;

  void update(std::span<const std::uint8_t> bytes);
  Sha256 finish();  // and starts afresh

 private:
  struct Free {
    void operator()(void* context) const;
  };
  std::unique_ptr<void, Free> context_;  // EVP_MD_CTX; its type stays in the .cpp
};

Sha256 sha256Of(std::span<const std::uint8_t> bytes);

}  // namespace cloudsync
