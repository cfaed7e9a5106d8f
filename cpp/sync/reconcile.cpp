#include "sync/reconcile.h"

#include "store/racy.h"

namespace cloudsync {

namespace {

using Act = Decision::Act;
using Kind = PlanOp::Kind;

Decision nothing() { return {}; }
Decision operate(Kind kind) { return {Act::operate, kind}; }

// A side against the base: what happened to it since both agreed.
enum class Change { none, changed, gone };

Change localChange(const Triple& triple, const ReconcilePolicy& policy) {
  if (triple.local == Presence::absent) return Change::gone;
  Fingerprint now = Fingerprint::of(triple.localFacts->stat);
  if (now != triple.base->fingerprint) return Change::changed;
  // The bytes may be others all the same: only the content tells.
  if (policy.doubts && policy.doubts->cover(*triple.base)) return Change::changed;
  return racyByModifyTime(now, triple.base->lookedAt) ? Change::changed : Change::none;
}

Change remoteChange(const Triple& triple) {
  if (triple.remote == Presence::absent) return Change::gone;
  return triple.remoteFacts->version == triple.base->remoteVersion ? Change::none : Change::changed;
}

// Content that only the cloud has: fetched, or known by its row.
Decision arrive(const ReconcilePolicy& policy) {
  return policy.keepAllLocal ? operate(Kind::download) : Decision{Act::record, Kind::recordCloud};
}

// No agreement to build on: a first run, or a new name on one side or both.
Decision reconcileNew(const Triple& triple, const ReconcilePolicy& policy) {
  bool here = triple.local == Presence::present;
  bool there = triple.remote == Presence::present;
  if (here && there) return operate(Kind::compare);
  if (there) return arrive(policy);
  if (!here) return triple.base ? Decision{Act::erase, Kind::forget} : nothing();
  return policy.mediaOnly ? Decision{Act::judge, Kind::upload} : operate(Kind::upload);
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
      return policy.keepAllLocal && triple.base->mark != Mark::freed ? operate(Kind::download)
                                                                     : nothing();
    case Change::changed:
      return arrive(policy);
    case Change::gone:
      return operate(Kind::forget);
  }
  return nothing();
}

// The disk has lost it: the cloud has it, or it was deleted there.
Decision reconcileLost(const Triple& triple) {
  if (triple.remote == Presence::present) return operate(Kind::download);
  return triple.local == Presence::absent ? Decision{Act::erase, Kind::forget}
                                          : operate(Kind::removeLocal);
}

// Both sides had it.
Decision reconcileAgreed(const Triple& triple, const ReconcilePolicy& policy) {
  if (isLostHere(triple, policy)) return reconcileLost(triple);
  Change local = localChange(triple, policy);
  Change remote = remoteChange(triple);
  switch (local) {
    case Change::none:
      if (remote == Change::changed) return operate(Kind::download);
      return remote == Change::gone ? operate(Kind::removeLocal) : nothing();
    case Change::changed:
      // Against a remote deletion the edit survives: the upload expects an absent object.
      return remote == Change::changed ? operate(Kind::compare) : operate(Kind::upload);
    case Change::gone:
      if (remote == Change::changed) return arrive(policy);  // the edit survives the deletion
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
    if (!wasHere) return nothing();
    return operate(policy.doubts ? Kind::makeLocalDirectory : Kind::removeRemoteDirectory);
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

}  // namespace

bool isLostHere(const Triple& triple, const ReconcilePolicy& policy) {
  const BaseFacts* row = triple.base;
  bool wasHere = row && row->standing == Standing::synced && row->local && !triple.isDirectory();
  if (!wasHere) return false;
  switch (triple.local) {
    case Presence::absent:
      return policy.doubts && policy.doubts->cover(*row);
    case Presence::present:
      return isCutOff(Fingerprint::of(triple.localFacts->stat), *row, policy.doubts);
    case Presence::aside:
    case Presence::unknown:
      break;
  }
  return false;
}

Decision reconcile(const Triple& triple, const ReconcilePolicy& policy) {
  if (!isKnown(triple.local) || !isKnown(triple.remote)) return nothing();
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

Decision reconcileAsUnion(Triple triple, const ReconcilePolicy& policy) {
  bool gone = triple.local == Presence::absent && triple.remote == Presence::absent;
  if (gone) return triple.base ? Decision{Act::erase, Kind::forget} : nothing();
  triple.base = nullptr;
  return reconcile(triple, policy);
}

}  // namespace cloudsync
