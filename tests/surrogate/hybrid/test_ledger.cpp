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
  CHECK(s.audits_effective == 2);
  CHECK(s.audited_error_high == doctest::Approx(0.03 + 0.12706).epsilon(1e-4));
  CHECK(s.audited_error_low == 0);
  CHECK(s.share_within == 0.5);
  // Wilson's interval for 1 of 2: 0.0945 to 0.9055.
  CHECK(s.share_low == doctest::Approx(0.0945).epsilon(1e-3));
  CHECK(s.share_high == doctest::Approx(0.9055).epsilon(1e-3));
  // Solver alone: 4 intervals of 10 s; spent: 3 + 10 + 20 s.
  CHECK(s.solver_seconds_per_interval == 10);
  CHECK(s.net_speed_up == doctest::Approx(40.0 / 33.0));
}

TEST_CASE("the run's error is what audits know and, for the rest, their mean with its range") {
  const std::vector<LedgerEntry> ledger{accepted(0.02, 1, 10), accepted(0.04, 1, 10), accepted(unknown, 1, 0), rejected(10)};
  const auto s = summarise(ledger, 0.03);
  CHECK(s.run_error_sum == doctest::Approx(0.02 + 0.04 + 0.03));
  CHECK(s.run_error_low == doctest::Approx(0.06));
  CHECK(s.run_error_high == doctest::Approx(0.06 + 0.15706).epsilon(1e-4));
  CHECK(s.run_error_independent == doctest::Approx(std::sqrt(1.5 * (0.02 * 0.02 + 0.04 * 0.04))));
}

TEST_CASE("the error of a run with every accepted interval audited has no range") {
  const auto s = summarise({accepted(0.1, 1, 1), rejected(1), accepted(0.3, 1, 1)}, 0.5);
  CHECK(s.run_error_low == s.run_error_sum);
  CHECK(s.run_error_high == s.run_error_sum);
}

TEST_CASE("audits that resemble their neighbours count as fewer independent ones") {
  // Ten times 1, ten times 3: deviations are -1 or 1, products of neighbours 18 times 1 and once -1, so r = 17/20.
  std::vector<LedgerEntry> ledger;
  for (int k = 0; k < 20; ++k) ledger.push_back(accepted(k < 10 ? 1.0 : 3.0, 1, 1));
  auto s = summarise(ledger, 5);
  CHECK(s.audit_correlation == doctest::Approx(0.85));
  CHECK(s.audits_effective == doctest::Approx(20 * 0.15 / 1.85));
  CHECK(std::isinf(s.audited_error_high));
  CHECK(s.audited_error_low == 0);
  CHECK(to_string(s).find("range unknown") != std::string::npos);

  // Blocks of two: of 19 products 10 are 1 and 9 are -1, r = 1/20, 20 audits count as 18.095 of 17 degrees of freedom.
  ledger.clear();
  for (int k = 0; k < 20; ++k) ledger.push_back(accepted(k / 2 % 2 ? 1.0 : 3.0, 1, 1));
  s = summarise(ledger, 5);
  CHECK(s.audit_correlation == doctest::Approx(0.05));
  const double standard_error = std::sqrt(20.0 / 19 / (20 * 0.95 / 1.05));
  CHECK(s.audited_error_high == doctest::Approx(2 + 2.10982 * standard_error).epsilon(1e-4));
}

TEST_CASE("Student's quantile for ten audits is that of the tables") {
  std::vector<LedgerEntry> ledger;
  for (int k = 0; k < 10; ++k) ledger.push_back(accepted(k % 2 ? 1.0 : 3.0, 1, 1));
  const auto s = summarise(ledger, 5);
  // Deviation sqrt(10/9), standard error 1/3, quantile of nine degrees of freedom 2.2622.
  CHECK(s.audited_error_high == doctest::Approx(2 + 2.2622 / 3).epsilon(1e-5));
}

