#include "sync/planner.h"

#include <array>
#include <memory>
#include <set>
#include <unordered_map>
#include <utility>

#include "scan/media_type.h"
#include "store/move_marks.h"
#include "sync/moves.h"
#include "sync/notices.h"

namespace cloudsync {

namespace {

constexpr std::size_t kFlushAt = 1024;

bool movesDown(PlanOp::Kind kind) {
  return kind == PlanOp::Kind::download || kind == PlanOp::Kind::compare;
}

// Turns triples into operations and rows, and writes both in batches.
class PlanBuilder final : public ThreeWayMerge::Visitor {
 public:
  PlanBuilder(const SyncContext& context, PlanMode mode, RootTrust trust)
      : context_(context), mode_(mode), trust_(trust), notices_(context) {}

  PlanSummary& summary() { return summary_; }
  void closeNotices() { notices_.close("were set aside or could not be read"); }

  void visit(const Triple& triple) override {
    ++summary_.scanned;
    if (triple.local == Presence::unknown || triple.remote == Presence::unknown) return;
    if (cannotTravel(triple)) {
      ++summary_.skipped;
      notices_.tell(triple.key, ErrorKind::invalidName, describeStay(triple.key));
      return;
    }
    noteDirectory(triple);
    Decision decision = trust_ == RootTrust::full ? reconcile(triple, context_.policy)
                                                  : reconcileAsUnion(triple, context_.policy);
    switch (decision.act) {
      case Decision::Act::nothing:
        return;
      case Decision::Act::record:
        addRow({BaseChange::Kind::put, describeRow(triple)}, triple);
        return;
      case Decision::Act::erase:
        addRow({BaseChange::Kind::erase, BaseRow{std::string(triple.key), {}, {}}}, triple);
        return;
      case Decision::Act::judge:
        toJudge_.push_back({makeOp(decision.kind, triple), triple.localFacts->stat});
        return;
      case Decision::Act::operate:
        plan(makeOp(decision.kind, triple));
        return;
    }
  }

  void setAside(std::string_view key, EntryKind kind, bool onRemote) override {
    ++summary_.skipped;
    notices_.tell(key, ErrorKind::invalidName, describeAside(kind, onRemote));
  }

  void hole(std::string_view key, bool onRemote) override {
    ++summary_.unknown;
    notices_.tell(key, onRemote ? ErrorKind::remoteFault : ErrorKind::permission,
                  onRemote ? "could not be listed in the cloud; nothing below it is touched"
                           : "could not be read on this device; nothing below it is touched");
  }

  Task<Status> pause() override {
    report();
    Status judged = judgeNew();
    if (!judged.ok()) co_return judged;
    if (ops_.size() >= kFlushAt || rows_.size() >= kFlushAt) co_return flush();
    co_return Status();
  }

  Status flush() {
    if (!ops_.empty()) {
      Status added = context_.place.store.addToPlan(context_.place.space, ops_);
      if (!added.ok()) return added;
      ops_.clear();
    }
    Status written = mode_ == PlanMode::carryOut ? writeRows() : Status();
    rows_.clear();
    seen_.clear();
    return written;
  }

 private:
  struct ToJudge {
    PlanOp op;
    FileStat stat;
  };

  void addRow(BaseChange change, const Triple& triple) {
    if (triple.base) {
      BaseRow seen{std::string(triple.key), std::string(triple.base->remoteVersion), *triple.base};
      seen_.emplace(change.row.key, std::move(seen));
    }
    rows_.push_back(std::move(change));
  }

  // A download or a freeing may have written one of these rows since the scan saw it: then what
  // was decided on it no longer holds, and the next look decides anew.
  Status writeRows() {
    if (rows_.empty()) return Status();
    return context_.placer.betweenRounds([this]() -> Status {
      Status failure;
      std::erase_if(rows_, [&](const BaseChange& change) {
        auto seen = seen_.find(change.row.key);
        if (seen == seen_.end() || !failure.ok()) return false;
        Result<std::optional<BaseRow>> now = findRow(change.row.key);
        if (!now.ok()) failure = now.error();
        return now.ok() && !sameState(seen->second, *now);
      });
      if (!failure.ok() || rows_.empty()) return failure;
      return context_.place.store.commit(context_.place.space, rows_);
    });
  }

  Result<std::optional<BaseRow>> findRow(const std::string& key) {
    if (!reader_) {
      Result<std::unique_ptr<StateReader>> opened = context_.place.store.openReader();
      if (!opened.ok()) return opened.error();
      reader_ = std::move(*opened);
    }
    return reader_->find(context_.place.space, key);
  }

