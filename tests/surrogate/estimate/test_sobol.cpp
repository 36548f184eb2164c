// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "estimate/sobol.hpp"

#include <array>
#include <cmath>
#include <functional>
#include <numbers>

#include <doctest/doctest.h>

#include <marea/io/random.hpp>

using namespace marea;
using namespace marea::detail;

// Ishigami's function with a = 7, b = 0.1: T. Ishigami, T. Homma (1990), doi:10.1109/ISUMA.1990.151285. Its indices, as
// in A. Saltelli et al. (2008), Global Sensitivity Analysis, doi:10.1002/9780470725184, table 4.1 and equation 4.34.
namespace {

using Input = std::array<double, 3>;
using Model = std::function<double(const Input&)>;
constexpr std::array<double, 3> published_first{0.3139, 0.4424, 0}, published_total{0.5576, 0.4424, 0.2437};

double ishigami(const Input& x) {
  return std::sin(x[0]) + 7 * std::pow(std::sin(x[1]), 2) + 0.1 * std::pow(x[2], 4) * std::sin(x[0]);
}
double near_ishigami(const Input& x) {
  return 1 + 1.1 * std::sin(x[0]) + 6 * std::pow(std::sin(x[1]), 2) + 0.09 * std::pow(x[2], 4) * std::sin(x[0]);
}
double useless(const Input& x) { return x[2]; }

struct Runs {
  Samples a, b, ab;
  operator PickFreeze() const { return {a, b, ab}; }
};

/// Input n of stream A or B, in (-pi, pi)^3.
Input input_of(std::uint64_t seed, const char* stream, std::int64_t n) {
  Input x;
  for (std::size_t d = 0; d < 3; ++d)
    x[d] = std::numbers::pi * (2 * Random(seed, stream, d).uniform(static_cast<std::uint64_t>(n)) - 1);
  return x;
}

/// Pilot and samples of a study of the function with these models, picking input `d`.
Runs runs_of(const std::vector<Model>& models, const std::vector<Group>& groups, std::size_t d, std::uint64_t seed) {
  constexpr std::int64_t pilot = 64;
  Runs runs;
  const auto draw = [&](int evaluation, const std::vector<int>& which, std::int64_t first, std::int64_t count) {
    Eigen::MatrixXd values(static_cast<Eigen::Index>(which.size()), count);
    for (std::int64_t n = 0; n < count; ++n) {
      Input x = input_of(seed, evaluation == 1 ? "b" : "a", first + n);
      if (evaluation == 2) x[d] = input_of(seed, "b", first + n)[d];
      for (std::size_t m = 0; m < which.size(); ++m)
        values(static_cast<Eigen::Index>(m), n) = models[static_cast<std::size_t>(which[m])](x);
    }
    return values;
  };
  Samples* of[] = {&runs.a, &runs.b, &runs.ab};
  for (int evaluation = 0; evaluation < 3; ++evaluation) {
    Samples& s = *of[evaluation];
    s.groups = groups;
    s.pilot = draw(evaluation, {0, 1}, 0, pilot);
    std::int64_t first = pilot;
    for (const Group& group : groups) {
      s.values.push_back(draw(evaluation, group.models, first, group.samples));
      first += group.samples;
    }
  }
  return runs;
}

}  // namespace

TEST_CASE("Sobol indices of Ishigami's function are the published ones") {
  for (const Model& surrogate : {Model(near_ishigami), Model(useless)})
    for (std::size_t d = 0; d < 3; ++d) {
      const Runs runs = runs_of({ishigami, surrogate}, {{{0, 1}, 4000}, {{1}, 40000}}, d, 7);
      const Estimate first = estimate_sobol_first(runs), total = estimate_sobol_total(runs);
      CAPTURE(d);
      CHECK(std::abs(first.value - published_first[d]) < 4 * first.standard_error + 5e-5);
      CHECK(std::abs(total.value - published_total[d]) < 4 * total.standard_error + 5e-5);
      CHECK(first.standard_error < 0.04);
      CHECK(total.standard_error < 0.04);
    }
}

TEST_CASE("a good surrogate narrows Sobol indices, a useless one does no harm") {
  const std::vector<Group> with{{{0, 1}, 500}, {{1}, 20000}}, without{{{0}, 500}};
  for (std::size_t d = 0; d < 3; ++d) {
    const double alone = estimate_sobol_total(runs_of({ishigami, useless}, without, d, 3)).standard_error;
    CHECK(estimate_sobol_total(runs_of({ishigami, near_ishigami}, with, d, 3)).standard_error < alone / 2);
    CHECK(estimate_sobol_total(runs_of({ishigami, useless}, with, d, 3)).standard_error < 1.2 * alone);
  }
}

TEST_CASE("intervals of Sobol indices hold the truth as often as they say") {
  constexpr int repetitions = 300;
  for (std::size_t d = 0; d < 3; ++d) {
    int first = 0, total = 0;
    for (int seed = 0; seed < repetitions; ++seed) {
      const Runs runs = runs_of({ishigami, near_ishigami}, {{{0, 1}, 100}, {{1}, 1000}}, d, 100 + seed);
      const Estimate s = estimate_sobol_first(runs), t = estimate_sobol_total(runs);
      first += s.low < published_first[d] && published_first[d] < s.high;
      total += t.low < published_total[d] && published_total[d] < t.high;
    }
    CAPTURE(d);
    CAPTURE(first);
    CAPTURE(total);
    // Binomial of 300 at 0.95: three standard deviations are 3.8 %; and the quotient's error is that to first order.
    CHECK(first > 0.90 * repetitions);
    CHECK(total > 0.90 * repetitions);
  }
}

TEST_CASE("an output that does not vary has indices of zero") {
  const Model constant = [](const Input&) { return 3.0; };
  const Runs runs = runs_of({constant, constant}, {{{0, 1}, 16}, {{1}, 32}}, 0, 1);

  CHECK(estimate_sobol_first(runs).value == 0);
  CHECK(estimate_sobol_total(runs).high == 0);
}
