// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/grid/reduce.hpp>

#include <algorithm>
#include <limits>

namespace marea {
namespace detail {

constexpr std::int64_t most_additions = std::int64_t{1} << 30;  // of one digit

/// Leaves the digits of one accumulator in [0, 2^32), but for the highest.
struct CarryDigits {
  SumDigits digits;
  KOKKOS_INLINE_FUNCTION void operator()(int n) const {
    unsigned long long* const digit = digits.data() + static_cast<std::int64_t>(n) * sum_slots;
    for (int d = 0; d + 1 < ExactSum::digit_count; ++d) {
      const auto carry = static_cast<std::int64_t>(digit[d]) >> SplitDouble::digit_bits;  // floor, also when negative
      digit[d] -= static_cast<unsigned long long>(carry) << SplitDouble::digit_bits;
      digit[d + 1] += static_cast<unsigned long long>(carry);
    }
  }
};

/// Adds all replicas to the first.
struct GatherReplicas {
  SumDigits digits;
  KOKKOS_INLINE_FUNCTION void operator()(int n) const {
    unsigned long long* const first = digits.data() + n;
    const std::size_t stride = digits.extent(1) * digits.extent(2);
    for (std::size_t r = 1; r < digits.extent(0); ++r) *first += first[r * stride];
  }
};

namespace {

double special_of(unsigned long long nans, unsigned long long rising, unsigned long long falling) {
  if (nans > 0 || (rising > 0 && falling > 0)) return std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  return rising > 0 ? infinity : falling > 0 ? -infinity : 0;
}

}  // namespace

SumShape sum_shape(std::int64_t pieces, std::int64_t addends) {
  const std::int64_t least = addends / most_additions + 1;
  if (device_is_host) {
    const std::int64_t workers = std::max<std::int64_t>(std::min<std::int64_t>(pieces, ThreadLimit::threads()), least);
    return {static_cast<int>(workers), static_cast<int>(workers)};
  }
  const std::int64_t workers = std::min<std::int64_t>(pieces, std::max(concurrency(), 1024));
  return {static_cast<int>(workers), static_cast<int>(std::min(workers, std::max<std::int64_t>(64, least)))};
}

std::vector<ExactSum> collect(const SumDigits& digits) {
  const int quantities = static_cast<int>(digits.extent(1));
  for_each_index("sum.carry", static_cast<int>(digits.extent(0)) * quantities, CarryDigits{digits});
  for_each_index("sum.gather", quantities * sum_slots, GatherReplicas{digits});
  const auto total = host_mirror_and_copy(Kokkos::subview(digits, 0, Kokkos::ALL, Kokkos::ALL));
  std::vector<ExactSum> sums(static_cast<std::size_t>(quantities));
  for (int k = 0; k < quantities; ++k) {
    ExactSum& sum = sums[static_cast<std::size_t>(k)];
    for (int d = 0; d < ExactSum::digit_count; ++d) sum.digits()[d] = static_cast<std::int64_t>(total(k, d));
    sum.special() = special_of(total(k, nan_count), total(k, infinity_count), total(k, infinity_count + 1));
    sum.normalise();
  }
  return sums;
}

}  // namespace detail

double min_over_ranks(const Grid& grid, double value) {
  if (grid.size > 1) MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_MIN, *grid.comm);
  return value;
}

double max_over_ranks(const Grid& grid, double value) {
  if (grid.size > 1) MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_MAX, *grid.comm);
  return value;
}

std::vector<double> sums_over_ranks(MPI_Comm comm, std::vector<ExactSum> parts) {
  int ranks = 1;
  MPI_Comm_size(comm, &ranks);
  if (ranks > 1) {
    std::vector<std::int64_t> digits;
    std::vector<double> specials;
    for (ExactSum& part : parts) {
      part.normalise();
      digits.insert(digits.end(), part.digits().begin(), part.digits().end());
      specials.push_back(part.special());
    }
    MPI_Allreduce(MPI_IN_PLACE, digits.data(), static_cast<int>(digits.size()), MPI_INT64_T, MPI_SUM, comm);
    MPI_Allreduce(MPI_IN_PLACE, specials.data(), static_cast<int>(specials.size()), MPI_DOUBLE, MPI_SUM, comm);
    for (std::size_t n = 0; n < parts.size(); ++n) {
      std::copy_n(digits.begin() + static_cast<std::ptrdiff_t>(n * ExactSum::digit_count), ExactSum::digit_count,
                  parts[n].digits().begin());
      parts[n].special() = specials[n];
    }
  }
  std::vector<double> sums;
  for (const ExactSum& part : parts) sums.push_back(part.value());
  return sums;
}

}  // namespace marea
