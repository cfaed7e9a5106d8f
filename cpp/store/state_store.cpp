#include "store/state_store.h"

#include <atomic>
#include <mutex>
#include <utility>

#include "store/base_tree.h"
#include "store/halts.h"
#include "store/licences.h"
#include "store/plan_moves.h"
#include "store/plan_table.h"
#include "store/space_rows.h"
#include "store/spaces.h"
#include "store/sqlite_state_store.h"
#include "store/transfers.h"

namespace cloudsync {

namespace {

// So many rows of an old plan go per transaction: the log stays within bounds.
constexpr std::int64_t kPlanRowsPerRemoval = 50'000;
// A transaction for each of thousands of small downloads would cost more than they do.
constexpr std::int64_t kTaskIdsAtOnce = 1'000;

Error closed() { return Error{ErrorKind::unavailable, "the state store is closed", {}, 0}; }

// The writing connection and everything that is prepared on it.
struct Writer {
  explicit Writer(std::unique_ptr<Database> opened) : database(std::move(opened)) {}

  std::unique_ptr<Database> database;
  Spaces spaces{*database};
  BaseReads reads{*database};
  BaseWrites base{*database};
  Licences licences{*database};
  Downloads downloads{*database};
  Uploads uploads{*database};
  PlanTable plan{*database};
  PlanMoves moves{*database};
  Halts halts{*database};
  SpaceRows rows{*database};
};

// The one writer and its lock. Shared with the readers of a database in memory, which has no other
// connection than this: shared-cache mode would give them locks that fail instead of waiting.
class GuardedWriter {
 public:
  explicit GuardedWriter(std::unique_ptr<Database> database)
      : writer_(std::make_unique<Writer>(std::move(database))) {}

  // Calls `act` with the writer, alone.
  template <class Act>
  std::invoke_result_t<Act, Writer&> use(Act act) {
    std::lock_guard lock(mutex_);
    if (!writer_) return closed();
    return act(*writer_);
  }

  // The same in one transaction, which is committed unless `act` fails.
  template <class Act>
  std::invoke_result_t<Act, Writer&> write(Durability durability, Act act) {
    return use([&](Writer& writer) -> std::invoke_result_t<Act, Writer&> {
      Result<Transaction> transaction = Transaction::begin(*writer.database, durability);
      if (!transaction) return transaction.error();
      std::invoke_result_t<Act, Writer&> result = act(writer);
      if (!result) return result;
      Status committed = transaction->commit();
      if (!committed) return committed.error();
      return result;
    });
  }

  std::unique_ptr<Writer> take() {
    std::lock_guard lock(mutex_);
    return std::move(writer_);
  }

 private:
  std::mutex mutex_;
  std::unique_ptr<Writer> writer_;  // guarded by mutex_; null: closed
};

// Reads on a connection of its own.
class FileReader final : public StateReader {
 public:
  FileReader(std::unique_ptr<Database> database, std::shared_ptr<std::atomic<bool>> damaged)
      : database_(std::move(database)), reads_(*database_), damaged_(std::move(damaged)) {}

  Result<std::optional<BaseRow>> find(SpaceId space, std::string_view key) override {
    auto row = reads_.find(space, key);
    if (!row) noteDamage();
    return row;
  }
  Result<BaseBatch> page(SpaceId space, std::string_view after, std::string_view end,
                         std::size_t limit) override {
    auto batch = reads_.page(space, after, end, limit);
    if (!batch) noteDamage();
    return batch;
  }

 private:
  void noteDamage() {
    if (database_->sawCorruption()) damaged_->store(true);
  }

  std::unique_ptr<Database> database_;
  BaseReads reads_;
  std::shared_ptr<std::atomic<bool>> damaged_;
};

// Reads on the writer's connection.
class MemoryReader final : public StateReader {
 public:
  explicit MemoryReader(std::shared_ptr<GuardedWriter> writer) : writer_(std::move(writer)) {}

  Result<std::optional<BaseRow>> find(SpaceId space, std::string_view key) override {
    return writer_->use([&](Writer& writer) { return writer.reads.find(space, key); });
  }
  Result<BaseBatch> page(SpaceId space, std::string_view after, std::string_view end,
                         std::size_t limit) override {
    return writer_->use(
        [&](Writer& writer) { return writer.reads.page(space, after, end, limit); });
  }

 private:
  std::shared_ptr<GuardedWriter> writer_;
};

class SqliteStateStore final : public StateStore {
 public:
  explicit SqliteStateStore(OpenedDatabase opened)
      : place_(std::move(opened.place)),
        unclean_(opened.unclean),
        inMemory_(opened.database->inMemory()),
        writer_(std::make_shared<GuardedWriter>(std::move(opened.database))) {}

  Result<std::unique_ptr<StateReader>> openReader() override {
    if (inMemory_) return std::unique_ptr<StateReader>(std::make_unique<MemoryReader>(writer_));
    return writer_->use([&](Writer&) -> Result<std::unique_ptr<StateReader>> {
      Result<std::unique_ptr<Database>> database = openForReading(place_);
      if (!database) return database.error();
      return std::unique_ptr<StateReader>(
          std::make_unique<FileReader>(std::move(*database), damaged_));
    });
  }

