#pragma once

#include <array>
#include <string>
#include <string_view>

namespace cloudsync {

// Why something failed, by cause. The numbers of the public API live in lib/errors.ts alone;
// a test compares that table's keys with kErrorKindNames.
enum class ErrorKind {
  notFound,         // no such file, object or row
  exists,           // the name is taken
  notDirectory,     // a component of the path is not a directory
  isDirectory,      // a directory where a file was expected
  notEmpty,         // a directory that still holds something
  noSpace,          // local disk or quota is full
  remoteFull,       // the remote refuses more content
  permission,       // the local system refuses (EACCES, EPERM, EROFS)
  notPermitted,     // a rule of ours refuses: freeing what is changed, not uploaded or pinned
  busy,             // open for writing, or a lock is held
  network,          // the remote cannot be reached; worth trying again
  timeout,          // no answer in time; worth trying again
  remoteNotReady,   // not configured, credentials refused, bucket or directory missing
  remoteFault,      // the remote answers, but wrongly
  throttled,        // the remote asks for fewer requests
  conflict,         // a precondition did not hold: somebody changed it in between
  changed,          // the file changed while it was read: the attempt is void
  corrupt,          // bytes do not match their checksum, or a structure does not parse
  halted,           // a safety rule stopped the run; a person must confirm
  lowBattery,       // the device condition forbids it
  overheated,       // the device condition forbids it
  invalidUri,       // not a URI of any space
  invalidName,      // a name that cannot be carried
  invalidArgument,  // a value that cannot be used; the message says which and why
  limit,            // more than the documented maximum
  alreadyRunning,   // the same task is in progress
  locked,           // another process owns this state directory; the message names its pid
  notSupported,     // this remote or platform cannot do it
  notYet,           // planned; the message says what to do meanwhile
  unavailable,      // the engine is closed or closing
  cancelled,        // an outcome, not a failure: somebody asked to stop
  system,           // another errno: see Error::systemCode
  internal,         // a bug, or memory is exhausted
};

inline constexpr std::array kErrorKindNames = {
    std::string_view("notFound"),       std::string_view("exists"),
    std::string_view("notDirectory"),   std::string_view("isDirectory"),
    std::string_view("notEmpty"),       std::string_view("noSpace"),
    std::string_view("remoteFull"),     std::string_view("permission"),
    std::string_view("notPermitted"),   std::string_view("busy"),
    std::string_view("network"),        std::string_view("timeout"),
    std::string_view("remoteNotReady"), std::string_view("remoteFault"),
    std::string_view("throttled"),      std::string_view("conflict"),
    std::string_view("changed"),        std::string_view("corrupt"),
    std::string_view("halted"),         std::string_view("lowBattery"),
    std::string_view("overheated"),     std::string_view("invalidUri"),
    std::string_view("invalidName"),    std::string_view("invalidArgument"),
    std::string_view("limit"),          std::string_view("alreadyRunning"),
    std::string_view("locked"),         std::string_view("notSupported"),
    std::string_view("notYet"),         std::string_view("unavailable"),
    std::string_view("cancelled"),      std::string_view("system"),
    std::string_view("internal"),
};
static_assert(kErrorKindNames.size() == static_cast<std::size_t>(ErrorKind::internal) + 1);

constexpr std::string_view nameOf(ErrorKind kind) {
  return kErrorKindNames[static_cast<std::size_t>(kind)];
}

// A failure on its way up. Layers may add words to the message; the kind stays what it was born as.
struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;  // for a person: what happened and, where known, what to do
  std::string subject;  // the path, key or URI it is about; may be empty
  int systemCode = 0;   // the errno it came from; 0 when there was none

  friend bool operator==(const Error&, const Error&) = default;
};

// "cannot open the file (Permission denied)": what was tried, and the system's words for `code`.
Error fromErrno(int code, std::string_view what, std::string_view subject);

// May the same call succeed later without anybody changing anything?
bool isTransient(ErrorKind kind);

}  // namespace cloudsync
