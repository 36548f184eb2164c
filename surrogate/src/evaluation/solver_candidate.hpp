// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include <marea/solvers/registry.hpp>

#include "forecast.hpp"

namespace marea::detail {

/// One option of a solver that a configuration sets.
struct Setting {
  std::string option;  ///< key in `[solver]`
  OptionTree value;
  std::string label;   ///< "order 2", "double", "point bed"

  bool operator==(const Setting&) const = default;
};

/// One way to run a solver: a grid and the knobs that it turns. A knob without a setting is as the case has it.
struct SolverConfiguration {
  std::vector<std::int64_t> extents;  ///< cells in storage order
  std::vector<Setting> settings{};
  bool is_data = false;               ///< the configuration that made the training data

  bool operator==(const SolverConfiguration&) const = default;
  std::string label() const;          ///< "120 x 92, order 2, double, cfl 1, point bed"
  std::string grid_label() const;     ///< "120 x 92"
  const Setting* find(const std::string& option) const;
  /// The case with this configuration, and without what only output needs (what watches, ensemble, output).
  OptionTree apply(const SolverEntry& solver, const OptionTree& case_file) const;
};

/// The entry of the case's solver; of the options of `[grid]` only those that the case leaves free can be refined, and
/// `cells_elsewhere` are the others.
SolverEntry entry_for(const OptionTree& case_file);

/// Key of `[grid]` with the cells of an axis in storage order: "ny" of axis 0 of two.
std::string cells_key(std::size_t axis, std::size_t axes);
/// The axes, in storage order, whose cells a finer or coarser run changes.
std::vector<std::size_t> refined_axes(const SolverEntry& solver, std::size_t axes);

/// True where the knob turns something in this case.
bool applies(const KnobEntry& knob, const OptionTree& case_file);
/// What a report calls the knob: its flag or the last part of its option.
std::string report_key(const KnobEntry& knob);
/// What reference runs set: the knobs that have such a value, at that value.
std::vector<Setting> reference_settings(const SolverEntry& solver, const OptionTree& case_file);

/// The configuration of the data and those that compete on its grid; the first is that of the data.
std::vector<SolverConfiguration> data_configurations(const SolverEntry& solver, const OptionTree& case_file,
                                                     const ModelInfo& info);

/// Every competitor on one grid: all combinations of the knobs' values, the case's own among them.
std::vector<SolverConfiguration> configurations_on(const SolverEntry& solver, const std::vector<std::int64_t>& extents,
                                                   const OptionTree& case_file);

/// Grids at multiples of the model's, rounded to whole cells; one with fewer than `least_cells` in a direction becomes
/// the grid that has so many there. Axes that cannot be refined stay.
std::vector<std::vector<std::int64_t>> competing_grids(const SolverEntry& solver, const ModelInfo& info,
                                                       const std::vector<double>& multiples);
/// `multiples`, and with them 2, 4, … as long as that many times the model's grid is coarser than `data`: no wide gap
/// between the grids that compete.
std::vector<double> multiples_up_to(const SolverEntry& solver, const std::vector<std::int64_t>& data,
                                    const ModelInfo& info, std::vector<double> multiples);
inline constexpr std::int64_t least_cells = 8;

/// Steps a configuration from the start of a run through its lead times and brings its fields to the model's grid.
/// Seconds are its stepping alone: no set-up, no reading of fields. A run that diverges has fields of NaN.
Forecast run_solver(const SolverConfiguration& configuration, const HeldOut& run, const ModelInfo& info);

}  // namespace marea::detail
