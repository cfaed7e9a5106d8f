#include <utility>

#include "store/racy.h"
#include "sync/operations.h"
#include "transfer/upload.h"

// The operations that move content, and the one that decides between two contents.

namespace cloudsync {

namespace {

DownloadRequest requestFor(const PlanOp& op, const std::optional<BaseRow>& base) {
  DownloadRequest request;
  request.key = op.key;
  request.version = ObjectVersion{op.remoteExpected.value_or("")};
  request.size = op.size;
  request.modifyTime = op.remoteModifyTime;
  if (base && base->remoteVersion == request.version.text) request.sha256 = base->facts.sha256;
  return request;
}

// The content both sides last agreed on, where it is known.
std::optional<Sha256> agreedHash(const std::optional<BaseRow>& base) {
  bool synced = base && base->facts.standing == Standing::synced;
  return synced ? base->facts.sha256 : std::nullopt;
}

// Keeps a key in the set of uploads while it lives.
class InFlight {
 public:
  InFlight(UploadsInFlight& uploads, std::string key) : uploads_(uploads), key_(std::move(key)) {
    uploads_.begin(key_);
  }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;
  ~InFlight() { uploads_.end(key_); }

 private:
  UploadsInFlight& uploads_;
  const std::string key_;
};

// The local file looks modified only because its fingerprint is too fresh to be believed, and the
// remote one is gone: if the bytes are the agreed ones, that was a deletion against no edit.
bool wasDeletedThere(const PlanOp& op, const std::optional<BaseRow>& base) {
  return !op.remoteExpected && base && base->facts.local && base->facts.sha256 &&
         op.localExpected == base->facts.fingerprint;
}

// Bytes of a comparison are read, not transferred for the user: not counted.
class Uncounted final : public ByteProgress {
 public:
  void moved(ByteCount) override {}
};

}  // namespace

Task<OpResult> Operations::fetch(DownloadQueue::Order order, std::shared_ptr<FileMeter> meter,
                                 CancelToken cancel) {
  const std::string wanted = order.request.version.text;
  auto watcher = std::make_shared<MeteredDownload>(std::move(meter));
  Result<std::shared_ptr<DownloadTask>> task =
      co_await context_.downloads.start(std::move(order), std::move(watcher));
  if (!task.ok()) co_return OpResult::from(task.error());
  Result<BaseRow> row = co_await context_.downloads.wait(*task, cancel);
  if (!row.ok() && row.error().kind == ErrorKind::cancelled && !cancel.cancelled()) {
    // A person stopped this one file: the run goes on, and does not call itself complete.
    co_return OpResult{PlanOp::Outcome::postponed, row.error(), false};
  }
  if (!row.ok()) co_return OpResult::from(row.error());
  if (row->remoteVersion != wanted) {
    // Somebody's running download of an older version was joined.
    co_return OpResult::postponed(
        Error{ErrorKind::changed, "an older version was on its way", row->key, 0});
  }
  co_return OpResult::done();
}

Task<OpResult> Operations::download(PlanOp op, std::shared_ptr<FileMeter> meter,
                                    CancelToken cancel) {
  Result<std::optional<BaseRow>> base = findRow(op.key);
  if (!base.ok()) co_return OpResult::failed(base.error());
  DownloadQueue::Order order{requestFor(op, *base), op.localExpected, *base};
  co_return co_await fetch(std::move(order), std::move(meter), cancel);
}

Task<OpResult> Operations::upload(PlanOp op, std::shared_ptr<FileMeter> meter, CancelToken cancel) {
  Result<std::optional<BaseRow>> base = findRow(op.key);
  if (!base.ok()) co_return OpResult::failed(base.error());
  UploadRequest request;
  request.key = op.key;
  request.precondition = op.remoteExpected
                             ? Precondition::matches(ObjectVersion{*op.remoteExpected})
                             : Precondition::absent();
  if (*base && (*base)->facts.standing == Standing::synced) request.base = **base;
  // A base that is not believed tells of no deletion.
  if (trust_ == RootTrust::full && wasDeletedThere(op, request.base)) {
    Result<ContentHash> now = co_await hashLocalFile(context_.place, op.key, cancel);
    if (!now.ok()) co_return OpResult::from(now.error());
    if (now->whole == request.base->facts.sha256) {
      co_return co_await removeLocal(std::move(op), cancel);
    }
  }

  InFlight visible(context_.uploads, op.key);
  std::optional<BaseRow> before = request.base;
  Result<UploadOutcome> outcome =
      co_await uploadFile(context_.place, std::move(request), *meter, cancel);
  if (!outcome.ok()) {
    OpResult result = OpResult::from(outcome.error());
    if (result.outcome == PlanOp::Outcome::failed) markUploadFailed(op.key);
    co_return result;
  }
  if (outcome->kind == UploadOutcome::Kind::sent) {
    co_return co_await commitRow(std::move(outcome->row));
  }
  meter->allThere();
  co_return refreshRow(*before, std::move(outcome->row));
}

// Only the fingerprint of an agreed content is out of date. The row is written unless somebody
// wrote it meanwhile (the file was freed), and unless that would say nothing new: a time in the
// future stays racy however often it is looked at.
OpResult Operations::refreshRow(const BaseRow& before, BaseRow row) {
  const Fingerprint& now = row.facts.fingerprint;
  bool nothingNew = now == before.facts.fingerprint && row.facts.mark == before.facts.mark &&
                    racyByModifyTime(now, row.facts.lookedAt);
  if (nothingNew) return OpResult::done();
  return writeUnlessChanged(before, std::move(row));
}

OpResult Operations::writeUnlessChanged(const std::optional<BaseRow>& before, BaseRow row) {
  return context_.placer.betweenRounds([&]() -> OpResult {
    Result<std::optional<BaseRow>> now = findRow(row.key);
    if (!now.ok()) return OpResult::failed(now.error());
    if (!sameState(before, *now)) {
      return OpResult::postponed(
          Error{ErrorKind::changed, "its row changed meanwhile", row.key, 0});
    }
    BaseChange change{BaseChange::Kind::put, std::move(row)};
    Status written = context_.place.store.commit(context_.place.space, {&change, 1});
    return written.ok() ? OpResult::done() : OpResult::failed(written.error());
  });
}

// The state a user is shown survives a restart; a file nobody agreed on yet gets a row for it.
void Operations::markUploadFailed(const std::string& key) {
  Result<std::optional<BaseRow>> base = findRow(key);
  if (!base.ok()) return;
  BaseRow row;
  if (*base) {
    row = **base;
  } else {
    row.facts.standing = Standing::local;
  }
  row.key = key;
  row.facts.mark = Mark::uploadFailed;
  // A mark that cannot be written costs a user the reason, not the file.
  (void)writeUnlessChanged(*base, std::move(row));
}

// The hash of the remote's content: from the remote, from the row, or by fetching it. Nothing when
// it cannot be that of `local` anyway.
Task<Result<std::optional<Sha256>>> Operations::remoteHash(const PlanOp& op, const ObjectInfo& info,
                                                           const ContentHash& local,
                                                           const std::optional<BaseRow>& base,
                                                           CancelToken cancel) {
  if (info.sha256) co_return info.sha256;
  if (base && base->facts.sha256 && base->remoteVersion == info.version.text) {
    co_return base->facts.sha256;
  }
  bool mayBeAgreed = agreedHash(base) && base->facts.size == info.size;
  if (info.size != local.fingerprint.size && !mayBeAgreed) co_return std::optional<Sha256>();
  DownloadRequest request{op.key, info.version, info.size, std::nullopt, info.modifyTime, false};
  Uncounted uncounted;
  Result<FetchedContent> content =
      co_await fetchContent(context_.place, request, uncounted, cancel);
  if (!content.ok()) co_return content.error();
  (void)context_.place.content.removePart(content->partName).ok();  // else at the next start
  co_return std::optional<Sha256>(content->sha256);
}

Task<OpResult> Operations::compare(PlanOp op, std::shared_ptr<FileMeter> meter,
                                   CancelToken cancel) {
  Result<std::optional<BaseRow>> base = findRow(op.key);
  if (!base.ok()) co_return OpResult::failed(base.error());
  RelPath path = RelPath::trusted(op.key);
  Result<ObjectInfo> info = co_await context_.place.remote.stat(path, cancel);
  if (!info.ok()) {
    bool gone = info.error().kind == ErrorKind::notFound;
    co_return gone ? OpResult::postponed(info.error()) : OpResult::from(info.error());
  }
  if (info->kind != EntryKind::file) {
    co_return OpResult::postponed(
        Error{ErrorKind::isDirectory, "the cloud has a directory of this name", op.key, 0});
  }
  Result<ContentHash> local = co_await hashLocalFile(context_.place, op.key, cancel);
  if (!local.ok()) {
    bool gone = local.error().kind == ErrorKind::notFound;
    co_return gone ? OpResult::postponed(local.error()) : OpResult::from(local.error());
  }
  Result<std::optional<Sha256>> remote = co_await remoteHash(op, *info, *local, *base, cancel);
  if (!remote.ok()) co_return OpResult::from(remote.error());
  if (*remote != local->whole) {
    // Times and modes move without content: a side that still has the agreed bytes was not edited.
    // A base that is not believed tells of no edit either: both are kept.
    const std::optional<Sha256> agreed =
        trust_ == RootTrust::full ? agreedHash(*base) : std::nullopt;
    if (agreed && local->whole == *agreed) {
      co_return co_await takeRemote(*local, *info, std::move(*base), std::move(meter), cancel);
    }
    if (agreed && *remote == agreed) {
      op.remoteExpected = info->version.text;
      co_return co_await upload(std::move(op), std::move(meter), cancel);
    }
    co_return co_await keepBoth(std::move(op), std::move(*local), std::move(*info),
                                std::move(meter), cancel);
  }
  meter->allThere();
  BaseRow row;
  if (*base) row = std::move(**base);
  row.key = op.key;
  row.remoteVersion = info->version.text;
  BaseFacts& facts = row.facts;
  facts.standing = Standing::synced;
  facts.origin = Origin::adopted;
  facts.mark = Mark::none;
  facts.local = true;
  facts.fingerprint = local->fingerprint;
  facts.lookedAt = local->lookedAt;
  facts.size = info->size;
  facts.sha256 = local->whole;
  facts.remoteModifyTime = info->modifyTime;
  co_return co_await commitRow(std::move(row));
}

// The remote's content takes the place of the local one, which is the agreed one.
Task<OpResult> Operations::takeRemote(ContentHash local, ObjectInfo remote,
                                      std::optional<BaseRow> base, std::shared_ptr<FileMeter> meter,
                                      CancelToken cancel) {
  DownloadRequest request{base->key, remote.version, remote.size, remote.sha256, remote.modifyTime};
  DownloadQueue::Order order{std::move(request), local.fingerprint, std::move(base)};
  co_return co_await fetch(std::move(order), std::move(meter), cancel);
}

// Both sides were edited: the remote keeps the name, the local content gets one that its hash
// determines, so that every device and every retry finds the same. The next pass sends it up.
Task<OpResult> Operations::keepBoth(PlanOp op, ContentHash local, ObjectInfo remote,
                                    std::shared_ptr<FileMeter> meter, CancelToken cancel) {
  Result<std::optional<BaseRow>> base = findRow(op.key);
  if (!base.ok()) co_return OpResult::failed(base.error());
  Result<std::string> aside = context_.placer.moveAside(op.key, local.fingerprint, local.whole);
  if (!aside.ok()) co_return OpResult::from(aside.error());
  context_.reporter.noticed(
      Notice{context_.spaceName, printable(op.key), ErrorKind::conflict,
             "was changed on both sides: this device's content is kept as " + printable(*aside)});

  op.size = remote.size;
  op.remoteExpected = remote.version.text;
  op.remoteModifyTime = remote.modifyTime;
  bool wasHere = *base && (*base)->facts.standing == Standing::synced && (*base)->facts.local;
  OpResult result;
  if (context_.policy.keepAllLocal || wasHere) {
    DownloadQueue::Order order{requestFor(op, *base), std::nullopt, *base};
    order.request.sha256 = remote.sha256;
    result = co_await fetch(std::move(order), std::move(meter), cancel);
  } else {
    BaseRow row;
    row.key = op.key;
    row.remoteVersion = remote.version.text;
    row.facts.size = remote.size;
    row.facts.sha256 = remote.sha256;
    row.facts.remoteModifyTime = remote.modifyTime;
    result = co_await commitRow(std::move(row));
  }
  result.lookAgain = true;
  co_return result;
}

}  // namespace cloudsync
