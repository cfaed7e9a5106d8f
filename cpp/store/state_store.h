#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/rows.h"

namespace cloudsync {

// Totals over the base tree of a space.
struct SpaceTotals {
  std::uint64_t files = 0;  // standing synced, directories not counted
  std::uint64_t directories = 0;
  std::uint64_t localFiles = 0;  // of `files`: content on disk
  ByteCount localBytes = 0;
  std::uint64_t cloudOnlyFiles = 0;
  ByteCount cloudOnlyBytes = 0;
};

// Counts over a plan.
struct PlanCounts {
  struct Group {
    PlanOp::Kind kind;
    PlanOp::Outcome outcome;
    std::uint64_t count = 0;
    ByteCount bytes = 0;
  };
  std::vector<Group> groups;  // those that have any, by kind and outcome
  std::array<std::uint64_t, kPlanOpKinds> pendingByKind{};  // index: PlanOp::Kind
  ByteCount downloadBytes = 0;
  ByteCount uploadBytes = 0;
  std::uint64_t failed = 0;
  std::uint64_t postponed = 0;
  std::uint64_t held = 0;
};

// Reads on a connection of its own: sees what was committed, waits for nobody. One user at a time
// (one per JavaScript environment, one per scan). Statements stay prepared.
class StateReader {
 public:
  virtual ~StateReader() = default;
  virtual Result<std::optional<BaseRow>> find(SpaceId space, std::string_view key) = 0;
  // Up to `limit` rows with keys behind `after` ("" = from the start) and below `end` ("" = no
  // end), in key order. A short transaction per page: no reader pins the log.
  virtual Result<BaseBatch> page(SpaceId space, std::string_view after, std::string_view end,
                                 std::size_t limit) = 0;
};

// Every durable fact, as typed methods; no SQL outside of this room. Blocking; any thread; one
// guarded writer inside. Two durabilities: claims (WAL, synchronous=NORMAL: may be lost in a power
// cut, never torn) and licences (on disk when the call returns).
class StateStore {
 public:
  // Opens or creates `directory`/state.sqlite3 and migrates it. `corrupt`: quick_check failed and
  // the file was set aside (its new name is in the message); call again for a fresh one. A schema
  // newer than this code: `notSupported`, nothing touched.
  static Result<std::unique_ptr<StateStore>> open(const std::string& directory);
  // In memory, gone with the object: for the simulator and unit tests.
  static Result<std::unique_ptr<StateStore>> openInMemory();

  virtual ~StateStore() = default;

  virtual Result<std::unique_ptr<StateReader>> openReader() = 0;
  // The last process did not close it: files finished shortly before are to be looked at again.
  virtual bool uncleanStart() const = 0;
  virtual Status close() = 0;  // marks the clean end; checkpoints

  // Spaces.
  virtual Result<SpaceRow> openSpace(std::string_view name) = 0;  // made when missing
  virtual Status saveSpace(const SpaceRow& space) = 0;
  virtual Result<SpaceTotals> totals(SpaceId space) = 0;
  // Forgets all that is known of the space, but its name and id. On disk when it returns.
  virtual Status eraseSpace(SpaceId space) = 0;

  // The base tree. One transaction per call; `revoke` names licences that end with these claims.
  virtual Status commit(SpaceId space, std::span<const BaseChange> changes,
                        std::span<const std::int64_t> revoke = {}) = 0;
  virtual Status touch(SpaceId space, std::string_view key, Nanoseconds accessedAt) = 0;
  virtual Status mark(SpaceId space, std::string_view key, Mark mark) = 0;

  // Licences. grant() fills in the ids and returns when they are on disk.
  virtual Status grant(SpaceId space, std::span<Licence> licences) = 0;
  virtual Result<std::vector<Licence>> licences(SpaceId space) = 0;

