#include "fs/spelling.h"

#include <gtest/gtest.h>

#include "base/sim_scheduler.h"
#include "fs/sim_file_system.h"

namespace cloudsync {
namespace {

RelPath path(std::string text) { return RelPath::trusted(std::move(text)); }

class Spelling : public ::testing::Test {
 protected:
  Spelling() {
    files_.makeFolders("/exact");
    files_.makeFolders("/folds");
    files_.foldCase("/folds");
    for (const char* name : {"/exact/Dir/file", "/folds/Dir/file"}) files_.write(name, "1");
  }
  std::unique_ptr<Folder> root(const std::string& name) { return files_.openRoot(name).value(); }
  static std::string other(Folder& folder, const std::string& name) {
    Result<std::optional<RelPath>> found = otherSpelling(folder, path(name));
    EXPECT_TRUE(found.ok());
    return found.ok() && *found ? (*found)->text() : "";
  }

  SimClock clock_;
  SimFileSystem files_{clock_};
};

TEST_F(Spelling, IsFoundOutByAnyNameThatExists) {
  EXPECT_FALSE(*foldsCase(*root("/exact"), path("Dir")));
  EXPECT_TRUE(*foldsCase(*root("/folds"), path("Dir")));
  EXPECT_TRUE(*foldsCase(*root("/folds"), path("Dir/file")));
  files_.makeFolders("/exact/dIR");  // both exist: two names
  EXPECT_FALSE(*foldsCase(*root("/exact"), path("Dir")));
}

TEST_F(Spelling, OfAnotherNameOrFolderIsTold) {
  std::unique_ptr<Folder> folds = root("/folds");
  EXPECT_EQ(other(*folds, "Dir/file"), "");
  EXPECT_EQ(other(*folds, "Dir/FILE"), "Dir/file");
  EXPECT_EQ(other(*folds, "dir/new"), "Dir");
  EXPECT_EQ(other(*folds, "Dir/new"), "");
  EXPECT_EQ(other(*folds, "free/new"), "");
  EXPECT_EQ(other(*root("/exact"), "dir/file"), "");
}

TEST_F(Spelling, OfItsOwnNameIsFreeForAMove) {
  std::unique_ptr<Folder> folds = root("/folds");
  EXPECT_TRUE(folds->moveNoReplace(path("Dir/file"), path("Dir/File")).ok());
  EXPECT_TRUE(folds->moveNoReplace(path("Dir"), path("DIR")).ok());
  EXPECT_EQ(files_.list("/folds"), (std::vector<std::string>{"DIR/", "DIR/File"}));
  files_.write("/folds/other", "2");
  Status taken = folds->moveNoReplace(path("other"), path("dir/FILE"));
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().kind, ErrorKind::exists);
}

}  // namespace
}  // namespace cloudsync
