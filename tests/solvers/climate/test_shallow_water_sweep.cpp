// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>

#include <doctest/doctest.h>

#include <marea/io/random.hpp>

#include "support/shallow_water_plain.hpp"

using namespace marea;
using namespace marea::shallow_water;

namespace {

/// Wild states over a wild bed, a third of the cells dry or nearly so, and room for one step.
template <class Real> struct Wild {
  static constexpr int nx = 37, ny = 23, ghost = 3;
  Cells cells;
  std::vector<Real> bed, q, out, drain, kept;
  std::size_t plane;

  Wild() {
    const int n[] = {1, ny, nx};
    for (int a = 0; a < 3; ++a) {
      cells.ghost[a] = cells.begin[a] = a ? ghost : 0;
      cells.end[a] = cells.begin[a] + n[a];
    }
    plane = static_cast<std::size_t>(cells.extent(1)) * cells.extent(2);
    const Random random(7);
    std::uint64_t draw = 0;
    q.resize(3 * plane);
    bed.resize(plane);
    for (std::size_t k = 0; k < plane; ++k) {
      bed[k] = static_cast<Real>(4 * random.uniform(draw++) - 2);
      const double h = std::max(0.0, 3 * random.uniform(draw++) - 1);
      q[k] = static_cast<Real>(h);
      q[plane + k] = static_cast<Real>(h * (20 * random.uniform(draw++) - 10));
      q[2 * plane + k] = static_cast<Real>(h * (20 * random.uniform(draw++) - 10));
    }
    out.assign(3 * plane, 0), drain.assign(plane, 1), kept.assign(3 * plane, -1);
  }

  StepFields<Real> fields() {
    return {&q[0], &q[plane], &q[2 * plane], &bed[0], &out[0], &out[plane], &out[2 * plane], &drain[0],
            cells.extent(2)};
  }
  Finish<Real> finish() {
    return {&out[0], &out[plane], &out[2 * plane], &bed[0], &kept[0], &kept[plane], &kept[2 * plane], cells.extent(2),
            Real(9.81), Real(1e-3), Real(0.5), Real(0.7), Real(1e-4), Real(3), Real(0.1)};
  }
};

template <class Limiter, class Riemann, class Real> void compare() {
  CAPTURE(std::string(Limiter::name));
  CAPTURE(std::string(Riemann::name));
  CAPTURE(sizeof(Real));
  const StepConstants<Real> c{Real(9.81), Real(1e-3), Real(0.2), Real(0.25), Real(0.001)};
  Wild<Real> fused, plain;
  const Box box = interior(fused.cells, 1);
  SweepWorkspace<Real> workspace(fused.cells);
  const Finish<Real> end_fused = fused.finish(), end_plain = plain.finish();
  const std::string limiter = Limiter::name, riemann = Riemann::name;
  const Real speed = step_kernel<Real>(limiter, riemann)(c, fused.fields(), fused.cells, box, end_fused, workspace);
  const Real expected = test::plain_step<Limiter, Riemann>(c, plain.fields(), plain.cells, box, end_plain, workspace);
  CHECK(std::count_if(plain.drain.begin(), plain.drain.end(), [](Real f) { return f < 1; }) > 50);
  CHECK(speed == expected);
  std::size_t differing = 0;
  Real least = 0;
  for (int j = fused.cells.begin[1]; j < fused.cells.end[1]; ++j) {
    for (int i = fused.cells.begin[2]; i < fused.cells.end[2]; ++i) {
      const std::size_t k = static_cast<std::size_t>(j) * fused.cells.extent(2) + i;
      for (int n = 0; n < 3; ++n) {
        differing += fused.out[n * fused.plane + k] != plain.out[n * fused.plane + k];
        differing += fused.kept[n * fused.plane + k] != plain.kept[n * fused.plane + k];
      }
      least = std::min(least, plain.out[k]);
    }
  }
  CHECK(differing == 0);
  CHECK(least >= 0);
}

template <class Real> void compare_all() {
  compare<limiters::None, Hllc, Real>();
  compare<limiters::Minmod, Hllc, Real>();
  compare<limiters::Mc, Hllc, Real>();
  compare<limiters::Mc, Rusanov, Real>();
  compare<limiters::VanLeer, Hllc, Real>();
  compare<limiters::Superbee, Rusanov, Real>();
  compare<limiters::Steep, Hllc, Real>();
}

}  // namespace

TEST_CASE("the fused row sweep gives the bits of the plain cell-by-cell scheme, draining cells included") {
  compare_all<double>();
  compare_all<float>();
}
