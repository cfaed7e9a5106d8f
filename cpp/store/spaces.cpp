#include "store/spaces.h"

namespace cloudsync {

Spaces::Spaces(Database& database)
    : insert_(database, "INSERT INTO space (name) VALUES (?) ON CONFLICT (name) DO NOTHING"),
      select_(database,
              "SELECT id, name, root_id, root_device, root_inode, generation, remote_id,"
              " remote_url, sync_state, sync_error, last_sync_time, root_path, base_doubted,"
              " remote_epoch, remote_epoch_token FROM space WHERE name=?"),
      update_(database,
              "UPDATE space SET name=?2, root_id=?3, root_device=?4, root_inode=?5, generation=?6,"
              " remote_id=?7, remote_url=?8, sync_state=?9, sync_error=?10, last_sync_time=?11,"
              " root_path=?12, base_doubted=?13, remote_epoch=?14, remote_epoch_token=?15"
              " WHERE id=?1 RETURNING 1"),
      nextTask_(database, "UPDATE store SET last_task = last_task + ? RETURNING last_task") {}

Result<SpaceRow> Spaces::open(std::string_view name) {
  Status inserted = insert_.run(name);
  if (!inserted) return inserted.error();
  Cursor cursor = select_.query(name);
  SpaceRow space;
  if (cursor.next()) {
    space.id.value = cursor.integer(0);
    space.name = cursor.text(1);
    space.rootId = cursor.text(2);
    space.rootDevice = cursor.number(3);
    space.rootInode = cursor.number(4);
    space.generation = cursor.number(5);
    space.remoteId = cursor.text(6);
    space.remoteUrl = cursor.text(7);
    space.syncState = static_cast<int>(cursor.integer(8));
    space.syncError = static_cast<int>(cursor.integer(9));
    space.lastSyncTime = cursor.integer(10);
    space.rootPath = cursor.text(11);
    space.baseDoubted = cursor.integer(12) != 0;
    space.remoteEpoch = cursor.number(13);
    space.remoteEpochToken = cursor.text(14);
  }
  Status status = cursor.status();
  if (!status) return status.error();
  return space;
}

Status Spaces::save(const SpaceRow& space) {
  Cursor cursor = update_.query(
      space.id.value, std::string_view(space.name), std::string_view(space.rootId),
      space.rootDevice, space.rootInode, space.generation, std::string_view(space.remoteId),
      std::string_view(space.remoteUrl), space.syncState, space.syncError, space.lastSyncTime,
      std::string_view(space.rootPath), space.baseDoubted ? 1 : 0, space.remoteEpoch,
      std::string_view(space.remoteEpochToken));
  bool known = cursor.next();
  if (known) cursor.next();
  Status status = cursor.status();
  if (!status) return status;
  if (!known) return Error{ErrorKind::notFound, "no such space", space.name, 0};
  return {};
}

Result<TaskId> Spaces::takeTaskIds(std::int64_t count) {
  Cursor cursor = nextTask_.query(count);
  TaskId id;
  if (cursor.next()) {
    id.value = cursor.integer(0);
    cursor.next();
  }
  Status status = cursor.status();
  if (!status) return status.error();
  return id;
}

}  // namespace cloudsync
