// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <Eigen/Dense>
#include <mpi.h>

#include <marea/io/option_tree.hpp>

#include "candidate.hpp"

namespace marea::detail {

/// What models gave on the inputs first, first + 1, …: one a column, and the wall seconds of each, set-up included.
struct Drawn {
  Eigen::MatrixXf values;
  std::vector<double> seconds;
};

/// Runs models on numbered samples and keeps each batch in a file of its own, so that a study that was killed goes on with
/// the same numbers. Input n is a function of the seed and n: the same for every model, rank and order.
/// For Sobol indices a sample is a block of runs: on independent inputs A and B, and for each varied parameter on A
/// with that one of B; its column holds their values one after the other.
class SampleStore {
 public:
  /// \param blocks  samples are such blocks
  /// \param folder  made with the first sample; holds study.toml, the case that its samples belong to
  /// Throws DataError where the folder holds samples of another case. Collective.
  SampleStore(const OptionTree& case_file, bool blocks, const std::filesystem::path& folder, MPI_Comm comm,
              std::function<bool()> stop);

  /// Runs of one sample.
  std::int64_t runs_per_sample() const { return blocks_ ? static_cast<std::int64_t>(dimensions_) + 2 : 1; }

  /// Samples of one model by all ranks, each a share of the batches; every rank gets all. Collective. Throws Stopped.
  Drawn draw(const Candidate& model, int number, std::int64_t first, std::int64_t count,
             const std::function<void(std::int64_t done)>& progress) const;
  /// The case with the values of the varied parameters of input n.
  OptionTree case_of(std::int64_t n) const;

 private:
  /// Input n of a stream, in the unit cube.
  std::vector<double> point_of(const char* stream, std::int64_t n) const;
  /// Of each run of sample n.
  std::vector<OptionTree> cases_of(std::int64_t n) const;
  /// Makes the folder with its study.toml. Collective.
  void open() const;
  std::filesystem::path file_of(int number, std::int64_t first, std::int64_t count) const;

  OptionTree case_file_;
  std::filesystem::path folder_;
  MPI_Comm comm_;
  std::function<bool()> stop_;
  std::string identity_;
  bool blocks_;
  std::uint64_t seed_ = 0;
  std::size_t dimensions_ = 0;
};

}  // namespace marea::detail
