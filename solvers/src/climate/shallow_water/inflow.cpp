// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/climate/shallow_water/inflow.hpp>

#include <algorithm>
#include <functional>

#include <marea/io/error.hpp>
#include <marea/io/field_file.hpp>

namespace marea::shallow_water {

InflowWave::InflowWave(const InflowOptions& options) {
  if (options.file.empty()) return;
  times_ = read_series(options.file, options.time, "s");
  eta_ = read_series(options.file, options.eta, "m", "eta", options.time);
  wall_after_ = options.after == "wall";
  where_ = options.file + ":/" + options.time;
  if (times_.size() != eta_.size()) {
    fail<DataError>(options.file, options.time, " has ", times_.size(), " values, ", options.eta, " has ", eta_.size());
  }
  if (std::adjacent_find(times_.begin(), times_.end(), std::greater_equal<>()) != times_.end()) {
    fail<DataError>(options.file, options.time, " must increase");
  }
}

void InflowWave::require_within(double end_time) const {
  if (times_.empty() || (times_.back() > 0 && times_.front() < end_time)) return;
  fail<DataError>(where_, "= ", times_.front(), " … ", times_.back(), " s does not meet the run, 0 … ", end_time,
                  " s; times count from the start of the run: shift them, or correct their units");
}

void require_inflow_used(const Options& options, const OptionTree& initial) {
  const InflowOptions& inflow = options.inflow;
  const auto takes = [&](const OptionTree& table) {
    const OptionTree* file = table.is_table() ? table.find("file") : nullptr;
    return file && file->as_string() == inflow.file;
  };
  if (inflow.file.empty() || takes(options.bathymetry) || takes(initial)) return;
  require_all_used(inflow.file, {inflow.time, inflow.eta}, "[solver.inflow] takes");
}

double InflowWave::eta(double time) const {
  const auto next = std::upper_bound(times_.begin(), times_.end(), time);
  if (next == times_.begin()) return eta_.front();
  if (next == times_.end()) return eta_.back();
  const auto n = next - times_.begin();
  return eta_[n - 1] + (time - times_[n - 1]) / (times_[n] - times_[n - 1]) * (eta_[n] - eta_[n - 1]);
}

}  // namespace marea::shallow_water
