#include "sim_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "base/random.h"
#include "base/rel_path.h"

namespace cloudsync::sim {

namespace {

constexpr int kSectorSize = 4096;
constexpr int kLongestPath = 512;
constexpr Nanoseconds kMillisecond = 1'000'000;
constexpr sqlite3_int64 kJulianOfEpoch = 210'866'760'000'000;  // milliseconds

// The files of one database, as its connections share them: the kernel's part.
struct Shared {
  int shared = 0;  // connections with at least a shared lock
  const void* reserved = nullptr;
  const void* pending = nullptr;
  const void* exclusive = nullptr;
  std::vector<std::vector<char>> regions;  // of the log's index
  std::array<int, SQLITE_SHM_NLOCK> readers{};
  std::array<const void*, SQLITE_SHM_NLOCK> writer{};
  int mappers = 0;
};

struct Place {
  std::string folder;
  std::string name;
};

Place placeOf(std::string_view path) {
  std::size_t slash = path.rfind('/');
  return {std::string(path.substr(0, slash)), std::string(path.substr(slash + 1))};
}

int codeFor(const Error& error, int otherwise) {
  return error.kind == ErrorKind::noSpace ? SQLITE_FULL : otherwise;
}

}  // namespace

struct SimVfs::State {
  State(SimFileSystem& simulated, const Clock& simClock, std::uint64_t seed)
      : files(simulated), clock(simClock), random(seed) {}

  SimFileSystem& files;
  const Clock& clock;
  SeededRandom random;
  std::string name;
  sqlite3_vfs vfs{};
  std::uint64_t writes = 0;
  std::map<std::string, Shared> shared;  // by database
  std::uint64_t scratchFiles = 0;

  Result<std::unique_ptr<Folder>> folderOf(const Place& place) {
    return files.openRoot(place.folder);
  }
};

namespace {

using State = SimVfs::State;

// One open file of SQLite. Allocated by SQLite, filled by xOpen, emptied by xClose.
struct OpenFile {
  sqlite3_file base;  // first: SQLite knows no more
  State* state;
  Shared* shared;
  File* file;  // owned: xOpen takes it out of its pointer, xClose puts it back into one
  int lock;
  bool mapped;
  unsigned reading;  // bits of the log's locks that are held
  unsigned writing;
};

OpenFile& of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }

void releaseMemoryLocks(OpenFile& open) {
  for (int i = 0; i < SQLITE_SHM_NLOCK; ++i) {
    auto at = static_cast<std::size_t>(i);
    if ((open.reading >> i & 1U) != 0) --open.shared->readers[at];
    if ((open.writing >> i & 1U) != 0) open.shared->writer[at] = nullptr;
  }
  open.reading = open.writing = 0;
}

int unlockTo(sqlite3_file* file, int wanted) {
  OpenFile& open = of(file);
  Shared& shared = *open.shared;
  if (shared.exclusive == &open) shared.exclusive = nullptr;
  if (shared.pending == &open) shared.pending = nullptr;
  if (shared.reserved == &open) shared.reserved = nullptr;
  if (wanted == SQLITE_LOCK_NONE && open.lock > SQLITE_LOCK_NONE) --shared.shared;
  open.lock = std::min(open.lock, wanted);
  return SQLITE_OK;
}

int closeFile(sqlite3_file* file) {
  OpenFile& open = of(file);
  unlockTo(file, SQLITE_LOCK_NONE);
  releaseMemoryLocks(open);
  if (open.mapped && --open.shared->mappers == 0) open.shared->regions.clear();
  std::unique_ptr<File>(open.file).reset();
  open.file = nullptr;
  return SQLITE_OK;
}

int readFile(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
  std::span<std::uint8_t> bytes(static_cast<std::uint8_t*>(into), static_cast<std::size_t>(amount));
  Result<std::size_t> got = of(file).file->readAt(static_cast<ByteCount>(offset), bytes);
  if (!got) return SQLITE_IOERR_READ;
  if (*got == bytes.size()) return SQLITE_OK;
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(*got), bytes.end(), std::uint8_t{0});
  return SQLITE_IOERR_SHORT_READ;
}

int writeFile(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
  OpenFile& open = of(file);
  ++open.state->writes;
  std::span<const std::uint8_t> bytes(static_cast<const std::uint8_t*>(from),
                                      static_cast<std::size_t>(amount));
  Status written = open.file->writeAt(static_cast<ByteCount>(offset), bytes);
  return written ? SQLITE_OK : codeFor(written.error(), SQLITE_IOERR_WRITE);
}

