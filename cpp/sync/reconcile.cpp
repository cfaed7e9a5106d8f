#include "sync/reconcile.h"

#include "scan/scope.h"
#include "store/racy.h"
#include "sync/direction_rules.h"

namespace cloudsync {

namespace {

using Act = Decision::Act;
using Kind = PlanOp::Kind;

Decision nothing() { return {}; }
Decision operate(Kind kind) { return {Act::operate, kind}; }

// A side against the base: what happened to it since both agreed.
enum class Change { none, changed, gone };

Change localChange(const Triple& triple) {
  if (triple.local == Presence::absent) return Change::gone;
  Fingerprint now = Fingerprint::of(triple.localFacts->stat);
  if (now != triple.base->fingerprint) return Change::changed;
  return racyByModifyTime(now, triple.base->lookedAt) ? Change::changed : Change::none;
}

Change remoteChange(const Triple& triple) {
  if (triple.remote == Presence::absent) return Change::gone;
  return triple.remoteFacts->version == triple.base->remoteVersion ? Change::none : Change::changed;
}

// Whatever the space keeps here: the rules in these files hold on this device only when they are on
// it.
bool isKeptLocal(const Triple& triple, const ReconcilePolicy& policy) {
  return policy.keepAllLocal || isIgnoreFile(triple.key);
}

// Content that only the cloud has: fetched, or known by its row.
Decision arrive(const Triple& triple, const ReconcilePolicy& policy) {
  return isKeptLocal(triple, policy) ? operate(Kind::download)
                                     : Decision{Act::record, Kind::recordCloud};
}

// No agreement to build on: a first run, or a new name on one side or both.
Decision reconcileNew(const Triple& triple, const ReconcilePolicy& policy) {
  bool here = triple.local == Presence::present;
  bool there = triple.remote == Presence::present;
  if (here && there) return operate(Kind::compare);
  if (there) return arrive(triple, policy);
  if (!here) return triple.base ? Decision{Act::erase, Kind::forget} : nothing();
  bool judged = policy.mediaOnly && !isIgnoreFile(triple.key);
  return judged ? Decision{Act::judge, Kind::upload} : operate(Kind::upload);
}

// A verdict row: the local file was out of scope when it was last looked at.
Decision reconcileIgnored(const Triple& triple, const ReconcilePolicy& policy) {
  bool here = triple.local == Presence::present;
  bool there = triple.remote == Presence::present;
  if (there || !here) return reconcileNew(triple, policy);
  bool same = Fingerprint::of(triple.localFacts->stat) == triple.base->fingerprint;
  return same ? nothing() : reconcileNew(triple, policy);
}

// The row says that the content is in the cloud only: absence from the disk means nothing.
Decision reconcileCloudOnly(const Triple& triple, const ReconcilePolicy& policy) {
  Change remote = remoteChange(triple);
  if (triple.local == Presence::present) {
    return remote == Change::gone ? operate(Kind::upload) : operate(Kind::compare);
  }
  switch (remote) {
    case Change::none:
      return isKeptLocal(triple, policy) && triple.base->mark != Mark::freed
                 ? operate(Kind::download)
                 : nothing();
    case Change::changed:
      return arrive(triple, policy);
    case Change::gone:
      return operate(Kind::forget);
  }
  return nothing();
}

// Both sides had it.
Decision reconcileAgreed(const Triple& triple, const ReconcilePolicy& policy) {
  Change local = localChange(triple);
  Change remote = remoteChange(triple);
  switch (local) {
    case Change::none:
      if (remote == Change::changed) return operate(Kind::download);
      return remote == Change::gone ? operate(Kind::removeLocal) : nothing();
    case Change::changed:
      // Against a remote deletion the edit survives: the upload expects an absent object.
      return remote == Change::changed ? operate(Kind::compare) : operate(Kind::upload);
    case Change::gone:
      if (remote == Change::changed)
        return arrive(triple, policy);  // the edit survives the deletion
      return remote == Change::gone ? Decision{Act::erase, Kind::forget}
                                    : operate(Kind::removeRemote);
  }
  return nothing();
}

Decision reconcileDirectory(const Triple& triple, const ReconcilePolicy& policy) {
  bool here = triple.local == Presence::present;
  bool there = triple.remote == Presence::present;
  bool agreed = triple.base && triple.base->standing == Standing::synced;
  bool wasHere = agreed && triple.base->local;
  if (here && there) {
    return wasHere ? nothing() : Decision{Act::record, Kind::adopt};
  }
  if (there) {
    if (!agreed) return operate(Kind::makeLocalDirectory);
    // Known without a local directory: it holds cloud-only children of a removed one.
    return wasHere ? operate(Kind::removeRemoteDirectory) : nothing();
  }
  if (here) {
    if (wasHere) return operate(Kind::removeLocalDirectory);
    // A verdict: nothing in it is carried. In a gallery a directory goes up with its first medium.
    bool ignored = triple.base && triple.base->standing == Standing::ignored;
    return ignored || policy.mediaOnly ? nothing() : operate(Kind::makeRemoteDirectory);
  }
  return triple.base ? Decision{Act::erase, Kind::forget} : nothing();
}

bool isKnown(Presence presence) {
  return presence == Presence::present || presence == Presence::absent;
}

// As if both sides might be changed.
Decision reconcileBoth(const Triple& triple, const ReconcilePolicy& policy) {
  if (triple.isDirectory()) return reconcileDirectory(triple, policy);
  if (!triple.base) return reconcileNew(triple, policy);
  switch (triple.base->standing) {
    case Standing::local:
      return reconcileNew(triple, policy);
    case Standing::ignored:
      return reconcileIgnored(triple, policy);
    case Standing::synced:
      return triple.base->local ? reconcileAgreed(triple, policy)
                                : reconcileCloudOnly(triple, policy);
  }
  return nothing();
}

}  // namespace

Decision reconcile(const Triple& triple, const ReconcilePolicy& policy) {
  if (!isKnown(triple.local) || !isKnown(triple.remote)) return nothing();
  Decision decision = followDeletion(reconcileBoth(triple, policy), triple, policy);
  return obeyDirection(decision, triple, policy);
}

Decision reconcileAsUnion(const Triple& triple, const ReconcilePolicy& policy) {
  if (!isKnown(triple.local) || !isKnown(triple.remote)) return nothing();
  bool gone = triple.local == Presence::absent && triple.remote == Presence::absent;
  if (gone) return triple.base ? Decision{Act::erase, Kind::forget} : nothing();
  Triple unbelieved = triple;
  unbelieved.base = nullptr;
  Decision decision = reconcileBoth(unbelieved, policy);
  return obeyDirection(decision, triple, policy);
}

}  // namespace cloudsync
