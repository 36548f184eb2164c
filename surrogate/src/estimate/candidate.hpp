// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <Eigen/Dense>

#include <marea/io/option_tree.hpp>

#include "quantity.hpp"

namespace marea::detail {

/// One model of the study: the solver, the solver on a coarser grid, or a surrogate. A sample is a column of values, all
/// quantities one after the other.
class Candidate {
 public:
  virtual ~Candidate() = default;
  virtual std::string label() const = 0;
  virtual bool is_surrogate() const { return false; }
  /// A surrogate's model card, with the seconds of its training and data where they were measured.
  virtual OptionTree card() const { return {}; }
  /// Samples that run at once.
  virtual std::int64_t batch() const { return 1; }
  /// Values of each case, one a column; not a number where the model has none.
  virtual Eigen::MatrixXf run(const std::vector<OptionTree>& cases) const = 0;
};

/// The solver with `cells` cells in storage order.
std::unique_ptr<Candidate> solver_level(const std::vector<Quantity>& quantities, std::vector<std::int64_t> cells,
                                        bool coarser);

/// A map surrogate of these outputs. Throws ConfigError where it is no map, gives none of the quantities, or needs what
/// the solver of `case_file` does not have.
std::unique_ptr<Candidate> surrogate_candidate(const std::vector<Quantity>& quantities, const std::string& file,
                                               const OptionTree& case_file);

}  // namespace marea::detail
