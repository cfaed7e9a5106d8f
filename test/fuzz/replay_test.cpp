// Every saved input of every fuzz target, without libFuzzer: what was mended once stays mended.
#include <gtest/gtest.h>

#include <cstdint>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

// LLVMFuzzerTestOneInput of each target, under a name of its own (see CMakeLists.txt).
using Target = int(const std::uint8_t*, std::size_t);
extern "C" Target s3_answers_fuzz, headers_fuzz, url_fuzz, canonical_request_fuzz;

namespace cloudsync::fuzz {
namespace {

std::vector<std::uint8_t> contentOf(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  EXPECT_TRUE(stream) << file;
  return {std::istreambuf_iterator<char>(stream), {}};
}

void replay(const std::string& name, Target* target) {
  std::filesystem::path folder = std::filesystem::path(CLOUDSYNC_FUZZ_CORPUS) / name;
  ASSERT_TRUE(std::filesystem::is_directory(folder)) << folder;
  std::size_t replayed = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    // Copied to its exact size, so that a sanitizer sees the first byte behind it.
    std::vector<std::uint8_t> input = contentOf(entry.path());
    try {
      target(input.data(), input.size());
    } catch (const std::exception& broken) {
      ADD_FAILURE() << entry.path() << ": " << broken.what();
    }
    ++replayed;
  }
  ASSERT_GT(replayed, 0u) << "no saved input in " << folder;
}

TEST(FuzzReplay, S3Answers) { replay("s3_answers", s3_answers_fuzz); }
TEST(FuzzReplay, Headers) { replay("headers", headers_fuzz); }
TEST(FuzzReplay, Urls) { replay("url", url_fuzz); }
TEST(FuzzReplay, CanonicalRequests) { replay("canonical_request", canonical_request_fuzz); }

}  // namespace
}  // namespace cloudsync::fuzz
