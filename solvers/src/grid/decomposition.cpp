// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/grid/decomposition.hpp>

#include <algorithm>
#include <string>

#include <marea/io/error.hpp>

namespace marea {
namespace {

constexpr const char* axis_letters = "zyx";

std::string cells_text(const std::vector<std::int64_t>& cells) {
  std::string text;
  for (auto n : cells) text += (text.empty() ? "" : " x ") + std::to_string(n);
  return text;
}

std::int64_t largest_part(std::int64_t cells, int parts) { return (cells + parts - 1) / parts; }

/// Cells on the cut faces of the busiest part: two faces along an axis where a part has neighbours at both ends.
std::int64_t halo_cells(const std::vector<int>& ranks, const std::vector<std::int64_t>& cells) {
  std::int64_t total = 0;
  for (std::size_t a = 0; a < cells.size(); ++a) {
    if (ranks[a] == 1) continue;
    std::int64_t face = 1;
    for (std::size_t b = 0; b < cells.size(); ++b)
      if (b != a) face *= largest_part(cells[b], ranks[b]);
    total += face * std::min(ranks[a] - 1, 2);
  }
  return total;
}

/// Every factorisation of `left` over the axes from `axis` on whose parts are wide enough.
void enumerate(int left, std::size_t axis, std::vector<int>& ranks, const std::vector<std::int64_t>& cells,
               std::int64_t narrowest, std::vector<std::vector<int>>& out) {
  if (axis == cells.size()) {
    if (left == 1) out.push_back(ranks);
    return;
  }
  for (int parts = 1; parts <= left; ++parts) {
    if (left % parts != 0 || cells[axis] / parts < narrowest) continue;
    ranks[axis] = parts;
    enumerate(left / parts, axis + 1, ranks, cells, narrowest, out);
  }
}

}  // namespace

std::vector<int> choose_ranks(int size, const std::vector<std::int64_t>& cells, std::int64_t narrowest) {
  std::vector<std::vector<int>> candidates;
  std::vector<int> ranks(cells.size(), 1);
  enumerate(size, 0, ranks, cells, narrowest, candidates);
  if (candidates.empty())
    fail<ConfigError>("grid", cells_text(cells), " cells cannot be divided over ", size, " ranks with at least ",
                      narrowest, " cells a rank and axis, the width of the halo; use fewer ranks or more cells");
  // A cut of the contiguous axis costs strided packing: the last axis is compared last, fewest cuts first.
  const std::vector<int>* best = nullptr;
  for (const auto& c : candidates) {
    if (!best || halo_cells(c, cells) < halo_cells(*best, cells) ||
        (halo_cells(c, cells) == halo_cells(*best, cells) && c.back() < best->back()))
      best = &c;
  }
  return *best;
}

void check_ranks(const std::vector<int>& ranks, int size, const std::vector<std::int64_t>& cells,
                 std::int64_t narrowest) {
  if (ranks.size() != cells.size())
    fail<ConfigError>("grid", "ranks has ", ranks.size(), " entries and the grid ", cells.size(),
                      " axes; give one entry an axis in storage order");
  int product = 1;
  for (int r : ranks) product *= r;
  if (product != size)
    fail<ConfigError>("grid", "ranks multiply to ", product, " but the program runs on ", size,
                      " ranks; start it with mpirun -n ", product, " or leave ranks out");
  for (std::size_t a = 0; a < cells.size(); ++a) {
    if (cells[a] / ranks[a] < narrowest)
      fail<ConfigError>("grid", "n", axis_letters[3 - cells.size() + a], " = ", cells[a], " over ", ranks[a],
                        " ranks leaves ", cells[a] / ranks[a], " cells a rank, the halo needs ", narrowest,
                        "; use fewer ranks along this axis or more cells");
  }
}

}  // namespace marea
