#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/rel_path.h"
#include "cache/content_store.h"

namespace cloudsync {

// What every protocol of this room works with. Owned by the ContentStore; used by one round at a
// time.
struct Workplace {
  ContentStore::Needs needs;
  std::unique_ptr<StateReader> reader;  // opened when first needed

  explicit Workplace(ContentStore::Needs given) : needs(std::move(given)) {}

  // The row of `key`, as it is now.
  Result<std::optional<BaseRow>> row(const std::string& key) {
    if (!reader) {
      Result<std::unique_ptr<StateReader>> opened = needs.store.openReader();
      if (!opened) return opened.error();
      reader = std::move(*opened);
    }
    return reader->find(needs.space, key);
  }

  // The hash of the file at `key` in this state, if a row speaks of the same state: what decides
  // where no lease can.
  std::optional<Sha256> knownHash(const std::string& key, const Fingerprint& expected) {
    Result<std::optional<BaseRow>> found = row(key);
    if (!found || !*found || !(*found)->facts.local) return std::nullopt;
    if (!(*found)->facts.fingerprint.sameContentState(expected)) return std::nullopt;
    return (*found)->facts.sha256;
  }
};

// Does this error say that the disk is not as the plan saw it (seen again next run), or that
// something is wrong?
inline bool meansMoved(ErrorKind kind) {
  return kind == ErrorKind::changed || kind == ErrorKind::busy || kind == ErrorKind::exists ||
         kind == ErrorKind::notFound || kind == ErrorKind::notDirectory ||
         kind == ErrorKind::isDirectory;
}

inline Placement refused(Error error) {
  Placement::Kind kind =
      meansMoved(error.kind) ? Placement::Kind::postponed : Placement::Kind::failed;
  return Placement{kind, std::move(error), {}};
}

inline Error changedMeanwhile(const RelPath& path) {
  return Error{ErrorKind::changed, "it changed at the last moment", path.text(), 0};
}

}  // namespace cloudsync
