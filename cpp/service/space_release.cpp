#include <utility>

#include "service/space.h"
#include "service/space_engine.h"
#include "sync/plan_report.h"
#include "transfer/parted_upload.h"

// What a person decides about a space: what would happen, yes to exactly that, and its end.

namespace cloudsync {

Task<Result<PlanInfo>> Space::plan() {
  Result<Engine*> opened = engine();
  if (!opened.ok()) co_return planUnlessHalted(opened.error(), needs_.store, id_);
  Status same = checkSameRoot(**opened);
  if (!same.ok()) co_return planUnlessHalted(same.error(), needs_.store, id_);
  Task<Result<PlanInfo>> planning = (*opened)->sync->plan();
  co_return co_await planning;
}

Result<bool> Space::confirm(const std::string& planId) {
  Result<std::vector<Halt>> halts = needs_.store.halts(id_);
  if (!halts.ok()) return halts.error();
  for (const Halt& halt : *halts) {
    if (halt.planId != planId || halt.subject != Halt::Subject::nothing) continue;
    return Error{ErrorKind::halted, "there is nothing to confirm: " + halt.message, config_.name,
                 0};
  }
  return needs_.store.release(id_, planId);
}

// Uploads in parts that nobody would go on with: what nobody can find again should not stay.
Task<void> Space::abandonUploads(Engine& engine) {
  Result<std::vector<UploadRow>> uploads = needs_.store.uploads(id_);
  if (!uploads.ok()) co_return;
  for (UploadRow& row : *uploads) {
    std::string key = row.key;
    Task<Status> abandoning = abandonUpload(place(engine), std::move(row), closing_.token());
    Status abandoned = co_await abandoning;
    if (abandoned.ok()) continue;
    noticed(Notice{config_.name, printable(key), abandoned.error().kind,
                   "an unfinished upload stays in the cloud: " + abandoned.error().message});
  }
}

Task<Status> Space::unlink() {
  Activity::Guard busy = needs_.activity.begin();
  auto forget = [this] { return memory_.forget(); };
  // A space whose root is not there can be unlinked all the same.
  Result<Engine*> opened = engine();
  if (!opened.ok()) co_return forget();
  Engine& engine = **opened;
  Task<void> stoppingRun = engine.sync->stop();
  co_await stoppingRun;
  Task<void> stoppingDownloads = engine.downloads->stopAllAndWait();
  co_await stoppingDownloads;
  Task<void> abandoning = abandonUploads(engine);
  co_await abandoning;
  Task<Status> forgetting = engine.sync->whileIdle(forget);
  co_return co_await forgetting;
}

}  // namespace cloudsync
