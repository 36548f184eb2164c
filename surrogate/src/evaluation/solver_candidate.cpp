// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "solver_candidate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <marea/io/error.hpp>
#include <marea/io/options.hpp>
#include <marea/solvers/advance.hpp>
#include <marea/solvers/registry.hpp>
#include <marea/surrogate/hybrid/field_channels.hpp>

#include "resample.hpp"

namespace marea::detail {
namespace {

constexpr const char* axis_keys[] = {"nx", "ny", "nz"};

std::vector<std::int64_t> extents_of(const OptionTree& case_file, std::size_t axes) {
  std::vector<std::int64_t> extents(axes);
  for (std::size_t axis = 0; axis < axes; ++axis) {
    const auto* n = case_file.at_path(std::string("grid.") + axis_keys[axes - 1 - axis]);
    if (!n) fail<DataError>("evaluate", "the configuration of a held-out run has no grid.", axis_keys[axes - 1 - axis]);
    extents[axis] = n->as_integer();
  }
  return extents;
}

/// What the case's solver says of one of its options.
std::optional<OptionRow> option_row(const OptionTree& case_file, const std::string& key) {
  const auto* name = case_file.at_path("solver.name");
  if (!name) return std::nullopt;
  for (const auto& entry : solver_registry()) {
    if (entry.name != name->as_string()) continue;
    const auto rows = entry.options();
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& r) { return r.key == key; });
    if (row != rows.end()) return *row;
  }
  return std::nullopt;
}

/// The case's value of a number option, or the solver's default.
double present_value(const OptionTree& case_file, const std::string& key) {
  if (const auto* own = case_file.at_path("solver." + key)) return own->as_double();
  return std::stod(option_row(case_file, key)->default_value);
}

/// 0 for the Courant number of the case, and the largest one where that is another.
std::vector<double> courant_numbers(const OptionTree& case_file) {
  std::vector<double> numbers{0};
  const auto largest = largest_allowed(case_file, "cfl");
  if (largest && *largest > present_value(case_file, "cfl")) numbers.push_back(*largest);
  return numbers;
}

bool bed_is_sampled(const OptionTree& case_file) {
  if (!case_file.at_path("solver.bathymetry.file")) return false;
  const auto* regrid = case_file.at_path("solver.bathymetry.regrid");
  return !regrid || regrid->as_string() != "mean";
}

}  // namespace

std::optional<double> largest_allowed(const OptionTree& case_file, const std::string& key) {
  const auto row = option_row(case_file, key);
  if (!row || !row->range.ends_with(']')) return std::nullopt;  // "in (0, 1]"
  return std::stod(row->range.substr(row->range.rfind(',') + 1));
}

bool has_option(const OptionTree& case_file, const std::string& key) { return option_row(case_file, key).has_value(); }

std::string SolverConfiguration::grid_label() const {
  std::string text;
  for (auto n = extents.rbegin(); n != extents.rend(); ++n) text += (text.empty() ? "" : " x ") + std::to_string(*n);
  return text;
}

std::string SolverConfiguration::label() const {
  std::string text = grid_label();
  if (order > 0) text += ", order " + std::to_string(order);
  if (!precision.empty()) text += ", " + precision;
  if (cfl > 0) text += fmt::format(", cfl {:g}", cfl);
  if (mean_bed) text += ", mean bed";
  return text;
}

OptionTree SolverConfiguration::apply(const OptionTree& case_file) const {
  OptionTree out = case_file;
  std::erase_if(out.as_table(), [](const auto& e) {
    return e.first == "ensemble" || e.first == "output" || e.first == "hybrid" || e.first == "surrogate";
  });
  for (std::size_t axis = 0; axis < extents.size(); ++axis)
    out["grid"][axis_keys[extents.size() - 1 - axis]] = extents[axis];
  std::erase_if(out["solver"].as_table(), [](const auto& e) { return e.first == "gauges"; });
  if (order > 0) out["solver"]["order"] = order;
  if (!precision.empty()) out["solver"]["precision"] = precision;
  if (cfl > 0) out["solver"]["cfl"] = cfl;
  if (mean_bed) out["solver"]["bathymetry"]["regrid"] = "mean";
  return out;
}

