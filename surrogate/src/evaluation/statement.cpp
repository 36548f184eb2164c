// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <fmt/format.h>

#include "equal_error.hpp"
#include "speed_up.hpp"

namespace marea::detail {
namespace {

/// The numbers of the table speed_up as they stand in sentences.
struct Words {
  explicit Words(const OptionTree& speed)
      : field(speed.find("field")->as_string()),
        error(fmt::format("{:.1f} %", 100 * speed.find("error")->as_double())),
        surrogate(duration_text(speed.find("surrogate_seconds")->as_double())),
        solver(duration_text(speed.find("solver_seconds")->as_double())),
        label(speed.find("solver_label")->as_string()),
        kind(speed.find("solver_cost_is")->as_string()),
        solver_error(fmt::format("{:.1f} %", 100 * speed.find("solver_error")->as_double())),
        ratio(fmt::format("{:.3g}", speed.find("ratio")->as_double())),
        interval(fmt::format("95 % interval {:.3g} to {:.3g}", speed.find("ratio_low")->as_double(),
                             speed.find("ratio_high")->as_double())) {
    if (const auto* other = speed.find("cheaper_solver_label")) cheaper = other->as_string();
  }
  std::string field, error, surrogate, solver, label, kind, solver_error, ratio, interval;
  std::string cheaper;  ///< the other end of an interpolation
};

std::string gain(const Words& w) {
  if (w.kind == "lower_bound")
    return fmt::format("Speed-up of at least {} ({}): the surrogate takes {} a run; no solver configuration measured "
                       "reaches its error in {} ({}), the most accurate ({}) takes {}.",
                       w.ratio, w.interval, w.surrogate, w.field, w.error, w.label, w.solver);
  return fmt::format("Speed-up {} at equal error ({}): the surrogate takes {} a run, the cheapest uniform-grid solver "
                     "configuration of its error in {} ({}) {}.",
                     w.ratio, w.interval, w.surrogate, w.field, w.error, w.solver);
}

std::string loss(const Words& w) {
  if (w.kind == "lower_bound")
    return fmt::format("No speed-up: even the most accurate solver measured ({}) takes {}, the surrogate {} (error in "
                       "{} {}, ratio {}, {}).",
                       w.label, w.solver, w.surrogate, w.field, w.error, w.ratio, w.interval);
  if (w.kind == "upper_bound")
    return fmt::format("No speed-up: the solver ({}) is at least as good in {} ({}) in at most {}; the surrogate takes "
                       "{} for its error of {} (ratio {}, {}).",
                       w.label, w.field, w.solver_error, w.solver, w.surrogate, w.error, w.ratio, w.interval);
  return fmt::format("No speed-up: the solver reaches the surrogate's error in {} ({}) in less time, {} against {} "
                     "(ratio {}, {}); interpolated between {} and {}, whose error is {}.",
                     w.field, w.error, w.solver, w.surrogate, w.ratio, w.interval, w.cheaper, w.label, w.solver_error);
}

std::string no_answer(const Words& w, std::size_t rounds) {
  if (w.kind == "upper_bound")
    return fmt::format("No speed-up shown: every solver configuration measured is more accurate than the surrogate "
                       "in {} ({}); the cheapest ({}) takes {}, the surrogate {}. Grids of fewer than {} cells a "
                       "direction are not tried.",
                       w.field, w.error, w.label, w.solver, w.surrogate, least_cells);
  if (rounds < enough_rounds)
    return fmt::format("No speed-up shown: a ratio of {} at equal error in {} ({}) in {} timed rounds; at least {} are "
                       "needed.",
                       w.ratio, w.field, w.error, rounds, enough_rounds);
  return fmt::format("No clear difference at equal error in {} ({}): the surrogate takes {} a run, the solver {} "
                     "(ratio {}, {}).",
                     w.field, w.error, w.surrogate, w.solver, w.ratio, w.interval);
}

/// "superposition errs no more (9.5 % against 10.3 %) and takes 0.8 ms".
std::string cheaper_baseline(const OptionTree& field) {
  const auto& baseline = *field.find("cheaper_baseline");
  return fmt::format("the baseline {} errs no more ({:.1f} % against {:.1f} %) and takes {}",
                     baseline.find("label")->as_string(), 100 * baseline.find("error")->as_double(),
                     100 * field.find("error")->as_double(), duration_text(baseline.find("seconds")->as_double()));
}

std::string first_line(const OptionTree& speed) {
  if (!speed.find("ratio")) return "No speed-up: the surrogate's forecast does not stay finite.";
  const Words words(speed);
  const auto& verdict = speed.find("verdict")->as_string();
  if (verdict == "baseline_pays")
    return fmt::format("The surrogate does not pay: in {} {}, the surrogate {}; over the solver alone the ratio at "
                       "equal error is {} ({}).",
                       words.field, cheaper_baseline(speed), words.surrogate, words.ratio, words.interval);
  if (verdict == "speed_up") return gain(words);
  if (verdict == "no_speed_up") return loss(words);
  return no_answer(words, speed.find("ratio_of_each_round")->as_array().size());
}

/// An output field that is not the first line's.
std::string field_line(const std::string& name, const OptionTree& field) {
  if (!field.find("ratio")) return fmt::format("{}: the forecast does not stay finite.", name);
  const auto& verdict = field.find("verdict")->as_string();
  const std::string numbers = fmt::format(
      "ratio {:.3g} at equal error ({:.1f} %), 95 % interval {:.3g} to {:.3g}", field.find("ratio")->as_double(),
      100 * field.find("error")->as_double(), field.find("ratio_low")->as_double(),
      field.find("ratio_high")->as_double());
  if (verdict == "baseline_pays")
    return fmt::format("{}: does not pay, {}; over the solver alone: {}.", name, cheaper_baseline(field), numbers);
  const char* word = verdict == "speed_up" ? "speed-up" : verdict == "no_speed_up" ? "no speed-up" : "none shown";
  return fmt::format("{}: {}, {}.", name, word, numbers);
}

/// The baseline of the least error in each field; "" without baselines.
std::string baseline_line(const OptionTree& speed) {
  std::string text;
  for (const auto& [name, field] : speed.find("fields")->as_table())
    if (const auto* best = field.find("best_baseline"))
      text += fmt::format("{}{} in {} ({:.1f} %, {})", text.empty() ? "" : "; ", best->find("label")->as_string(), name,
                          100 * best->find("error")->as_double(), duration_text(best->find("seconds")->as_double()));
  return text.empty() ? text : "Best baselines: " + text + ".";
}

std::string cost_line(const OptionTree& speed) {
  const auto* runs = speed.find("break_even_runs");
  const auto* data = speed.find("data_seconds");
  std::string pay_back = "not paid back without a speed-up";
  if (speed.find("verdict")->as_string() == "speed_up") pay_back = "runs until it is paid back unknown";
  if (runs) pay_back = fmt::format("paid back after {:.0f} runs", runs->as_double());
  const auto* processor = speed.find("data_cpu_seconds");
  const std::string paid = data && processor
                               ? fmt::format("{} of solver time, measured as they were made ({} of processor time)",
                                             duration_text(data->as_double()), duration_text(processor->as_double()))
                               : "a solver time that was not measured";
  return fmt::format("Training took {}, its data {}: {}.", duration_text(speed.find("training_seconds")->as_double()),
                     paid, pay_back);
}

std::string reference_line(const OptionTree& report) {
  const double own = report.at_path("reference.estimated_error")->as_double();
  const double error = report.at_path("speed_up.error")->as_double();
  const bool much = own > error / 3;
  return fmt::format(
      "{}The reference is {:.1f} % from the data's resolution and {:.1f} % from a still finer run; its own error is "
      "about {:.1f} %{}.",
      much ? "Warning: " : "", 100 * report.at_path("reference.distance_to_data")->as_double(),
      100 * report.at_path("reference.distance_to_finer")->as_double(), 100 * own,
      much ? ", more than a third of the surrogate's: errors and ratio are uncertain; raise --refinement" : "");
}

/// "p 1.10 %; q 3.20 %".
std::string data_line(const OptionTree& errors) {
  std::string text;
  for (const auto& [name, error] : errors.as_table())
    text += fmt::format("{}{} {:.2f} %", text.empty() ? "" : "; ", name, 100 * error.as_double());
  return "Errors of the surrogate against the data of its own grid, as benchmarks publish them: " + text + ".";
}

}  // namespace

std::string duration_text(double seconds) {
  if (seconds < 1e-3) return fmt::format("{:.3g} us", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.3g} ms", seconds * 1e3);
  if (seconds < 120) return fmt::format("{:.3g} s", seconds);
  return fmt::format("{:.3g} min", seconds / 60);
}

std::vector<std::string> statement(const OptionTree& report) {
  const auto& speed = *report.find("speed_up");
  const auto threads = report.find("threads")->as_integer();
  const std::string used =
      threads == 1 ? "one thread" : fmt::format("each method with its best of up to {} threads", threads);
  const auto runs = report.at_path("reference.runs")->as_integer();
  const auto* seen = report.at_path("reference.seen_runs");
  const bool held_out = !seen || seen->as_integer() == 0;
  std::vector<std::string> lines;
  if (!held_out)
    lines.push_back(fmt::format("Not held out: {} of {} runs are training or validation data of these models; what "
                                "follows says little about new runs.",
                                seen->as_integer(), runs));
  lines.push_back(first_line(speed));
  for (const auto& [name, field] : speed.find("fields")->as_table())
    if (name != speed.find("field")->as_string()) lines.push_back(field_line(name, field));
  if (auto line = baseline_line(speed); !line.empty()) lines.push_back(std::move(line));
  lines.push_back(cost_line(speed));
  const auto* trainings = speed.find("trainings");
  const std::string trained = trainings && trainings->as_integer() > 1
                                  ? fmt::format("{} trainings of other seeds", trainings->as_integer())
                                  : "one training, whose luck the interval does not hold";
  lines.push_back(fmt::format("Errors against the solver on {}, {} {}; {}; {}.",
                              report.at_path("reference.grid")->as_string() +
                                  (held_out ? " (not the training runs)" : ""),
                              runs, held_out ? "held-out runs" : "runs", used, trained));
  lines.push_back(reference_line(report));
  if (const auto* own = report.find("errors_on_data")) lines.push_back(data_line(*own));
  return lines;
}

}  // namespace marea::detail
