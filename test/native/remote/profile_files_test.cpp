#include "remote/s3/credentials/profile_files.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "fs/posix_file_system.h"
#include "fs/temp_directory.h"
#include "remote/s3/credentials/ini.h"
#include "remote/s3/credentials/small_file.h"

namespace cloudsync {
namespace {

TEST(Ini, ReadsWhatPeopleWrite) {
  IniSections sections = parseIni(
      "\xef\xbb\xbf; a comment\r\n"
      "stray = line\r\n"
      "[default]\r\n"
      "AWS_Access_Key_ID=id/+=\r\n"
      "  aws_secret_access_key =  s3cr#t;+/== \t# a comment\r\n"
      "\r\n"
      "[ profile \t \"my work\" ]  # work\n"
      "region = eu-1\n"
      "s3 =\n"
      "  region = nested\n"
      "  max_queue_size = 1\n"
      "output=json\n"
      "no value here\n"
      "[broken\n"
      "= nameless\n"
      "[default]\n"
      "region=us-1\n"
      "region=us-2");
  EXPECT_EQ(sections["default"]["aws_access_key_id"], "id/+=");
  EXPECT_EQ(sections["default"]["aws_secret_access_key"], "s3cr#t;+/==");
  EXPECT_EQ(sections["default"]["region"], "us-2");
  EXPECT_EQ(sections["profile my work"]["region"], "eu-1");
  EXPECT_EQ(sections["profile my work"]["output"], "json");
  EXPECT_FALSE(sections["profile my work"].contains("max_queue_size"));
  EXPECT_EQ(sections.size(), 2u);
  EXPECT_TRUE(parseIni("").empty());
  EXPECT_TRUE(parseIni("\n[").empty());
}

class ProfileTest : public ::testing::Test {
 protected:
  EnvironmentLookup environment() {
    return [this](const char* name) -> std::optional<std::string> {
      auto found = variables_.find(name);
      if (found == variables_.end()) return std::nullopt;
      return found->second;
    };
  }
  std::optional<std::map<std::string, std::string>> read() {
    auto profile = readProfile(profileChoice(location_, environment()), files_);
    EXPECT_TRUE(profile) << profile.error().message;
    return profile ? *profile : std::nullopt;
  }

  TempDirectory home_;
  PosixFileSystem files_;
  S3Location location_;
  std::map<std::string, std::string> variables_{{"HOME", home_.path()}};
};

TEST_F(ProfileTest, BothFilesMakeOneProfile) {
  EXPECT_FALSE(read());
  home_.write(".aws/config",
              "[default]\nregion=eu-1\naws_access_key_id=old\n[profile work]\nregion=eu-2\n"
              "[unprefixed]\nregion=eu-3\n");
  home_.write(".aws/credentials",
              "[default]\naws_access_key_id=new\n[work]\naws_access_key_id=w\n");
  EXPECT_EQ((*read())["aws_access_key_id"], "new");
  EXPECT_EQ(profileRegion(location_, environment(), files_), "eu-1");
  variables_["AWS_PROFILE"] = "work";
  EXPECT_EQ((*read())["aws_access_key_id"], "w");
  EXPECT_EQ(profileRegion(location_, environment(), files_), "eu-2");
  variables_["AWS_PROFILE"] = "unprefixed";
  EXPECT_FALSE(read());
  location_.profile = "default";
  EXPECT_EQ((*read())["region"], "eu-1");
  location_.regionGiven = true;
  EXPECT_FALSE(profileRegion(location_, environment(), files_));
}

TEST_F(ProfileTest, TheEnvironmentNamesOtherFiles) {
  home_.write("elsewhere/keys", "[default]\naws_access_key_id=there\n");
  variables_["AWS_SHARED_CREDENTIALS_FILE"] = "~/elsewhere/keys";
  EXPECT_EQ((*read())["aws_access_key_id"], "there");
  variables_["AWS_SHARED_CREDENTIALS_FILE"] = home_.at("elsewhere/keys");
  variables_.erase("HOME");
  EXPECT_EQ((*read())["aws_access_key_id"], "there");
  variables_.clear();
  EXPECT_FALSE(read());
}

TEST_F(ProfileTest, WhatCannotBeReadIsNotTakenForNothing) {
  home_.makeFolders(".aws/credentials");
  auto profile = readProfile(profileChoice(location_, environment()), files_);
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().kind, ErrorKind::remoteNotReady);
  EXPECT_NE(profile.error().message.find(".aws/credentials"), std::string::npos);
  EXPECT_FALSE(profileRegion(location_, environment(), files_));
}

TEST_F(ProfileTest, LinksAreFollowedAsKubernetesMakesThem) {
  home_.write("..2026_11/token", "one");
  std::filesystem::create_symlink("..2026_11", home_.at("..data"));
  std::filesystem::create_symlink("..data/token", home_.at("token"));
  std::filesystem::create_symlink(home_.at("token"), home_.at("absolute"));
  EXPECT_EQ(readSmallFile(files_, home_.at("token")).value(), "one");
  EXPECT_EQ(readSmallFile(files_, home_.at("absolute")).value(), "one");
  std::filesystem::create_symlink("loop", home_.at("loop"));
  EXPECT_FALSE(readSmallFile(files_, home_.at("loop")));
  EXPECT_EQ(readSmallFile(files_, home_.at("none")).error().kind, ErrorKind::notFound);
  EXPECT_FALSE(readSmallFile(files_, home_.path()));
  EXPECT_FALSE(readSmallFile(files_, "relative"));
  EXPECT_FALSE(readSmallFile(files_, ""));
  home_.write("large", std::string((1 << 20) + 1, 'x'));
  EXPECT_FALSE(readSmallFile(files_, home_.at("large")));
}

}  // namespace
}  // namespace cloudsync
