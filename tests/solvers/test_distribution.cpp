// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "simulation/distribution.hpp"

#include <cmath>
#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include <marea/io/case_file.hpp>
#include <marea/io/error.hpp>
#include <marea/solvers/ensemble.hpp>
#include <marea/solvers/numerics/quantiles.hpp>

using namespace marea;
using doctest::Approx;

namespace {

Distribution distribution(const std::string& entry) {
  const OptionTree file = parse_case_text("[ensemble.vary]\nx = " + entry, "case.toml");
  return read_distribution(*file.at_path("ensemble.vary.x"), "x");
}

std::string refusal(const std::string& entry) {
  try {
    distribution(entry);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

bool says(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

}  // namespace

// Expected values are SciPy's (scipy.stats, ppf).
TEST_CASE("quantile functions are those of SciPy") {
  CHECK(normal_quantile(1e-10) == Approx(-6.361340902404).epsilon(1e-12));
  CHECK(normal_quantile(0.975) == Approx(1.95996398454).epsilon(1e-12));
  CHECK(beta_quantile(2, 5, 0.1) == Approx(0.09259525891313).epsilon(1e-11));
  CHECK(beta_quantile(0.5, 0.5, 0.7) == Approx(0.7938926261462).epsilon(1e-11));
  CHECK(student_t_quantile(4.5, 0.975) == Approx(2.658912347204).epsilon(1e-11));
  CHECK(student_t_quantile(30, 0.1) == Approx(-1.310415025391).epsilon(1e-11));
}

TEST_CASE("each distribution maps shares as SciPy's does") {
  CHECK(distribution("[2, 6]").at(0.25) == 3);
  CHECK(distribution("{ distribution = 'uniform', low = 2, high = 6 }").at(0.25) == 3);
  CHECK(distribution("{ distribution = 'normal', mean = 1, std = 2 }").at(0.975) ==
        Approx(4.91992796908).epsilon(1e-11));
  CHECK(distribution("{ distribution = 'lognormal', mean = 1.5, std = 0.6 }").at(0.8) ==
        Approx(1.926090602097).epsilon(1e-11));
  CHECK(distribution("{ distribution = 'truncated', mean = 0, std = 1, low = 1, high = 3 }").at(0.25) ==
        Approx(1.178348173822).epsilon(1e-11));
  CHECK(distribution("{ distribution = 'truncated', mean = 0, std = 1, low = -1, high = 3 }").at(0.25) ==
        Approx(-0.3354204656677).epsilon(1e-11));
  CHECK(distribution("{ distribution = 'triangular', low = 0, mode = 1, high = 4 }").at(0.1) ==
        Approx(0.6324555320337).epsilon(1e-11));
  CHECK(distribution("{ distribution = 'triangular', low = 0, mode = 1, high = 4 }").at(0.9) ==
        Approx(2.90455488499).epsilon(1e-11));
  CHECK(distribution("{ distribution = 'beta', a = 2, b = 5, low = 10, high = 20 }").at(0.1) ==
        Approx(10 + 10 * 0.09259525891313).epsilon(1e-11));
}

TEST_CASE("a discrete distribution gives each value its weight") {
  const auto d = distribution("{ distribution = 'discrete', values = [5, 7, 9], weights = [1, 0, 3] }");
  CHECK(d.at(0) == 5);
  CHECK(d.at(0.249) == 5);
  CHECK(d.at(0.25) == 9);
  CHECK(d.at(1) == 9);
}

TEST_CASE("samples of a file are equally likely, whatever their order") {
  std::ofstream("samples.txt") << "# height, period\n3.0, 1\n1.0, 2\n\n2.0, 3\n4.0, 4\n";
  const auto d = distribution("{ distribution = 'samples', file = 'samples.txt' }");
  CHECK(d.at(0.1) == 1);
  CHECK(d.at(0.3) == 2);
  CHECK(d.at(0.6) == 3);
  CHECK(d.at(0.9) == 4);
  CHECK(distribution("{ distribution = 'samples', file = 'samples.txt', column = 1 }").at(0.9) == 4);
  std::ofstream("samples.txt") << "3.0\ntwo\n";
  CHECK_THROWS_WITH_AS(distribution("{ distribution = 'samples', file = 'samples.txt' }"),
                       doctest::Contains("samples.txt: line 2: 'two'"), DataError);
}

TEST_CASE("parameters that describe no distribution are refused, with the rule") {
  CHECK(says(refusal("[2, 1]"), "'x' = [2, 1] must not fall"));
  CHECK(says(refusal("[1, 2, 3]"), "must be [low, high]"));
  CHECK(says(refusal("3"), "must be [low, high] or { distribution"));
  CHECK(says(refusal("{ distribution = 'norml', mean = 1 }"), "must be one of uniform, normal"));
  CHECK(says(refusal("{ distribution = 'normal', mean = 1 }"), "key std is missing"));
  CHECK(says(refusal("{ distribution = 'normal', mean = 1, std = 0 }"), "std = 0 must be > 0"));
  CHECK(says(refusal("{ distribution = 'normal', mean = nan, std = 1 }"), "must be finite"));
  CHECK(says(refusal("{ distribution = 'lognormal', mean = -1, std = 1 }"), "mean = -1 must be > 0"));
  CHECK(says(refusal("{ distribution = 'normal', mean = 1, sdt = 1, std = 2 }"),
             "unknown key 'sdt', did you mean 'std'?"));
  CHECK(says(refusal("{ distribution = 'triangular', low = 0, mode = 5, high = 4 }"), "mode = 5 must lie in [0, 4]"));
  CHECK(says(refusal("{ distribution = 'truncated', mean = 0, std = 1, low = 50, high = 60 }"), "holds no part"));
  CHECK(says(refusal("{ distribution = 'discrete', values = [1, 2], weights = [1] }"), "2 values with 1 weights"));
  CHECK(says(refusal("{ distribution = 'discrete', values = [1], weights = [-1] }"), "must be >= 0"));
}

TEST_CASE("members of an ensemble follow their distributions") {
  const auto members = ensemble_members(parse_case_text(R"(
[solver]
name = "shallow_water"
[initial]
height = 1.0
[ensemble]
members = 1000
sampling = "latin_hypercube"
[ensemble.vary]
"initial.height" = { distribution = "lognormal", mean = 1.5, std = 0.6 }
)", "case.toml"));
  double sum = 0, squares = 0;
  for (const auto& member : members) {
    const double height = member.case_file.at_path("initial.height")->as_double();
    sum += height;
    squares += height * height;
  }
  // One sample in each of 1000 strata: the error of the mean is of the order of the last stratum's width over 1000.
  CHECK(sum / 1000 == Approx(1.5).epsilon(2e-3));
  CHECK(std::sqrt(squares / 1000 - sum * sum / 1e6) == Approx(0.6).epsilon(2e-2));
}
