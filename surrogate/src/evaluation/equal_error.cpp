// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "equal_error.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <marea/io/random.hpp>

#include "timing.hpp"

namespace marea::detail {
namespace {

constexpr int replicates = 1000;

/// A round of a run by one of the trainings, as drawn.
struct Draw {
  std::size_t training, run, round;
};

double mean_error(const Measured& method, const std::vector<std::size_t>& runs) {
  double sum = 0;
  for (auto run : runs) sum += method.errors[run];
  return sum / static_cast<double>(runs.size());
}

double mean_error(const std::vector<Measured>& surrogates, const std::vector<std::size_t>& trainings,
                  const std::vector<std::size_t>& runs) {
  double sum = 0;
  for (auto training : trainings) sum += mean_error(surrogates[training], runs);
  return sum / static_cast<double>(trainings.size());
}

/// Ratios of the draws, with errors that are means over `trainings` and `runs`.
std::vector<double> ratios_of(const std::vector<Measured>& surrogates, const std::vector<Measured>& solvers,
                              const std::vector<std::size_t>& trainings, const std::vector<std::size_t>& runs,
                              const std::vector<Draw>& draws) {
  const double error = mean_error(surrogates, trainings, runs);
  std::vector<CostErrorPoint> points;
  for (const auto& solver : solvers) points.push_back({solver.label, 0, mean_error(solver, runs)});
  std::vector<double> ratios;
  for (const auto& [training, run, round] : draws) {
    for (std::size_t s = 0; s < solvers.size(); ++s) points[s].cost = solvers[s].seconds[run][round];
    ratios.push_back(CostErrorCurve(points).cost_at(error).cost / surrogates[training].seconds[run][round]);
  }
  return ratios;
}

std::vector<Draw> rounds_of(const std::vector<Measured>& surrogates, const std::vector<std::size_t>& trainings,
                            const std::vector<std::size_t>& runs) {
  std::vector<Draw> draws;
  for (auto training : trainings)
    for (auto run : runs)
      for (std::size_t round = 0; round < surrogates[training].seconds[run].size(); ++round)
        draws.push_back({training, run, round});
  return draws;
}

std::vector<std::size_t> one_each(std::size_t count) {
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

/// As many of `all` as there are, with replacement; one alone costs no random number.
std::vector<std::size_t> resample(const std::vector<std::size_t>& all, const Random& random, std::uint64_t& draw) {
  if (all.size() == 1) return all;
  std::vector<std::size_t> drawn;
  for (std::size_t n = 0; n < all.size(); ++n)
    drawn.push_back(static_cast<std::size_t>(random.below(draw++, std::ssize(all))));
  return drawn;
}

double median_cost(const Measured& method) {
  std::vector<double> all;
  for (const auto& rounds : method.seconds) all.insert(all.end(), rounds.begin(), rounds.end());
  return median(std::move(all));
}

}  // namespace

EqualError compare_at_equal_error(const std::vector<Measured>& surrogates, const std::vector<Measured>& solvers) {
  const auto trainings = one_each(surrogates.size()), runs = one_each(surrogates.front().errors.size());
  std::vector<Measured> finite;
  for (const auto& solver : solvers)
    if (std::isfinite(mean_error(solver, runs))) finite.push_back(solver);
  std::vector<CostErrorPoint> points;
  for (const auto& solver : finite) points.push_back({solver.label, median_cost(solver), mean_error(solver, runs)});

  EqualError result;
  result.solver = CostErrorCurve(points).cost_at(mean_error(surrogates, trainings, runs));
  result.ratios = ratios_of(surrogates, finite, trainings, runs, rounds_of(surrogates, trainings, runs));
  result.ratio = median(result.ratios);

  std::vector<double> medians;
  for (int replicate = 0; replicate < replicates; ++replicate) {
    const Random random(1, "evaluate.bootstrap", static_cast<std::uint64_t>(replicate));
    std::uint64_t draw = 0;
    const auto drawn_trainings = resample(trainings, random, draw), drawn_runs = resample(runs, random, draw);
    auto draws = rounds_of(surrogates, drawn_trainings, drawn_runs);
    for (auto& [training, run, round] : draws)
      round = static_cast<std::size_t>(random.below(draw++, std::ssize(surrogates[training].seconds[run])));
    medians.push_back(median(ratios_of(surrogates, finite, drawn_trainings, drawn_runs, draws)));
  }
  std::sort(medians.begin(), medians.end());
  result.low = medians[replicates / 40];
  result.high = medians[replicates - 1 - replicates / 40];
  return result;
}

std::string EqualError::verdict() const {
  if (high <= 1) return "no_speed_up";
  const bool shown = low > 1 && ratios.size() >= enough_rounds && solver.kind != EquivalentCost::Kind::upper_bound;
  return shown ? "speed_up" : "unclear";
}

}  // namespace marea::detail
