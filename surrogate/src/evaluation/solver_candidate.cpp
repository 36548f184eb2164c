// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "solver_candidate.hpp"

#include <algorithm>
#include <cmath>

#include <marea/io/error.hpp>
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

}  // namespace

bool has_option(const OptionTree& case_file, const std::string& key) {
  const auto* name = case_file.at_path("solver.name");
  if (!name) return false;
  for (const auto& entry : solver_registry())
    if (entry.name == name->as_string()) {
      const auto rows = entry.options();
      return std::any_of(rows.begin(), rows.end(), [&](const auto& row) { return row.key == key; });
    }
  return false;
}

std::string SolverConfiguration::grid_label() const {
  std::string text;
  for (auto n = extents.rbegin(); n != extents.rend(); ++n) text += (text.empty() ? "" : " x ") + std::to_string(*n);
  return text;
}

std::string SolverConfiguration::label() const {
  std::string text = grid_label();
  if (order > 0) text += ", order " + std::to_string(order);
  if (!precision.empty()) text += ", " + precision;
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
  return out;
}

std::vector<SolverConfiguration> solver_configurations(const OptionTree& case_file, const ModelInfo& info,
                                                       const std::vector<double>& multiples) {
  const bool orders = has_option(case_file, "order"), precisions = has_option(case_file, "precision");
  const auto own_order = case_file.at_path("solver.order");
  std::vector<SolverConfiguration> all;
  const auto add = [&](const std::vector<std::int64_t>& extents, int order, const std::string& precision, bool is_data) {
    const auto same = [&](const auto& c) { return c.extents == extents && c.order == order && c.precision == precision; };
    const auto known = std::find_if(all.begin(), all.end(), same);
    if (known == all.end()) all.push_back({extents, order, precision, is_data});
    else known->is_data = known->is_data || is_data;
  };
  const auto data_extents = extents_of(case_file, info.extents.size());
  const int data_order = !orders ? 0 : own_order ? static_cast<int>(own_order->as_integer()) : 2;
  const auto* own_precision = case_file.at_path("solver.precision");
  add(data_extents, data_order, !precisions ? "" : own_precision ? own_precision->as_string() : "double", true);
  if (precisions) add(data_extents, data_order, "single", false);

  for (double multiple : multiples) {
    std::vector<std::int64_t> extents;
    for (auto n : info.extents) extents.push_back(std::llround(static_cast<double>(n) * multiple));
    if (*std::min_element(extents.begin(), extents.end()) < 8) continue;
    for (int order : orders ? std::vector<int>{2, 1} : std::vector<int>{0})
      for (const auto& precision : precisions ? std::vector<std::string>{"double", "single"} : std::vector<std::string>{""})
        add(extents, order, precision, false);
  }
  return all;
}

Forecast run_solver(const SolverConfiguration& configuration, const HeldOut& run, const ModelInfo& info) {
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
  advance_to(*solver, run.start);
  Forecast forecast;
  forecast.values = HostArray(DType::f64, run.reference.extents());
  forecast.totals.push_back(solver->invariants());
  for (std::size_t lead = 0; lead < run.times.size(); ++lead) {
    const double start = MPI_Wtime();
    advance_to(*solver, run.times[lead]);
    forecast.seconds += MPI_Wtime() - start;
    auto channels = outputs.read(*solver);
    for (int c = 0; c < outputs.count(); ++c)
      resample(make_array_ref(channels.data() + c * outputs.cells(), DType::f64, own), wet_ref,
               forecast.values.ref()[static_cast<std::int64_t>(lead)][c]);
    forecast.totals.push_back(solver->invariants());
  }
  return forecast;
}

}  // namespace marea::detail
