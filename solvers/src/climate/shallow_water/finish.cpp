// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/climate/shallow_water/finish.hpp>

// Apart from the stage kernels, whose compiler flags take every number as finite: here the state is checked.
namespace marea::shallow_water {

template <class Real> Real finish_row(const Finish<Real>& finish, int j, int i0, int i1) {
  const Finish<Real> cell = finish;
  Real fastest = Real(0);
#pragma omp simd reduction(max : fastest)
  for (int i = i0; i < i1; ++i) {
    const Real speed = cell(j, i);
    fastest = fastest > speed ? fastest : speed;
  }
  return fastest;
}
template double finish_row(const Finish<double>&, int, int, int);
template float finish_row(const Finish<float>&, int, int, int);

}  // namespace marea::shallow_water
