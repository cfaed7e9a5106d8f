#pragma once

#include <functional>
#include <memory>
#include <string>

#include "../native/remote/sim_s3.h"
#include "fs/sim_file_system.h"
#include "ledger.h"
#include "schedule.h"
#include "step.h"

namespace cloudsync::sim {

// The cloud of a world: a directory on a disk of its own, or an S3 server of some kind. It lies
// when it is told to.
class Cloud {
 public:
  Cloud(const Setting& setting, Schedule& schedule);

  bool isDirectory() const { return disk_ != nullptr; }
  SimFileSystem* disk() { return disk_.get(); }
  void cutPower(std::uint64_t seed) { disk_ = disk_->afterPowerLoss(seed); }

  HttpResponse answer(const HttpRequest& request, const std::string& body);
  // Of the next list, so many of ten entries are left out.
  void lie(std::int64_t tenths) { lie_ = tenths; }

  // Does it keep what is replaced?
  bool keepsVersions() const;
  using Visitor = std::function<void(const std::string& path, const std::string& bytes, Shelf)>;
  // Every object and what is kept of earlier ones. Directories only of a directory cloud, and of a
  // server that has an object for them, with a slash behind.
  void visit(const Visitor& visitor) const;

 private:
  HttpResponse distort(HttpResponse answer);

  const Setting::Cloud kind_;
  SeededRandom random_;
  std::unique_ptr<SimFileSystem> disk_;
  std::unique_ptr<SimS3> server_;
  std::int64_t lie_ = 0;
};

// Every file and directory (with a slash behind) below the root of a space or of a directory cloud,
// our own folder's included as far as it keeps contents.
void visitTree(const SimFileSystem& disk, std::string_view root, const Cloud::Visitor& visitor);

}  // namespace cloudsync::sim
