// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "arrival_times.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "../markdown.hpp"

namespace marea::detail {

void ArrivalScore::add(const HostArray& forecast, const HeldOut& run, const ModelInfo& info, const ArrayRef& mask) {
  const auto channel = std::find(info.output_channels.begin(), info.output_channels.end(), field_);
  if (info.task != "map" || channel == info.output_channels.end()) return;
  const auto cells = static_cast<std::size_t>(run.reference.size()) / info.output_channels.size();
  const auto first = static_cast<std::size_t>(channel - info.output_channels.begin()) * cells;
  const auto times = forecast.values<double>().subspan(first, cells);
  const auto references = run.reference.values<double>().subspan(first, cells);
  HostArray sea(DType::f64, info.extents);
  if (mask.data) copy_converting(mask, sea.ref());
  const double end = 0.99 * run.times.back();
  std::int64_t counted = 0, reached = 0, misjudged = 0;
  double error = 0;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    if (mask.data && sea.values<double>()[cell] == 0) continue;
    ++counted;
    const bool comes = references[cell] < end;
    misjudged += comes != (times[cell] < end);
    if (!comes) continue;
    ++reached;
    error += std::abs(times[cell] - references[cell]);
  }
  if (counted == 0) return;
  ++runs_;
  reached_ += static_cast<double>(reached) / static_cast<double>(counted);
  misjudged_ += static_cast<double>(misjudged) / static_cast<double>(counted);
  if (reached == 0) return;
  ++reached_runs_;
  error_ += error / static_cast<double>(reached);
}

OptionTree ArrivalScore::to_tree() const {
  OptionTree tree;
  tree["reached"] = reached_ / runs_;
  tree["misjudged"] = misjudged_ / runs_;
  if (reached_runs_ > 0) tree["mean_absolute_error"] = error_ / reached_runs_;
  return tree;
}

std::string arrival_table(const OptionTree& report) {
  const auto& methods = report.find("methods")->as_array();
  const auto* first = methods.front().find("arrivals");
  if (!first) return "";
  std::string text = fmt::format(
      "\n## Arrivals\n\nA wave reaches {} of the cells before 99 % of the run in the reference. Misjudged: reached in "
      "one of forecast and reference alone.\n\n",
      percent(*first, "reached"));
  text += table_head({"method", "cells misjudged", "mean error where reached [s]"});
  for (const auto& method : methods) {
    const auto& arrivals = *method.find("arrivals");
    text += table_row({row_label(method), percent(arrivals, "misjudged"),
                       cell(arrivals, "mean_absolute_error", "{:.3g}")});
  }
  return text;
}

}  // namespace marea::detail
