// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/climate/shallow_water/inflow.hpp>

#include <algorithm>
#include <cmath>
#include <functional>

#include <marea/io/hdf5.hpp>

namespace marea::shallow_water {

namespace {

std::vector<double> read_series(const hdf5::File& file, const std::string& name) {
  const hdf5::Dataset dataset = file.open_dataset(name);
  if (dataset.extents().size() != 1 || dataset.size() < 1) {
    fail<DataError>(dataset.where(), "must be a series of at least one number");
  }
  std::vector<double> values(dataset.size());
  dataset.read(make_array_ref(values.data(), {dataset.size()}));
  const auto bad = std::find_if(values.begin(), values.end(), [](double v) { return !std::isfinite(v); });
  if (bad != values.end()) fail<DataError>(dataset.where(), "value ", bad - values.begin(), " is not finite");
  return values;
}

}  // namespace

InflowWave::InflowWave(const InflowOptions& options) {
  if (options.file.empty()) return;
  const hdf5::File file(options.file, hdf5::Access::read);
  times_ = read_series(file, options.time);
  eta_ = read_series(file, options.eta);
  if (times_.size() != eta_.size()) {
    fail<DataError>(options.file, options.time, " has ", times_.size(), " values, ", options.eta, " has ", eta_.size());
  }
  if (std::adjacent_find(times_.begin(), times_.end(), std::greater_equal<>()) != times_.end()) {
    fail<DataError>(options.file, options.time, " must increase");
  }
}

double InflowWave::eta(double time) const {
  const auto next = std::upper_bound(times_.begin(), times_.end(), time);
  if (next == times_.begin()) return eta_.front();
  if (next == times_.end()) return eta_.back();
  const auto n = next - times_.begin();
  return eta_[n - 1] + (time - times_[n - 1]) / (times_[n] - times_[n - 1]) * (eta_[n] - eta_[n - 1]);
}

}  // namespace marea::shallow_water
