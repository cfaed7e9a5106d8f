#include "remote/s3/credentials/small_file.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/rel_path.h"

namespace cloudsync {

namespace {

constexpr int kMostLinks = 10;
constexpr ByteCount kMostBytes = 1 << 20;

Result<std::string> readAll(File& file, const std::string& path) {
  Result<FileStat> stat = file.stat();
  if (!stat) return stat.error();
  if (stat->type != FileType::file || stat->size > kMostBytes) {
    return Error{ErrorKind::invalidArgument, "not a small file", path};
  }
  std::string text(static_cast<std::size_t>(stat->size), '\0');
  Result<std::size_t> size =
      file.readAt(0, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  if (!size) return size.error();
  text.resize(*size);
  return text;
}

}  // namespace

Result<std::string> readSmallFile(FileSystem& files, const std::string& absolutePath) {
  std::string path = absolutePath;
  for (int links = 0; links <= kMostLinks; ++links) {
    std::size_t slash = path.rfind('/');
    if (!path.starts_with('/') || slash + 1 == path.size()) {
      return Error{ErrorKind::invalidArgument, "not the absolute path of a file", absolutePath};
    }
    std::string parent = path.substr(0, slash + 1);
    Result<std::unique_ptr<Folder>> folder = files.openRoot(parent);
    if (!folder) return folder.error();
    Result<RelPath> name = RelPath::parse(path.substr(slash + 1));
    if (!name) return name.error();
    Result<FileStat> stat = (*folder)->stat(*name);
    if (!stat) return stat.error();
    if (stat->type != FileType::symlink) {
      Result<std::unique_ptr<File>> file = (*folder)->open(*name, OpenMode::read);
      if (!file) return file.error();
      return readAll(**file, absolutePath);
    }
    Result<std::string> target = (*folder)->readLink(*name);
    if (!target) return target.error();
    path = target->starts_with('/') ? std::move(*target) : parent + *target;
  }
  return Error{ErrorKind::invalidArgument, "too many symbolic links", absolutePath};
}

}  // namespace cloudsync
