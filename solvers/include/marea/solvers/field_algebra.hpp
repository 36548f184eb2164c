// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <span>
#include <vector>

#include <mpi.h>

#include <marea/io/array_ref.hpp>

/// What couplings compute with fields, without Kokkos in the header: arrays of this rank's cells, f32 or f64, any
/// strides, all in the memory that the solvers' kernels work on (see DeviceArray), or on the host where kernels run
/// there. Arithmetic is in double precision. Reductions take the channel as first axis, are collective over `comm`, and
/// bring scalars alone to the host: sums are exact and rounded once, so the results have the same bits on any rank
/// count. All throw ShapeError for arrays that do not fit.
namespace marea::field_algebra {

struct Term {
  double coefficient;
  ArrayRef array;
};

/// Most terms of one combination.
inline constexpr int max_terms = 6;

/// out = factor * (sum of coefficient * array), terms added in their order. `out` may be one of the arrays.
void combine(std::span<const Term> terms, const ArrayRef& out, double factor = 1);
inline void combine(std::initializer_list<Term> terms, const ArrayRef& out, double factor = 1) {
  combine(std::span<const Term>(terms.begin(), terms.size()), out, factor);
}

/// Sum over channels of weights[channel] times the sum over cells of q^2; NaN or infinite where q is.
double weighted_norm2(const ArrayRef& q, std::span<const double> weights, MPI_Comm comm);

/// Of each channel the sum over cells of q, of |q|.
std::vector<double> total(const ArrayRef& q, MPI_Comm comm);
std::vector<double> total_magnitude(const ArrayRef& q, MPI_Comm comm);

/// Extrema of the finite values (+infinity and -infinity where there are none), and whether all were finite.
struct Range {
  double minimum, maximum;
  bool finite;
};
/// Of each channel.
std::vector<Range> range(const ArrayRef& q, MPI_Comm comm);

}  // namespace marea::field_algebra
