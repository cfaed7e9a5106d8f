#include "scan/media_type.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace cloudsync {

namespace {

struct Signature {
  std::size_t offset;
  std::string_view bytes;
};

// From the formats' own specifications; WHATWG "MIME Sniffing" lists most of them.
constexpr std::array kSignatures = {
    Signature{0, "\xff\xd8\xff"},       // JPEG
    Signature{0, "\x89PNG\r\n\x1a\n"},  // PNG
    Signature{0, "GIF87a"},
    Signature{0, "GIF89a"},
    Signature{8, "WEBP"},                        // RIFF....WEBP
    Signature{8, "AVI "},                        // RIFF....AVI
    Signature{0, std::string_view("II*\0", 4)},  // TIFF and most camera raws
    Signature{0, std::string_view("MM\0*", 4)},
    Signature{0, std::string_view("\0\0\1\0", 4)},     // ICO
    Signature{4, "ftyp"},                              // MP4, MOV, HEIC, AVIF, CR3
    Signature{4, "moov"},                              // old QuickTime
    Signature{0, "\x1a\x45\xdf\xa3"},                  // Matroska, WebM
    Signature{0, std::string_view("\0\0\1\xba", 4)},   // MPEG program stream
    Signature{0, std::string_view("\0\0\1\xb3", 4)},   // MPEG video
    Signature{0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11"},  // ASF, WMV
    Signature{0, "FLV\x01"},
    Signature{0, "8BPS"},                                 // PSD
    Signature{0, "\xff\x0a"},                             // JPEG XL codestream
    Signature{0, std::string_view("\0\0\0\x0cJXL ", 8)},  // JPEG XL container
    Signature{0, std::string_view("\0\0\0\x0cjP  ", 8)},  // JPEG 2000
};

// Formats without a signature of their own, or with one that is too weak to believe ("BM", 0x47).
constexpr std::array<std::string_view, 24> kExtensions = {
    "jpg", "jpeg", "png", "gif", "webp", "heic", "heif", "avif", "bmp",  "tif", "tiff", "dng",
    "cr2", "nef",  "arw", "jxl", "mp4",  "m4v",  "mov",  "mkv",  "webm", "avi", "3gp",  "mts"};

// Media of these carry no signature at offset 0, or one shared with other things.
constexpr std::array<std::string_view, 3> kWeaklySigned = {"bmp", "mts", "3gp"};

std::string extensionOf(std::string_view name) {
  std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {};
  std::string extension(name.substr(dot + 1));
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool looksLikeText(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) {
    auto u = static_cast<unsigned char>(c);
    return u >= 0x20 || c == '\n' || c == '\r' || c == '\t' || c == '\f';
  });
}

}  // namespace

bool isMedia(std::string_view name, std::span<const std::uint8_t> firstBytes) {
  std::string_view bytes(reinterpret_cast<const char*>(firstBytes.data()), firstBytes.size());
  for (const Signature& signature : kSignatures) {
    if (bytes.size() >= signature.offset + signature.bytes.size() &&
        bytes.substr(signature.offset, signature.bytes.size()) == signature.bytes) {
      return true;
    }
  }
  std::string extension = extensionOf(name);
  if (!holds(kExtensions, extension)) return false;
  // Still being written, or a format that only its name tells. What reads as text is not believed.
  if (bytes.empty()) return true;
  return holds(kWeaklySigned, extension) || !looksLikeText(bytes);
}

}  // namespace cloudsync
