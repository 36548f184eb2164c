// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/field_algebra.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <marea/io/error.hpp>
#include <marea/solvers/device_array.hpp>
#include <marea/solvers/grid/kokkos_compat.hpp>
#include <marea/solvers/grid/loops.hpp>
#include <marea/solvers/grid/reduce.hpp>

namespace marea::field_algebra {
namespace kernels {

/// Elements that one call of a kernel takes: a stretch that fits the cache on a CPU, one on a GPU.
constexpr int stretch = device_is_host ? 256 : 1;

/// An f32 or f64 array by the number of an element in C order; axes that lie close are one.
struct Elements {
  void* data = nullptr;
  bool single = false;
  int rank = 0;
  std::int64_t extent[max_rank] = {}, stride[max_rank] = {};

  KOKKOS_INLINE_FUNCTION std::int64_t offset(std::int64_t n) const {
    std::int64_t at = 0;
    for (int axis = rank - 1; axis > 0; --axis) {
      at += n % extent[axis] * stride[axis];
      n /= extent[axis];
    }
    return at + n * stride[0];
  }
  KOKKOS_INLINE_FUNCTION double operator()(std::int64_t n) const {
    return single ? static_cast<double>(static_cast<const float*>(data)[offset(n)])
                  : static_cast<const double*>(data)[offset(n)];
  }
  /// Length of the run from element n on, at most `left`, that has one stride.
  KOKKOS_INLINE_FUNCTION int run(std::int64_t n, int left) const {
    const std::int64_t row = extent[rank - 1] - n % extent[rank - 1];
    return row < left ? static_cast<int>(row) : left;
  }
  KOKKOS_INLINE_FUNCTION void load(std::int64_t n, int count, double* to) const {
    for (int length = 0; count > 0; n += length, to += length, count -= length) {
      length = run(n, count);
      const std::int64_t at = offset(n), step = stride[rank - 1];
      if (single)
        for (int i = 0; i < length; ++i) to[i] = static_cast<double>(static_cast<const float*>(data)[at + i * step]);
      else
        for (int i = 0; i < length; ++i) to[i] = static_cast<const double*>(data)[at + i * step];
    }
  }
  KOKKOS_INLINE_FUNCTION void store(std::int64_t n, int count, const double* from) const {
    for (int length = 0; count > 0; n += length, from += length, count -= length) {
      length = run(n, count);
      const std::int64_t at = offset(n), step = stride[rank - 1];
      if (single)
        for (int i = 0; i < length; ++i) static_cast<float*>(data)[at + i * step] = static_cast<float>(from[i]);
      else
        for (int i = 0; i < length; ++i) static_cast<double*>(data)[at + i * step] = from[i];
    }
  }
};

struct Combine {
  Elements in[max_terms], out;
  double coefficient[max_terms] = {};
  int terms = 0;
  double factor = 1;
  std::int64_t size = 0;
  KOKKOS_INLINE_FUNCTION void operator()(int index) const {
    const std::int64_t first = static_cast<std::int64_t>(index) * stretch;
    const int count = size - first < stretch ? static_cast<int>(size - first) : stretch;
    double sum[stretch], value[stretch];
    for (int t = 0; t < terms; ++t) {
      in[t].load(first, count, value);
      const double c = coefficient[t];
      if (t == 0)
        for (int i = 0; i < count; ++i) sum[i] = c * value[i];
      else
        for (int i = 0; i < count; ++i) sum[i] += c * value[i];
    }
    for (int i = 0; i < count; ++i) sum[i] *= factor;
    out.store(first, count, sum);
  }
};

enum class Power { one, magnitude, square };

struct Addend {
  Elements q;
  Power power;
  KOKKOS_INLINE_FUNCTION double operator()(std::int64_t n) const {
    const double value = q(n);
    return power == Power::square ? value * value : power == Power::magnitude && value < 0 ? -value : value;
  }
};

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Extrema {
  double minimum = infinity, maximum = -infinity;
  double not_finite = 0;  ///< 1: some value was not
  KOKKOS_INLINE_FUNCTION void join(const Extrema& other) {
    minimum = other.minimum < minimum ? other.minimum : minimum;
    maximum = other.maximum > maximum ? other.maximum : maximum;
    not_finite = other.not_finite > not_finite ? other.not_finite : not_finite;
  }
};

struct FindExtrema {
  using value_type = Extrema;
  Elements q;
  std::int64_t size;
  KOKKOS_INLINE_FUNCTION void operator()(int index, Extrema& found) const {
    const std::int64_t first = static_cast<std::int64_t>(index) * stretch;
    const int count = size - first < stretch ? static_cast<int>(size - first) : stretch;
    double value[stretch];
    q.load(first, count, value);
    for (int i = 0; i < count; ++i) {
      if (value[i] - value[i] == 0)
        found.join({value[i], value[i], 0});
      else
        found.not_finite = 1;
    }
  }
  KOKKOS_INLINE_FUNCTION void init(Extrema& found) const { found = Extrema(); }
  KOKKOS_INLINE_FUNCTION void join(Extrema& found, const Extrema& other) const { found.join(other); }
  KOKKOS_INLINE_FUNCTION void join(volatile Extrema& found, const volatile Extrema& other) const {
    const Extrema right{other.minimum, other.maximum, other.not_finite};
    Extrema left{found.minimum, found.maximum, found.not_finite};
    left.join(right);
    found.minimum = left.minimum;
    found.maximum = left.maximum;
    found.not_finite = left.not_finite;
  }
};

}  // namespace kernels

namespace {

using kernels::Elements, kernels::Power;

/// Throws ShapeError where kernels cannot work on the array.
Elements elements(const ArrayRef& array) {
  if (array.dtype != DType::f32 && array.dtype != DType::f64)
    fail<ShapeError>("field_algebra", to_string(array), " must be f32 or f64");
  if (array.memory != device_memory)
    fail<ShapeError>("field_algebra", to_string(array), " does not lie in the solvers' memory; use copy_array");
  Elements out;
  out.data = array.data;
  out.single = array.dtype == DType::f32;
  for (int axis = 0; axis < array.rank; ++axis) {
    const std::int64_t extent = array.extent[axis], stride = array.stride[axis];
    if (extent == 1) continue;
    if (out.rank > 0 && out.stride[out.rank - 1] == extent * stride) {
      out.extent[out.rank - 1] *= extent;
      out.stride[out.rank - 1] = stride;
    } else {
      out.extent[out.rank] = extent;
      out.stride[out.rank++] = stride;
    }
  }
  if (out.rank == 0) out.extent[out.rank++] = 1;
  return out;
}

/// Calls of a kernel for that many elements.
int calls(std::int64_t size) {
  const std::int64_t count = (size + kernels::stretch - 1) / kernels::stretch;
  if (count > std::numeric_limits<int>::max()) fail<ShapeError>("field_algebra", size, " elements are too many");
  return static_cast<int>(count);
}

bool alone(MPI_Comm comm) {
  int size = 1;
  MPI_Comm_size(comm, &size);
  return size == 1;
}

/// The sum of each channel over all ranks.
std::vector<double> sums(const ArrayRef& q, Power power, MPI_Comm comm) {
  if (q.rank == 0) fail<ShapeError>("field_algebra", to_string(q), " has no channels");
  std::vector<ExactSum> parts;
  for (std::int64_t c = 0; c < q.extent[0]; ++c)
    parts.push_back(local_exact_sum("field_algebra.sum", q[c].size(), kernels::Addend{elements(q[c]), power}));
  return sums_over_ranks(comm, std::move(parts));
}

kernels::Extrema local_extrema(const ArrayRef& channel) {
  kernels::Extrema found;
  const kernels::FindExtrema kernel{elements(channel), channel.size()};
  const int count = calls(channel.size());
  if (count == 0) return found;
  if (detail::below_pool()) {
    for (int n = 0; n < count; ++n) kernel(n, found);
    return found;
  }
  Kokkos::parallel_reduce("field_algebra.range", Kokkos::RangePolicy<Device>(0, count), kernel, found);
  return found;
}

}  // namespace

void combine(std::span<const Term> terms, const ArrayRef& out, double factor) {
  if (terms.empty() || terms.size() > max_terms)
    fail<ShapeError>("field_algebra", "combine takes 1 to ", max_terms, " terms, not ", terms.size());
  kernels::Combine kernel;
  kernel.out = elements(out);
  kernel.factor = factor;
  kernel.size = out.size();
  for (const Term& term : terms) {
    const auto a = term.array.extents(), b = out.extents();
    if (!std::equal(a.begin(), a.end(), b.begin(), b.end()))
      fail<ShapeError>("field_algebra", "extents differ: ", to_string(term.array), " and ", to_string(out));
    kernel.in[kernel.terms] = elements(term.array);
    kernel.coefficient[kernel.terms++] = term.coefficient;
  }
  if (kernel.size > 0) detail::for_each_index("field_algebra.combine", calls(kernel.size), kernel);
}

double weighted_norm2(const ArrayRef& q, std::span<const double> weights, MPI_Comm comm) {
  const std::vector<double> squares = sums(q, Power::square, comm);
  if (weights.size() != squares.size())
    fail<ShapeError>("field_algebra", weights.size(), " weights do not fit the channels of ", to_string(q));
  double sum = 0;
  for (std::size_t c = 0; c < squares.size(); ++c) sum += weights[c] * squares[c];
  return sum;
}

std::vector<double> total(const ArrayRef& q, MPI_Comm comm) { return sums(q, Power::one, comm); }
std::vector<double> total_magnitude(const ArrayRef& q, MPI_Comm comm) { return sums(q, Power::magnitude, comm); }

std::vector<Range> range(const ArrayRef& q, MPI_Comm comm) {
  if (q.rank == 0) fail<ShapeError>("field_algebra", to_string(q), " has no channels");
  std::vector<double> extrema;  // of each channel: -minimum, maximum, 1 where not finite
  for (std::int64_t c = 0; c < q.extent[0]; ++c) {
    const kernels::Extrema found = local_extrema(q[c]);
    extrema.insert(extrema.end(), {-found.minimum, found.maximum, found.not_finite});
  }
  if (!alone(comm))
    MPI_Allreduce(MPI_IN_PLACE, extrema.data(), static_cast<int>(extrema.size()), MPI_DOUBLE, MPI_MAX, comm);
  std::vector<Range> ranges;
  for (std::size_t c = 0; c < extrema.size(); c += 3)
    ranges.push_back({-extrema[c], extrema[c + 1], extrema[c + 2] == 0});
  return ranges;
}

}  // namespace marea::field_algebra
