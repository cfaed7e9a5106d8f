-- The state of one engine on one device. Each part that starts with a line "--@ step N" takes a
-- database from version N-1 to N (PRAGMA user_version), in a transaction of its own; a new one goes
-- through all of them. A step that was released is never edited again: add the next one.
--
-- Conventions
--   keys      BLOB: the path in bytes, with a '/' behind it for a directory. Compared with memcmp.
--   times     nanoseconds since the epoch, unless the name says otherwise.
--   unsigned  64-bit numbers (inodes, sizes) are kept as the signed number of the same bits.
--   print     a fingerprint: five 64-bit big-endian numbers, readable through hex():
--             inode, birth time, size, modify time, change time.

--@ step 1

-- One row about the database itself.
CREATE TABLE store (
  one       INTEGER PRIMARY KEY CHECK (one = 1),
  clean     INTEGER NOT NULL,  -- 1: the last owner closed it; 0: somebody has it open, or died
  last_task INTEGER NOT NULL   -- the task id given last
) STRICT;
INSERT INTO store VALUES (1, 1, 0);

-- What a device keeps in step: a local directory and a place in the cloud.
CREATE TABLE space (
  id             INTEGER PRIMARY KEY,
  name           TEXT NOT NULL UNIQUE,
  root_id        TEXT NOT NULL DEFAULT '',    -- as the marker in the local root says
  root_device    INTEGER NOT NULL DEFAULT 0,
  root_inode     INTEGER NOT NULL DEFAULT 0,
  generation     INTEGER NOT NULL DEFAULT 0,  -- of the local marker
  remote_id      TEXT NOT NULL DEFAULT '',    -- as the marker in the remote says
  remote_url     TEXT NOT NULL DEFAULT '',    -- without credentials
  sync_state     INTEGER NOT NULL DEFAULT 4,  -- SyncState; 4 is COMPLETED
  sync_error     INTEGER NOT NULL DEFAULT 0,  -- ErrorType
  last_sync_time INTEGER NOT NULL DEFAULT 0   -- milliseconds since the epoch
) STRICT;

-- The base tree: what both sides last agreed on. Claims: losing rows costs time only.
CREATE TABLE base (
  space       INTEGER NOT NULL,
  key         BLOB NOT NULL,
  flags       INTEGER NOT NULL,  -- standing + 4*origin + 16*mark + 64*pinned (rows.h)
  size        INTEGER NOT NULL,  -- of the agreed content
  print       BLOB,              -- of the local file; NULL: cloud-only
  looked_at   INTEGER NOT NULL,  -- when the print was taken
  sha256      BLOB,              -- NULL: not known
  version     TEXT NOT NULL,     -- of the remote object; '' for a verdict
  remote_time INTEGER NOT NULL,  -- modify time of the remote object
  accessed_at INTEGER NOT NULL,
  PRIMARY KEY (space, key)
) STRICT, WITHOUT ROWID;

-- Permissions, on disk before the act. AUTOINCREMENT: an id is never given twice, so that a late
-- revocation cannot hit a newer licence.
CREATE TABLE licence (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  space        INTEGER NOT NULL,
  kind         INTEGER NOT NULL,  -- 0 replace, 1 publish, 2 discard, 3 free
  key          BLOB NOT NULL,
  private_name BLOB NOT NULL,
  inode        INTEGER NOT NULL,  -- of the file that is ours
  expected     BLOB NOT NULL      -- print of what stands at `key` before the act
) STRICT;

-- Unfinished downloads.
CREATE TABLE download (
  space     INTEGER NOT NULL,
  key       BLOB NOT NULL,
  version   TEXT NOT NULL,
  size      INTEGER NOT NULL,
  part_name BLOB NOT NULL,
  have      BLOB NOT NULL,  -- ranges in the part: LEB128 pairs (gap since the last end, length)
  PRIMARY KEY (space, key)
) STRICT, WITHOUT ROWID;

-- Unfinished uploads in parts, and the parts that were acknowledged.
CREATE TABLE upload (
  space     INTEGER NOT NULL,
  key       BLOB NOT NULL,
  nonce     TEXT NOT NULL,
  upload_id TEXT NOT NULL,  -- '' between the intent and the remote's answer
  print     BLOB NOT NULL,  -- of the file that is being sent
  sha256    BLOB NOT NULL,  -- of all of it
  part_size INTEGER NOT NULL,
  PRIMARY KEY (space, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE upload_part (
  space  INTEGER NOT NULL,
  key    BLOB NOT NULL,
  number INTEGER NOT NULL,
  tag    TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  PRIMARY KEY (space, key, number)
) STRICT, WITHOUT ROWID;

-- The plan of the current or last run.
CREATE TABLE plan (
  space       INTEGER NOT NULL,
  sequence    INTEGER NOT NULL,
  kind        INTEGER NOT NULL,  -- PlanOp::Kind
  outcome     INTEGER NOT NULL,  -- PlanOp::Outcome
  key         BLOB NOT NULL,
  size        INTEGER NOT NULL,  -- bytes that will move
  remote_time INTEGER NOT NULL,  -- modify time of the remote content; 0: there is none
  local       BLOB,              -- print that the plan saw; NULL: nothing there
  remote      TEXT,              -- version that the plan saw; NULL: nothing there
  message     TEXT NOT NULL,
  PRIMARY KEY (space, sequence)
) STRICT, WITHOUT ROWID;

--@ step 2

-- What was moved: found by what left one name and came to another.
ALTER TABLE plan ADD COLUMN source BLOB;  -- of a move: the key that its content leaves
ALTER TABLE plan ADD COLUMN was BLOB;     -- of a removal: what its content is known again by
-- Removals only: a first run of ten million uploads pays nothing for it.
CREATE INDEX plan_was ON plan (space, was) WHERE was IS NOT NULL;

--@ step 3

-- What a safety rule holds back, and what a person has released of it.
ALTER TABLE space ADD COLUMN root_path TEXT NOT NULL DEFAULT '';  -- where the root was last seen
-- 1: until a run is complete the base is not believed, and nothing is deleted for it.
ALTER TABLE space ADD COLUMN base_doubted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE space ADD COLUMN remote_epoch INTEGER NOT NULL DEFAULT 0;  -- of the remote's marker
ALTER TABLE space ADD COLUMN remote_epoch_token TEXT NOT NULL DEFAULT '';
-- Why the space waits for a person: rows come and go with the plan.
CREATE TABLE halt (
  space    INTEGER NOT NULL,
  reason   TEXT NOT NULL,     -- the rule's stable name
  subject  INTEGER NOT NULL,  -- Halt::Subject
  message  TEXT NOT NULL,     -- for a person
  evidence TEXT NOT NULL,     -- of a root: what was found there
  plan_id  TEXT NOT NULL,     -- names what waits, all of it
  PRIMARY KEY (space, reason)
) STRICT, WITHOUT ROWID;
-- Operations of which a person said: yes, exactly this, in exactly this state.
CREATE TABLE released (
  space  INTEGER NOT NULL,
  kind   INTEGER NOT NULL,
  key    BLOB NOT NULL,
  local  BLOB,
  remote TEXT,
  PRIMARY KEY (space, kind, key)
) STRICT, WITHOUT ROWID;
-- The same of a root.
CREATE TABLE released_root (
  space    INTEGER NOT NULL,
  reason   TEXT NOT NULL,
  evidence TEXT NOT NULL,
  PRIMARY KEY (space, reason)
) STRICT, WITHOUT ROWID;
