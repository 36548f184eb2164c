// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/hybrid/ledger.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

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

/// 97.5 % quantile of Student's distribution. Up to ten degrees of freedom tabulated, beyond by Abramowitz and
/// Stegun (1964), 26.7.5: relative error below 1e-4.
double student_quantile(std::int64_t degrees) {
  constexpr double few[] = {12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281};
  if (degrees <= std::ssize(few)) return few[degrees - 1];
  constexpr double z = 1.959964;
  const double n = static_cast<double>(degrees), z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z;
  return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n) +
         (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * n * n * n);
}

/// 95 % interval of a share p of n tries: E. B. Wilson (1927), doi:10.1080/01621459.1927.10502953.
void wilson(double p, double n, double& low, double& high) {
  constexpr double z = 1.959964;
  const double middle = p + z * z / (2 * n), half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  low = std::max(0.0, (middle - half) / (1 + z * z / n));
  high = std::min(1.0, (middle + half) / (1 + z * z / n));
}

/// Lag-1 autocorrelation of a sequence in time; 0 when it does not vary.
double lag_one_correlation(std::span<const double> sequence, double mean) {
  double products = 0, squares = 0;
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    const double here = sequence[i] - mean;
    squares += here * here;
    if (i > 0) products += here * (sequence[i - 1] - mean);
  }
  return squares > 0 ? products / squares : 0;
}

/// Errors of neighbouring intervals are alike, so n audits tell less than n independent ones: n (1 - r) / (1 + r) for
/// an autoregressive sequence of first order. Thiebaux and Zwiers (1984),
/// doi:10.1175/1520-0450(1984)023<0800:TIAEOE>2.0.CO;2.
void audited_statistics(const std::vector<LedgerEntry>& ledger, LedgerSummary& s) {
  std::vector<double> errors;  // of the random sample
  double known = 0, known_squares = 0;
  std::int64_t unknown = s.accepted;
  for (const auto& e : ledger) {
    if (!e.audited) continue;
    known += e.audited_error;
    known_squares += e.audited_error * e.audited_error;
    --unknown;
    if (e.drawn) errors.push_back(e.audited_error);
  }
  s.audited = std::ssize(errors);
  if (errors.empty()) return;
  const double n = static_cast<double>(errors.size()), rest = static_cast<double>(unknown);
  double sum = 0, squares = 0, deviations = 0;
  for (double error : errors) {
    s.within_tolerance += error <= s.tolerance;
    s.audited_error_maximum = std::max(s.audited_error_maximum, error);
    sum += error;
    squares += error * error;
  }
  const double mean = s.audited_error_mean = sum / n;
  for (double error : errors) deviations += (error - mean) * (error - mean);
  s.audit_correlation = lag_one_correlation(errors, mean);
  const double r = std::max(0.0, s.audit_correlation);
  s.audits_effective = n * (1 - r) / (1 + r);
  s.audited_error_high = std::numeric_limits<double>::infinity();
  if (s.audits_effective >= 2) {
    const auto degrees = static_cast<std::int64_t>(s.audits_effective) - 1;
    const double half = student_quantile(degrees) * std::sqrt(deviations / (n - 1) / s.audits_effective);
    s.audited_error_low = std::max(0.0, mean - half);
    s.audited_error_high = mean + half;
  }
  s.share_within = static_cast<double>(s.within_tolerance) / n;
  wilson(s.share_within, s.audits_effective, s.share_low, s.share_high);
  s.run_error_sum = known + rest * mean;
  s.run_error_low = known + rest * s.audited_error_low;
  s.run_error_high = unknown == 0 ? known : known + rest * s.audited_error_high;
  s.run_error_independent = std::sqrt(known_squares + rest * squares / n);
}

std::string range(double low, double high) {
  return std::isfinite(high) ? fmt::format("{:.2g} to {:.2g} with 95 % confidence", low, high)
                             : "range unknown: too few independent audits";
}

std::string audited_lines(const LedgerSummary& s) {
  if (s.audited == 0) return "no interval audited: the true error is not known";
  return fmt::format(
      "error added per accepted interval, against the solver on the same grid: {:.2g} ({}), largest {:.2g}; within "
      "tolerance in {:.0f} % ({:.0f} to {:.0f} %) of {} audits, which count as {:.2g} independent ones{}\n"
      "        error added to the whole run, estimated: {:.2g} ({}) if those of its intervals add up, {:.2g} if they "
      "are independent",
      s.audited_error_mean, range(s.audited_error_low, s.audited_error_high), s.audited_error_maximum,
      100 * s.share_within, 100 * s.share_low, 100 * s.share_high, s.audited, s.audits_effective,
      s.share_within < stated_share ? fmt::format(": fewer than the stated {:.0f} %", 100 * stated_share) : "",
      s.run_error_sum, range(s.run_error_low, s.run_error_high), s.run_error_independent);
}

std::string speed_line(const LedgerSummary& s) {
  if (s.net_speed_up == 0) return "net speed-up unknown: the solver ran no interval";
  constexpr const char* terms = "the solver on the same grid, not at equal error, training not counted";
  return s.net_speed_up >= 1 ? fmt::format("net speed-up {:.2f} over {}", s.net_speed_up, terms)
                             : fmt::format("no speed-up: {:.2f} times the cost of {}", 1 / s.net_speed_up, terms);
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
    ledger.push_back({.start = v[0], .end = v[1], .proposed = v[2] != 0, .accepted = v[3] != 0, .residual = v[4],
                      .invariants = v[5], .domain = v[6], .audited = v[7] != 0, .drawn = v[8] != 0,
                      .audited_error = v[9], .seconds_surrogate = v[10], .seconds_solver = v[11],
                      .seconds_checks = v[12], .seconds_audit = v[14], .seconds_copies = v[13]});
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
  return fmt::format(
      "hybrid: {} of {} intervals by the surrogate (coverage {:.0f} %), tolerance {:g}\n"
      "        {}\n"
      "        {} (surrogate {:.2f} s, solver {:.2f} s, checks {:.2f} s, copies between ranks and solvers {:.2f} s, "
      "audits {:.2f} s)",
      s.accepted, s.intervals, 100 * s.coverage, s.tolerance, audited_lines(s), speed_line(s), s.seconds_surrogate,
      s.seconds_solver, s.seconds_checks, s.seconds_copies, s.seconds_audit);
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
  t["audit_correlation"] = s.audit_correlation;
  t["audits_effective"] = s.audits_effective;
  t["audited_error_mean"] = s.audited_error_mean;
  t["audited_error_low"] = s.audited_error_low;
  t["audited_error_high"] = s.audited_error_high;
  t["audited_error_maximum"] = s.audited_error_maximum;
  t["share_within"] = s.share_within;
  t["share_low"] = s.share_low;
  t["share_high"] = s.share_high;
  t["stated_share"] = stated_share;
  t["run_error_sum"] = s.run_error_sum;
  t["run_error_low"] = s.run_error_low;
  t["run_error_high"] = s.run_error_high;
  t["run_error_independent"] = s.run_error_independent;
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
