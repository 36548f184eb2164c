// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <algorithm>
#include <type_traits>

#include <marea/solvers/climate/shallow_water/kernels.hpp>
#include <marea/solvers/grid/reduce.hpp>

// Body of the step kernels, compiled once for each precision.
namespace marea::shallow_water {

namespace {

/// Factors of a row that drained before and does not now go back to 1.
template <class Real> void note_drains(const StepFields<Real>& q, const Box& box, SweepWorkspace<Real>& w, int j,
                                       bool drains) {
  if (!drains && w.dirty[j]) std::fill_n(q.drain + j * q.pitch + box.begin[2], box.count(2), Real(1));
  w.drains[j] = w.dirty[j] = drains;
}

template <class Real> bool drains_near(const SweepWorkspace<Real>& w, int j) {
  return w.drains[j - 1] || w.drains[j] || w.drains[j + 1];
}

/// Rows in cache: each band sweeps its rows and ends the step two rows behind; rows at the ends of a band and rows
/// near draining cells are ended afterwards, when their neighbours are known.
template <class Limiter, class Riemann, class Real>
Real sweep_rows(const StepConstants<Real>& c, const StepFields<Real>& q, const Cells& cells, const Box& box,
                const Finish<Real>& finish, SweepWorkspace<Real>& w) {
  const int i0 = cells.begin[2], i1 = cells.end[2], j0 = cells.begin[1], j1 = cells.end[1];
  std::fill(w.finished.begin(), w.finished.end(), 0);
  const auto end_row = [&](int j) {
    w.row_speed[j] = finish_row(finish, j, i0, i1);
    w.finished[j] = 1;
  };
  for_each_band("shallow_water.sweep", box.count(1), [&](int band, int begin, int end) {
    const int first = box.begin[1] + begin;
    RowSweep<Limiter, Riemann, Real> sweep(c, q, box.begin[2], box.count(2), w.buffers[band]);
    sweep.run(first, box.begin[1] + end, [&](int j, bool drains) {
      note_drains(q, box, w, j, drains);
      if (j - 2 >= first && j - 1 >= j0 && j - 1 < j1 && !drains_near(w, j - 1)) end_row(j - 1);
    });
  });
  const PointScheme<Limiter, Riemann, Real> point{c, q};
  for_each_band("shallow_water.drain", cells.count(1), [&](int, int begin, int end) {
    for (int j = j0 + begin; j < j0 + end; ++j) {
      if (w.finished[j]) continue;
      if (drains_near(w, j)) {
        for (int i = i0; i < i1; ++i) point.limit_draining(j, i);
      }
      end_row(j);
    }
  });
  return *std::max_element(w.row_speed.begin() + j0, w.row_speed.begin() + j1);
}

/// In tiles, for GPUs.
template <class Limiter, class Riemann, class Real>
Real sweep_tiles(const StepConstants<Real>& c, const StepFields<Real>& q, const Cells& cells, const Box& box,
                 const Finish<Real>& finish, SweepWorkspace<Real>& w) {
  return tiled_step<Limiter, Riemann>(c, q, cells, box, finish, choose_tiles<Real>(box), w.draining_tiles);
}

template <class Limiter, class Riemann, class Real> StepKernel<Real> kernel_of() {
  if constexpr (device_is_host) return sweep_rows<Limiter, Riemann, Real>;
  else return sweep_tiles<Limiter, Riemann, Real>;
}

template <class Limiter, class Real> StepKernel<Real> kernel_with(const std::string& riemann) {
  return riemann == Rusanov::name ? kernel_of<Limiter, Rusanov, Real>() : kernel_of<Limiter, Hllc, Real>();
}

}  // namespace

template <class Real> StepKernel<Real> step_kernel(const std::string& limiter, const std::string& riemann) {
  using namespace limiters;
  if (limiter == None::name) return kernel_with<None, Real>(riemann);
  if (limiter == Minmod::name) return kernel_with<Minmod, Real>(riemann);
  if (limiter == VanLeer::name) return kernel_with<VanLeer, Real>(riemann);
  if (limiter == Mc::name) return kernel_with<Mc, Real>(riemann);
  if (limiter == Superbee::name) return kernel_with<Superbee, Real>(riemann);
  return kernel_with<Steep, Real>(riemann);
}

}  // namespace marea::shallow_water
