// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <marea/io/error.hpp>
#include <marea/surrogate/hybrid/ledger.hpp>

using namespace marea;
using namespace marea::hybrid;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

LedgerEntry accepted(double audited_error, double surrogate, double audit) {
  return {.start = 0, .end = 1, .proposed = true, .accepted = true, .residual = 0.01, .invariants = 0.01, .domain = 0,
          .audited = audit > 0, .drawn = audit > 0, .audited_error = audited_error, .seconds_surrogate = surrogate,
          .seconds_audit = audit};
}

LedgerEntry rejected(double solver) {
  return {.start = 0, .end = 1, .proposed = true, .residual = 1, .invariants = unknown, .domain = 0,
          .audited_error = unknown, .seconds_solver = solver};
}

}  // namespace

TEST_CASE("the summary of a run counts coverage, audits and net speed-up") {
  const std::vector<LedgerEntry> ledger{accepted(0.02, 1, 10), accepted(0.04, 1, 10), accepted(unknown, 1, 0), rejected(10)};
  const auto s = summarise(ledger, 0.03);
  CHECK(s.intervals == 4);
  CHECK(s.coverage == 0.75);
  CHECK(s.audited == 2);
  CHECK(s.audited_error_mean == doctest::Approx(0.03));
  CHECK(s.audited_error_maximum == 0.04);
  // Two values 0.02 and 0.04: deviation 0.01 sqrt 2, standard error 0.01, Student's 97.5 % quantile 12.706.
  CHECK(s.audited_error_high == doctest::Approx(0.03 + 0.12706).epsilon(1e-3));
  CHECK(s.audited_error_low == 0);
  CHECK(s.share_within == 0.5);
  // Wilson's interval for 1 of 2: 0.0945 to 0.9055.
  CHECK(s.share_low == doctest::Approx(0.0945).epsilon(1e-3));
  CHECK(s.share_high == doctest::Approx(0.9055).epsilon(1e-3));
  // Solver alone: 4 intervals of 10 s; spent: 3 + 10 + 20 s.
  CHECK(s.solver_seconds_per_interval == 10);
  CHECK(s.net_speed_up == doctest::Approx(40.0 / 33.0));
}

TEST_CASE("Student's quantile for ten audits is that of the tables") {
  std::vector<LedgerEntry> ledger;
  for (int k = 0; k < 10; ++k) ledger.push_back(accepted(k % 2 ? 1.0 : 3.0, 1, 1));
  const auto s = summarise(ledger, 5);
  // Deviation sqrt(10/9), standard error 1/3, quantile of nine degrees of freedom 2.2622.
  CHECK(s.audited_error_high == doctest::Approx(2 + 2.2622 / 3).epsilon(1e-3));
}

TEST_CASE("an audit that was not drawn does not enter the sample") {
  auto forced = accepted(0.5, 1, 10);
  forced.drawn = false;
  CHECK(summarise({forced}, 0.1).audited == 0);
}

TEST_CASE("a ledger survives the way through a table") {
  const std::vector<LedgerEntry> ledger{accepted(0.02, 1, 10), rejected(3)};
  const auto table = to_table(ledger, 0.05);
  const auto back = to_ledger(table);
  REQUIRE(back.size() == 2);
  CHECK(back[0].accepted);
  CHECK(back[0].audited_error == 0.02);
  CHECK(!back[1].accepted);
  CHECK(back[1].seconds_solver == 3);
  CHECK(std::isnan(back[1].invariants));
  CHECK(summarise(table).tolerance == 0.05);
}

TEST_CASE("a foreign table is no ledger") {
  Table gauge;
  gauge.name = "gauge";
  gauge.columns = {"time", "eta"};
  CHECK_THROWS_AS(to_ledger(gauge), DataError);
}

TEST_CASE("a run without speed-up says so") {
  const auto text = to_string(summarise({accepted(0.02, 20, 10)}, 0.03));
  CHECK(text.find("no speed-up: 3.00 times the cost of the solver alone") != std::string::npos);
}
