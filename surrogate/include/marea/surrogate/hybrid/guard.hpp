// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <span>
#include <vector>

#include <mpi.h>

#include <marea/io/array_ref.hpp>
#include <marea/io/model_file.hpp>
#include <marea/solvers/field_algebra.hpp>

// Estimates of a proposal's error. States are arrays (C, [k,] [j,] i) of this rank's cells in the solvers' memory, in
// the channels of a step model, f64. All are collective, and the same bits on any rank count.
namespace marea::hybrid {

/// Measures states in units of the training data: |q|^2 = sum over channels of sum over cells (q_c / rms_c)^2.
/// With elevation and velocity as channels this is close to the wave energy.
class StateNorm {
 public:
  /// `scales`: rms of each channel over the training states, > 0.
  StateNorm(const std::vector<double>& scales, MPI_Comm comm);
  double of(const ArrayRef& state) const;
  double of_difference(const ArrayRef& a, const ArrayRef& b) const;

 private:
  std::vector<double> weights_;
  MPI_Comm comm_;
};

/// Both ends of an interval: states q and tendencies f = dq/dt.
struct IntervalEnds {
  ArrayRef q0, q1, f0, f1;
  double interval;
};

/// The cubic Hermite interpolant through the ends, in the middle: q_m = (q0 + q1)/2 + interval (f0 - f1)/8.
void hermite_middle(const IntervalEnds& ends, const ArrayRef& q_middle);

/// Estimated relative error of the proposal q1 = q(t + interval), from solver probes of the tendency f.
///
/// The interpolant must satisfy dq/dt = f in the middle: r = 3 (q1 - q0)/(2 interval) - (f0 + f1)/4 - f(q_m).
/// An error e of q1 alone gives r = 3 e/(2 interval) to leading order, so the estimate is
/// (2/3) interval |r| / |q1|. Beside the surrogate's error it holds the interpolant's own, O(interval^4), and waves
/// shorter than the interval: it errs on the safe side. `work` is left with r; it may be f_middle.
double residual_estimate(const StateNorm& norm, const IntervalEnds& ends, const ArrayRef& f_middle,
                         const ArrayRef& work);

/// How far the totals of the channels moved beyond what the tendency explains: the largest, over `conserved`
/// channels, of |sum q1 - sum q0 - interval (sum f0 + sum f1)/2| / sum |q1|. For the surface elevation the total is
/// the displaced volume, and the tendency carries what left through open boundaries. `work` is overwritten.
double invariants_estimate(const IntervalEnds& ends, std::span<const int> conserved, const ArrayRef& work,
                           MPI_Comm comm);

/// How far a state of these ranges leaves the training envelope: the largest excess of a channel's extrema over the
/// range of the training data, as a share of that range; 0 inside, infinite where a value is not finite.
double domain_distance(std::span<const field_algebra::Range> ranges, std::span<const ChannelStatistics> channels);

}  // namespace marea::hybrid