  bool uncleanStart() const override { return unclean_; }

  Status close() override {
    std::unique_ptr<Writer> writer = writer_->take();
    if (!writer) return {};
    // A database in which damage was met stays marked as in use: the next start checks it.
    if (writer->database->sawCorruption() || damaged_->load()) return {};
    return closeDatabase(*writer->database);
  }

  // Spaces

  Result<SpaceRow> openSpace(std::string_view name) override {
    return claim([&](Writer& writer) { return writer.spaces.open(name); });
  }
  Status saveSpace(const SpaceRow& space) override {
    return claim([&](Writer& writer) { return writer.spaces.save(space); });
  }
  Result<SpaceTotals> totals(SpaceId space) override {
    return writer_->use([&](Writer& writer) { return writer.base.totals(space); });
  }
  Status eraseSpace(SpaceId space) override {
    return writer_->write(Durability::onDisk, [&](Writer& writer) {
      Status erased = writer.halts.eraseSpace(space);
      return erased ? writer.rows.erase(space) : erased;
    });
  }

  // The base tree

  Status commit(SpaceId space, std::span<const BaseChange> changes,
                std::span<const std::int64_t> revoke) override {
    if (changes.empty() && revoke.empty()) return {};
    return claim([&](Writer& writer) {
      Status status;
      for (const BaseChange& change : changes) {
        status = writer.base.apply(space, change);
        if (!status) return status;
      }
      for (std::int64_t id : revoke) {
        status = writer.licences.revoke(space, id);
        if (!status) return status;
      }
      return status;
    });
  }
  Status touch(SpaceId space, std::string_view key, Nanoseconds accessedAt) override {
    return claim([&](Writer& writer) { return writer.base.touch(space, key, accessedAt); });
  }
  Status mark(SpaceId space, std::string_view key, Mark mark) override {
    return claim([&](Writer& writer) { return writer.base.mark(space, key, mark); });
  }

  // Licences

  Status grant(SpaceId space, std::span<Licence> licences) override {
    if (licences.empty()) return {};
    return writer_->write(Durability::onDisk,
                          [&](Writer& writer) { return writer.licences.grant(space, licences); });
  }
  Result<std::vector<Licence>> licences(SpaceId space) override {
    return writer_->use([&](Writer& writer) { return writer.licences.all(space); });
  }

  // Unfinished transfers

  Status saveDownload(SpaceId space, const DownloadRow& row) override {
    return claim([&](Writer& writer) { return writer.downloads.save(space, row); });
  }
  Result<std::optional<DownloadRow>> download(SpaceId space, std::string_view key) override {
    return writer_->use([&](Writer& writer) { return writer.downloads.find(space, key); });
  }
  Result<std::vector<DownloadRow>> downloads(SpaceId space) override {
    return writer_->use([&](Writer& writer) { return writer.downloads.all(space); });
  }
  Status eraseDownload(SpaceId space, std::string_view key) override {
    return claim([&](Writer& writer) { return writer.downloads.erase(space, key); });
  }
  Status saveUpload(SpaceId space, const UploadRow& row) override {
    return writer_->write(Durability::onDisk,
                          [&](Writer& writer) { return writer.uploads.save(space, row); });
  }
  Status addUploadPart(SpaceId space, std::string_view key, const UploadRow::Part& part) override {
    return claim([&](Writer& writer) { return writer.uploads.addPart(space, key, part); });
  }
  Result<std::optional<UploadRow>> upload(SpaceId space, std::string_view key) override {
    return writer_->use([&](Writer& writer) { return writer.uploads.find(space, key); });
  }
  Result<std::vector<UploadRow>> uploads(SpaceId space) override {
    return writer_->use([&](Writer& writer) { return writer.uploads.all(space); });
  }
  Status eraseUpload(SpaceId space, std::string_view key) override {
    return claim([&](Writer& writer) { return writer.uploads.erase(space, key); });
  }

  // The plan

