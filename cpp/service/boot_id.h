#pragma once

#include <string>

namespace cloudsync {

// What the kernel calls the time since it was started; "" where it does not say. Another one: the
// machine went down in between. Any thread.
std::string bootId();

}  // namespace cloudsync
