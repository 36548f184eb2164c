// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "gauges.hpp"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <marea/io/error.hpp>

#include "../markdown.hpp"

namespace marea::detail {

namespace {

struct Gauge {
  std::string name;
  std::vector<double> position;
};

/// Both forms of a case file: name = [x, y], or [[solver.gauges]] with name and position. None for a step model.
std::vector<Gauge> gauges_of(const ScoreEntry& names, const HeldOut& run, const ModelInfo& info) {
  std::vector<Gauge> gauges;
  const auto* found = run.case_file.at_path("solver." + names.of("option"));
  if (!found || info.task != "map") return gauges;
  const OptionTree& tree = *found;
  const auto add = [&](const std::string& name, const OptionTree& position) {
    gauges.push_back({name, {}});
    for (const auto& x : position.as_array()) gauges.back().position.push_back(x.as_double());
  };
  if (tree.is_table())
    for (const auto& [name, position] : tree.as_table()) add(name, position);
  else
    for (const auto& entry : tree.as_array()) add(entry.find("name")->as_string(), *entry.find("position"));
  return gauges;
}

/// Centre of a cell given by its flat index, x first.
std::vector<double> centre_of(std::int64_t cell, const ModelInfo& info) {
  std::vector<double> centre;
  centre.reserve(info.extents.size());
  for (std::size_t axis = info.extents.size(); axis-- > 0; cell /= info.extents[axis])
    centre.push_back(info.centres[axis][static_cast<std::size_t>(cell % info.extents[axis])]);
  return centre;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double squares = 0;
  for (std::size_t axis = 0; axis < a.size(); ++axis) squares += (a[axis] - b.at(axis)) * (a[axis] - b.at(axis));
  return std::sqrt(squares);
}

OptionTree::Array to_array(const std::vector<double>& position) {
  return OptionTree::Array(position.begin(), position.end());
}

}  // namespace

std::int64_t gauge_cell(const std::vector<double>& position, const ModelInfo& info, const ArrayRef& mask) {
  std::int64_t cells = 1, nearest = -1;
  for (auto n : info.extents) cells *= n;
  HostArray wet(DType::f64, info.extents);
  if (mask.data) copy_converting(mask, wet.ref());
  double least = std::numeric_limits<double>::infinity();
  for (std::int64_t cell = 0; cell < cells; ++cell) {
    if (mask.data && wet.values<double>()[static_cast<std::size_t>(cell)] == 0) continue;
    const double apart = distance(centre_of(cell, info), position);
    if (apart >= least) continue;
    least = apart;
    nearest = cell;
  }
  if (nearest < 0) fail<DataError>("evaluate", "the mask of the model leaves no cell for a gauge");
  return nearest;
}

OptionTree gauge_cells(const ScoreEntry& names, const HeldOut& run, const ModelInfo& info, const ArrayRef& mask) {
  OptionTree tree{OptionTree::Table{}};
  for (const auto& [name, position] : gauges_of(names, run, info)) {
    const auto centre = centre_of(gauge_cell(position, info, mask), info);
    tree[name]["position"] = to_array(position);
    tree[name]["cell"] = to_array(centre);
    tree[name]["distance"] = distance(centre, position);
  }
  return tree;
}

void GaugeScores::add(const HostArray& forecast, const HeldOut& run, const ModelInfo& info, const ArrayRef& mask) {
  const auto gauges = gauges_of(names_, run, info);
  if (gauges.empty()) return;
  ++runs_;
  std::int64_t cells = 1;
  for (auto n : info.extents) cells *= n;
  std::size_t entry = 0;
  for (const auto& [name, position] : gauges) {
    const auto cell = gauge_cell(position, info, mask);
    for (std::size_t c = 0; c < info.output_channels.size(); ++c, ++entry) {
      if (sums_.size() <= entry) sums_.push_back({name, info.output_channels[c]});
      const auto at = static_cast<std::size_t>(static_cast<std::int64_t>(c) * cells + cell);
      const double reference = run.reference.values<double>()[at];
      sums_[entry].error += std::abs(forecast.values<double>()[at] - reference);
      sums_[entry].reference += std::abs(reference);
    }
  }
}

OptionTree GaugeScores::to_tree() const {
  OptionTree tree;
  for (const auto& sum : sums_) {
    auto& entry = tree[sum.gauge][sum.channel];
    entry["mean_absolute_error"] = sum.error / runs_;
    entry["mean_absolute_reference"] = sum.reference / runs_;
  }
  return tree;
}

std::string gauge_table(const OptionTree& report) {
  const auto& methods = report.find("methods")->as_array();
  const auto* gauges = methods.front().find("gauges");
  if (!gauges) return "";
  std::string places;
  for (const auto& [gauge, place] : report.at_path("reference.gauges")->as_table()) {
    places += fmt::format("{}{}: cell at (", places.empty() ? "" : "; ", gauge);
    for (const auto& x : place.find("cell")->as_array())
      places += fmt::format("{}{:.6g}", places.ends_with("(") ? "" : ", ", x.as_double());
    places += fmt::format("), {:.3g} away", place.find("distance")->as_double());
  }
  std::vector<std::string> titles{"method"}, reference{"mean of the reference"};
  for (const auto& [gauge, channels] : gauges->as_table())
    for (const auto& [channel, score] : channels.as_table()) {
      titles.push_back(fmt::format("{}: {} [{}]", gauge, channel, units_of(report, channel)));
      reference.push_back(cell(score, "mean_absolute_reference", "{:.3g}"));
    }
  std::string text = fmt::format("\n## Gauges: mean absolute error\n\n{}.\n\n", places);
  text += table_head(titles) + table_row(reference);
  for (const auto& method : methods) {
    std::vector<std::string> cells{row_label(method)};
    for (const auto& [gauge, channels] : method.find("gauges")->as_table())
      for (const auto& [channel, score] : channels.as_table())
        cells.push_back(cell(score, "mean_absolute_error", "{:.3g}"));
    text += table_row(cells);
  }
  return text;
}

}  // namespace marea::detail