  // A new local name that the remote cannot carry, whatever it does.
  bool cannotTravel(const Triple& triple) const {
    return !triple.base && triple.local == Presence::present &&
           !canCarry(context_.place.remote.features(), triple.key);
  }
  std::string describeStay(std::string_view key) const {
    const std::size_t most = context_.place.remote.features().longestPath;
    if (most == 0 || key.size() <= most) return describeAside(EntryKind::badName, false);
    return "has a path of " + std::to_string(key.size()) + " bytes, and this cloud takes " +
           std::to_string(most) + " at most: skipped; give it or its folders shorter names";
  }

  PlanOp makeOp(PlanOp::Kind kind, const Triple& triple) const {
    PlanOp op;
    op.kind = kind;
    op.key = triple.key;
    if (triple.localFacts) {
      op.localExpected = Fingerprint::of(triple.localFacts->stat);
      op.size = triple.localFacts->stat.size;
    }
    if (triple.remoteFacts) {
      op.remoteExpected = std::string(triple.remoteFacts->version);
      op.remoteModifyTime = triple.remoteFacts->modifyTime;
      if (movesDown(kind)) op.size = triple.remoteFacts->size;
    }
    if (triple.isDirectory()) op.size = 0;
    if (triple.base) op.was = markOf(kind, *triple.base);
    return op;
  }

  static std::string markOf(PlanOp::Kind kind, const BaseFacts& base) {
    if (kind == PlanOp::Kind::removeRemote) return markOfFile(base);
    if (kind == PlanOp::Kind::removeRemoteDirectory) return markOfFolder(base);
    bool known = kind == PlanOp::Kind::removeLocal && base.sha256;
    return known ? markOfContent(base.size, *base.sha256) : "";
  }

  void plan(PlanOp op) {
    ++summary_.operations;
    if (!op.key.ends_with('/')) ++summary_.files;
    switch (op.kind) {
      case PlanOp::Kind::removeLocal:
      case PlanOp::Kind::forget:
        ++summary_.safety.removesLocal;
        break;
      case PlanOp::Kind::removeRemote:
        ++summary_.safety.removesRemote;
        break;
      case PlanOp::Kind::download:
      case PlanOp::Kind::compare:
        summary_.downloadBytes += op.size;
        break;
      case PlanOp::Kind::upload:
        summary_.uploadBytes += op.size;
        break;
      case PlanOp::Kind::makeLocalDirectory:
      case PlanOp::Kind::makeRemoteDirectory:
      case PlanOp::Kind::recordCloud:
      case PlanOp::Kind::removeLocalDirectory:
      case PlanOp::Kind::adopt:
      case PlanOp::Kind::moveLocal:
      case PlanOp::Kind::moveRemote:
        break;
      case PlanOp::Kind::removeRemoteDirectory:
        ++summary_.removesFolders;
        break;
    }
    ops_.push_back(std::move(op));
  }

  // The row of a decision that changes no side: a directory both have, or a file in the cloud only.
  BaseRow describeRow(const Triple& triple) const {
    BaseRow row;
    row.key = triple.key;
    if (triple.base) row.facts = *triple.base;
    row.facts.remoteVersion = {};
    row.facts.standing = Standing::synced;
    row.facts.local = triple.local == Presence::present;
    if (row.facts.local) row.facts.fingerprint = Fingerprint::of(triple.localFacts->stat);
    if (triple.isDirectory()) return row;
    row.remoteVersion = triple.remoteFacts->version;
    row.facts.size = triple.remoteFacts->size;
    row.facts.remoteModifyTime = triple.remoteFacts->modifyTime;
    row.facts.sha256.reset();  // of another version, if there was one
    row.facts.origin = Origin::downloaded;
    row.facts.mark = Mark::none;
    return row;
  }

  // Looks at the first bytes of new files in a media-only space.
  Status judgeNew() {
    for (ToJudge& candidate : toJudge_) {
      Result<bool> media = looksLikeMedia(candidate.op.key);
      // Unreadable or gone: planned, so that the attempt says why.
      if (!media.ok() || *media) {
        planParents(candidate.op.key);
        plan(std::move(candidate.op));
        continue;
      }
      ++summary_.ignored;
      notices_.tell(candidate.op.key, ErrorKind::notSupported,
                    "is neither an image nor a video: left alone by the gallery");
      BaseRow row;
      row.key = candidate.op.key;
      row.facts.standing = Standing::ignored;
      row.facts.local = true;
      row.facts.fingerprint = Fingerprint::of(candidate.stat);
      row.facts.size = candidate.stat.size;
      rows_.push_back({BaseChange::Kind::put, std::move(row)});
    }
    toJudge_.clear();
    // What lies behind the merge has had its chance.
    std::erase_if(newDirectories_,
                  [this](const std::string& key) { return !lastKey_.starts_with(key); });
    return Status();
  }

