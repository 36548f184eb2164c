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
      : error(fmt::format("{:.1f} %", 100 * speed.find("error")->as_double())),
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
  std::string error, surrogate, solver, label, kind, solver_error, ratio, interval;
  std::string cheaper;  ///< the other end of an interpolation
};

std::string gain(const Words& w) {
  if (w.kind == "lower_bound")
    return fmt::format("Speed-up of at least {} ({}): the surrogate takes {} a run; no solver configuration measured "
                       "reaches its error ({}), the most accurate ({}) takes {}.",
                       w.ratio, w.interval, w.surrogate, w.error, w.label, w.solver);
  return fmt::format("Speed-up {} at equal error ({}): the surrogate takes {} a run, the cheapest solver configuration "
                     "of its error ({}) {}.",
                     w.ratio, w.interval, w.surrogate, w.error, w.solver);
}

std::string loss(const Words& w) {
  if (w.kind == "lower_bound")
    return fmt::format("No speed-up: even the most accurate solver measured ({}) takes {}, the surrogate {} (error {}, "
                       "ratio {}, {}).",
                       w.label, w.solver, w.surrogate, w.error, w.ratio, w.interval);
  if (w.kind == "upper_bound")
    return fmt::format("No speed-up: the solver ({}) is at least as good ({}) in at most {}; the surrogate takes {} "
                       "for its error of {} (ratio {}, {}).",
                       w.label, w.solver_error, w.solver, w.surrogate, w.error, w.ratio, w.interval);
  return fmt::format("No speed-up: the solver reaches the surrogate's error ({}) in less time, {} against {} (ratio "
                     "{}, {}); interpolated between {} and {}, whose error is {}.",
                     w.error, w.solver, w.surrogate, w.ratio, w.interval, w.cheaper, w.label, w.solver_error);
}

std::string no_answer(const Words& w, std::size_t rounds) {
  if (w.kind == "upper_bound")
    return fmt::format("No speed-up shown: every solver configuration measured is more accurate than the surrogate "
                       "({}); the cheapest ({}) takes {}, the surrogate {}. Grids of fewer than {} cells a direction "
                       "are not tried.",
                       w.error, w.label, w.solver, w.surrogate, least_cells);
  if (rounds < enough_rounds)
    return fmt::format("No speed-up shown: a ratio of {} at equal error ({}) in {} timed rounds; at least {} are "
                       "needed.",
                       w.ratio, w.error, rounds, enough_rounds);
  return fmt::format("No clear difference at equal error ({}): the surrogate takes {} a run, the solver {} (ratio {}, "
                     "{}).",
                     w.error, w.surrogate, w.solver, w.ratio, w.interval);
}

std::string first_line(const OptionTree& speed) {
  if (!speed.find("ratio")) return "No speed-up: the surrogate's forecast does not stay finite.";
  const Words words(speed);
  const auto& verdict = speed.find("verdict")->as_string();
  if (verdict == "speed_up") return gain(words);
  if (verdict == "no_speed_up") return loss(words);
  return no_answer(words, speed.find("ratio_of_each_round")->as_array().size());
}

std::string cost_line(const OptionTree& speed) {
  const auto* runs = speed.find("break_even_runs");
  const auto* data = speed.find("data_seconds");
  std::string pay_back = "not paid back without a speed-up";
  if (speed.find("verdict")->as_string() == "speed_up") pay_back = "runs until it is paid back unknown";
  if (runs) pay_back = fmt::format("paid back after {:.0f} runs", runs->as_double());
  const std::string paid =
      data ? duration_text(data->as_double()) + " of solver time" : "a solver time that was not measured";
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
  lines.push_back(cost_line(speed));
  lines.push_back(fmt::format("Errors against the solver on {}, {} {}; {}.",
                              report.at_path("reference.grid")->as_string() +
                                  (held_out ? " (not the training runs)" : ""),
                              runs, held_out ? "held-out runs" : "runs", used));
  lines.push_back(reference_line(report));
  return lines;
}

}  // namespace marea::detail
