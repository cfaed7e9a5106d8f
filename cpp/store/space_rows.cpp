#include "store/space_rows.h"

namespace cloudsync {

SpaceRows::SpaceRows(Database& database)
    : base_(database, "DELETE FROM base WHERE space=?"),
      licences_(database, "DELETE FROM licence WHERE space=?"),
      downloads_(database, "DELETE FROM download WHERE space=?"),
      uploads_(database, "DELETE FROM upload WHERE space=?"),
      parts_(database, "DELETE FROM upload_part WHERE space=?"),
      plan_(database, "DELETE FROM plan WHERE space=?"),
      space_(database,
             "UPDATE space SET root_id='', root_device=0, root_inode=0, generation=0, remote_id='',"
             " remote_url='', sync_state=4, sync_error=0, last_sync_time=0, root_path='',"
             " base_doubted=0, remote_epoch=0, remote_epoch_token='' WHERE id=?") {}

Status SpaceRows::erase(SpaceId space) {
  for (Statement* step : {&base_, &licences_, &downloads_, &uploads_, &parts_, &plan_, &space_}) {
    Status done = step->run(space.value);
    if (!done) return done;
  }
  return {};
}

}  // namespace cloudsync
