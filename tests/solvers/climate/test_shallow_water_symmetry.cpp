// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <doctest/doctest.h>

#include <marea/io/random.hpp>

#include "support/shallow_water_case.hpp"

using namespace marea;
using namespace marea::test;

namespace {

constexpr int n = 40;

/// How a cell (j, i) of the changed problem is found in the original one, and the signs and order of its velocity.
struct Change {
  const char* name;
  bool mirror_x, mirror_y, exchange;
};

/// Depth and velocity after some steps from a random rough state over islands, the problem changed as said.
std::vector<double> run(const Change& change, const std::string& options, const char* field) {
  AnySolver solver = make_case(grid_table(n, n, 0, 4, 0, 4, "wall", "wall") + "[solver]\n" + options +
                               "dry_depth = 1e-4\nmanning = 0.01\nbathymetry = 0.0\n");
  HostArray h(DType::f64, {n, n}), velocity(DType::f64, {n, n, 2});
  const Random random(3);
  for (int j = 0; j < n; ++j) {
    for (int i = 0; i < n; ++i) {
      int sj = change.mirror_y ? n - 1 - j : j, si = change.mirror_x ? n - 1 - i : i;
      if (change.exchange) std::swap(sj, si);
      const auto k = static_cast<std::uint64_t>(3 * (sj * n + si));
      h.values<double>()[j * n + i] = std::max(0.0, 1.5 * random.uniform(k) - 0.4);
      double u = 2 * random.uniform(k + 1) - 1, v = 2 * random.uniform(k + 2) - 1;
      if (change.exchange) std::swap(u, v);
      velocity.values<double>()[2 * (j * n + i)] = change.mirror_x ? -u : u;
      velocity.values<double>()[2 * (j * n + i) + 1] = change.mirror_y ? -v : v;
    }
  }
  const NamedArray fields[] = {{"h", h.ref()}, {"velocity", velocity.ref()}};
  solver->write(fields);
  for (int step = 0; step < 30; ++step) solver->step(solver->stable_dt());
  const auto values = field_of(*solver, field);
  std::vector<double> back(values.size());
  for (int j = 0; j < n; ++j) {
    for (int i = 0; i < n; ++i) {
      int sj = change.mirror_y ? n - 1 - j : j, si = change.mirror_x ? n - 1 - i : i;
      if (change.exchange) std::swap(sj, si);
      back[sj * n + si] = values[j * n + i];
    }
  }
  return back;
}

}  // namespace

TEST_CASE("mirroring and exchanging x and y changes no bit") {
  for (const std::string options : {"", "riemann = \"rusanov\"\nlimiter = \"mc\"\n",
                                    "precision = \"single\"\nlimiter = \"superbee\"\n", "order = 1\n"}) {
    CAPTURE(options);
    for (const char* field : {"h", "speed"}) {
      const auto original = run({"", false, false, false}, options, field);
      for (const Change& change : {Change{"mirror x", true, false, false}, Change{"mirror y", false, true, false},
                                   Change{"exchange", false, false, true}}) {
        CAPTURE(change.name);
        CHECK((run(change, options, field) == original));
      }
    }
  }
}
