// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/hybrid/ledger.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <marea/io/error.hpp>

namespace marea::hybrid {
namespace {

const std::vector<std::string>& columns() {
  static const std::vector<std::string> names{
      "start", "end", "proposed", "accepted", "residual", "invariants", "domain", "audited", "drawn", "audited_error",
      "seconds_surrogate", "seconds_solver", "seconds_checks", "seconds_copies", "seconds_audit"};
  return names;
}

/// 97.5 % quantile of Student's distribution. Up to four degrees of freedom tabulated, beyond by Abramowitz and
/// Stegun (1964), 26.7.5: relative error below 1e-3.
double student_quantile(std::int64_t degrees) {
  constexpr double few[] = {12.7062, 4.3027, 3.1824, 2.7764};
  if (degrees <= 4) return few[degrees - 1];
  constexpr double z = 1.959964;
  const double n = static_cast<double>(degrees), z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z;
  return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n) +
         (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * n * n * n);
}

/// 95 % interval of a share: E. B. Wilson (1927), doi:10.1080/01621459.1927.10502953.
void wilson(std::int64_t hits, std::int64_t tries, double& low, double& high) {
  constexpr double z = 1.959964;
  const double n = static_cast<double>(tries), p = static_cast<double>(hits) / n;
  const double middle = p + z * z / (2 * n), half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  low = std::max(0.0, (middle - half) / (1 + z * z / n));
  high = std::min(1.0, (middle + half) / (1 + z * z / n));
}

void audited_statistics(const std::vector<LedgerEntry>& ledger, LedgerSummary& s) {
  double sum = 0, squares = 0;
  for (const auto& e : ledger) {
    if (!e.audited || !e.drawn) continue;
    ++s.audited;
    s.within_tolerance += e.audited_error <= s.tolerance;
    s.audited_error_maximum = std::max(s.audited_error_maximum, e.audited_error);
    sum += e.audited_error;
    squares += e.audited_error * e.audited_error;
  }
  if (s.audited == 0) return;
  const double n = static_cast<double>(s.audited), mean = sum / n;
  s.audited_error_mean = s.audited_error_low = s.audited_error_high = mean;
  if (s.audited > 1) {
    const double variance = std::max(0.0, (squares - n * mean * mean) / (n - 1));
    const double half = student_quantile(s.audited - 1) * std::sqrt(variance / n);
    s.audited_error_low = std::max(0.0, mean - half);
    s.audited_error_high = mean + half;
  }
  s.share_within = static_cast<double>(s.within_tolerance) / n;
  wilson(s.within_tolerance, s.audited, s.share_low, s.share_high);
}

}  // namespace

Table to_table(const std::vector<LedgerEntry>& ledger, double tolerance) {
  Table table;
  table.name = "ledger";
  table.columns = columns();
  table.units = {"s", "s", "1", "1", "1", "1", "1", "1", "1", "1", "s", "s", "s", "s", "s"};
  table.attributes["tolerance"] = tolerance;
  for (const auto& e : ledger)
    for (double value : {e.start, e.end, double(e.proposed), double(e.accepted), e.residual, e.invariants, e.domain,
                         double(e.audited), double(e.drawn), e.audited_error, e.seconds_surrogate, e.seconds_solver,
                         e.seconds_checks, e.seconds_copies, e.seconds_audit})
      table.values.push_back(value);
  return table;
}

std::vector<LedgerEntry> to_ledger(const Table& table) {
  if (table.columns != columns())
    fail<DataError>("ledger", "table '", table.name, "' has ", table.columns.size(),
                    " columns that are not those of a hybrid run's ledger; write it with this version of marea");
  std::vector<LedgerEntry> ledger;
  for (std::int64_t row = 0; row < table.rows(); ++row) {
    const double* v = table.values.data() + row * static_cast<std::int64_t>(columns().size());
    ledger.push_back({v[0], v[1], v[2] != 0, v[3] != 0, v[4], v[5], v[6], v[7] != 0, v[8] != 0, v[9], v[10], v[11],
                      v[12], v[13], v[14]});
  }
  return ledger;
}

