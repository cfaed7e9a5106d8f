#include "base/nearest.h"

#include <gtest/gtest.h>

#include <array>

namespace cloudsync {
namespace {

constexpr std::array<std::string_view, 4> kKnown = {"endpoint", "pathStyle", "profile", "region"};

TEST(Nearest, TypingErrorsFindWhatWasMeant) {
  EXPECT_EQ(nearestOf("regoin", kKnown), "region");
  EXPECT_EQ(nearestOf("path_style", kKnown), "pathStyle");
  EXPECT_EQ(nearestOf("Endpoints", kKnown), "endpoint");
  EXPECT_EQ(nearestOf("region", kKnown), "region");
  EXPECT_EQ(nearestOf("", kKnown), "region");
  EXPECT_EQ(nearestOf("x", {}), "");
}

TEST(Nearest, TheMessageListsWhatIsKnown) {
  EXPECT_EQ(notKnown("regoin", kKnown),
            "'regoin' is not known; did you mean 'region'? (known: endpoint, pathStyle, profile, "
            "region)");
  EXPECT_LT(notKnown(std::string(10'000, 'x'), kKnown).size(), 300u);
}

}  // namespace
}  // namespace cloudsync