  // A gallery's new directory goes up with its first medium, as an operation of its own: so that
  // it has a row, and a later deletion of it is understood.
  void noteDirectory(const Triple& triple) {
    if (!context_.policy.mediaOnly) return;
    lastKey_ = triple.key;
    bool isNew = triple.isDirectory() && triple.local == Presence::present &&
                 triple.remote == Presence::absent;
    if (isNew) newDirectories_.insert(lastKey_);
  }
  void planParents(const std::string& key) {
    for (std::size_t slash = key.find('/'); slash != std::string::npos;
         slash = key.find('/', slash + 1)) {
      std::string parent = key.substr(0, slash + 1);
      if (newDirectories_.erase(parent) == 0) continue;
      PlanOp op;
      op.kind = PlanOp::Kind::makeRemoteDirectory;
      op.key = std::move(parent);
      plan(std::move(op));
    }
  }

  Result<bool> looksLikeMedia(const std::string& key) const {
    RelPath path = RelPath::trusted(key);
    Result<std::unique_ptr<File>> file = context_.place.root.open(path, OpenMode::read);
    if (!file.ok()) return file.error();
    std::array<std::uint8_t, kMediaSniffBytes> bytes{};
    Result<std::size_t> read = (*file)->readAt(0, bytes);
    if (!read.ok()) return read.error();
    return isMedia(path.name(), std::span<const std::uint8_t>(bytes.data(), *read));
  }

  static std::string describeAside(EntryKind kind, bool onRemote) {
    std::string where = onRemote ? " in the cloud" : "";
    switch (kind) {
      case EntryKind::symlink:
        return "is a symbolic link" + where + ": skipped";
      case EntryKind::special:
        return "is no regular file" + where + ": skipped";
      case EntryKind::badName:
        return "has a name" + where + " that cannot be carried: skipped";
      case EntryKind::file:
      case EntryKind::directory:
      case EntryKind::unknown:
        break;
    }
    return "skipped";
  }

  void report() {
    RunProgress progress;
    progress.space = context_.spaceName;
    progress.phase = RunProgress::Phase::scanning;
    progress.scanned = summary_.scanned;
    progress.skipped = summary_.skipped;
    context_.reporter.progressed(progress);
  }

  const SyncContext& context_;
  const PlanMode mode_;
  const RootTrust trust_;
  PlanSummary summary_;
  std::vector<PlanOp> ops_;
  std::vector<BaseChange> rows_;
  std::unordered_map<std::string, BaseRow> seen_;  // of rows_: the row as the scan saw it
  std::unique_ptr<StateReader> reader_;
  std::vector<ToJudge> toJudge_;
  std::set<std::string> newDirectories_;  // around lastKey_; bounded by the depth at each pause
  std::string lastKey_;
  Notices notices_;
};

}  // namespace

Task<Result<PlanSummary>> makePlan(SyncContext context, PlanRequest request, CancelToken cancel) {
  const TransferPlace& place = context.place;
  Status cleared = place.store.clearPlan(place.space);
  if (!cleared.ok()) co_return cleared.error();
  Result<std::unique_ptr<StateReader>> reader = place.store.openReader();
  if (!reader.ok()) co_return reader.error();

  ThreeWayMerge merge(scanBase(std::move(*reader), place.space),
                      walk(place.scheduler, place.root, WalkOptions{}),
                      place.remote.list(RelPath()));
  PlanBuilder builder(context, request.mode, request.trust);
  Status merged = co_await merge.run(builder, cancel);
  builder.closeNotices();
  if (!merged.ok()) co_return merged.error();
  Status flushed = builder.flush();
  if (!flushed.ok()) co_return flushed.error();

  PlanSummary summary = builder.summary();
  Status found = co_await findMoves(context, std::move(request.noMoves), summary, cancel);
  if (!found.ok()) co_return found.error();
  if (summary.safety.removesLocal + summary.safety.removesRemote > context.deletionLimit.files) {
    // Counting a million rows costs a moment: only where the answer matters.
    Result<SpaceTotals> totals = place.store.totals(place.space);
    if (!totals.ok()) co_return totals.error();
    summary.safety.knownFiles = totals->files;
  }
  co_return summary;
}

}  // namespace cloudsync
