// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <marea/io/random.hpp>

#include "estimate/plan.hpp"
#include "estimate/statistics.hpp"

using namespace marea;
using namespace marea::detail;

// How often intervals hold the truth, over repetitions of the whole command on problems whose answers are known:
// MAREA_COVERAGE_REPETITIONS=2000 gives the numbers of docs/estimate.md.
namespace {

using Model = std::function<double(double u)>;

int repetitions() {
  const char* text = std::getenv("MAREA_COVERAGE_REPETITIONS");
  return text ? std::atoi(text) : 400;
}

/// Models on the inputs [first, first + count) of a seed's sequence.
Eigen::MatrixXd run(const std::vector<Model>& models, const std::vector<int>& which, std::uint64_t seed,
                    std::int64_t first, std::int64_t count) {
  const Random random(seed, "test.coverage");
  Eigen::MatrixXd values(static_cast<Eigen::Index>(which.size()), count);
  for (std::int64_t n = 0; n < count; ++n)
    for (std::size_t m = 0; m < which.size(); ++m)
      values(static_cast<Eigen::Index>(m), n) =
          models[static_cast<std::size_t>(which[m])](random.uniform(static_cast<std::uint64_t>(first + n)));
  return values;
}

constexpr std::int64_t pilot_samples = 32;

/// Fresh samples of the groups of `s`.
void draw_groups(const std::vector<Model>& models, std::uint64_t seed, Samples& s) {
  const auto firsts = first_inputs(s.groups, pilot_samples);
  for (std::size_t g = 0; g < firsts.size(); ++g)
    s.values.push_back(run(models, s.groups[g].models, seed, firsts[g], s.groups[g].samples));
  replace_not_finite(s);
}

/// The whole way of one estimate: pilot, plan, fresh samples.
Samples one_study(const std::vector<Model>& models, const std::vector<double>& costs, std::uint64_t seed) {
  std::vector<int> all;
  for (std::size_t m = 0; m < models.size(); ++m) all.push_back(static_cast<int>(m));
  Samples s;
  s.pilot = run(models, all, seed, 0, pilot_samples);
  Samples whole = s;
  replace_not_finite(whole);
  const Eigen::MatrixXd c = covariance_of(whole.pilot);
  const Plan plan = make_plan(best_shares(c, costs), c, costs, 0.0, 100.0);  // a budget of a hundred runs
  s.groups = plan.groups;
  draw_groups(models, seed, s);
  return s;
}

struct Coverage {
  double share = 0, mean_error = 0, error_of_mean = 0;
};

Coverage coverage(const std::vector<Model>& models, const std::function<Estimate(const Samples&)>& statistic,
                  double truth, std::uint64_t seed) {
  const int count = repetitions();
  double held = 0, sum = 0, squares = 0;
  for (int n = 0; n < count; ++n) {
    const Estimate e = statistic(one_study(models, {1, 0.02}, seed * 1000003 + static_cast<std::uint64_t>(n)));
    held += e.low <= truth && truth <= e.high;
    sum += e.value - truth;
    squares += (e.value - truth) * (e.value - truth);
  }
  return {held / count, sum / count, std::sqrt(squares / count / count)};
}

const Model power{[](double u) { return std::pow(u, 5); }};
struct Surrogate {
  std::string name;
  Model model;
};
const std::vector<Surrogate> surrogates{
    {"good", [](double u) { return 1.1 * std::pow(u, 4.7) + 0.05; }},
    {"useless", [](double u) { return std::sin(2000 * u); }},
    {"anticorrelated", [](double u) { return 3 - std::pow(u, 4); }},
    {"constant", [](double) { return 0.7; }},
    {"not a number on one per cent",
     [](double u) { return std::fmod(100 * u, 1) < 0.01 ? std::numeric_limits<double>::quiet_NaN() : std::pow(u, 4.7); }}};

}  // namespace

// Bounds: 93 to 97 %, give or take three standard deviations of so many repetitions. Indicators have no upper bound: where
// truth and surrogate almost never part, few runs cannot tell never from seldom, and intervals stay wider than they need.
TEST_CASE("intervals hold the truth as often as they say, however bad the surrogate") {
  const struct {
    std::string name;
    std::function<Estimate(const Samples&)> of;
    double truth;
  } statistics[] = {
      {"mean", estimate_mean, 1.0 / 6},
      {"std", estimate_std, std::sqrt(1.0 / 11 - 1.0 / 36)},
      {"exceedance", [](const Samples& s) { return estimate_exceedance(s, 0.1); }, 1 - std::pow(0.1, 0.2)},
      {"quantile", [](const Samples& s) { return estimate_quantile(s, 0.7); }, std::pow(0.7, 5)}};
  const double spread = 3 * std::sqrt(0.05 * 0.95 / repetitions());
  std::uint64_t seed = 1;
  for (const Surrogate& surrogate : surrogates)
    for (const auto& statistic : statistics) {
      INFO(surrogate.name, ", ", statistic.name);
      const Coverage c = coverage({power, surrogate.model}, statistic.of, statistic.truth, seed++);
      MESSAGE(surrogate.name, ", ", statistic.name, ": ", 100 * c.share, " %, bias ", c.mean_error / c.error_of_mean,
              " sigma");
      CHECK(c.share > 0.93 - spread);
      const bool indicator = statistic.name == "exceedance" || statistic.name == "quantile";
      CHECK((indicator || c.share < 0.97 + spread));
      if (statistic.name == "mean" || statistic.name == "exceedance")
        CHECK(std::fabs(c.mean_error) < 4 * c.error_of_mean);
    }
}

TEST_CASE("intervals hold the truth where two groups of a good surrogate are of a size") {
  const std::vector<Model> models{power, surrogates[0].model};
  int held = 0;
  for (int n = 0; n < repetitions(); ++n) {
    const auto seed = 77 * 1000003 + static_cast<std::uint64_t>(n);
    Samples s;
    s.pilot = run(models, {0, 1}, seed, 0, pilot_samples);
    s.groups = {{{0, 1}, 40}, {{1}, 50}};
    draw_groups(models, seed, s);
    const Estimate e = estimate_mean(s);
    held += e.low <= 1.0 / 6 && 1.0 / 6 <= e.high;
  }
  const double share = static_cast<double>(held) / repetitions(), spread = 3 * std::sqrt(0.05 * 0.95 / repetitions());
  CHECK(share > 0.93 - spread);
  CHECK(share < 0.97 + spread);
}

TEST_CASE("a surrogate that knows its training runs by heart and nothing else does no harm") {
  int held = 0;
  for (int n = 0; n < repetitions(); ++n) {
    const auto seed = 78 * 1000003 + static_cast<std::uint64_t>(n);
    const Random training(seed, "test.training");
    std::vector<double> known;
    for (std::uint64_t i = 0; i < 200; ++i) known.push_back(training.uniform(i));
    const Model by_heart = [&](double u) {
      return std::ranges::find(known, u) != known.end() ? power(u) : 0.3;
    };
    const Estimate e = estimate_mean(one_study({power, by_heart}, {1, 0.02}, seed));
    held += e.low <= 1.0 / 6 && 1.0 / 6 <= e.high;
  }
  CHECK(static_cast<double>(held) / repetitions() > 0.93 - 3 * std::sqrt(0.05 * 0.95 / repetitions()));
}
