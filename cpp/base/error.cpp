#include "base/error.h"

#include <cerrno>
#include <system_error>

namespace cloudsync {

namespace {

ErrorKind kindOf(int code) {
  switch (code) {
    case ENOENT:
      return ErrorKind::notFound;
    case EEXIST:
      return ErrorKind::exists;
    case ENOTDIR:
      return ErrorKind::notDirectory;
    case EISDIR:
      return ErrorKind::isDirectory;
    case ENOTEMPTY:
      return ErrorKind::notEmpty;
    case ENOSPC:
    case EDQUOT:
      return ErrorKind::noSpace;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorKind::permission;
    case EBUSY:
    case ETXTBSY:
      return ErrorKind::busy;
    case ENAMETOOLONG:
      return ErrorKind::invalidName;
    case ECANCELED:
      return ErrorKind::cancelled;
    case ENOTSUP:
    case ENOSYS:
      return ErrorKind::notSupported;
    default:
      return ErrorKind::system;
  }
}

}  // namespace

Error fromErrno(int code, std::string_view what, std::string_view subject) {
  std::string message(what);
  message += " (";
  message += std::generic_category().message(code);
  message += ')';
  return Error{kindOf(code), std::move(message), std::string(subject), code};
}

bool isTransient(ErrorKind kind) {
  return kind == ErrorKind::network || kind == ErrorKind::timeout || kind == ErrorKind::throttled;
}

}  // namespace cloudsync
