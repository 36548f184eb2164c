// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <vector>

#include <marea/solvers/climate/shallow_water/kernels.hpp>

namespace marea::test {

/// The step kernel without sweeps, buffers and threads, on the host: every cell by itself. Reference of the sweeps.
template <class Limiter, class Riemann, class Real>
Real plain_step(const shallow_water::StepConstants<Real>& c, const shallow_water::StepFields<Real>& q,
                const Cells& cells, const Box& box, const shallow_water::Finish<Real>& finish,
                shallow_water::SweepWorkspace<Real>&) {
  const shallow_water::PointScheme<Limiter, Riemann, Real> point{c, q};
  for (int j = box.begin[1]; j < box.end[1]; ++j) {
    for (int i = box.begin[2]; i < box.end[2]; ++i) q.drain[j * q.pitch + i] = point.factor(j, i);
  }
  Real fastest = 0;
  for (int j = cells.begin[1]; j < cells.end[1]; ++j) {
    for (int i = cells.begin[2]; i < cells.end[2]; ++i) {
      point.update(j, i);
      point.limit_draining(j, i);
      fastest = std::max(fastest, finish(j, i));
    }
  }
  return fastest;
}

}  // namespace marea::test
