#include "service/boot_id.h"

#include <fstream>

namespace cloudsync {

std::string bootId() {
  std::ifstream in("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(in, id);
  return id;
}

}  // namespace cloudsync
