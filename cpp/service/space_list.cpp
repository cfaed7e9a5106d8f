#include <utility>

#include "service/file_uri.h"
#include "service/space.h"
#include "service/space_engine.h"

// What a space lists: every entry that fileState() has an answer for, in key order.

namespace cloudsync {

// Makes entries of what the merge shows, up to the size of a page.
class Space::PageBuilder final : public OpenListing::Visitor {
 public:
  PageBuilder(Space& space, Engine& engine, std::size_t limit)
      : space_(space), engine_(engine), limit_(limit) {}

  void visit(std::string_view key, const BaseFacts* row, Presence local,
             const LocalFacts* facts) override {
    const std::string text(key);
    LocalLook look{local, facts ? facts->stat : FileStat{}};
    std::optional<BaseRow> again;
    if (row && isDoubtful(text, *row, look)) {
      Status looked = lookAgain(text, again, look);
      if (!looked.ok()) failure_ = looked;
      row = again ? &again->facts : nullptr;
    }
    std::optional<FileSyncState> state = space_.stateOf(engine_, text, row, look);
    if (state) entries_.push_back(describe(text, row, look, *state));
  }
  bool full() const override { return entries_.size() >= limit_ || !failure_.ok(); }

  const Status& failure() const { return failure_; }
  std::vector<EntryInfo> take() { return std::move(entries_); }

 private:
  // The row was read at another moment than the disk: where they differ, a transfer or a freeing
  // may have come between, and none of both is to be told as a change of the user's.
  bool isDoubtful(const std::string& key, const BaseFacts& row, const LocalLook& look) const {
    if (row.standing != Standing::synced || key.ends_with('/')) return false;
    if (look.presence == Presence::absent) return row.local;
    return look.presence == Presence::present && !isAgreed(row, look);
  }

  Status lookAgain(const std::string& key, std::optional<BaseRow>& row, LocalLook& look) {
    return engine_.placer->betweenRounds([&]() -> Status {
      Result<std::optional<BaseRow>> found = space_.findRow(key);
      if (!found.ok()) return found.error();
      row = std::move(*found);
      if (row) row->facts.remoteVersion = row->remoteVersion;
      Result<FileStat> stat = statOf(engine_, RelPath::trusted(key));
      look = lookOf(engine_, stat);
      // A directory of its name is an entry of its own.
      bool isFile = look.presence != Presence::present || look.stat.type == FileType::file;
      if (!isFile) look = {Presence::absent, {}};
      return Status();
    });
  }

  EntryInfo describe(const std::string& key, const BaseFacts* row, const LocalLook& look,
                     FileSyncState state) const {
    RelPath path = EntryKey{key}.path();
    bool seen = look.presence == Presence::present;
    bool here = isHere(row, look);
    bool there = row && row->standing == Standing::synced;
    EntryInfo info;
    info.path = path.text();
    info.uri = uriOf(space_.uriPrefix_, path.text());
    info.directory = key.ends_with('/');
    info.state = state;
    info.location = here && there ? EntryInfo::Location::both
                    : here        ? EntryInfo::Location::local
                                  : EntryInfo::Location::cloud;
    if (row) {
      info.size = row->size;
      info.modifyTime = row->remoteModifyTime;
      info.version = row->remoteVersion;
      if (row->sha256 && (!seen || isAgreed(*row, look))) info.sha256 = row->sha256->hex();
    }
    if (seen) info.modifyTime = look.stat.modifyTime;
    if (seen && !info.directory) info.size = look.stat.size;
    return info;
  }

  Space& space_;
  Engine& engine_;
  const std::size_t limit_;
  std::vector<EntryInfo> entries_;
  Status failure_;
};

Task<Result<EntryPage>> Space::list(std::string prefix, std::string after, std::size_t limit) {
  Result<Engine*> opened = engine();
  if (!opened.ok()) co_return opened.error();
  Engine& engine = **opened;
  KeyRange range = keysWithPrefix(prefix);
  std::unique_ptr<OpenListing> listing = listings_.take(range, after);
  if (limit == 0) co_return EntryPage{};
  if (!after.empty()) range.from = std::max(range.from, justBehind(after));
  if (!listing) {
    WalkOptions options;
    options.range = range;
    options.batchSize = limit;
    options.filter = scope_.filter();
    listing = std::make_unique<OpenListing>(
        range, walk(needs_.world.scheduler, *engine.root, std::move(options)));
  }
  Result<std::unique_ptr<StateReader>> reader = needs_.store.openReader();
  if (!reader.ok()) co_return reader.error();
  std::unique_ptr<BaseStream> rows = scanBase(std::move(*reader), id_, {range, limit});
  PageBuilder builder(*this, engine, limit);
  Status read = co_await listing->read(std::move(rows), builder, closing_.token());
  if (!read.ok()) co_return read.error();
  if (!builder.failure().ok()) co_return builder.failure().error();
  EntryPage page{builder.take(), ""};
  if (!listing->ended()) {
    page.next = listing->position();
    listings_.keep(std::move(listing));
  }
  co_return page;
}

}  // namespace cloudsync
