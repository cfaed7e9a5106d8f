#include "store/base_tree.h"

#include "store/row_codec.h"

namespace cloudsync {

namespace {

// The columns of facts, in the order of readFacts; the key comes last where it is asked for.
#define CLOUDSYNC_FACTS "flags, size, print, looked_at, sha256, version, remote_time, accessed_at"
constexpr int kVersionColumn = 5;
constexpr int kKeyColumn = 8;

// How enums share the column `flags`.
constexpr int kOriginShift = 2;
constexpr int kMarkShift = 4;
constexpr int kPinnedShift = 6;
constexpr std::int64_t kTwoBits = 3;

std::int64_t flagsOf(const BaseFacts& facts) {
  return static_cast<std::int64_t>(facts.standing) |
         static_cast<std::int64_t>(facts.origin) << kOriginShift |
         static_cast<std::int64_t>(facts.mark) << kMarkShift |
         static_cast<std::int64_t>(facts.pinned) << kPinnedShift;
}

// Everything but remoteVersion, whose text has to be kept by somebody.
void readFacts(const Cursor& cursor, BaseFacts& facts) {
  std::int64_t flags = cursor.integer(0);
  facts.standing = static_cast<Standing>(flags & kTwoBits);
  facts.origin = static_cast<Origin>(flags >> kOriginShift & kTwoBits);
  facts.mark = static_cast<Mark>(flags >> kMarkShift & kTwoBits);
  facts.pinned = (flags >> kPinnedShift & 1) != 0;
  facts.size = cursor.number(1);
  std::string_view print = cursor.bytes(2);
  facts.local = !print.empty();
  if (facts.local) facts.fingerprint = decodePrint(print);
  facts.lookedAt = cursor.integer(3);
  std::string_view sha256 = cursor.bytes(4);
  if (!sha256.empty()) facts.sha256 = decodeSha256(sha256);
  facts.remoteModifyTime = cursor.integer(6);
  facts.accessedAt = cursor.integer(7);
}

}  // namespace

BaseReads::BaseReads(Database& database)
    : find_(database, "SELECT " CLOUDSYNC_FACTS " FROM base WHERE space=? AND key=?"),
      pageToEnd_(database, "SELECT " CLOUDSYNC_FACTS
                           ", key FROM base WHERE space=? AND key>? ORDER BY key LIMIT ?"),
      pageBelow_(database,
                 "SELECT " CLOUDSYNC_FACTS
                 ", key FROM base WHERE space=? AND key>? AND key<? ORDER BY key LIMIT ?") {}

#undef CLOUDSYNC_FACTS

Result<std::optional<BaseRow>> BaseReads::find(SpaceId space, std::string_view key) {
  Cursor cursor = find_.query(space.value, Blob{key});
  if (!cursor.next()) {
    Status status = cursor.status();
    if (!status) return status.error();
    return std::optional<BaseRow>();
  }
  std::optional<BaseRow> row(std::in_place);
  row->key = key;
  row->remoteVersion = cursor.bytes(kVersionColumn);
  readFacts(cursor, row->facts);
  return row;
}

Result<BaseBatch> BaseReads::page(SpaceId space, std::string_view after, std::string_view end,
                                  std::size_t limit) {
  Cursor cursor = end.empty() ? pageToEnd_.query(space.value, Blob{after}, limit)
                              : pageBelow_.query(space.value, Blob{after}, Blob{end}, limit);
  BaseBatch batch;
  while (cursor.next()) {
    std::string_view key = cursor.bytes(kKeyColumn);
    EntryKind kind = key.ends_with('/') ? EntryKind::directory : EntryKind::file;
    BaseFacts& facts = batch.add(kind, key, {}, {}).facts;
    readFacts(cursor, facts);
    facts.remoteVersion = batch.keep(cursor.bytes(kVersionColumn));
  }
  Status status = cursor.status();
  if (!status) return status.error();
  return batch;
}

BaseWrites::BaseWrites(Database& database)
    : put_(database, "REPLACE INTO base VALUES (?,?,?,?,?,?,?,?,?,?)"),
      erase_(database, "DELETE FROM base WHERE space=? AND key=?"),
      touch_(database, "UPDATE base SET accessed_at=?3 WHERE space=?1 AND key=?2"),
      // Parentheses: in SQL & | << and >> have one precedence.
      mark_(database,
            "UPDATE base SET flags = (flags & ~(3 << 4)) | (?3 << 4) WHERE space=?1 AND key=?2"),
      // flags & 3 is the standing; a key that ends with '/' is a directory.
      totals_(database,
              "SELECT count(*) - sum(dir), sum(dir), sum(local AND NOT dir),"
              " sum(CASE WHEN local AND NOT dir THEN size ELSE 0 END),"
              " sum(CASE WHEN local OR dir THEN 0 ELSE size END)"
              " FROM (SELECT substr(key, -1) = x'2f' AS dir, print IS NOT NULL AS local, size"
              "       FROM base WHERE space=? AND flags & 3 = 0)"),
      lastLook_(database, "SELECT coalesce(max(looked_at), 0) FROM base WHERE space=?") {}

Status BaseWrites::apply(SpaceId space, const BaseChange& change) {
  switch (change.kind) {
    case BaseChange::Kind::put:
      return put(space, change.row);
    case BaseChange::Kind::erase:
      return erase_.run(space.value, Blob{change.row.key});
  }
  return {};
}

Status BaseWrites::put(SpaceId space, const BaseRow& row) {
  const BaseFacts& facts = row.facts;
  PrintBytes printBytes = encodePrint(facts.fingerprint);
  std::optional<Blob> print;
  if (facts.local) print = Blob{bytesOf(printBytes)};
  std::optional<Blob> sha256;
  if (facts.sha256) sha256 = Blob{bytesOf(*facts.sha256)};
  return put_.run(space.value, Blob{row.key}, flagsOf(facts), facts.size, print, facts.lookedAt,
                  sha256, std::string_view(row.remoteVersion), facts.remoteModifyTime,
                  facts.accessedAt);
}

Status BaseWrites::touch(SpaceId space, std::string_view key, Nanoseconds accessedAt) {
  return touch_.run(space.value, Blob{key}, accessedAt);
}

Status BaseWrites::mark(SpaceId space, std::string_view key, Mark mark) {
  return mark_.run(space.value, Blob{key}, mark);
}

Result<SpaceTotals> BaseWrites::totals(SpaceId space) {
  Cursor cursor = totals_.query(space.value);
  SpaceTotals totals;
  if (cursor.next()) {
    totals.files = cursor.number(0);
    totals.directories = cursor.number(1);
    totals.localFiles = cursor.number(2);
    totals.localBytes = cursor.number(3);
    totals.cloudOnlyBytes = cursor.number(4);
    totals.cloudOnlyFiles = totals.files - totals.localFiles;
  }
  Status status = cursor.status();
  if (!status) return status.error();
  return totals;
}

Result<Nanoseconds> BaseWrites::lastLook(SpaceId space) {
  Cursor cursor = lastLook_.query(space.value);
  Nanoseconds last = cursor.next() ? cursor.integer(0) : 0;
  Status status = cursor.status();
  if (!status) return status.error();
  return last;
}

}  // namespace cloudsync
