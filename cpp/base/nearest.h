#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cloudsync {

// PURE: the one of `known` that somebody who wrote `name` most likely meant; "" of none.
std::string_view nearestOf(std::string_view name, std::span<const std::string_view> known);

// "'regoin' is not known; did you mean 'region'? (known: endpoint, region)"
std::string notKnown(std::string_view name, std::span<const std::string_view> known);

}  // namespace cloudsync
