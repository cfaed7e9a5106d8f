#include "watch/fanotify_events.h"

#include <gtest/gtest.h>
#include <linux/fanotify.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace cloudsync {
namespace {

using Bytes = std::vector<std::uint8_t>;

void append(Bytes& to, const void* from, std::size_t size) {
  const auto* bytes = static_cast<const std::uint8_t*>(from);
  to.insert(to.end(), bytes, bytes + size);
}

// As the kernel writes it: metadata, one info record with handle and name, padded.
Bytes eventOf(std::uint64_t mask, const std::string& handle, const std::string& name) {
  Bytes info;
  struct {
    std::uint32_t bytes;
    std::int32_t type;
  } head{static_cast<std::uint32_t>(handle.size()), 1};
  append(info, &head, sizeof head);
  append(info, handle.data(), handle.size());
  append(info, name.c_str(), name.size() + 1);
  fanotify_event_info_fid fid{};
  info.resize((info.size() + 3) / 4 * 4);
  fid.hdr.info_type = FAN_EVENT_INFO_TYPE_DFID_NAME;
  fid.hdr.len = static_cast<std::uint16_t>(sizeof fid + info.size());
  fanotify_event_metadata metadata{};
  metadata.mask = mask;
  metadata.metadata_len = sizeof metadata;
  metadata.event_len = static_cast<std::uint32_t>(sizeof metadata + fid.hdr.len);
  Bytes event;
  append(event, &metadata, sizeof metadata);
  append(event, &fid, sizeof fid);
  append(event, info.data(), info.size());
  return event;
}

struct Told {
  std::uint64_t mask;
  std::size_t handle;
  std::string name;
};

std::vector<Told> read(const Bytes& bytes) {
  std::vector<Told> told;
  forEachFanotifyEvent(bytes, [&](const FanotifyEvent& event) {
    told.push_back({event.mask, event.directory.size(), std::string(event.name)});
  });
  return told;
}

TEST(FanotifyEvents, TellDirectoryAndName) {
  Bytes both = eventOf(FAN_CREATE, "12345678", "photo.jpg");
  Bytes second = eventOf(FAN_DELETE | FAN_ONDIR, "abcd", "album");
  both.insert(both.end(), second.begin(), second.end());
  std::vector<Told> told = read(both);
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].mask, static_cast<std::uint64_t>(FAN_CREATE));
  EXPECT_EQ(told[0].handle, 16u);
  EXPECT_EQ(told[0].name, "photo.jpg");
  EXPECT_EQ(told[1].handle, 12u);
  EXPECT_EQ(told[1].name, "album");
}

TEST(FanotifyEvents, AnOverflowHasNoDirectory) {
  fanotify_event_metadata metadata{};
  metadata.mask = FAN_Q_OVERFLOW;
  metadata.event_len = sizeof metadata;
  Bytes bytes;
  append(bytes, &metadata, sizeof metadata);
  std::vector<Told> told = read(bytes);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].mask, static_cast<std::uint64_t>(FAN_Q_OVERFLOW));
  EXPECT_EQ(told[0].handle, 0u);
}

TEST(FanotifyEvents, WhateverIsReadNothingBeyondItIsTouched) {
  const Bytes whole = eventOf(FAN_CREATE, "12345678", "photo.jpg");
  for (unsigned seed = 0; seed < 3000; ++seed) {
    std::mt19937 random(seed);
    Bytes bytes = whole;
    bytes.resize(random() % (whole.size() + 1));
    for (int change = 0; change < 3 && !bytes.empty(); ++change) {
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    }
    bytes.shrink_to_fit();
    for (const Told& told : read(bytes)) EXPECT_LE(told.name.size(), bytes.size()) << seed;
  }
}

}  // namespace
}  // namespace cloudsync
