// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report.hpp"
#include "speed_up.hpp"

namespace marea::detail {
namespace {

/// The number at `key` as text; "–" where it is missing or not finite.
std::string cell(const OptionTree& tree, const char* key, const char* format, double factor = 1) {
  const auto* entry = tree.find(key);
  const double value = entry ? factor * entry->as_double() : NAN;
  return std::isfinite(value) ? fmt::format(fmt::runtime(format), value) : "–";
}
std::string percent(const OptionTree& tree, const char* key) { return cell(tree, key, "{:.2f} %", 100); }

std::string label(const OptionTree& method) {
  return (method.find("kind")->as_string() == "solver" ? "solver " : "") + method.find("label")->as_string();
}

std::string table_row(const std::vector<std::string>& cells) {
  std::string text = "|";
  for (const auto& c : cells) text += " " + c + " |";
  return text + "\n";
}

std::string table_head(const std::vector<std::string>& titles) {
  return table_row(titles) + table_row(std::vector<std::string>(titles.size(), "---"));
}

std::string cost_table(const OptionTree& report) {
  std::string text = "\n## Cost\n\n";
  text += table_head(
      {"method", "error (headline)", "time of a run", "from", "to", "threads", "time by threads, first run"});
  const auto duration = [](const OptionTree& m, const char* key) { return duration_text(m.find(key)->as_double()); };
  for (const auto& method : report.find("methods")->as_array()) {
    std::string tried;
    for (const auto& [threads, seconds] : method.find("seconds_by_threads")->as_table())
      tried += fmt::format("{}{}: {}", tried.empty() ? "" : ", ", threads, duration_text(seconds.as_double()));
    text += table_row({label(method), percent(method, "error"), duration(method, "seconds"),
                       duration(method, "seconds_minimum"), duration(method, "seconds_maximum"),
                       std::to_string(method.find("threads")->as_integer()), tried});
  }
  const auto& speed = *report.find("speed_up");
  if (speed.find("cheaper_solver_label"))
    text += table_row({"solver at equal error, interpolated", percent(speed, "error"),
                       duration(speed, "solver_seconds"), "–", "–", "–", "–"});
  const auto left = std::ssize(report.find("left_out")->as_array());
  if (left > 0)
    text += fmt::format("\n{} solver configurations cost more than others that err no more; report.json lists them.\n",
                        left);
  return text;
}

/// Units of the output field a channel belongs to: "velocity_x" to "velocity".
std::string units_of(const OptionTree& report, const std::string& channel) {
  for (const auto& field : report.at_path("model.outputs")->as_array()) {
    const auto& name = field.find("name")->as_string();
    if (channel == name || channel.starts_with(name + "_")) return field.find("units")->as_string();
  }
  return "1";
}

/// One table a channel: every method with its errors.
std::string channel_table(const OptionTree& report, const std::string& channel) {
  const std::string units = " [" + units_of(report, channel) + "]";
  std::string text = "\n## " + channel + "\n\n" +
                     table_head({"method", "nRMSE", "VRMSE", "mean error" + units, "maximum" + units, "total",
                                 "boundary", "front", "low", "middle", "high"});
  for (const auto& method : report.find("methods")->as_array()) {
    const auto* found = method.find("fields")->find(channel);
    const OptionTree f = found ? *found : OptionTree();
    text += table_row({label(method), percent(f, "nrmse"), cell(f, "vrmse", "{:.3f}"),
                       cell(f, "mean_absolute_error", "{:.3g}"), cell(f, "maximum_error", "{:.3g}"),
                       percent(f, "conservation"), percent(f, "boundary"), percent(f, "front"),
                       percent(f, "spectral_low"), percent(f, "spectral_middle"), percent(f, "spectral_high")});
  }
  return text;
}

std::string lead_table(const OptionTree& report, const std::string& channel) {
  const auto& times = report.at_path("reference.times")->as_array();
  if (times.size() < 2) return "";
  const std::size_t step = std::max<std::size_t>(1, times.size() / 8);
  std::vector<std::string> titles{"method"};
  for (std::size_t l = step - 1; l < times.size(); l += step)
    titles.push_back(fmt::format("{:g} s", times[l].as_double()));
  std::string text = fmt::format("\n### {} by lead time (nRMSE{})\n\n", channel,
                                 step > 1 ? fmt::format(", one in {}", step) : "") + table_head(titles);
  for (const auto& method : report.find("methods")->as_array()) {
    const auto* leads = method.find("fields")->at_path(channel + ".leads.nrmse");
    if (!leads) continue;
    std::vector<std::string> cells{label(method)};
    for (std::size_t l = step - 1; l < times.size(); l += step) {
      const double error = leads->as_array()[l].as_double();
      cells.push_back(std::isfinite(error) ? fmt::format("{:.2f} %", 100 * error) : "–");
    }
    text += table_row(cells);
  }
  return text;
}

/// Change of each conserved quantity from the start to the last lead time.
std::string drift_table(const OptionTree& report) {
  const auto* reference = report.at_path("reference.drift");
  if (!reference) return "";
  std::vector<std::string> titles{"method"}, cells{"reference"};
  const auto change = [](const OptionTree& quantity) {
    const auto& units = quantity.find("units")->as_string();
    return units == "1" ? cell(quantity, "final", "{:.3g} %", 100) : cell(quantity, "final", "{:.3g} ") + units;
  };
  for (const auto& [name, quantity] : reference->as_table()) {
    titles.push_back(name);
    cells.push_back(change(quantity));
  }
  std::string text = "\n## Drift of conserved quantities\n\n" + table_head(titles) + table_row(cells);
  for (const auto& method : report.find("methods")->as_array()) {
    cells = {label(method)};
    for (const auto& [name, quantity] : method.find("drift")->as_table()) cells.push_back(change(quantity));
    text += table_row(cells);
  }
  return text;
}

/// Whether and when a wave comes: maps with an arrival time.
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
    text += table_row({label(method), percent(arrivals, "misjudged"),
                       cell(arrivals, "mean_absolute_error", "{:.3g}")});
  }
  return text;
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
    std::vector<std::string> cells{label(method)};
    for (const auto& [gauge, channels] : method.find("gauges")->as_table())
      for (const auto& [channel, score] : channels.as_table())
        cells.push_back(cell(score, "mean_absolute_error", "{:.3g}"));
    text += table_row(cells);
  }
  return text;
}

}  // namespace

std::string to_markdown(const OptionTree& report) {
  std::string text = fmt::format("# {} ({}) against the solver\n\n", report.at_path("model.name")->as_string(),
                                 report.at_path("model.task")->as_string());
  for (const auto& line : report.find("headline")->as_array()) text += line.as_string() + "  \n";
  text += "\nErrors are relative to the reference's norm and means over runs and lead times. nRMSE is the relative L2 "
          "error; mean error and maximum: of the magnitude, in the field's units; total: error of the sum over cells; "
          "boundary and front (wet/dry): errors there over the whole field's norm; low, middle, high: nRMSE by thirds "
          "of the wave numbers. Times: median of a run with the best thread count, all methods in turn in one process. "
          "Drift: magnitude of the change since the start, relative to the start unless units stand by it; a solver's "
          "on its own grid.\n";
  text += cost_table(report);
  for (const auto& [channel, unused] : report.find("methods")->as_array().front().find("fields")->as_table()) {
    text += channel_table(report, channel);
    text += lead_table(report, channel);
  }
  return text + drift_table(report) + arrival_table(report) + gauge_table(report);
}

}  // namespace marea::detail
