// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <marea/solvers/grid/exact_sum.hpp>
#include <marea/solvers/grid/loops.hpp>

// How kernels add doubles exactly: integers in the digits of long accumulators, on the device as on the host.
namespace marea::detail {

/// Accumulators (replica, quantity, digit). Behind the digits stand the numbers of addends that are NaN, +inf and -inf.
/// Unsigned, since that is what devices add atomically: two's complement.
using SumDigits = Kokkos::View<unsigned long long***, Kokkos::LayoutRight, Device::memory_space>;
inline constexpr int nan_count = ExactSum::digit_count, infinity_count = nan_count + 1, sum_slots = nan_count + 3;

/// One worker's sums of K quantities. It holds the three digits that it touched last: neighbouring values are of one
/// magnitude, and memory that all workers share is written a few times only.
template <int K> class DigitCollector {
 public:
  KOKKOS_INLINE_FUNCTION explicit DigitCollector(unsigned long long* digits) : digits_(digits) {}

  KOKKOS_INLINE_FUNCTION void add(const Kokkos::Array<double, K>& values) {
    for (int k = 0; k < K; ++k) add(k, values[k]);
  }
  KOKKOS_INLINE_FUNCTION void add(double value) { add(0, value); }
  KOKKOS_INLINE_FUNCTION void flush() {
    for (int k = 0; k < K; ++k) flush(k);
  }

 private:
  KOKKOS_INLINE_FUNCTION void add(int k, double value) {
    if (value == 0) return;
    const SplitDouble part(value);
    if (!part.finite) return increase(k, part.nan ? nan_count : value > 0 ? infinity_count : infinity_count + 1, 1);
    if (part.first != first_[k]) {
      flush(k);
      first_[k] = part.first;
    }
    for (int d = 0; d < 3; ++d) sum_[k][d] += part.digit[d];
  }
  KOKKOS_INLINE_FUNCTION void flush(int k) {
    for (int d = 0; d < 3; ++d) {
      if (sum_[k][d] != 0) increase(k, first_[k] + d, sum_[k][d]);
      sum_[k][d] = 0;
    }
  }
  KOKKOS_INLINE_FUNCTION void increase(int k, int slot, std::int64_t by) {
    unsigned long long* const at = digits_ + k * sum_slots + slot;
    if constexpr (device_is_host) {
      *at += static_cast<unsigned long long>(by);
    } else {
      Kokkos::atomic_add(at, static_cast<unsigned long long>(by));
    }
  }

  unsigned long long* digits_;
  int first_[K] = {};
  std::int64_t sum_[K][3] = {};
};

/// f(k, j, i) of the cells of a box: rows on the host, cells dealt out one by one on a device.
template <class F> struct CellAddends {
  Box box;
  F f;
  std::int64_t pieces() const {
    const std::int64_t rows = static_cast<std::int64_t>(box.count(0)) * box.count(1);
    return device_is_host ? rows : size();
  }
  std::int64_t size() const { return static_cast<std::int64_t>(box.count(0)) * box.count(1) * box.count(2); }

  template <class Collector> KOKKOS_INLINE_FUNCTION void visit(int worker, int workers, Collector& into) const {
    const F body = f;
    const std::int64_t rows = static_cast<std::int64_t>(box.count(0)) * box.count(1);
    if constexpr (device_is_host) {
      for (std::int64_t row = rows * worker / workers; row < rows * (worker + 1) / workers; ++row) {
        const int k = box.begin[0] + static_cast<int>(row / box.count(1)),
                  j = box.begin[1] + static_cast<int>(row % box.count(1));
        for (int i = box.begin[2]; i < box.end[2]; ++i) into.add(body(k, j, i));
      }
    } else {
      const std::int64_t cells = rows * box.count(2);
      for (std::int64_t n = worker; n < cells; n += workers) {
        const std::int64_t row = n / box.count(2);
        into.add(body(box.begin[0] + static_cast<int>(row / box.count(1)),
                      box.begin[1] + static_cast<int>(row % box.count(1)),
                      box.begin[2] + static_cast<int>(n - row * box.count(2))));
      }
    }
  }
};

/// f(0) … f(count - 1).
template <class F> struct IndexAddends {
  std::int64_t count;
  F f;
  std::int64_t pieces() const { return count; }
  std::int64_t size() const { return count; }

  template <class Collector> KOKKOS_INLINE_FUNCTION void visit(int worker, int workers, Collector& into) const {
    const F body = f;
    const std::int64_t begin = device_is_host ? count * worker / workers : worker;
    const std::int64_t end = device_is_host ? count * (worker + 1) / workers : count;
    for (std::int64_t n = begin; n < end; n += device_is_host ? 1 : workers) into.add(body(n));
  }
};

template <int K, class Addends> struct AddDigits {
  Addends addends;
  SumDigits digits;
  int workers;
  KOKKOS_INLINE_FUNCTION void operator()(int worker) const {
    const std::size_t replica = static_cast<std::size_t>(worker) % digits.extent(0);
    DigitCollector<K> sums(digits.data() + replica * digits.extent(1) * digits.extent(2));
    addends.visit(worker, workers, sums);
    sums.flush();
  }
};

/// Workers for a sum of that many addends in that many pieces, and the accumulators that they share: so many that few
/// workers meet in one, and that none takes more than 2^30 addends.
struct SumShape {
  int workers, replicas;
};
SumShape sum_shape(std::int64_t pieces, std::int64_t addends);

/// The sums of all replicas, one a quantity. Nothing but them comes to the host.
std::vector<ExactSum> collect(const SumDigits& digits);

template <int K, class Addends>
std::vector<ExactSum> local_exact_sums(const std::string& label, const Addends& addends) {
  if (addends.size() == 0) return std::vector<ExactSum>(K);
  const SumShape shape = sum_shape(addends.pieces(), addends.size());
  const SumDigits digits(label, shape.replicas, K, sum_slots);
  for_each_index(label, shape.workers, AddDigits<K, Addends>{addends, digits, shape.workers}, Kokkos::ChunkSize(1));
  return collect(digits);
}

}  // namespace marea::detail
