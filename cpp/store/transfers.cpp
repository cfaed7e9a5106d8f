#include "store/transfers.h"

#include "store/row_codec.h"

namespace cloudsync {

namespace {

DownloadRow downloadAt(const Cursor& cursor) {
  return {cursor.text(0), cursor.text(1), cursor.number(2), cursor.text(3),
          decodeRanges(cursor.bytes(4))};
}

UploadRow uploadAt(const Cursor& cursor) {
  UploadRow row;
  row.key = cursor.text(0);
  row.nonce = cursor.text(1);
  row.uploadId = cursor.text(2);
  row.fingerprint = decodePrint(cursor.bytes(3));
  row.sha256 = decodeSha256(cursor.bytes(4));
  row.partSize = cursor.number(5);
  return row;
}

}  // namespace

// Downloads

Downloads::Downloads(Database& database)
    : save_(database, "REPLACE INTO download VALUES (?,?,?,?,?,?)"),
      find_(database,
            "SELECT key, version, size, part_name, have FROM download WHERE space=? AND key=?"),
      all_(database,
           "SELECT key, version, size, part_name, have FROM download WHERE space=? ORDER BY key"),
      erase_(database, "DELETE FROM download WHERE space=? AND key=?") {}

Status Downloads::save(SpaceId space, const DownloadRow& row) {
  std::string have = encodeRanges(row.have);
  return save_.run(space.value, Blob{row.key}, std::string_view(row.remoteVersion), row.size,
                   Blob{row.partName}, Blob{have});
}

Result<std::optional<DownloadRow>> Downloads::find(SpaceId space, std::string_view key) {
  Cursor cursor = find_.query(space.value, Blob{key});
  std::optional<DownloadRow> row;
  if (cursor.next()) row = downloadAt(cursor);
  Status status = cursor.status();
  if (!status) return status.error();
  return row;
}

Result<std::vector<DownloadRow>> Downloads::all(SpaceId space) {
  Cursor cursor = all_.query(space.value);
  std::vector<DownloadRow> rows;
  while (cursor.next()) rows.push_back(downloadAt(cursor));
  Status status = cursor.status();
  if (!status) return status.error();
  return rows;
}

Status Downloads::erase(SpaceId space, std::string_view key) {
  return erase_.run(space.value, Blob{key});
}

// Uploads

Uploads::Uploads(Database& database)
    : save_(database, "REPLACE INTO upload VALUES (?,?,?,?,?,?,?)"),
      find_(database,
            "SELECT key, nonce, upload_id, print, sha256, part_size FROM upload"
            " WHERE space=? AND key=?"),
      all_(database,
           "SELECT key, nonce, upload_id, print, sha256, part_size FROM upload"
           " WHERE space=? ORDER BY key"),
      erase_(database, "DELETE FROM upload WHERE space=? AND key=?"),
      // A part of an upload that was given up meanwhile must not stay behind as a row of nobody.
      addPart_(database,
               "REPLACE INTO upload_part SELECT ?1,?2,?3,?4,?5"
               " WHERE EXISTS (SELECT 1 FROM upload WHERE space=?1 AND key=?2) RETURNING 1"),
      parts_(database,
             "SELECT number, tag, sha256 FROM upload_part WHERE space=? AND key=? ORDER BY number"),
      eraseParts_(database, "DELETE FROM upload_part WHERE space=? AND key=?") {}

Status Uploads::save(SpaceId space, const UploadRow& row) {
  PrintBytes print = encodePrint(row.fingerprint);
  Status status = save_.run(space.value, Blob{row.key}, std::string_view(row.nonce),
                            std::string_view(row.uploadId), Blob{bytesOf(print)},
                            Blob{bytesOf(row.sha256)}, row.partSize);
  if (!status) return status;
  status = eraseParts_.run(space.value, Blob{row.key});
  for (const UploadRow::Part& part : row.parts) {
    if (!status) return status;
    status = addPart(space, row.key, part);
  }
  return status;
}

Status Uploads::addPart(SpaceId space, std::string_view key, const UploadRow::Part& part) {
  Cursor cursor = addPart_.query(space.value, Blob{key}, part.number, std::string_view(part.tag),
                                 Blob{bytesOf(part.sha256)});
  bool known = cursor.next();
  if (known) cursor.next();
  Status status = cursor.status();
  if (!status) return status;
  if (!known) return Error{ErrorKind::notFound, "no such unfinished upload", std::string(key), 0};
  return {};
}

Result<std::optional<UploadRow>> Uploads::find(SpaceId space, std::string_view key) {
  Cursor cursor = find_.query(space.value, Blob{key});
  std::optional<UploadRow> row;
  if (cursor.next()) row = uploadAt(cursor);
  Status status = cursor.status();
  if (status && row) status = readParts(space, *row);
  if (!status) return status.error();
  return row;
}

Result<std::vector<UploadRow>> Uploads::all(SpaceId space) {
  Cursor cursor = all_.query(space.value);
  std::vector<UploadRow> rows;
  while (cursor.next()) {
    rows.push_back(uploadAt(cursor));
    Status status = readParts(space, rows.back());
    if (!status) return status.error();
  }
  Status status = cursor.status();
  if (!status) return status.error();
  return rows;
}

Status Uploads::readParts(SpaceId space, UploadRow& row) {
  Cursor cursor = parts_.query(space.value, Blob{row.key});
  while (cursor.next()) {
    row.parts.push_back({static_cast<std::uint32_t>(cursor.integer(0)), cursor.text(1),
                         decodeSha256(cursor.bytes(2))});
  }
  return cursor.status();
}

Status Uploads::erase(SpaceId space, std::string_view key) {
  Status status = eraseParts_.run(space.value, Blob{key});
  if (!status) return status;
  return erase_.run(space.value, Blob{key});
}

}  // namespace cloudsync
