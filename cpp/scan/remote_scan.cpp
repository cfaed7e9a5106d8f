#include "scan/remote_scan.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/key_range.h"
#include "base/rel_path.h"
#include "base/task_group.h"

namespace cloudsync {

namespace {

constexpr std::size_t kAskedAtOnce = 32;

// One part of a set of keys, and what the remote said to a question about it.
struct Question {
  std::string key;
  KeySet::Extent extent = KeySet::Extent::entry;
  std::optional<Result<ObjectInfo>> answer;
};

Task<void> ask(Remote& remote, Question& question, CancelToken cancel) {
  RelPath path = EntryKey{question.key}.path();
  Result<ObjectInfo> info = co_await remote.stat(path, cancel);
  question.answer.emplace(std::move(info));
}

class PartialRemoteScan final : public RemoteStream {
 public:
  PartialRemoteScan(Scheduler& scheduler, Remote& remote, KeySet keys)
      : scheduler_(scheduler),
        remote_(remote),
        keys_(std::move(keys)),
        at_(keys_.parts().begin()) {}

  Task<Result<RemoteBatch>> next(CancelToken cancel) override {
    RemoteBatch batch;
    while (batch.empty()) {
      if (list_) {
        Task<Result<RemoteBatch>> pulling = list_->next(cancel);
        Result<RemoteBatch> listed = co_await pulling;
        if (!listed.ok() || !listed->empty()) co_return listed;
        list_ = nullptr;
        continue;
      }
      if (at_ == keys_.parts().end()) break;
      std::vector<Question> questions = takeQuestions();
      Task<void> asking = askAll(questions, cancel);
      co_await asking;
      for (const Question& question : questions) {
        Status taken = take(question, batch);
        if (!taken.ok()) co_return taken.error();
      }
      const Question& last = questions.back();
      if (last.extent == KeySet::Extent::subtree) list_ = remote_.list(EntryKey{last.key}.path());
    }
    co_return batch;
  }

 private:
  // Up to the first subtree, whose list has to come before what lies behind it.
  std::vector<Question> takeQuestions() {
    std::vector<Question> questions;
    while (at_ != keys_.parts().end() && questions.size() < kAskedAtOnce) {
      const auto& [key, extent] = *at_++;
      questions.push_back({key, extent, std::nullopt});
      if (extent == KeySet::Extent::subtree) break;
    }
    return questions;
  }

  Task<void> askAll(std::vector<Question>& questions, CancelToken cancel) {
    TaskGroup group(scheduler_);
    for (Question& question : questions) group.add(ask(remote_, question, cancel));
    co_await group.join();
  }

  Status take(const Question& question, RemoteBatch& batch) {
    const Result<ObjectInfo>& answer = *question.answer;
    if (!answer.ok()) {
      if (answer.error().kind == ErrorKind::notFound) return Status();
      return answer.error();
    }
    const bool asksForDirectory = question.key.ends_with('/');
    switch (answer->kind) {
      case EntryKind::file:
        if (!asksForDirectory) {
          RemoteFacts& facts = batch.add(EntryKind::file, question.key, {}, {}).facts;
          facts.size = answer->size;
          facts.version = batch.keep(answer->version.text);
          facts.modifyTime = answer->modifyTime;
        } else if (!remote_.features().realDirectories) {
          // There may be both a file and a directory of that name, and the file was told.
          addHole(batch, question.key);
        }
        return Status();
      case EntryKind::directory:
        if (asksForDirectory) batch.add(EntryKind::directory, question.key, {}, {});
        return Status();
      case EntryKind::symlink:
      case EntryKind::special:
      case EntryKind::badName:
      case EntryKind::unknown:
        break;
    }
    addHole(batch, question.key);
    return Status();
  }

  static void addHole(RemoteBatch& batch, const std::string& key) {
    std::string end = justBehind(key);
    batch.add(EntryKind::unknown, key, {}, {}).unknownEnd = batch.keep(end);
  }

  Scheduler& scheduler_;
  Remote& remote_;
  const KeySet keys_;
  KeySet::Parts::const_iterator at_;
  std::unique_ptr<RemoteStream> list_;  // below the part before at_
};

}  // namespace

std::unique_ptr<RemoteStream> scanRemote(Scheduler& scheduler, Remote& remote, KeySet keys) {
  if (keys.isEverything()) return remote.list(RelPath());
  return std::make_unique<PartialRemoteScan>(scheduler, remote, std::move(keys));
}

}  // namespace cloudsync