LedgerSummary summarise(const std::vector<LedgerEntry>& ledger, double tolerance) {
  LedgerSummary s;
  s.tolerance = tolerance;
  std::int64_t solved = 0;
  for (const auto& e : ledger) {
    ++s.intervals;
    s.proposed += e.proposed;
    s.accepted += e.accepted;
    solved += !e.accepted + e.audited;
    s.seconds_surrogate += e.seconds_surrogate;
    s.seconds_solver += e.seconds_solver;
    s.seconds_checks += e.seconds_checks;
    s.seconds_copies += e.seconds_copies;
    s.seconds_audit += e.seconds_audit;
  }
  if (s.intervals > 0) s.coverage = static_cast<double>(s.accepted) / static_cast<double>(s.intervals);
  audited_statistics(ledger, s);
  if (solved > 0) {
    s.solver_seconds_per_interval = (s.seconds_solver + s.seconds_audit) / static_cast<double>(solved);
    const double spent =
        s.seconds_surrogate + s.seconds_solver + s.seconds_checks + s.seconds_copies + s.seconds_audit;
    if (spent > 0) s.net_speed_up = s.solver_seconds_per_interval * static_cast<double>(s.intervals) / spent;
  }
  return s;
}

LedgerSummary summarise(const Table& table) {
  const auto* tolerance = table.attributes.find("tolerance");
  if (!tolerance) fail<DataError>("ledger", "table '", table.name, "' has no attribute 'tolerance'");
  return summarise(to_ledger(table), tolerance->as_double());
}

std::string to_string(const LedgerSummary& s) {
  const std::string audited =
      s.audited == 0 ? std::string("no interval audited: the true error is not known")
                     : fmt::format("audited error {:.2g} ({:.2g} to {:.2g} with 95 % confidence, {} audits, largest {:.2g}), "
                                   "within tolerance in {:.0f} % ({:.0f} to {:.0f} %)",
                                   s.audited_error_mean, s.audited_error_low, s.audited_error_high, s.audited,
                                   s.audited_error_maximum, 100 * s.share_within, 100 * s.share_low, 100 * s.share_high);
  const std::string speed =
      s.net_speed_up == 0   ? std::string("net speed-up unknown: the solver ran no interval")
      : s.net_speed_up >= 1 ? fmt::format("net speed-up {:.2f} over the solver alone", s.net_speed_up)
                            : fmt::format("no speed-up: {:.2f} times the cost of the solver alone", 1 / s.net_speed_up);
  return fmt::format(
      "hybrid: {} of {} intervals by the surrogate (coverage {:.0f} %), tolerance {:g}\n"
      "        {}\n"
      "        {} (surrogate {:.2f} s, solver {:.2f} s, checks {:.2f} s, copies {:.2f} s, audits {:.2f} s)",
      s.accepted, s.intervals, 100 * s.coverage, s.tolerance, audited, speed, s.seconds_surrogate, s.seconds_solver,
      s.seconds_checks, s.seconds_copies, s.seconds_audit);
}

OptionTree to_tree(const LedgerSummary& s) {
  OptionTree t;
  t["intervals"] = s.intervals;
  t["proposed"] = s.proposed;
  t["accepted"] = s.accepted;
  t["coverage"] = s.coverage;
  t["tolerance"] = s.tolerance;
  t["audited"] = s.audited;
  t["audited_within_tolerance"] = s.within_tolerance;
  t["audited_error_mean"] = s.audited_error_mean;
  t["audited_error_low"] = s.audited_error_low;
  t["audited_error_high"] = s.audited_error_high;
  t["audited_error_maximum"] = s.audited_error_maximum;
  t["share_within"] = s.share_within;
  t["share_low"] = s.share_low;
  t["share_high"] = s.share_high;
  t["seconds_surrogate"] = s.seconds_surrogate;
  t["seconds_solver"] = s.seconds_solver;
  t["seconds_checks"] = s.seconds_checks;
  t["seconds_copies"] = s.seconds_copies;
  t["seconds_audit"] = s.seconds_audit;
  t["solver_seconds_per_interval"] = s.solver_seconds_per_interval;
  t["net_speed_up"] = s.net_speed_up;
  return t;
}

}  // namespace marea::hybrid
