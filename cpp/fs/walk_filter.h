#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "fs/file_system.h"

namespace cloudsync {

// What a walk leaves out before it looks at it: neither a stat nor a look inside. One object per
// directory, made when that is listed, shared by the pieces of the walk. Constant; any thread.
class WalkFilter {
 public:
  virtual ~WalkFilter() = default;

  // The filter for what lies in directory `key` ("" or "a/b/"), which is below this one's, was
  // opened as `folder` and holds `names`. After an error nothing is known of what lies there.
  virtual Result<std::shared_ptr<const WalkFilter>> enter(
      Folder& folder, std::string_view key, std::span<const ListedName> names) const = 0;

  // Which of these names of its directory are left out; empty when none is.
  virtual std::vector<bool> leavesOut(std::span<const ListedName> names) const = 0;
};

}  // namespace cloudsync
