#include "sync/remote_marker.h"

#include <gtest/gtest.h>

namespace cloudsync {
namespace {

TEST(RemoteMarker, SaysWhatItWasMadeOf) {
  RemoteMarker marker;
  marker.id = "abc";
  marker.epochs = {{2, "second"}, {1, "first"}};
  auto read = parseRemoteMarker(describeRemoteMarker(marker));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, "abc");
  EXPECT_EQ(read->epochs, marker.epochs);
  EXPECT_EQ(read->newest(), (RemoteEpoch{2, "second"}));
}

TEST(RemoteMarker, ReadsThoseOfEarlierReleasesAndOfLaterOnes) {
  auto early = parseRemoteMarker("cloudsync remote 1\nid: abc\n");
  ASSERT_TRUE(early);
  EXPECT_EQ(early->id, "abc");
  EXPECT_EQ(early->newest(), RemoteEpoch());
  auto late = parseRemoteMarker("cloudsync remote 1\nid: abc\nmood: fine\nepoch: 7 t\nepoch: x\n");
  ASSERT_TRUE(late);
  EXPECT_EQ(late->epochs, (std::vector<RemoteEpoch>{{7, "t"}}));
}

TEST(RemoteMarker, RefusesWhatIsNone) {
  EXPECT_FALSE(parseRemoteMarker(""));
  EXPECT_FALSE(parseRemoteMarker("cloudsync remote 2\nid: abc\n"));
  EXPECT_FALSE(parseRemoteMarker("cloudsync remote 1\nepoch: 1 a\n"));
}

}  // namespace
}  // namespace cloudsync