int truncateFile(sqlite3_file* file, sqlite3_int64 size) {
  Status cut = of(file).file->truncate(static_cast<ByteCount>(size));
  return cut ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

int syncFile(sqlite3_file* file, int) {
  return of(file).file->sync() ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

int sizeOfFile(sqlite3_file* file, sqlite3_int64* size) {
  Result<FileStat> stat = of(file).file->stat();
  if (!stat) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>(stat->size);
  return SQLITE_OK;
}

int lockFile(sqlite3_file* file, int wanted) {
  OpenFile& open = of(file);
  Shared& shared = *open.shared;
  if (open.lock >= wanted) return SQLITE_OK;
  auto othersHold = [&open](const void* holder) { return holder != nullptr && holder != &open; };
  if (open.lock == SQLITE_LOCK_NONE) {
    if (othersHold(shared.pending) || othersHold(shared.exclusive)) return SQLITE_BUSY;
    ++shared.shared;
    open.lock = SQLITE_LOCK_SHARED;
    if (wanted == SQLITE_LOCK_SHARED) return SQLITE_OK;
  }
  if (othersHold(shared.reserved)) return SQLITE_BUSY;
  shared.reserved = &open;
  if (wanted == SQLITE_LOCK_RESERVED) {
    open.lock = SQLITE_LOCK_RESERVED;
    return SQLITE_OK;
  }
  shared.pending = &open;
  open.lock = SQLITE_LOCK_PENDING;
  if (shared.shared > 1) return SQLITE_BUSY;
  shared.exclusive = &open;
  open.lock = SQLITE_LOCK_EXCLUSIVE;
  return SQLITE_OK;
}

int isReserved(sqlite3_file* file, int* answer) {
  const Shared& shared = *of(file).shared;
  *answer = shared.reserved != nullptr ? 1 : 0;
  return SQLITE_OK;
}

int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sectorSize(sqlite3_file*) { return kSectorSize; }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int mapMemory(sqlite3_file* file, int region, int size, int extend, void volatile** memory) {
  OpenFile& open = of(file);
  auto wanted = static_cast<std::size_t>(region);
  if (!std::exchange(open.mapped, true)) ++open.shared->mappers;
  std::vector<std::vector<char>>& regions = open.shared->regions;
  if (wanted >= regions.size()) {
    *memory = nullptr;
    if (extend == 0) return SQLITE_OK;
    while (regions.size() <= wanted) regions.emplace_back(static_cast<std::size_t>(size));
  }
  *memory = regions[wanted].data();
  return SQLITE_OK;
}

int lockMemory(sqlite3_file* file, int first, int count, int flags) {
  OpenFile& open = of(file);
  Shared& shared = *open.shared;
  bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  for (int i = first; (flags & SQLITE_SHM_UNLOCK) == 0 && i < first + count; ++i) {
    auto at = static_cast<std::size_t>(i);
    int others = shared.readers[at] - static_cast<int>(open.reading >> i & 1U);
    bool written = shared.writer[at] != nullptr && shared.writer[at] != &open;
    if (written || (exclusive && others > 0)) return SQLITE_BUSY;
  }
  for (int i = first; i < first + count; ++i) {
    auto at = static_cast<std::size_t>(i);
    unsigned bit = 1U << i;
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
      if ((open.reading & bit) != 0) --shared.readers[at];
      if ((open.writing & bit) != 0) shared.writer[at] = nullptr;
      open.reading &= ~bit;
      open.writing &= ~bit;
    } else if (exclusive) {
      shared.writer[at] = &open;
      open.writing |= bit;
    } else if ((open.reading & bit) == 0) {
      ++shared.readers[at];
      open.reading |= bit;
    }
  }
  return SQLITE_OK;
}

void barrier(sqlite3_file*) {}

int unmapMemory(sqlite3_file* file, int) {
  OpenFile& open = of(file);
  releaseMemoryLocks(open);
  if (std::exchange(open.mapped, false) && --open.shared->mappers == 0) {
    open.shared->regions.clear();
  }
  return SQLITE_OK;
}

constexpr sqlite3_io_methods kMethods = {
    2,          closeFile, readFile,    writeFile, truncateFile, syncFile,        sizeOfFile,
    lockFile,   unlockTo,  isReserved,  control,   sectorSize,   characteristics, mapMemory,
    lockMemory, barrier,   unmapMemory, nullptr,   nullptr};

State& of(sqlite3_vfs* vfs) { return *static_cast<State*>(vfs->pAppData); }

int openFile(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* outFlags) {
  OpenFile& open = of(file);
  open.base.pMethods = nullptr;
  State& state = of(vfs);
  // A file without a name is a scratch file: it goes with the process.
  std::string scratch = "/scratch-" + std::to_string(++state.scratchFiles);
  Place place = placeOf(path == nullptr ? scratch : path);
  Result<std::unique_ptr<Folder>> folder = state.folderOf(place);
  if (!folder) return SQLITE_CANTOPEN;
  OpenMode mode = (flags & SQLITE_OPEN_CREATE) != 0      ? OpenMode::openOrCreate
                  : (flags & SQLITE_OPEN_READWRITE) != 0 ? OpenMode::readWrite
                                                         : OpenMode::read;
  Result<std::unique_ptr<File>> opened = (*folder)->open(RelPath::trusted(place.name), mode);
  if (!opened) return codeFor(opened.error(), SQLITE_CANTOPEN);
  open.state = &state;
  open.shared = &state.shared[path == nullptr ? scratch : path];
  open.file = opened->release();
  open.lock = SQLITE_LOCK_NONE;
  open.mapped = false;
  open.reading = open.writing = 0;
  open.base.pMethods = &kMethods;
  if (outFlags != nullptr) *outFlags = flags;
  return SQLITE_OK;
}

int deleteFile(sqlite3_vfs* vfs, const char* path, int syncFolder) {
  Place place = placeOf(path);
  Result<std::unique_ptr<Folder>> folder = of(vfs).folderOf(place);
  if (!folder) return SQLITE_IOERR_DELETE;
  Status removed = (*folder)->removeFile(RelPath::trusted(place.name));
  if (!removed) {
    bool gone = removed.error().kind == ErrorKind::notFound;
    return gone ? SQLITE_IOERR_DELETE_NOENT : SQLITE_IOERR_DELETE;
  }
  if (syncFolder == 0) return SQLITE_OK;
  return (*folder)->syncFolder(RelPath()) ? SQLITE_OK : SQLITE_IOERR_DIR_FSYNC;
}

int access(sqlite3_vfs* vfs, const char* path, int flags, int* answer) {
  Result<std::optional<ByteCount>> size = SimStateFiles(of(vfs).files).sizeOf(path);
  if (!size) return SQLITE_IOERR_ACCESS;
  // As SQLite's own: an empty file is as good as none to those who ask whether there is one.
  *answer = *size && (flags != SQLITE_ACCESS_EXISTS || **size > 0) ? 1 : 0;
  return SQLITE_OK;
}

int fullPath(sqlite3_vfs*, const char* path, int room, char* into) {
  if (std::strlen(path) + 1 > static_cast<std::size_t>(room)) return SQLITE_CANTOPEN;
  std::strcpy(into, path);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs* vfs, int count, char* into) {
  for (int i = 0; i < count; ++i) into[i] = static_cast<char>(of(vfs).random.next());
  return count;
}

int sleepFor(sqlite3_vfs*, int microseconds) { return microseconds; }

int timeNow(sqlite3_vfs* vfs, sqlite3_int64* time) {
  *time = kJulianOfEpoch + of(vfs).clock.wallTime() / kMillisecond;
  return SQLITE_OK;
}

int lastError(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

SimVfs::SimVfs(SimFileSystem& files, const Clock& clock, std::uint64_t seed)
    : state_(std::make_unique<State>(files, clock, seed)) {
  // SQLite keeps one list of them: the address is taken by nobody else meanwhile.
  state_->name = "sim-" + std::to_string(reinterpret_cast<std::uintptr_t>(state_.get()));
  sqlite3_vfs& vfs = state_->vfs;
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(OpenFile);
  vfs.mxPathname = kLongestPath;
  vfs.zName = state_->name.c_str();
  vfs.pAppData = state_.get();
  vfs.xOpen = openFile;
  vfs.xDelete = deleteFile;
  vfs.xAccess = access;
  vfs.xFullPathname = fullPath;
  vfs.xRandomness = randomness;
  vfs.xSleep = sleepFor;
  vfs.xCurrentTimeInt64 = timeNow;
  vfs.xGetLastError = lastError;
  sqlite3_vfs_register(&vfs, 0);
}

SimVfs::~SimVfs() { sqlite3_vfs_unregister(&state_->vfs); }

const std::string& SimVfs::name() const { return state_->name; }
std::uint64_t SimVfs::writes() const { return state_->writes; }

Status SimStateFiles::makeDirectory(const std::string& path) const { return files_.makeRoot(path); }

Result<std::optional<ByteCount>> SimStateFiles::sizeOf(const std::string& path) const {
  Place place = placeOf(path);
  Result<std::unique_ptr<Folder>> folder = files_.openRoot(place.folder);
  if (!folder) return folder.error();
  Result<FileStat> stat = (*folder)->stat(RelPath::trusted(place.name));
  if (stat) return std::optional<ByteCount>(stat->size);
  if (stat.error().kind == ErrorKind::notFound) return std::optional<ByteCount>();
  return stat.error();
}

Status SimStateFiles::create(const std::string& path) const {
  Place place = placeOf(path);
  Result<std::unique_ptr<Folder>> folder = files_.openRoot(place.folder);
  if (!folder) return folder.error();
  Result<std::unique_ptr<File>> made =
      (*folder)->open(RelPath::trusted(place.name), OpenMode::createNew);
  return made ? Status() : made.error();
}

// Modes are no part of what is simulated here.
Status SimStateFiles::makePrivate(const std::string&) const { return {}; }

Status SimStateFiles::move(const std::string& from, const std::string& to) const {
  Result<std::unique_ptr<Folder>> folder = files_.openRoot(placeOf(from).folder);
  if (!folder) return folder.error();
  return (*folder)->moveReplacing(RelPath::trusted(placeOf(from).name),
                                  RelPath::trusted(placeOf(to).name));
}

Status SimStateFiles::syncDirectory(const std::string& path) const {
  Result<std::unique_ptr<Folder>> folder = files_.openRoot(path);
  if (!folder) return folder.error();
  return (*folder)->syncFolder(RelPath());
}

}  // namespace cloudsync::sim
