#include "store/licences.h"

#include "store/row_codec.h"

namespace cloudsync {

Licences::Licences(Database& database)
    : database_(database),
      insert_(database,
              "INSERT INTO licence (space, kind, key, private_name, inode, expected)"
              " VALUES (?,?,?,?,?,?)"),
      erase_(database, "DELETE FROM licence WHERE id=? AND space=?"),
      select_(database,
              "SELECT id, kind, key, private_name, inode, expected FROM licence WHERE space=?"
              " ORDER BY id") {}

Status Licences::grant(SpaceId space, std::span<Licence> licences) {
  for (Licence& licence : licences) {
    PrintBytes expected = encodePrint(licence.expected);
    Status status = insert_.run(space.value, licence.kind, Blob{licence.key},
                                Blob{licence.privateName}, licence.inode, Blob{bytesOf(expected)});
    if (!status) return status;
    licence.id = database_.lastRowId();
  }
  return {};
}

Status Licences::revoke(SpaceId space, std::int64_t id) { return erase_.run(id, space.value); }

Result<std::vector<Licence>> Licences::all(SpaceId space) {
  std::vector<Licence> licences;
  Cursor cursor = select_.query(space.value);
  while (cursor.next()) {
    Licence& licence = licences.emplace_back();
    licence.id = cursor.integer(0);
    licence.kind = static_cast<Licence::Kind>(cursor.integer(1));
    licence.key = cursor.text(2);
    licence.privateName = cursor.text(3);
    licence.inode = cursor.number(4);
    licence.expected = decodePrint(cursor.bytes(5));
  }
  Status status = cursor.status();
  if (!status) return status.error();
  return licences;
}

}  // namespace cloudsync