std::vector<SolverConfiguration> data_configurations(const OptionTree& case_file, const ModelInfo& info) {
  SolverConfiguration own;
  own.extents = extents_of(case_file, info.extents.size());
  if (has_option(case_file, "order")) own.order = static_cast<int>(std::lround(present_value(case_file, "order")));
  if (const auto row = option_row(case_file, "precision")) {
    const auto* precision = case_file.at_path("solver.precision");
    own.precision = precision ? precision->as_string() : row->default_value;
    std::erase(own.precision, '"');
  }
  std::vector<SolverConfiguration> all{own};
  all.front().is_data = true;
  for (const auto& other : configurations_on(own.extents, case_file))
    if (other.order == own.order && other != own) all.push_back(other);
  return all;
}

std::vector<SolverConfiguration> configurations_on(const std::vector<std::int64_t>& extents,
                                                   const OptionTree& case_file) {
  const auto highest = largest_allowed(case_file, "order");
  std::vector<std::string> precisions{""};
  if (has_option(case_file, "precision")) precisions = {"double", "single"};
  std::vector<SolverConfiguration> all;
  for (int order = highest ? static_cast<int>(*highest) : 0; order >= (highest ? 1 : 0); --order)
    for (const auto& precision : precisions)
      for (double cfl : courant_numbers(case_file)) {
        all.push_back({extents, order, precision, cfl});
        if (bed_is_sampled(case_file)) all.push_back({extents, order, precision, cfl, true});
      }
  return all;
}

std::vector<std::vector<std::int64_t>> competing_grids(const ModelInfo& info, const std::vector<double>& multiples) {
  const auto least = static_cast<double>(*std::min_element(info.extents.begin(), info.extents.end()));
  const double floor = std::min(1.0, static_cast<double>(least_cells) / least);
  std::vector<std::vector<std::int64_t>> grids;
  for (double multiple : multiples) {
    std::vector<std::int64_t> extents;
    for (auto n : info.extents) extents.push_back(std::llround(static_cast<double>(n) * std::max(multiple, floor)));
    if (std::find(grids.begin(), grids.end(), extents) == grids.end()) grids.push_back(std::move(extents));
  }
  return grids;
}

std::vector<double> multiples_up_to(const std::vector<std::int64_t>& data, const ModelInfo& info,
                                    std::vector<double> multiples) {
  for (std::int64_t n = 2; n * info.extents.front() < data.front(); n *= 2)
    multiples.push_back(static_cast<double>(n));
  return multiples;
}

Forecast run_solver(const SolverConfiguration& configuration, const HeldOut& run, const ModelInfo& info) {
  Forecast forecast;
  forecast.values = HostArray(DType::f64, run.reference.extents());
  AnySolver solver = make_solver(configuration.apply(run.case_file), MPI_COMM_SELF);
  const hybrid::FieldChannels outputs(info.outputs, solver->grid());
  const auto& block = solver->grid().block;
  const std::vector<std::int64_t> own(block.global.begin(), block.global.begin() + block.rank);

  HostArray wet;
  ArrayRef wet_ref;
  if (const auto mask = mask_name(info); !mask.empty()) {
    wet = HostArray(DType::f64, own);
    solver->read(mask, wet.ref());
    wet_ref = wet.ref();
  }
  try {
    advance_to(*solver, run.start);
    forecast.totals.push_back(solver->invariants());
    for (std::size_t lead = 0; lead < run.times.size(); ++lead) {
      const double start = MPI_Wtime();
      advance_to(*solver, run.times[lead]);
      forecast.seconds += MPI_Wtime() - start;
      const HostArray channels = outputs.read_whole(*solver);
      for (int c = 0; c < outputs.count(); ++c)
        resample(channels.ref()[c], wet_ref, forecast.values.ref()[static_cast<std::int64_t>(lead)][c]);
      forecast.totals.push_back(solver->invariants());
    }
  } catch (const NumericalError&) {  // a configuration that is not stable does not compete
    std::ranges::fill(forecast.values.values<double>(), std::numeric_limits<double>::quiet_NaN());
    forecast.totals.clear();
  }
  return forecast;
}

}  // namespace marea::detail
