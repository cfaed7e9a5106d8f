#include <array>
#include <utility>

#include "cache/conflict_name.h"
#include "cache/layout.h"
#include "sync/direction_rules.h"
#include "sync/operations.h"
#include "transfer/upload.h"

// What is done about two contents where one side must not be changed (direction_rules.h).

namespace cloudsync {

namespace {

// The name of a conflict copy is taken by other content once in a blue moon: then more of the hash.
constexpr std::array<std::size_t, 3> kHashDigits = {6, 16, 64};

// For what moves in addition to what was planned.
class Unplanned final : public ByteProgress {
 public:
  void moved(ByteCount) override {}
};

}  // namespace

// Only this side has been touched since both agreed, or only the other one; and the one that is
// behind stays so.
OpResult Operations::leaveDifference(const std::string& key, std::string_view message) {
  context_.reporter.noticed(
      Notice{context_.spaceName, printable(key), ErrorKind::conflict, std::string(message)});
  return OpResult::done();
}

// The file here has the agreed bytes, under another time; the cloud's has others. A row that knows
// the file as it is now tells the next run so without a look at the bytes.
OpResult Operations::leaveNewerInCloud(const std::optional<BaseRow>& base,
                                       const ContentHash& local) {
  BaseRow row = *base;
  row.facts.local = true;
  row.facts.mark = Mark::none;
  row.facts.fingerprint = local.fingerprint;
  row.facts.lookedAt = local.lookedAt;
  OpResult written = writeUnlessChanged(base, std::move(row));
  if (written.outcome != PlanOp::Outcome::done) return written;
  return leaveDifference(base->key, kNewerInCloud);
}

// Both sides were edited, and this one stays as it is: the cloud's content gets a conflict name in
// the cloud, then this one takes its place.
Task<OpResult> Operations::keepCloudAside(PlanOp op, ObjectInfo remote,
                                          std::shared_ptr<FileMeter> meter, CancelToken cancel) {
  DownloadRequest request{op.key,        remote.version,    remote.size,
                          remote.sha256, remote.modifyTime, false};
  Unplanned uncounted;
  Result<FetchedContent> content =
      co_await fetchContent(context_.place, std::move(request), uncounted, cancel);
  if (!content.ok()) co_return OpResult::from(content.error());
  Task<Result<std::string>> copying = copyInCloud(op.key, *content, remote.modifyTime, cancel);
  Result<std::string> copied = co_await copying;
  (void)context_.place.content.removePart(content->partName).ok();  // else at the next start
  if (!copied.ok()) co_return OpResult::from(copied.error());
  context_.reporter.noticed(
      Notice{context_.spaceName, printable(op.key), ErrorKind::conflict,
             "was changed on both sides, and this space only uploads: the cloud's content is kept "
             "there as " +
                 printable(*copied)});
  op.remoteExpected = remote.version.text;
  OpResult result = co_await upload(std::move(op), std::move(meter), cancel);
  result.lookAgain = true;
  co_return result;
}

// The conflict name in the cloud under which it has this content from now on, if not before.
Task<Result<std::string>> Operations::copyInCloud(std::string key, const FetchedContent& content,
                                                  Nanoseconds modifyTime, CancelToken cancel) {
  for (std::size_t digits : kHashDigits) {
    UploadRequest request;
    request.key =
        conflictKey(key, ConflictSubject{context_.deviceName, modifyTime, content.sha256, digits});
    request.source = tmpFolder().child(content.partName).text();
    request.precondition = Precondition::absent();
    const std::string name = request.key;
    Unplanned uncounted;
    Result<UploadOutcome> sent =
        co_await uploadFile(context_.place, std::move(request), uncounted, cancel);
    if (sent.ok()) co_return name;
    if (sent.error().kind != ErrorKind::conflict) co_return sent.error();
    Result<ObjectInfo> there = co_await context_.place.remote.stat(RelPath::trusted(name), cancel);
    if (!there.ok()) co_return there.error();
    // A former attempt's, or that of another device with the same two contents.
    if (there->sha256 == content.sha256) co_return name;
  }
  co_return Error{ErrorKind::conflict, "every name for a copy of the cloud's content is taken", key,
                  0};
}

}  // namespace cloudsync
