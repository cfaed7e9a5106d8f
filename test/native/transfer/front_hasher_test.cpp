#include "transfer/front_hasher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "fs/posix_file_system.h"
#include "fs/temp_directory.h"

namespace cloudsync {
namespace {

constexpr std::size_t kPiece = 256;
constexpr std::size_t kPieces = 64;

std::vector<std::uint8_t> contentOf(int round) {
  std::vector<std::uint8_t> content(kPieces * kPiece);
  for (std::size_t i = 0; i < content.size(); ++i) {
    content[i] = static_cast<std::uint8_t>(i * 7 + i / kPiece + static_cast<std::size_t>(round));
  }
  return content;
}

// A private file, and who hashes it while it arrives.
class FrontHasherTest : public testing::Test {
 protected:
  FrontHasherTest() {
    root_ = PosixFileSystem().openRoot(temp_.path()).value();
    file_ = root_->open(RelPath::trusted("part"), OpenMode::createNew).value();
    hasher_ = std::make_unique<FrontHasher>(*file_, "part");
  }
  void startAgain() { hasher_ = std::make_unique<FrontHasher>(*file_, "part"); }

  bool arrives(std::span<const std::uint8_t> content, std::size_t piece) {
    std::size_t offset = piece * kPiece;
    std::span<const std::uint8_t> bytes = content.subspan(offset, kPiece);
    return file_->writeAt(offset, bytes).ok() && hasher_->written(offset, bytes).ok();
  }

  TempDirectory temp_;
  std::unique_ptr<Folder> root_;
  std::unique_ptr<File> file_;
  std::unique_ptr<FrontHasher> hasher_;
};

TEST_F(FrontHasherTest, ReadsBackWhatCameBeforeItsTurn) {
  std::vector<std::uint8_t> content = contentOf(1);
  for (std::size_t piece = kPieces; piece-- > 0;) EXPECT_TRUE(arrives(content, piece));
  EXPECT_EQ(*hasher_->finish(content.size()), sha256Of(content));
}

TEST_F(FrontHasherTest, KeepsWhatComesBeforeItsTurnWhileThereIsRoom) {
  std::vector<std::uint8_t> content = contentOf(2);
  BufferPool pool(kPieces * Buffer::kBytes);
  for (std::size_t piece = kPieces; piece-- > 0;) {
    Buffer buffer = pool.take();
    std::copy_n(content.begin() + static_cast<std::ptrdiff_t>(piece * kPiece), kPiece,
                buffer.data());
    // Nothing is in the file: what is not kept could not be hashed.
    EXPECT_TRUE(hasher_->written(piece * kPiece, buffer, kPiece).ok());
  }
  EXPECT_EQ(hasher_->behind(), 0u);
  EXPECT_EQ(*hasher_->finish(content.size()), sha256Of(content));
}

TEST_F(FrontHasherTest, ReadsBackWhatThereWasNoRoomFor) {
  std::vector<std::uint8_t> content = contentOf(3);
  BufferPool pool(3 * Buffer::kBytes);
  for (std::size_t piece = kPieces; piece-- > 0;) {
    Buffer buffer = pool.take();
    std::copy_n(content.begin() + static_cast<std::ptrdiff_t>(piece * kPiece), kPiece,
                buffer.data());
    ASSERT_TRUE(file_->writeAt(piece * kPiece, {buffer.data(), kPiece}));
    EXPECT_TRUE(hasher_->written(piece * kPiece, buffer, kPiece).ok());
  }
  EXPECT_EQ(*hasher_->finish(content.size()), sha256Of(content));
}

TEST_F(FrontHasherTest, WhatArrivesTwiceIsHashedOnce) {
  std::vector<std::uint8_t> content = contentOf(4);
  BufferPool pool(kPieces * Buffer::kBytes);
  for (std::size_t piece : {1, 1, 0, 0, 1}) {
    Buffer buffer = pool.take();
    std::copy_n(content.begin() + static_cast<std::ptrdiff_t>(piece * kPiece), kPiece,
                buffer.data());
    ASSERT_TRUE(file_->writeAt(piece * kPiece, {buffer.data(), kPiece}));
    EXPECT_TRUE(hasher_->written(piece * kPiece, buffer, kPiece).ok());
  }
  EXPECT_EQ(*hasher_->finish(2 * kPiece), sha256Of(std::span(content).first(2 * kPiece)));
}

// Else nobody would begin what comes behind it.
TEST_F(FrontHasherTest, IsNotBehindWhileNobodyHashesWhatWasFound) {
  std::vector<std::uint8_t> content = contentOf(5);
  ASSERT_TRUE(file_->writeAt(0, std::span(content).first(8 * kPiece)));
  ASSERT_TRUE(hasher_->found({0, 8 * kPiece}));
  EXPECT_EQ(hasher_->behind(), 0u);
  for (std::size_t piece = 8; piece < kPieces; ++piece) EXPECT_TRUE(arrives(content, piece));
  EXPECT_EQ(*hasher_->finish(content.size()), sha256Of(content));
}

TEST_F(FrontHasherTest, NamesAHole) {
  std::vector<std::uint8_t> content = contentOf(1);
  EXPECT_TRUE(arrives(content, 0));
  EXPECT_TRUE(arrives(content, 2));
  EXPECT_FALSE(hasher_->finish(3 * kPiece).ok());
}

// Neighbors arrive at the same moment again and again, so that the one who hashes hands the front
// over while the other comes for it.
TEST_F(FrontHasherTest, StreamsThatHandTheFrontOverMixNothing) {
  constexpr std::size_t kStreams = 4;
  for (int round = 0; round < 200; ++round) {
    startAgain();
    std::vector<std::uint8_t> content = contentOf(round);
    {
      std::vector<std::jthread> streams;
      for (std::size_t stream = 0; stream < kStreams; ++stream) {
        streams.emplace_back([&, stream] {
          for (std::size_t piece = stream; piece < kPieces; piece += kStreams) {
            EXPECT_TRUE(arrives(content, piece));
          }
        });
      }
    }
    ASSERT_EQ(*hasher_->finish(content.size()), sha256Of(content)) << round;
  }
}

}  // namespace
}  // namespace cloudsync
