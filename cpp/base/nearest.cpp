#include "base/nearest.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace cloudsync {

namespace {

// How many letters must be put in, taken out or changed.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearestOf(std::string_view name, std::span<const std::string_view> known) {
  auto closer = [name](std::string_view a, std::string_view b) {
    return distance(name, a) < distance(name, b);
  };
  auto nearest = std::min_element(known.begin(), known.end(), closer);
  return nearest == known.end() ? std::string_view() : *nearest;
}

std::string notKnown(std::string_view name, std::span<const std::string_view> known) {
  constexpr std::size_t kMostShown = 60;
  std::string_view shown = name.substr(0, kMostShown);
  std::string text = "'" + std::string(shown) + "' is not known; did you mean '" +
                     std::string(nearestOf(shown, known)) + "'? (known:";
  for (std::string_view one : known) {
    text += one == known.front() ? " " : ", ";
    text += one;
  }
  return text + ")";
}

}  // namespace cloudsync
