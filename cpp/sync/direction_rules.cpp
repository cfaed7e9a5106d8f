#include "sync/direction_rules.h"

namespace cloudsync {

namespace {

using Act = Decision::Act;
using Kind = PlanOp::Kind;

Decision operate(Kind kind) { return {Act::operate, kind}; }

// Nothing is done, and no row claims an agreement that nobody will keep.
Decision withdraw(const Triple& triple) {
  return triple.base ? Decision{Act::erase, Kind::forget} : Decision{};
}

bool isCloudOnlyAsKnown(const Triple& triple) {
  return triple.base && triple.base->standing == Standing::synced && !triple.base->local &&
         triple.remote == Presence::present &&
         triple.remoteFacts->version == triple.base->remoteVersion;
}

Decision withoutDownloads(Decision decision, const Triple& triple) {
  switch (decision.kind) {
    case Kind::download:
      if (triple.local == Presence::present) return {Act::differ, Kind::download};
      // In the cloud only, then: whoever wants it downloads it by hand.
      if (isCloudOnlyAsKnown(triple)) return {};
      return {Act::record, Kind::recordCloud};
    case Kind::removeLocal:
      return operate(Kind::upload);
    case Kind::makeLocalDirectory:
      return withdraw(triple);
    case Kind::removeLocalDirectory:
      return operate(Kind::makeRemoteDirectory);
    case Kind::makeRemoteDirectory:
    case Kind::recordCloud:
    case Kind::upload:
    case Kind::compare:
    case Kind::removeRemote:
    case Kind::removeRemoteDirectory:
    case Kind::forget:
    case Kind::adopt:
    case Kind::moveLocal:  // made of a download and a removal: there is none (moves.h)
    case Kind::moveRemote:
      break;
  }
  return decision;
}

Decision withoutUploads(Decision decision, const Triple& triple) {
  switch (decision.kind) {
    case Kind::upload:
      // Was it edited here, or only touched? That takes a look at the bytes.
      if (triple.remote == Presence::present) return operate(Kind::compare);
      return withdraw(triple);
    case Kind::makeRemoteDirectory:
      return withdraw(triple);
    case Kind::removeRemote:
      return {Act::letGo, Kind::recordCloud};
    case Kind::removeRemoteDirectory:
      return {Act::record, Kind::recordCloud};
    case Kind::makeLocalDirectory:
    case Kind::recordCloud:
    case Kind::download:
    case Kind::compare:
    case Kind::removeLocal:
    case Kind::removeLocalDirectory:
    case Kind::forget:
    case Kind::adopt:
    case Kind::moveLocal:
    case Kind::moveRemote:  // made of an upload and a removal: there is none
      break;
  }
  return decision;
}

}  // namespace

Decision followDeletion(Decision decision, const Triple& triple, const ReconcilePolicy& policy) {
  const bool isSent = decision.act == Act::operate && decision.kind == Kind::upload;
  const bool oneWay = policy.direction == Direction::download;
  if (!isSent || !oneWay || triple.remote != Presence::absent) return decision;
  const BaseFacts* base = triple.base;
  const bool wasHere = base && base->standing == Standing::synced && base->local;
  const bool looksTheSame =
      wasHere && Fingerprint::of(triple.localFacts->stat) == base->fingerprint;
  return looksTheSame ? operate(Kind::removeLocal) : decision;
}

Decision obeyDirection(Decision decision, const Triple& triple, const ReconcilePolicy& policy) {
  const bool acts = decision.act == Act::operate || decision.act == Act::judge;
  if (!acts) return decision;
  switch (policy.direction) {
    case Direction::both:
      return decision;
    case Direction::upload:
      return withoutDownloads(decision, triple);
    case Direction::download:
      return withoutUploads(decision, triple);
  }
  return decision;
}

}  // namespace cloudsync
