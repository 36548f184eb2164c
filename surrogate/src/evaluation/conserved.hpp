// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include <marea/io/option_tree.hpp>
#include <marea/solvers/any_solver.hpp>
#include <marea/surrogate/hybrid/field_channels.hpp>

#include "forecast.hpp"

namespace marea::detail {

/// Asks the solver on the model's grid what a predicted state conserves.
class StateTotals {
 public:
  /// Nothing for a map, and where the model's outputs are no whole state of the solver.
  static std::optional<StateTotals> make(const HeldOut& run, const ModelInfo& info);

  /// Of the first input and of `values` (leads, C_out, …) f64.
  Totals of(const HeldOut& run, const HostArray& values);

 private:
  StateTotals(AnySolver solver, const ModelInfo& info);
  std::vector<NamedScalar> of_state(const double* channels);
  std::vector<double> first_state(const HeldOut& run) const;

  AnySolver solver_;
  std::unique_ptr<hybrid::FieldChannels> channels_;
  const ModelInfo* info_;
};

/// Change of conserved quantities since the start, the mean of its magnitude over runs: relative to the start, and in
/// the quantity's units where it starts at zero (momentum of water at rest).
class Drift {
 public:
  void add(const Totals& totals);
  bool empty() const { return runs_ == 0; }
  /// NAME = { final, leads, units }; units "1" where relative.
  OptionTree to_tree() const;

 private:
  int runs_ = 0;
  std::vector<NamedScalar> start_;              ///< of the first run: names, units, zero or not
  std::vector<std::vector<double>> changes_;    ///< (lead, quantity), sums over runs
};

}  // namespace marea::detail
