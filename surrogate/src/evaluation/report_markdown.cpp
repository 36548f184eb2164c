// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "extra/extra_score.hpp"
#include "markdown.hpp"
#include "report.hpp"
#include "speed_up.hpp"
#include "trust_facts.hpp"

namespace marea::detail {
namespace {

std::string cost_table(const OptionTree& report) {
  std::string text = "\n## Cost\n\n";
  text += table_head(
      {"method", "error (headline)", "time of a run", "from", "to", "threads", "time by threads, first run"});
  const auto duration = [](const OptionTree& m, const char* key) { return duration_text(m.find(key)->as_double()); };
  for (const auto& method : report.find("methods")->as_array()) {
    std::string tried;
    for (const auto& [threads, seconds] : method.find("seconds_by_threads")->as_table())
      tried += fmt::format("{}{}: {}", tried.empty() ? "" : ", ", threads, duration_text(seconds.as_double()));
    text += table_row({row_label(method), percent(method, "error"), duration(method, "seconds"),
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
  for (const auto& baseline : report.find("baselines_passed_over")->as_array())
    text += fmt::format("\nBaseline {} was not trained: {}.\n", baseline.find("label")->as_string(),
                        baseline.find("why")->as_string());
  return text;
}

/// One table a channel: every method with its errors.
std::string channel_table(const OptionTree& report, const std::string& channel) {
  const std::string units = " [" + units_of(report, channel) + "]";
  std::string text = "\n## " + channel + "\n\n" +
                     table_head({"method", "nRMSE", "VRMSE", "mean error" + units, "maximum" + units, "total",
                                 "boundary", "front", "low", "middle", "high", "out of bounds"});
  for (const auto& method : report.find("methods")->as_array()) {
    const auto* found = method.find("fields")->find(channel);
    const OptionTree f = found ? *found : OptionTree();
    text += table_row({row_label(method), percent(f, "nrmse"), cell(f, "vrmse", "{:.3f}"),
                       cell(f, "mean_absolute_error", "{:.3g}"), cell(f, "maximum_error", "{:.3g}"),
                       percent(f, "conservation"), percent(f, "boundary"), percent(f, "front"),
                       percent(f, "spectral_low"), percent(f, "spectral_middle"), percent(f, "spectral_high"), percent(f, "violations")});
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
    std::vector<std::string> cells{row_label(method)};
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
    cells = {row_label(method)};
    for (const auto& [name, quantity] : method.find("drift")->as_table()) cells.push_back(change(quantity));
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
          "boundary and front: errors there over the whole field's norm; low, middle, high: nRMSE by thirds of the wave "
          "numbers; out of bounds: cells whose value cannot be, as its field declares. Times: median of a run with the best thread count, all methods in turn in one process. "
          "Drift: magnitude of the change since the start, relative to the start unless units stand by it; a solver's "
          "on its own grid.\n";
  text += cost_table(report);
  for (const auto& [channel, unused] : report.find("methods")->as_array().front().find("fields")->as_table()) {
    text += channel_table(report, channel);
    text += lead_table(report, channel);
  }
  text += drift_table(report);
  text += trust_markdown(report);
  for (const auto& extra : extra_scores())
    if (extra.markdown) text += extra.markdown(report);
  return text;
}

}  // namespace marea::detail
