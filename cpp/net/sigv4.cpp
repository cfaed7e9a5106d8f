#include "net/sigv4.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <new>
#include <span>
#include <utility>

#include "base/hex.h"
#include "base/sha256.h"
#include "net/canonical_request.h"

namespace cloudsync {

namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kTerminator = "aws4_request";

std::span<const std::uint8_t> bytesOf(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// "20130524T000000Z"; its first eight characters are the date of the scope.
std::string timestampOf(Nanoseconds now) {
  auto seconds = std::chrono::floor<std::chrono::seconds>(
      std::chrono::sys_time<std::chrono::nanoseconds>(std::chrono::nanoseconds(now)));
  auto day = std::chrono::floor<std::chrono::days>(seconds);
  std::chrono::year_month_day date(day);
  std::chrono::hh_mm_ss time(seconds - day);
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d%02u%02uT%02d%02d%02dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return text.data();
}

std::string scopeText(const SigningScope& scope, std::string_view timestamp) {
  std::string text(timestamp.substr(0, 8));
  for (std::string_view part : {std::string_view(scope.region), std::string_view(scope.service)}) {
    text += '/';
    text += part;
  }
  text += '/';
  text += kTerminator;
  return text;
}

std::string hmac(std::string_view key, std::string_view message) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> out{};
  unsigned length = 0;
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytesOf(message).data(),
            message.size(), out.data(), &length)) {
    throw std::bad_alloc();  // nothing else makes it fail
  }
  return {reinterpret_cast<const char*>(out.data()), length};
}

std::string deriveKey(std::string_view secretAccessKey, const SigningScope& scope,
                      std::string_view date) {
  std::string key = hmac("AWS4" + std::string(secretAccessKey), date);
  for (std::string_view part :
       {std::string_view(scope.region), std::string_view(scope.service), kTerminator}) {
    key = hmac(key, part);
  }
  return key;
}

// It stays the same for a day, and is four fifths of what signing costs: each thread keeps its
// last.
const std::string& keyOfTheDay(std::string_view secretAccessKey, const SigningScope& scope,
                               Nanoseconds now) {
  struct Kept {
    std::string secretAccessKey, scope, key;
  };
  thread_local Kept kept;
  std::string timestamp = timestampOf(now);
  std::string text = scopeText(scope, timestamp);
  if (kept.key.empty() || kept.scope != text || kept.secretAccessKey != secretAccessKey) {
    std::string key = deriveKey(secretAccessKey, scope, timestamp.substr(0, 8));
    kept = {std::string(secretAccessKey), std::move(text), std::move(key)};
  }
  return kept.key;
}

}  // namespace

std::string stringToSign(std::string_view canonical, const SigningScope& scope, Nanoseconds now) {
  std::string timestamp = timestampOf(now);
  return std::string(kAlgorithm) + "\n" + timestamp + "\n" + scopeText(scope, timestamp) + "\n" +
         sha256Of(bytesOf(canonical)).hex();
}

std::string signatureOf(std::string_view toSign, std::string_view secretAccessKey,
                        const SigningScope& scope, Nanoseconds now) {
  return toHex(bytesOf(hmac(keyOfTheDay(secretAccessKey, scope, now), toSign)));
}

Status signRequest(HttpRequest& request, const SigningIdentity& identity, const SigningScope& scope,
                   Nanoseconds now) {
  std::string timestamp = timestampOf(now);
  request.headers.remove("Authorization");
  request.headers.set("x-amz-date", timestamp);
  if (!request.headers.find("x-amz-content-sha256")) {
    request.headers.set("x-amz-content-sha256", sha256Of({}).hex());
  }
  request.headers.remove("x-amz-security-token");
  if (!identity.sessionToken.empty()) {
    request.headers.set("x-amz-security-token", identity.sessionToken);
  }
  std::string payloadHash(*request.headers.find("x-amz-content-sha256"));
  Result<CanonicalRequest> canonical = canonicalRequest(request, payloadHash);
  if (!canonical) return canonical.error();
  std::string signature =
      signatureOf(stringToSign(canonical->text, scope, now), identity.secretAccessKey, scope, now);
  request.headers.set("Authorization",
                      std::string(kAlgorithm) + " Credential=" + identity.accessKeyId + "/" +
                          scopeText(scope, timestamp) +
                          ",SignedHeaders=" + canonical->signedHeaders + ",Signature=" + signature);
  return validate(request);  // an identity with a line break in it, too
}

}  // namespace cloudsync
