#include "base/sha256.h"

#include <openssl/evp.h>

#include <algorithm>
#include <stdexcept>

#include "base/hex.h"

namespace cloudsync {

namespace {

EVP_MD_CTX* contextOf(void* pointer) { return static_cast<EVP_MD_CTX*>(pointer); }

// These fail only when memory is exhausted: an exception, not a Result.
void require(int answer) {
  if (answer != 1) throw std::runtime_error("OpenSSL refused to hash");
}

// Asked for once: OpenSSL looks it up under a lock each time otherwise.
const EVP_MD* algorithm() {
  static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
  return fetched ? fetched : EVP_sha256();
}

}  // namespace

std::string Sha256::hex() const { return toHex(bytes); }

std::optional<Sha256> Sha256::fromHexText(std::string_view text) {
  auto raw = fromHex(text);
  if (!raw || raw->size() != 32) return std::nullopt;
  Sha256 out;
  std::copy(raw->begin(), raw->end(), out.bytes.begin());
  return out;
}

void Sha256Hasher::Free::operator()(void* context) const { EVP_MD_CTX_free(contextOf(context)); }

Sha256Hasher::Sha256Hasher() : context_(EVP_MD_CTX_new()) {
  if (!context_) throw std::bad_alloc();
  require(EVP_DigestInit_ex(contextOf(context_.get()), algorithm(), nullptr));
}
Sha256Hasher::~Sha256Hasher() = default;
Sha256Hasher::Sha256Hasher(Sha256Hasher&&) noexcept = default;
Sha256Hasher& Sha256Hasher::operator=(Sha256Hasher&&) noexcept = default;

void Sha256Hasher::update(std::span<const std::uint8_t> bytes) {
  require(EVP_DigestUpdate(contextOf(context_.get()), bytes.data(), bytes.size()));
}

Sha256 Sha256Hasher::finish() {
  Sha256 out;
  unsigned length = 0;
  require(EVP_DigestFinal_ex(contextOf(context_.get()), out.bytes.data(), &length));
  require(EVP_DigestInit_ex(contextOf(context_.get()), algorithm(), nullptr));
  return out;
}

Sha256 sha256Of(std::span<const std::uint8_t> bytes) {
  Sha256Hasher hasher;
  hasher.update(bytes);
  return hasher.finish();
}

}  // namespace cloudsync
