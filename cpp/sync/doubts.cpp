#include "sync/doubts.h"

#include "store/racy.h"

namespace cloudsync {

bool isCutOff(const Fingerprint& now, const BaseFacts& row, const std::optional<Doubts>& doubts) {
  const Fingerprint& then = row.fingerprint;
  bool sameFile = now.inode == then.inode && now.birthTime == then.birthTime;
  if (!sameFile || now.size >= then.size) return false;
  if (doubts && now.size == 0) return true;
  if (now.changeTime != then.changeTime) return now.changeTime < then.changeTime;
  // Within the clock's grain a program may have been at work, unless the machine went down in it.
  return !racyByChangeTime(then, row.lookedAt) || (doubts && doubts->cover(row));
}

}  // namespace cloudsync
