// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <marea/io/host_array.hpp>
#include <marea/io/snapshot_writer.hpp>

#include "evaluation/markdown.hpp"
#include "study.hpp"

namespace marea::detail {
namespace {

/// One estimate of a quantity for people: of a field the mean over its cells, without an interval of its own.
double mean_value(const std::vector<Estimate>& cells, double Estimate::*member) {
  double sum = 0;
  for (const Estimate& e : cells) sum += e.*member;
  return sum / static_cast<double>(cells.size());
}

std::string units_of(const Quantity& quantity, const Statistic& statistic) {
  return statistic.is_share() ? "1" : quantity.field.units;
}

std::string text_of(const Study& s, std::size_t q, std::size_t t) {
  const Quantity& quantity = s.quantities[q];
  const std::vector<Estimate>& e = s.estimates[q][t];
  const std::string units = units_of(quantity, s.statistics[t]) == "1" ? "" : " " + units_of(quantity, s.statistics[t]);
  if (!quantity.position.empty())
    return fmt::format("{} of {}: {:.4g}{}, {:g} % interval {:.4g} to {:.4g}", s.statistics[t].name(), quantity.name,
                       e[0].value, units, 100 * s.options.confidence, e[0].low, e[0].high);
  return fmt::format("{} of {}: {:.4g}{} on average over the cells, standard error of a cell {:.2g}{}",
                     s.statistics[t].name(), quantity.name, mean_value(e, &Estimate::value), units,
                     mean_value(e, &Estimate::standard_error), units);
}

std::string left_out(const Study& s) {
  std::string names;
  for (std::size_t m = 1; m < s.labels.size(); ++m)
    if (!s.plan.uses(static_cast<int>(m))) names += (names.empty() ? "" : ", ") + s.labels[m];
  return names;
}

/// "0.012 m", the error of the solver's own grid; empty where it is not known.
std::string grid_error(const Study& s, std::size_t q, std::size_t t) {
  const double error = mean_value(s.estimates[q][t], &Estimate::discretisation_error);
  const std::string units = units_of(s.quantities[q], s.statistics[t]);
  return std::isfinite(error) ? fmt::format("{:.2g}{}", error, units == "1" ? "" : " " + units) : "";
}

/// The error of the solver's own grid in the first estimate.
std::string grid_line(const Study& s) {
  if (!s.halved)
    return "The error of the solver's own grid, in no interval, is not known: no level has half as many cells.";
  const std::string error = grid_error(s, 0, 0);
  if (error.empty()) return "The error of the solver's own grid is not known of Sobol indices.";
  return "Not in the interval: the solver's own grid adds an error of about " + error +
         " (Richardson, from half as many cells an axis on the pilot).";
}

/// Predicted cost of plain Monte Carlo at equal variance over that of pilot and samples.
double monte_carlo_with_pilot(const Study& s) {
  return s.gain.over_monte_carlo * s.plan.cost / (s.pilot_seconds + s.plan.cost);
}

}  // namespace

std::vector<std::string> headline_of(const Study& s) {
  std::int64_t calls = 0, coarse = 0;
  bool pays = false;
  for (std::size_t m = 1; m < s.labels.size(); ++m) {
    (s.surrogate[m] ? calls : coarse) += s.runs_per_sample * s.samples_of(static_cast<int>(m));
    pays = pays || (s.surrogate[m] && s.plan.uses(static_cast<int>(m)));
  }
  const bool gains = pays && s.gain.over_monte_carlo > 1.05 * s.gain.of_levels;
  const std::string from =
      fmt::format(", from {} solver runs, {} on coarser grids and {} surrogate calls in {:.3g} s, after a pilot of "
                  "{} in {:.3g} s",
                  s.runs_per_sample * s.samples_of(0), coarse, calls, s.run_seconds, s.runs_per_sample * s.pilot,
                  s.pilot_seconds);
  std::vector<std::string> lines;
  if (!s.options.models.empty() && !gains)
    lines.push_back("The surrogate brings nothing over the solver's own levels here.");
  lines.push_back(text_of(s, 0, 0) + from + ".");
  lines.push_back(fmt::format("Plain Monte Carlo needs {:.3g} ({:.3g} to {:.3g}) times the cost of the samples, the "
                              "best estimator without surrogates {:.3g} times; the pilot is not counted. With the "
                              "pilot plain Monte Carlo needs {:.3g} times as much.",
                              s.gain.over_monte_carlo, s.gain.low, s.gain.high,
                              s.gain.over_monte_carlo / s.gain.of_levels, monte_carlo_with_pilot(s)));
  lines.push_back(grid_line(s));
  if (const Payback payback = payback_of(s); payback.surrogates > 0) lines.push_back(payback_line(payback));
  if (const std::string names = left_out(s); !names.empty()) lines.push_back("Left out, no help: " + names + ".");
  if (s.wanted_seconds > 1.1 * (s.pilot_seconds + s.plan.cost))
    lines.push_back(fmt::format("The target of {:g} is not met within the budget: it would take about {:.3g} s of one rank.",
                                s.options.target, s.wanted_seconds));
  if (s.replaced > 0)
    lines.push_back(fmt::format("{} values of surrogates or coarser grids were not finite and count as their pilot's mean.",
                                s.replaced));
  return lines;
}

OptionTree to_tree(const Study& s) {
  OptionTree t;
  t["schema"] = "marea-estimate-1";
  OptionTree::Array lines, models, groups, quantities;
  for (const std::string& line : headline_of(s)) lines.emplace_back(line);
  t["headline"] = std::move(lines);
  t["output"] = s.options.output;
  t["method"] = s.plan.method;
  t["confidence"] = s.options.confidence;
  t["pilot"] = s.pilot;
  t["runs_per_sample"] = s.runs_per_sample;
  t["pilot_seconds"] = s.pilot_seconds;
  t["sample_seconds"] = s.run_seconds;
  t["predicted_seconds"] = s.plan.cost;
  t["predicted_variance"] = s.plan.variance;
  t["target"] = s.options.target;
  t["variance_times_seconds"] = s.variance_cost;
  t["cost_of_monte_carlo"] = s.gain.over_monte_carlo;
  t["cost_of_monte_carlo_low"] = s.gain.low;
  t["cost_of_monte_carlo_high"] = s.gain.high;
  t["cost_without_surrogates"] = s.gain.over_monte_carlo / s.gain.of_levels;
  t["cost_of_monte_carlo_with_pilot"] = monte_carlo_with_pilot(s);
  if (const Payback payback = payback_of(s); payback.surrogates > 0) {
    t["training_seconds"] = payback.training_seconds;
    if (payback.data_seconds) t["data_seconds"] = *payback.data_seconds;
    t["saved_seconds"] = payback.saved_seconds;
    if (payback.estimates) t["break_even_estimates"] = *payback.estimates;
  }
  for (std::size_t m = 0; m < s.labels.size(); ++m) {
    OptionTree row;
    row["label"] = s.labels[m];
    row["surrogate"] = static_cast<bool>(s.surrogate[m]);
    row["seconds"] = s.costs[m];
    row["correlation"] = s.correlations[m];
    row["samples"] = s.samples_of(static_cast<int>(m));
    models.push_back(std::move(row));
  }
  t["models"] = std::move(models);
  for (const Group& group : s.plan.groups) {
    OptionTree row;
    OptionTree::Array members;
    for (int model : group.models) members.emplace_back(model);
    row["models"] = std::move(members);
    row["samples"] = group.samples;
    groups.push_back(std::move(row));
  }
  t["groups"] = std::move(groups);
  for (std::size_t q = 0; q < s.quantities.size(); ++q)
    for (std::size_t k = 0; k < s.statistics.size(); ++k) {
      const std::vector<Estimate>& e = s.estimates[q][k];
      OptionTree row;
      row["quantity"] = s.quantities[q].name;
      row["statistic"] = s.statistics[k].name();
      row["units"] = units_of(s.quantities[q], s.statistics[k]);
      row["cells"] = static_cast<std::int64_t>(e.size());
      row["value"] = mean_value(e, &Estimate::value);
      row["standard_error"] = mean_value(e, &Estimate::standard_error);
      if (const double error = mean_value(e, &Estimate::discretisation_error); std::isfinite(error))
        row["discretisation_error"] = error;
      if (e.size() == 1) row["low"] = e[0].low, row["high"] = e[0].high;
      quantities.push_back(std::move(row));
    }
  t["estimates"] = std::move(quantities);
  return t;
}

std::string to_markdown(const Study& s) {
  std::string text = "# Estimate\n\n";
  for (const std::string& line : headline_of(s)) text += line + "\n\n";
  text += "## Statistics\n\n";
  for (std::size_t q = 0; q < s.quantities.size(); ++q)
    for (std::size_t k = 0; k < s.statistics.size(); ++k) {
      const std::string error = grid_error(s, q, k);
      text += "- " + text_of(s, q, k) + (error.empty() ? "" : "; error of the grid " + error) + "\n";
    }
  text += "\n## Models\n\n" + table_head({"model", "seconds a sample", "correlation", "samples"});
  for (std::size_t m = 0; m < s.labels.size(); ++m)
    text += table_row({s.labels[m], fmt::format("{:.3g}", s.costs[m]), fmt::format("{:.4f}", s.correlations[m]),
                       std::to_string(s.samples_of(static_cast<int>(m)))});
  text += "\n## Allocation (" + s.plan.method + ")\n\n" + table_head({"models of the group", "samples"});
  for (const Group& group : s.plan.groups) {
    std::string names;
    for (int model : group.models) names += (names.empty() ? "" : ", ") + s.labels[static_cast<std::size_t>(model)];
    text += table_row({names, std::to_string(group.samples)});
  }
  text += "\nIntervals are statistical: the error of the solver on its own grid is not in them.\n";
  return text;
}

void write_fields(const std::string& file, const Study& s, const GridInfo& grid, const OptionTree& case_file) {
  constexpr const char* discretisation = "_discretisation_error";
  const std::pair<const char*, double Estimate::*> parts[] = {{"", &Estimate::value},
                                                              {"_standard_error", &Estimate::standard_error},
                                                              {"_low", &Estimate::low},
                                                              {"_high", &Estimate::high},
                                                              {discretisation, &Estimate::discretisation_error}};
  SnapshotSchema schema;
  schema.dataset_name = "estimate";
  schema.config = case_file;
  schema.precision = DType::f64;
  Table points{.name = "estimates", .columns = {}, .units = {}};
  for (const char* column : {"value", "standard_error", "low", "high", "discretisation_error"}) {
    points.columns.emplace_back(column);
    points.units.emplace_back("1");
  }
  OptionTree::Array rows;
  std::vector<std::pair<std::string, HostArray>> fields;
  for (std::size_t q = 0; q < s.quantities.size(); ++q)
    for (std::size_t k = 0; k < s.statistics.size(); ++k) {
      const Quantity& quantity = s.quantities[q];
      const std::vector<Estimate>& cells = s.estimates[q][k];
      const std::string statistic = s.statistics[k].name();
      if (!quantity.position.empty()) {
        for (const auto& [suffix, member] : parts) points.values.push_back(cells[0].*member);
        rows.emplace_back(statistic + " of " + quantity.name + " [" + units_of(quantity, s.statistics[k]) + "]");
        continue;
      }
      for (const auto& [suffix, member] : parts) {
        if (!std::isfinite(cells[0].*member)) continue;  // not known of this statistic
        FieldInfo info = quantity.field;
        info.name = quantity.name + "_" + statistic + suffix;
        info.long_name = statistic + suffix + " of " + quantity.field.long_name;
        info.standard_name.clear();
        info.running.clear();
        info.lower_bound.clear();
        info.upper_bound.clear();
        info.units = units_of(quantity, s.statistics[k]);
        info.role = FieldRole::fixed;
        HostArray values(DType::f64, quantity.extents);
        std::ranges::transform(cells, values.values<double>().begin(), [&, m = member](const Estimate& e) { return e.*m; });
        fields.emplace_back(info.name, std::move(values));
        schema.constants.push_back(std::move(info));
      }
    }
  SnapshotWriter writer(file, schema, grid, SnapshotWriter::Mode::create);
  for (const auto& [name, values] : fields) writer.write_constant(name, values.ref());
  if (!rows.empty()) {
    points.attributes["rows"] = std::move(rows);
    writer.write_table(points);
  }
  writer.close();
}

}  // namespace marea::detail
