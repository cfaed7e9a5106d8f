#include "net/url.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "net/curl_handles.h"

namespace cloudsync {

namespace {

bool isUnreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

std::string encode(std::string_view bytes, std::string_view kept) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(bytes.size());
  for (char c : bytes) {
    if (isUnreserved(c) || kept.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

std::optional<unsigned> hexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

std::string toLower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

Error unusable(std::string_view why, std::string_view url) {
  return Error{ErrorKind::invalidArgument, std::string(why), redactUrl(url)};
}

// One part of a parsed URL; empty when it has none.
std::string partOf(CURLU* url, CURLUPart part, unsigned flags) {
  char* raw = nullptr;
  if (curl_url_get(url, part, &raw, flags) != CURLUE_OK) return {};
  return std::string(CurlString(raw).get());
}

// curl forgives one slash, or three, and what it makes of a host it tells in its own way.
bool isWrittenAsUrl(std::string_view text, std::string_view scheme) {
  std::string_view rest = text.substr(std::min(scheme.size(), text.size()));
  return rest.starts_with("://") && !rest.starts_with(":///");
}

// Where the host and its port stand. curl decodes escapes in a host, one reader of a URL after the
// other: what is "%2541" here would be "%41" for the next one, and another host for the one behind.
std::string_view authorityOf(std::string_view text) {
  std::string_view rest = text.substr(text.find("://") + 3);
  return rest.substr(0, rest.find_first_of("/?#"));
}

// Of a name or an address. Bytes of other scripts are for curl to judge.
bool isHost(std::string_view host) {
  bool address = host.starts_with('[') && host.ends_with(']');
  if (address) host = host.substr(1, host.size() - 2);
  return !host.empty() && std::all_of(host.begin(), host.end(), [address](char c) {
    return address ? hexDigit(c) || c == ':' || c == '.'
                   : isUnreserved(c) || static_cast<unsigned char>(c) >= 0x80;
  });
}

// Rather one too many: a hidden continuation token costs nothing, a shown signature does.
bool mayBeSecret(std::string_view parameter) {
  constexpr std::array<std::string_view, 8> kHints = {"sig",    "token", "credential", "key",
                                                      "secret", "pass",  "auth",       "pwd"};
  std::string name = toLower(decodePercent(parameter));
  for (std::string_view hint : kHints) {
    if (name.find(hint) != std::string::npos) return true;
  }
  return false;
}

std::string redactQuery(std::string_view query) {
  std::string out;
  while (true) {
    std::size_t end = query.find('&');
    std::string_view pair = query.substr(0, end);
    std::size_t equals = pair.find('=');
    std::string_view name = pair.substr(0, equals);
    if (equals != std::string_view::npos && mayBeSecret(name)) {
      out += name;
      out += "=***";
    } else {
      out += pair;
    }
    if (end == std::string_view::npos) return out;
    out += '&';
    query.remove_prefix(end + 1);
  }
}

}  // namespace

Result<Url> parseUrl(std::string_view text) {
  CurlUrl handle(curl_url());
  if (!handle) return Error{ErrorKind::internal, "out of memory", {}};
  std::string whole(text);
  // A NUL would end the text for curl, and what lies behind it would go unseen.
  if (whole.find('\0') != std::string::npos) return unusable("not a URL", text);
  CURLUcode code = curl_url_set(handle.get(), CURLUPART_URL, whole.c_str(), CURLU_PATH_AS_IS);
  if (code != CURLUE_OK) {
    return unusable("not a URL (" + std::string(curl_url_strerror(code)) + ")", text);
  }
  Url url;
  url.scheme = toLower(partOf(handle.get(), CURLUPART_SCHEME, 0));
  if (url.scheme != "http" && url.scheme != "https") {
    return unusable("only http:// and https:// can be reached", text);
  }
  if (!isWrittenAsUrl(text, url.scheme)) {
    return unusable("two slashes stand between " + url.scheme + ": and the host", text);
  }
  if (!partOf(handle.get(), CURLUPART_USER, 0).empty() ||
      !partOf(handle.get(), CURLUPART_PASSWORD, 0).empty()) {
    return unusable("credentials do not belong into the URL", text);
  }
  url.host = toLower(partOf(handle.get(), CURLUPART_HOST, 0));
  if (authorityOf(text).find('%') != std::string_view::npos) {
    return unusable("a host is written without escapes (%)", text);
  }
  if (!isHost(url.host)) return unusable("the URL names no host", text);
  std::string port = partOf(handle.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  std::from_chars(port.data(), port.data() + port.size(), url.port);
  url.path = partOf(handle.get(), CURLUPART_PATH, 0);
  url.query = partOf(handle.get(), CURLUPART_QUERY, 0);
  return url;
}

bool sameOrigin(const Url& a, const Url& b) {
  return a.scheme == b.scheme && a.host == b.host && a.port == b.port;
}

Result<std::string> resolveReference(std::string_view base, std::string_view reference) {
  CurlUrl handle(curl_url());
  if (!handle) return Error{ErrorKind::internal, "out of memory", {}};
  if (reference.find('\0') != std::string_view::npos) {
    return unusable("the redirect leads to no URL", reference);
  }
  CURLUcode code =
      curl_url_set(handle.get(), CURLUPART_URL, std::string(base).c_str(), CURLU_PATH_AS_IS);
  if (code == CURLUE_OK) {
    code = curl_url_set(handle.get(), CURLUPART_URL, std::string(reference).c_str(),
                        CURLU_PATH_AS_IS | CURLU_NON_SUPPORT_SCHEME);
  }
  if (code != CURLUE_OK) return unusable("the redirect leads to no URL", reference);
  // A fragment is the reader's own business and never sent.
  curl_url_set(handle.get(), CURLUPART_FRAGMENT, nullptr, 0);
  return partOf(handle.get(), CURLUPART_URL, 0);
}

std::string encodeUnreserved(std::string_view bytes) { return encode(bytes, ""); }

std::string encodePath(std::string_view bytes) { return encode(bytes, "/"); }

std::string decodePercent(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      std::optional<unsigned> high = hexDigit(text[i + 1]);
      std::optional<unsigned> low = hexDigit(text[i + 2]);
      if (high && low) {
        out += static_cast<char>(*high * 16 + *low);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

std::optional<std::string> decodePercentStrictly(std::string_view text) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (at + 2 >= text.size() || !hexDigit(text[at + 1]) || !hexDigit(text[at + 2])) {
      return std::nullopt;
    }
  }
  return decodePercent(text);
}

std::string redactUrl(std::string_view url) {
  url = url.substr(0, url.find('#'));
  std::size_t question = url.find('?');
  std::string_view front = url.substr(0, question);
  std::string out;
  std::size_t slashes = front.find("://");
  if (slashes != std::string_view::npos) {
    out += front.substr(0, slashes + 3);
    front.remove_prefix(slashes + 3);
  }
  // User info ends at the last @ before the path; one in the path is a name.
  std::size_t at = front.substr(0, front.find('/')).rfind('@');
  if (at != std::string_view::npos) front.remove_prefix(at + 1);
  out += front;
  if (question == std::string_view::npos) return out;
  out += '?';
  return out + redactQuery(url.substr(question + 1));
}

}  // namespace cloudsync
