// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstddef>
#include <vector>

#include <marea/solvers/thread_limit.hpp>

namespace marea::detail {

/// Median of one or more numbers.
double median(std::vector<double> values);

/// Calls of one method with one thread count.
struct Trial {
  int threads = 1;
  std::vector<double> seconds;
};

/// What one method costs with the thread count that suits it best.
struct Timing {
  int threads = 1;
  std::vector<Trial> sweep;                  ///< every thread count, on the first run
  std::vector<std::vector<double>> seconds;  ///< (run, round) with `threads`

  /// Takes the count with the least median of the sweep; its calls are the rounds of the first run.
  void choose();
  double median_seconds() const;             ///< over all calls
  std::vector<double> calls() const;         ///< (run, round) one after the other
  /// Seconds in a round. A slow method is not repeated as often as a quick one: its last call stands for the others.
  double at(std::size_t run, std::size_t round) const;
};

/// 1, 2, 4, … and `available` itself.
std::vector<int> thread_counts(int available);

/// While it lives, solvers and LibTorch take so many threads.
class UseThreads {
 public:
  explicit UseThreads(int threads);
  UseThreads(const UseThreads&) = delete;
  UseThreads& operator=(const UseThreads&) = delete;
  ~UseThreads();

 private:
  ThreadLimit solvers_;
  int torch_before_;
};

}  // namespace marea::detail