TEST_CASE("an audit that was not drawn does not enter the sample") {
  auto forced = accepted(0.5, 1, 10);
  forced.drawn = false;
  CHECK(summarise({forced}, 0.1).audited == 0);
}

TEST_CASE("a ledger survives the way through a table") {
  std::vector<LedgerEntry> ledger{accepted(0.02, 1, 10), rejected(3)};
  auto& first = ledger.front();
  first.seconds_surrogate = 1, first.seconds_solver = 2, first.seconds_checks = 4;
  first.seconds_copies = 8, first.seconds_audit = 16;
  first.bytes_to_host = 32, first.bytes_to_device = 64;
  first.trust = 1.5, first.band = 0.25;
  const auto table = to_table(ledger, 0.05);
  const auto back = to_ledger(table);
  REQUIRE(back.size() == 2);
  CHECK(back[0].accepted);
  CHECK(back[0].audited_error == 0.02);
  CHECK(!back[1].accepted);
  CHECK(back[1].seconds_solver == 3);
  CHECK(std::isnan(back[1].invariants));
  CHECK(back[0].seconds_surrogate == 1);
  CHECK(back[0].seconds_solver == 2);
  CHECK(back[0].seconds_checks == 4);
  CHECK(back[0].seconds_copies == 8);
  CHECK(back[0].seconds_audit == 16);
  CHECK(back[0].bytes_to_host == 32);
  CHECK(back[0].bytes_to_device == 64);
  CHECK(back[0].trust == 1.5);
  CHECK(back[0].band == 0.25);
  CHECK(std::isnan(back[1].trust));
  CHECK(summarise(table).alarms == 1);
  CHECK(to_string(summarise(table)).find("; 1 inputs unlike the training's") != std::string::npos);
  CHECK(summarise(table).tolerance == 0.05);
  CHECK(to_string(summarise(table)) == to_string(summarise(ledger, 0.05)));
}

TEST_CASE("a ledger from before bytes were counted is read, its bytes unknown") {
  Table table;
  table.name = "ledger";
  table.columns = {"start", "end", "proposed", "accepted", "residual", "invariants", "domain", "audited", "drawn",
                   "audited_error", "seconds_surrogate", "seconds_solver", "seconds_checks", "seconds_copies",
                   "seconds_audit"};
  table.attributes["tolerance"] = 0.05;
  table.values = {0, 60, 1, 1, 0.01, 0.02, 0, 1, 1, 0.03, 1, 0, 2, 3, 4,  // one row
                  60, 120, 1, 0, 0.5, 0.02, 0, 0, 0, 0, 1, 5, 2, 3, 0};
  const auto ledger = to_ledger(table);
  REQUIRE(ledger.size() == 2);
  CHECK(ledger[0].seconds_audit == 4);
  CHECK(ledger[1].start == 60);
  CHECK(std::isnan(ledger[1].bytes_to_host));
  CHECK(std::isnan(ledger[1].trust));
  const LedgerSummary s = summarise(table);
  CHECK(s.bytes_to_host == 0);
  CHECK(s.accepted == 1);
  CHECK(std::isnan(to_table(ledger, 0.05).values.back()));
}

TEST_CASE("a foreign table is no ledger") {
  Table gauge;
  gauge.name = "gauge";
  gauge.columns = {"time", "eta"};
  CHECK_THROWS_AS(to_ledger(gauge), DataError);
}

TEST_CASE("the summary says what its errors and its speed-up are against") {
  const auto slow = to_string(summarise({accepted(0.02, 20, 10)}, 0.03));
  CHECK(slow.find("no speed-up: 3.00 times the cost of the solver on the same grid, not at equal error") != std::string::npos);
  CHECK(slow.find("error added per accepted interval, against the solver on the same grid: 0.02") != std::string::npos);
  CHECK(slow.find("fewer than the stated") == std::string::npos);
  const auto wrong = to_string(summarise({accepted(0.02, 1, 10), accepted(0.05, 1, 10)}, 0.03));
  CHECK(wrong.find("fewer than the stated 90 %") != std::string::npos);
}