  Status clearPlan(SpaceId space) override {
    bool more = true;
    while (more) {
      Result<bool> removed =
          claim([&](Writer& writer) { return writer.plan.removeSome(space, kPlanRowsPerRemoval); });
      if (!removed) return removed.error();
      more = *removed;
    }
    return {};
  }
  Status addToPlan(SpaceId space, std::span<const PlanOp> ops) override {
    if (ops.empty()) return {};
    return claim([&](Writer& writer) { return writer.plan.add(space, ops); });
  }
  Result<std::vector<PlanOp>> planPage(SpaceId space, std::span<const PlanOp::Kind> kinds,
                                       std::optional<std::int64_t> after, Order order,
                                       std::size_t limit) override {
    return writer_->use(
        [&](Writer& writer) { return writer.plan.page(space, kinds, after, order, limit); });
  }
  Result<std::vector<PlanMatch>> matchByPrint(SpaceId space, PlanOp::Kind arrivals,
                                              PlanOp::Kind departures, std::int64_t after,
                                              std::size_t limit) override {
    return writer_->use([&](Writer& writer) {
      return writer.moves.matchByPrint(space, arrivals, departures, after, limit);
    });
  }
  Result<std::vector<PlanOp>> downloadsLikeRemovals(SpaceId space, std::int64_t after,
                                                    std::size_t limit) override {
    return writer_->use(
        [&](Writer& writer) { return writer.moves.downloadsLikeRemovals(space, after, limit); });
  }
  Result<std::optional<PlanOp>> findRemoval(SpaceId space, PlanOp::Kind kind,
                                            std::string_view was) override {
    return writer_->use([&](Writer& writer) { return writer.moves.find(space, kind, was); });
  }
  Status rewritePlan(SpaceId space, std::span<const PlanOp> moves,
                     std::span<const std::int64_t> gone) override {
    if (moves.empty() && gone.empty()) return {};
    return claim([&](Writer& writer) {
      Status status;
      for (const PlanOp& op : moves) {
        status = writer.moves.rewrite(space, op);
        if (!status) return status;
      }
      for (std::int64_t sequence : gone) {
        status = writer.moves.takeOut(space, sequence);
        if (!status) return status;
      }
      return status;
    });
  }
  Status settleOps(SpaceId space, std::span<const PlanOp> ops) override {
    if (ops.empty()) return {};
    return claim([&](Writer& writer) {
      Status status;
      for (const PlanOp& op : ops) {
        status = writer.plan.settle(space, op);
        if (!status) return status;
      }
      return status;
    });
  }
  Result<PlanCounts> planCounts(SpaceId space) override {
    return writer_->use([&](Writer& writer) { return writer.plan.counts(space); });
  }
  Result<std::vector<PlanOp>> planOutcomes(SpaceId space, PlanOp::Outcome outcome,
                                           std::int64_t after, std::size_t limit) override {
    return writer_->use(
        [&](Writer& writer) { return writer.plan.withOutcome(space, outcome, after, limit); });
  }

  // What waits for a person

  Result<std::uint64_t> holdOps(SpaceId space, std::span<const PlanOp::Kind> kinds,
                                HoldExtent extent, std::string_view reason) override {
    return claim([&](Writer& writer) { return writer.halts.hold(space, kinds, extent, reason); });
  }
  Status setHalts(SpaceId space, std::span<const Halt> halts) override {
    return claim([&](Writer& writer) { return writer.halts.set(space, halts); });
  }
  Result<std::vector<Halt>> halts(SpaceId space) override {
    return writer_->use([&](Writer& writer) { return writer.halts.all(space); });
  }
  Result<bool> release(SpaceId space, std::string_view planId) override {
    return writer_->write(Durability::onDisk,
                          [&](Writer& writer) { return writer.halts.release(space, planId); });
  }
  Result<std::optional<std::string>> releasedRoot(SpaceId space, std::string_view reason) override {
    return writer_->use([&](Writer& writer) { return writer.halts.releasedRoot(space, reason); });
  }
  Status forgetReleasedRoots(SpaceId space) override {
    return claim([&](Writer& writer) { return writer.halts.forgetReleasedRoots(space); });
  }
  Status forgetReleasedBeyondPlan(SpaceId space) override {
    return claim([&](Writer& writer) { return writer.halts.forgetReleasedBeyondPlan(space); });
  }

  Result<TaskId> nextTaskId() override {
    std::lock_guard lock(taskIdsMutex_);
    if (taskIdsLeft_ == 0) {
      Result<TaskId> last =
          claim([&](Writer& writer) { return writer.spaces.takeTaskIds(kTaskIdsAtOnce); });
      if (!last) return last;
      lastTaskId_ = last->value;
      taskIdsLeft_ = kTaskIdsAtOnce;
    }
    return TaskId{lastTaskId_ - --taskIdsLeft_};
  }

 private:
  template <class Act>
  std::invoke_result_t<Act, Writer&> claim(Act act) {
    return writer_->write(Durability::claim, std::move(act));
  }

  // constant after construction
  const Database::Place place_;
  const bool unclean_;
  const bool inMemory_;
  const std::shared_ptr<GuardedWriter> writer_;
  std::mutex taskIdsMutex_;
  std::int64_t lastTaskId_ = 0;   // guarded by taskIdsMutex_: of those that are reserved
  std::int64_t taskIdsLeft_ = 0;  // guarded by taskIdsMutex_
  const std::shared_ptr<std::atomic<bool>> damaged_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace

Result<std::unique_ptr<StateStore>> openStateStore(const StoreOptions& options) {
  Result<OpenedDatabase> opened = openDatabase(options);
  if (!opened) return opened.error();
  return std::unique_ptr<StateStore>(std::make_unique<SqliteStateStore>(std::move(*opened)));
}

Result<std::unique_ptr<StateStore>> StateStore::open(const std::string& directory) {
  StoreOptions options;
  options.directory = directory;
  return openStateStore(options);
}

Result<std::unique_ptr<StateStore>> StateStore::openInMemory() {
  Result<OpenedDatabase> opened = openDatabaseInMemory();
  if (!opened) return opened.error();
  return std::unique_ptr<StateStore>(std::make_unique<SqliteStateStore>(std::move(*opened)));
}

}  // namespace cloudsync
