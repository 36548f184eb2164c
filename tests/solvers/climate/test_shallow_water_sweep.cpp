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
};

/// The arrays of one step as the kernels see them.
template <class Real> struct Arrays {
  Real *bed, *q, *out, *drain, *kept;
  std::ptrdiff_t pitch, plane;

  StepFields<Real> fields() const {
    return {q, q + plane, q + 2 * plane, bed, out, out + plane, out + 2 * plane, drain, pitch};
  }
  Finish<Real> finish() const {
    return {out, out + plane, out + 2 * plane, bed, kept, kept + plane, kept + 2 * plane, pitch,
            Real(9.81), Real(1e-3), Real(0.5), Real(0.7), Real(1e-4), Real(3), Real(0.1)};
  }
};

/// Runs step(arrays) over the wild arrays in the memory of the kernels, and brings them back.
template <class Real, class Step> Real run_on_device(Wild<Real>& wild, Step&& step) {
  std::vector<Real>* parts[] = {&wild.bed, &wild.q, &wild.out, &wild.drain, &wild.kept};
  Kokkos::View<Real*, Device::memory_space> views[5];
  const auto host = [](std::vector<Real>& values) {
    return Kokkos::View<Real*, Kokkos::HostSpace, Kokkos::MemoryUnmanaged>(values.data(), values.size());
  };
  for (int n = 0; n < 5; ++n) {
    views[n] = Kokkos::View<Real*, Device::memory_space>("wild", parts[n]->size());
    Kokkos::deep_copy(views[n], host(*parts[n]));
  }
  const Real speed = step(Arrays<Real>{views[0].data(), views[1].data(), views[2].data(), views[3].data(),
                                       views[4].data(), wild.cells.extent(2), static_cast<std::ptrdiff_t>(wild.plane)});
  for (int n = 0; n < 5; ++n) Kokkos::deep_copy(host(*parts[n]), views[n]);
  return speed;
}

template <class Real> std::size_t differing_values(const Wild<Real>& a, const Wild<Real>& b) {
  std::size_t differing = 0;
  for (int j = a.cells.begin[1]; j < a.cells.end[1]; ++j) {
    for (int i = a.cells.begin[2]; i < a.cells.end[2]; ++i) {
      const std::size_t k = static_cast<std::size_t>(j) * a.cells.extent(2) + i;
      for (int n = 0; n < 3; ++n) {
        differing += a.out[n * a.plane + k] != b.out[n * a.plane + k];
        differing += a.kept[n * a.plane + k] != b.kept[n * a.plane + k];
      }
    }
  }
  return differing;
}

/// `box`: with a neighbour's ghost cells on some sides, as on the ranks of a run.
template <class Limiter, class Riemann, class Real> void compare(const Box& box) {
  CAPTURE(std::string(Limiter::name));
  CAPTURE(std::string(Riemann::name));
  CAPTURE(sizeof(Real));
  const StepConstants<Real> c{Real(9.81), Real(1e-3), Real(0.2), Real(0.25), Real(0.001)};
  Wild<Real> plain;
  const Arrays<Real> arrays{&plain.bed[0], &plain.q[0], &plain.out[0], &plain.drain[0], &plain.kept[0],
                            plain.cells.extent(2), static_cast<std::ptrdiff_t>(plain.plane)};
  SweepWorkspace<Real> workspace(plain.cells);
  const Real expected =
      test::plain_step<Limiter, Riemann>(c, arrays.fields(), plain.cells, box, arrays.finish(), workspace);
  CHECK(std::count_if(plain.drain.begin(), plain.drain.end(), [](Real f) { return f < 1; }) > 50);
  CHECK(*std::min_element(plain.out.begin(), plain.out.begin() + plain.plane) >= 0);

  Wild<Real> fused;
  const Real fused_speed = run_on_device(fused, [&](const Arrays<Real>& a) {
    return step_kernel<Real>(Limiter::name, Riemann::name)(c, a.fields(), fused.cells, box, a.finish(), workspace);
  });
  CHECK(fused_speed == expected);
  CHECK(differing_values(fused, plain) == 0);

  for (const Tiles& tiles : {choose_tiles<Real>(box), Tiles{5, 4}, Tiles{1, 1}}) {
    CAPTURE(tiles.columns);
    Wild<Real> tiled;
    const TileFlags drains("drains", tiles.count(box));
    const Real tiled_speed = run_on_device(tiled, [&](const Arrays<Real>& a) {
      return tiled_step<Limiter, Riemann>(c, a.fields(), tiled.cells, box, a.finish(), tiles, drains);
    });
    CHECK(tiled_speed == expected);
    CHECK(differing_values(tiled, plain) == 0);
    CHECK(tiled.drain == plain.drain);
  }
}

template <class Limiter, class Riemann, class Real> void compare() {
  const Cells cells = Wild<Real>().cells;
  const Box alone = interior(cells), amid = interior(cells, 1);
  Box low = alone, high = alone;  // at the low, high ends of both axes
  low.end[1] = amid.end[1], low.end[2] = amid.end[2];
  high.begin[1] = amid.begin[1], high.begin[2] = amid.begin[2];
  for (const Box& box : {alone, amid, low, high}) compare<Limiter, Riemann, Real>(box);
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

TEST_CASE("the sweeps of CPUs and of GPUs give the bits of the plain cell-by-cell scheme, draining cells included") {
  compare_all<double>();
  compare_all<float>();
}
