#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "steps.h"
#include "store/state_store.h"

namespace cloudsync::test {

// The facts of one space as a value, and what a power cut may do to them: commits since the last
// grant may be lost from the end, a grant brings everything before it to the disk.
struct Facts {
  std::map<std::string, BaseRow> rows;
  std::map<std::int64_t, Licence> licences;
  std::vector<DownloadRow> downloads;
  SpaceRow space;
  std::int64_t nextLicence = 1;
};

class ModelStore final : public StateStore {
 public:
  explicit ModelStore(Steps& steps) : steps_(steps) {}

  Facts facts;

  // The power goes: `lost` of the commits since the last grant never reached the disk.
  void losePower(std::size_t lost) {
    if (lost >= history_.size()) lost = history_.size();
    if (lost > 0) facts = history_[history_.size() - lost];
    history_.clear();
  }
  std::size_t unsafeCommits() const { return history_.size(); }

  Result<std::unique_ptr<StateReader>> openReader() override {
    return std::unique_ptr<StateReader>(std::make_unique<Reader>(*this));
  }
  Status commit(SpaceId, std::span<const BaseChange> changes,
                std::span<const std::int64_t> revoke) override {
    if (auto fault = steps_.next("commit")) return *fault;
    history_.push_back(facts);
    for (const BaseChange& change : changes) {
      if (change.kind == BaseChange::Kind::erase) {
        facts.rows.erase(change.row.key);
      } else {
        facts.rows[change.row.key] = change.row;
      }
    }
    for (std::int64_t id : revoke) facts.licences.erase(id);
    return {};
  }
  Status grant(SpaceId, std::span<Licence> licences) override {
    if (auto fault = steps_.next("grant")) return *fault;
    for (Licence& licence : licences) {
      licence.id = facts.nextLicence++;
      facts.licences[licence.id] = licence;
    }
    history_.clear();
    return {};
  }
  Result<std::vector<Licence>> licences(SpaceId) override {
    if (auto fault = steps_.next("licences")) return *fault;
    std::vector<Licence> all;
    for (const auto& [id, licence] : facts.licences) all.push_back(licence);
    return all;
  }
  Result<std::vector<DownloadRow>> downloads(SpaceId) override {
    if (auto fault = steps_.next("downloads")) return *fault;
    return facts.downloads;
  }
  Result<SpaceRow> openSpace(std::string_view) override { return facts.space; }
  Status saveSpace(const SpaceRow& space) override {
    facts.space = space;
    return {};
  }

  // What this room does not ask for.
  bool uncleanStart() const override { return false; }
  Status close() override { return {}; }
  Result<SpaceTotals> totals(SpaceId) override { return unused(); }
  Status touch(SpaceId, std::string_view, Nanoseconds) override { return unused(); }
  Status mark(SpaceId, std::string_view, Mark) override { return unused(); }
  Status saveDownload(SpaceId, const DownloadRow&) override { return unused(); }
  Result<std::optional<DownloadRow>> download(SpaceId, std::string_view) override {
    return unused();
  }
  Status eraseDownload(SpaceId, std::string_view) override { return unused(); }
  Status saveUpload(SpaceId, const UploadRow&) override { return unused(); }
  Status addUploadPart(SpaceId, std::string_view, const UploadRow::Part&) override {
    return unused();
  }
  Result<std::optional<UploadRow>> upload(SpaceId, std::string_view) override { return unused(); }
  Result<std::vector<UploadRow>> uploads(SpaceId) override { return unused(); }
  Status eraseUpload(SpaceId, std::string_view) override { return unused(); }
  Status clearPlan(SpaceId) override { return unused(); }
  Status addToPlan(SpaceId, std::span<const PlanOp>) override { return unused(); }
  Result<std::vector<PlanOp>> planPage(SpaceId, std::span<const PlanOp::Kind>,
                                       std::optional<std::int64_t>, Order, std::size_t) override {
    return unused();
  }
  Result<std::vector<PlanMatch>> matchByPrint(SpaceId, PlanOp::Kind, PlanOp::Kind, std::int64_t,
                                              std::size_t) override {
    return unused();
  }
  Result<std::vector<PlanOp>> downloadsLikeRemovals(SpaceId, std::int64_t, std::size_t) override {
    return unused();
  }
  Result<std::optional<PlanOp>> findRemoval(SpaceId, PlanOp::Kind, std::string_view) override {
    return unused();
  }
  Status rewritePlan(SpaceId, std::span<const PlanOp>, std::span<const std::int64_t>) override {
    return unused();
  }
  Status settleOps(SpaceId, std::span<const PlanOp>) override { return unused(); }
  Result<PlanCounts> planCounts(SpaceId) override { return unused(); }
  Result<std::vector<PlanOp>> planOutcomes(SpaceId, PlanOp::Outcome, std::int64_t,
                                           std::size_t) override {
    return unused();
  }
  Result<std::uint64_t> holdOps(SpaceId, std::span<const PlanOp::Kind>, HoldExtent,
                                std::string_view) override {
    return unused();
  }
  Status setHalts(SpaceId, std::span<const Halt>) override { return unused(); }
  Result<std::vector<Halt>> halts(SpaceId) override { return unused(); }
  Result<bool> release(SpaceId, std::string_view) override { return unused(); }
  Result<std::optional<std::string>> releasedRoot(SpaceId, std::string_view) override {
    return unused();
  }
  Status forgetReleasedRoots(SpaceId) override { return unused(); }
  Status forgetReleasedBeyondPlan(SpaceId) override { return unused(); }
  Status eraseSpace(SpaceId) override { return unused(); }
  Result<TaskId> nextTaskId() override { return unused(); }

 private:
  class Reader final : public StateReader {
   public:
    explicit Reader(ModelStore& store) : store_(store) {}
    Result<std::optional<BaseRow>> find(SpaceId, std::string_view key) override {
      if (auto fault = store_.steps_.next("find")) return *fault;
      auto row = store_.facts.rows.find(std::string(key));
      if (row == store_.facts.rows.end()) return std::optional<BaseRow>();
      return std::optional<BaseRow>(row->second);
    }
    Result<BaseBatch> page(SpaceId, std::string_view, std::string_view, std::size_t) override {
      return unused();
    }

   private:
    ModelStore& store_;
  };
  static Error unused() { return Error{ErrorKind::internal, "not part of this model", "", 0}; }

  Steps& steps_;
  std::vector<Facts> history_;  // before each commit since the last grant
};

}  // namespace cloudsync::test
