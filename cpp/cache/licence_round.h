#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "cache/workplace.h"

namespace cloudsync {

// The licences of one round, asked for together: when grant() returns they are on disk, and each
// holder has the id of its own. Holders stay where they are until then.
class LicenceRound {
 public:
  void add(Licence licence, std::int64_t& holder) {
    licences_.push_back(std::move(licence));
    holders_.push_back(&holder);
  }

  // `removal`'s file is to move away, to `privateName`.
  void add(Licence::Kind kind, const Removal& removal, const RelPath& privateName,
           std::int64_t& holder) {
    add(Licence{0, kind, removal.key, privateName.text(), removal.expected.inode, removal.expected},
        holder);
  }

  bool empty() const { return licences_.empty(); }

  Status grant(Workplace& place) {
    if (licences_.empty()) return Status();
    Status granted = place.needs.store.grant(place.needs.space, licences_);
    if (!granted) return granted;
    for (std::size_t i = 0; i < holders_.size(); ++i) *holders_[i] = licences_[i].id;
    return granted;
  }

 private:
  std::vector<Licence> licences_;
  std::vector<std::int64_t*> holders_;
};

}  // namespace cloudsync
