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
class SampleStore {
 public:
  /// \param folder  made with the first sample; holds study.toml, the case that its samples belong to
  /// Throws DataError where the folder holds samples of another case. Collective.
  SampleStore(const OptionTree& case_file, const std::filesystem::path& folder, MPI_Comm comm,
              std::function<bool()> stop);

  /// Samples of one model by all ranks, each a share of the batches; every rank gets all. Collective. Throws Stopped.
  Drawn draw(const Candidate& model, int number, std::int64_t first, std::int64_t count,
             const std::function<void(std::int64_t done)>& progress) const;
  /// The values of the varied parameters of input n, and the case with them.
  OptionTree case_of(std::int64_t n) const;

 private:
  /// Makes the folder with its study.toml. Collective.
  void open() const;
  std::filesystem::path file_of(int number, std::int64_t first, std::int64_t count) const;

  OptionTree case_file_;
  std::filesystem::path folder_;
  MPI_Comm comm_;
  std::function<bool()> stop_;
  std::string identity_;
  std::uint64_t seed_ = 0;
  std::size_t dimensions_ = 0;
};

}  // namespace marea::detail
