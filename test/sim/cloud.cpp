#include "cloud.h"

#include <utility>

#include "base/rel_path.h"
#include "machine.h"

namespace cloudsync::sim {

namespace {

constexpr std::string_view kPrefix = "p/";

SimS3::Options optionsFor(Setting::Cloud kind) {
  SimS3::Options options;
  options.versioned = kind == Setting::Cloud::s3Versioned;
  options.conditions = kind != Setting::Cloud::s3Plain;
  options.checksContent = kind != Setting::Cloud::s3Plain;
  return options;
}

// Files of our own that hold no content of a user.
bool isBookkeeping(std::string_view name) {
  return name == "index" || name == "origin" || name == "record";
}

void visitFolder(const SimNode& folder, const std::string& path, Shelf shelf,
                 const Cloud::Visitor& visitor) {
  for (const auto& [name, node] : folder.entries) {
    std::string child = path + name;
    if (node->type == FileType::directory) {
      child += '/';
      visitor(child, "", shelf);
      visitFolder(*node, child, shelf, visitor);
    } else if (node->type == FileType::file && (shelf == Shelf::tree || !isBookkeeping(name))) {
      visitor(child, node->content.bytes, shelf);
    }
  }
}

void visitOwnFolder(const SimNode& own, const Cloud::Visitor& visitor) {
  for (const auto& [name, node] : own.entries) {
    if (node->type != FileType::directory) continue;
    Shelf shelf = name == "trash" || name == "versions" ? Shelf::kept : Shelf::temp;
    visitFolder(*node, std::string(kReservedName) + "/" + name + "/", shelf, visitor);
  }
}

std::size_t endOf(const std::string& text, std::string_view what, std::size_t from) {
  std::size_t at = text.find(what, from);
  return at == std::string::npos ? text.size() : at + what.size();
}

}  // namespace

void visitTree(const SimFileSystem& disk, std::string_view root, const Cloud::Visitor& visitor) {
  Result<SimNodePtr> node = disk.disk().find(disk.disk().root(), root.substr(1));
  if (!node || (*node)->type != FileType::directory) return;
  for (const auto& [name, child] : (*node)->entries) {
    if (child->type == FileType::directory && name == kReservedName) {
      visitOwnFolder(*child, visitor);
    } else if (child->type == FileType::directory) {
      visitor(name + "/", "", Shelf::tree);
      visitFolder(*child, name + "/", Shelf::tree, visitor);
    } else if (child->type == FileType::file) {
      visitor(name, child->content.bytes, Shelf::tree);
    }
  }
}

Cloud::Cloud(const Setting& setting, Schedule& schedule)
    : kind_(setting.cloud), random_(setting.seed) {
  if (kind_ == Setting::Cloud::directory) {
    disk_ = std::make_unique<SimFileSystem>(schedule.clock());
    disk_->makeFolders(kMount);
    disk_->settle();
  } else {
    server_ = std::make_unique<SimS3>(schedule.clock(), optionsFor(kind_));
  }
}

bool Cloud::keepsVersions() const {
  return kind_ == Setting::Cloud::directory || kind_ == Setting::Cloud::s3Versioned;
}

HttpResponse Cloud::answer(const HttpRequest& request, const std::string& body) {
  HttpResponse answer = server_->answer(request, body);
  bool isList = request.url.find("list-type=2") != std::string::npos;
  if (!isList || lie_ == 0 || answer.status != 200) return answer;
  return distort(std::move(answer));
}

// Leaves out whole entries, so that the answer stays well formed.
HttpResponse Cloud::distort(HttpResponse answer) {
  std::string told;
  std::size_t at = 0;
  while (at < answer.body.size()) {
    std::size_t begin = std::min(answer.body.find("<Contents>", at), answer.body.size());
    told += answer.body.substr(at, begin - at);
    if (begin == answer.body.size()) break;
    std::size_t end = endOf(answer.body, "</Contents>", begin);
    bool omitted = static_cast<std::int64_t>(random_.next() % 10) < lie_;
    if (!omitted) told += answer.body.substr(begin, end - begin);
    at = end;
  }
  answer.body = std::move(told);
  lie_ = 0;
  return answer;
}

void Cloud::visit(const Visitor& visitor) const {
  if (disk_) return visitTree(*disk_, kMount, visitor);
  server_->visit([&visitor](const std::string& key, const std::string& bytes, bool current) {
    if (!key.starts_with(kPrefix)) return;
    std::string path = key.substr(kPrefix.size());
    bool own = path.starts_with(std::string(kReservedName) + "/");
    visitor(path, bytes, own || !current ? Shelf::kept : Shelf::tree);
  });
}

}  // namespace cloudsync::sim