  // Unfinished transfers.
  virtual Status saveDownload(SpaceId space, const DownloadRow& row) = 0;
  virtual Result<std::optional<DownloadRow>> download(SpaceId space, std::string_view key) = 0;
  virtual Result<std::vector<DownloadRow>> downloads(SpaceId space) = 0;
  virtual Status eraseDownload(SpaceId space, std::string_view key) = 0;
  // Durable: the intent must survive the machine, or an upload would be orphaned.
  virtual Status saveUpload(SpaceId space, const UploadRow& row) = 0;
  virtual Status addUploadPart(SpaceId space, std::string_view key,
                               const UploadRow::Part& part) = 0;
  virtual Result<std::optional<UploadRow>> upload(SpaceId space, std::string_view key) = 0;
  virtual Result<std::vector<UploadRow>> uploads(SpaceId space) = 0;
  virtual Status eraseUpload(SpaceId space, std::string_view key) = 0;

  // The plan of the current or last run of a space.
  virtual Status clearPlan(SpaceId space) = 0;
  virtual Status addToPlan(SpaceId space, std::span<const PlanOp> ops) = 0;
  // Pending operations of these kinds with a sequence above `after` (below it, when `descending`).
  enum class Order { ascending, descending };
  virtual Result<std::vector<PlanOp>> planPage(SpaceId space, std::span<const PlanOp::Kind> kinds,
                                               std::optional<std::int64_t> after, Order order,
                                               std::size_t limit) = 0;
  // Moves among what the plan brings and takes. Pending operations of `arrivals` above `after`,
  // whose local print begins with what a removal was known by; each with that removal.
  virtual Result<std::vector<PlanMatch>> matchByPrint(SpaceId space, PlanOp::Kind arrivals,
                                                      PlanOp::Kind departures, std::int64_t after,
                                                      std::size_t limit) = 0;
  // Pending downloads of new files above `after`, for which a removal of the same size is planned.
  virtual Result<std::vector<PlanOp>> downloadsLikeRemovals(SpaceId space, std::int64_t after,
                                                            std::size_t limit) = 0;
  // A pending removal of this kind that is known by exactly `was`.
  virtual Result<std::optional<PlanOp>> findRemoval(SpaceId space, PlanOp::Kind kind,
                                                    std::string_view was) = 0;
  // `moves` replace the operations of their sequences; `gone` are taken out of the plan.
  virtual Status rewritePlan(SpaceId space, std::span<const PlanOp> moves,
                             std::span<const std::int64_t> gone) = 0;
  virtual Status settleOps(SpaceId space, std::span<const PlanOp> ops) = 0;  // outcome and message
  virtual Result<PlanCounts> planCounts(SpaceId space) = 0;
  // Operations with this outcome and a sequence above `after`, in order.
  virtual Result<std::vector<PlanOp>> planOutcomes(SpaceId space, PlanOp::Outcome outcome,
                                                   std::int64_t after, std::size_t limit) = 0;

  // What a safety rule holds back (halts.h). Pending operations of these kinds are held, but for
  // those that were released; tells how many.
  virtual Result<std::uint64_t> holdOps(SpaceId space, std::span<const PlanOp::Kind> kinds,
                                        HoldExtent extent, std::string_view reason) = 0;
  // Why the space waits, instead of what was noted before.
  virtual Status setHalts(SpaceId space, std::span<const Halt> halts) = 0;
  virtual Result<std::vector<Halt>> halts(SpaceId space) = 0;
  // A person said yes to what waits under this id, exactly as it is: on disk when it returns. False
  // when nothing waits under it.
  virtual Result<bool> release(SpaceId space, std::string_view planId) = 0;
  // The evidence with which a root was released; nothing when it was not.
  virtual Result<std::optional<std::string>> releasedRoot(SpaceId space,
                                                          std::string_view reason) = 0;
  virtual Status forgetReleasedRoots(SpaceId space) = 0;
  // After a look at everything: what was released and is not in the plan any more has passed.
  virtual Status forgetReleasedBeyondPlan(SpaceId space) = 0;

  // Grows by one with every call. Over restarts some are left out, none is given twice.
  virtual Result<TaskId> nextTaskId() = 0;
};

}  // namespace cloudsync
