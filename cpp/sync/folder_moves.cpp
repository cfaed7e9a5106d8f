#include "sync/folder_moves.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cloudsync {

namespace {

using Kind = PlanOp::Kind;

constexpr std::size_t kPage = 512;
constexpr std::size_t kRows = 4096;

// One renamed directory.
class FolderMove {
 public:
  FolderMove(const SyncContext& context, PlanMatch match, std::vector<PlanOp>& ops)
      : context_(context), match_(std::move(match)), ops_(ops) {}

  const std::string& from() const { return match_.departure.key; }

  void visit(const Entry<BaseFacts>& row) {
    std::string_view key = row.key;
    // A directory that was on the disk went its own way, and has a match of its own if it is whole.
    if (!elsewhere_.empty() && key.starts_with(elsewhere_)) return;
    const BaseFacts& facts = row.facts;
    bool folder = key.ends_with('/');
    if (folder && facts.local) elsewhere_ = key;
    if (facts.local || facts.standing != Standing::synced) return;
    PlanOp op;
    op.key = key;
    op.kind = Kind::removeRemoteDirectory;
    if (!folder) {
      // What is to be here is fetched under its old name first, and a name too long stays as it is.
      bool comes = context_.policy.keepAllLocal && facts.mark != Mark::freed;
      std::string target = match_.arrival.key + std::string(key.substr(from().size()));
      if (comes || !canCarry(context_.place.remote.features(), target)) return;
      op.kind = Kind::moveRemote;
      op.source = std::exchange(op.key, std::move(target));
      op.size = facts.size;
      op.remoteExpected = std::string(facts.remoteVersion);
      op.localExpected = match_.arrival.localExpected;
    }
    ops_.push_back(std::move(op));
  }

 private:
  const SyncContext& context_;
  const PlanMatch match_;
  std::vector<PlanOp>& ops_;
  std::string elsewhere_;
};

Status moveOne(const SyncContext& context, StateReader& reader, FolderMove folder,
               std::vector<PlanOp>& ops, PlanSummary& summary) {
  const TransferPlace& place = context.place;
  std::string after = folder.from();
  const std::string end = endOfSubtree(after);
  while (true) {
    Result<BaseBatch> rows = reader.page(place.space, after, end, kRows);
    if (!rows.ok()) return rows.error();
    if (rows->empty()) return Status();
    after = rows->entries().back().key;
    for (const Entry<BaseFacts>& row : rows->entries()) folder.visit(row);
    summary.operations += ops.size();
    for (const PlanOp& op : ops) summary.files += op.kind == Kind::moveRemote ? 1 : 0;
    Status added = place.store.addToPlan(place.space, ops);
    if (!added.ok()) return added;
    ops.clear();
  }
}

}  // namespace

Status moveAlong(const SyncContext& context, PlanSummary& summary) {
  const TransferPlace& place = context.place;
  Result<std::unique_ptr<StateReader>> reader = place.store.openReader();
  if (!reader.ok()) return reader.error();
  std::int64_t after = 0;
  while (true) {
    Result<std::vector<PlanMatch>> page = place.store.matchByPrint(
        place.space, Kind::makeRemoteDirectory, Kind::removeRemoteDirectory, after, kPage);
    if (!page.ok()) return page.error();
    if (page->empty()) return Status();
    after = page->back().arrival.sequence;
    std::vector<PlanOp> ops;
    for (PlanMatch& match : *page) {
      FolderMove folder(context, std::move(match), ops);
      Status moved = moveOne(context, **reader, std::move(folder), ops, summary);
      if (!moved.ok()) return moved;
    }
  }
}

}  // namespace cloudsync
