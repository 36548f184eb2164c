// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <fmt/format.h>

#include "report.hpp"

namespace marea::detail {
namespace {

double number(const OptionTree& tree, const char* key) { return tree.find(key)->as_double(); }

std::string percent(double share) { return fmt::format("{:.2f} %", 100 * share); }

/// One table a channel: every method with its errors and its time.
std::string channel_table(const OptionTree& report, const std::string& channel) {
  std::string text = fmt::format(
      "\n## {}\n\n| method | nRMSE | VRMSE | maximum | total | boundary | coast | low | middle | high | seconds |\n"
      "|---|---|---|---|---|---|---|---|---|---|---|\n", channel);
  for (const auto& method : report.find("methods")->as_array()) {
    const auto& f = *method.find("fields")->find(channel);
    text += fmt::format("| {}{} | {} | {:.3f} | {:.3g} | {} | {} | {} | {} | {} | {} | {:.3g} |\n",
                        method.find("kind")->as_string() == "solver" ? "solver " : "", method.find("label")->as_string(),
                        percent(number(f, "nrmse")), number(f, "vrmse"), number(f, "maximum_error"),
                        percent(number(f, "conservation")), percent(number(f, "boundary")), percent(number(f, "front")),
                        percent(number(f, "spectral_low")), percent(number(f, "spectral_middle")),
                        percent(number(f, "spectral_high")), number(method, "seconds"));
  }
  return text;
}

std::string lead_table(const OptionTree& report, const std::string& channel) {
  const auto& times = report.at_path("reference.times")->as_array();
  if (times.size() < 2) return "";
  std::string text = fmt::format("\n### {} by lead time (nRMSE)\n\n| method |", channel);
  const std::size_t step = std::max<std::size_t>(1, times.size() / 8);
  for (std::size_t l = step - 1; l < times.size(); l += step) text += fmt::format(" {:g} |", times[l].as_double());
  text += "\n|---|";
  for (std::size_t l = step - 1; l < times.size(); l += step) text += "---|";
  text += "\n";
  for (const auto& method : report.find("methods")->as_array()) {
    const auto& leads = method.find("fields")->find(channel)->find("leads")->find("nrmse")->as_array();
    text += fmt::format("| {} |", method.find("label")->as_string());
    for (std::size_t l = step - 1; l < times.size(); l += step) text += fmt::format(" {} |", percent(leads[l].as_double()));
    text += "\n";
  }
  return text;
}

std::string gauge_table(const OptionTree& report) {
  const auto& methods = report.find("methods")->as_array();
  const auto* gauges = methods.front().find("gauges");
  if (!gauges) return "";
  std::string text = "\n## Gauges: mean absolute error (mean of the reference)\n";
  for (const auto& [gauge, channels] : gauges->as_table())
    for (const auto& [channel, score] : channels.as_table()) {
      text += fmt::format("\n- {} {} ({:.3g}):", gauge, channel, number(score, "mean_absolute_reference"));
      for (const auto& method : methods)
        text += fmt::format(" {} {:.3g};", method.find("label")->as_string(),
                            number(*method.find("gauges")->find(gauge)->find(channel), "mean_absolute_error"));
    }
  return text + "\n";
}

}  // namespace

std::string to_markdown(const OptionTree& report) {
  std::string text = fmt::format("# {} ({}) against the solver\n\n", report.at_path("model.name")->as_string(),
                                 report.at_path("model.task")->as_string());
  for (const auto& line : report.find("headline")->as_array()) text += line.as_string() + "  \n";
  text += "\nErrors are relative to the reference's norm and means over runs and lead times. nRMSE is the relative L2 error; "
          "total: error of the sum over cells; low, middle, high: nRMSE by thirds of the wave numbers. Seconds: median of a "
          "run, all methods in turn in one process.\n";
  for (const auto& [channel, unused] : report.find("methods")->as_array().front().find("fields")->as_table()) {
    text += channel_table(report, channel);
    text += lead_table(report, channel);
  }
  return text + gauge_table(report);
}

}  // namespace marea::detail
