// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/hybrid/ledger.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <span>

#include <fmt/format.h>

#include <marea/io/error.hpp>

namespace marea::hybrid {
namespace {

/// A column of the table: a number of the row, or a flag.
struct Column {
  const char *name, *unit;
  double LedgerEntry::*number = nullptr;
  bool LedgerEntry::*flag = nullptr;
};

constexpr Column columns[] = {{"start", "s", &LedgerEntry::start},
                              {"end", "s", &LedgerEntry::end},
                              {"proposed", "1", nullptr, &LedgerEntry::proposed},
                              {"accepted", "1", nullptr, &LedgerEntry::accepted},
                              {"residual", "1", &LedgerEntry::residual},
                              {"invariants", "1", &LedgerEntry::invariants},
                              {"domain", "1", &LedgerEntry::domain},
                              {"audited", "1", nullptr, &LedgerEntry::audited},
                              {"drawn", "1", nullptr, &LedgerEntry::drawn},
                              {"audited_error", "1", &LedgerEntry::audited_error},
                              {"seconds_surrogate", "s", &LedgerEntry::seconds_surrogate},
                              {"seconds_solver", "s", &LedgerEntry::seconds_solver},
                              {"seconds_checks", "s", &LedgerEntry::seconds_checks},
                              {"seconds_copies", "s", &LedgerEntry::seconds_copies},
                              {"seconds_audit", "s", &LedgerEntry::seconds_audit},
                              {"bytes_to_host", "byte", &LedgerEntry::bytes_to_host},
                              {"bytes_to_device", "byte", &LedgerEntry::bytes_to_device},
                              {"trust", "1", &LedgerEntry::trust},
                              {"band", "1", &LedgerEntry::band},
                              {"guessed", "1", nullptr, &LedgerEntry::guessed},
                              {"iterations", "1", &LedgerEntry::iterations},
                              {"cold_iterations", "1", &LedgerEntry::cold_iterations}};
constexpr std::size_t columns_with_trust = std::size(columns) - 3, columns_with_bytes = columns_with_trust - 2,
                      columns_without_bytes = columns_with_bytes - 2;

/// True for the table of a ledger, also of one from before iterations or bytes were counted or inputs judged.
bool is_ledger(const Table& table) {
  const auto same = [](const std::string& name, const Column& column) { return name == column.name; };
  const std::size_t count = table.columns.size();
  return (count == std::size(columns) || count == columns_with_trust || count == columns_with_bytes ||
          count == columns_without_bytes) &&
         std::equal(table.columns.begin(), table.columns.end(), columns, columns + count, same);
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

/// Nothing where the solver's memory is the host's.
std::string bytes_text(const LedgerSummary& s) {
  if (s.bytes_to_host == 0 && s.bytes_to_device == 0) return "";
  return fmt::format("; {:.3g} MB to the host, {:.3g} MB to the device", s.bytes_to_host * 1e-6,
                     s.bytes_to_device * 1e-6);
}

}  // namespace

Table to_table(const std::vector<LedgerEntry>& ledger, double tolerance) {
  Table table;
  table.name = "ledger";
  table.attributes["tolerance"] = tolerance;
  for (const Column& column : columns) {
    table.columns.emplace_back(column.name);
    table.units.emplace_back(column.unit);
  }
  for (const LedgerEntry& e : ledger)
    for (const Column& column : columns)
      table.values.push_back(column.number ? e.*column.number : static_cast<double>(e.*column.flag));
  return table;
}

std::vector<LedgerEntry> to_ledger(const Table& table) {
  if (!is_ledger(table))
    fail<DataError>("ledger", "table '", table.name, "' has ", table.columns.size(),
                    " columns that are not those of a hybrid run's ledger; write it with this version of marea");
  std::vector<LedgerEntry> ledger(static_cast<std::size_t>(table.rows()));
  const double* value = table.values.data();
  for (LedgerEntry& e : ledger) {
    e.bytes_to_host = e.bytes_to_device = not_computed;
    for (std::size_t c = 0; c < table.columns.size(); ++c, ++value) {
      if (columns[c].number) e.*columns[c].number = *value;
      else e.*columns[c].flag = *value != 0;
    }
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
    s.alarms += e.trust > 1;
    solved += !e.accepted + e.audited;
    s.seconds_surrogate += e.seconds_surrogate;
    s.seconds_solver += e.seconds_solver;
    s.seconds_checks += e.seconds_checks;
    s.seconds_copies += e.seconds_copies;
    s.seconds_audit += e.seconds_audit;
    if (!std::isnan(e.bytes_to_host)) s.bytes_to_host += e.bytes_to_host;
    if (!std::isnan(e.bytes_to_device)) s.bytes_to_device += e.bytes_to_device;
  }
  if (s.intervals > 0) s.coverage = static_cast<double>(s.accepted) / static_cast<double>(s.intervals);
  s.saving = saving_of(ledger);
  if (s.saving.steps > 0) {
    if (s.saving.audited == 0) return s;
    s.solver_seconds_per_interval = s.saving.cold_seconds / static_cast<double>(s.saving.audited);
    s.net_speed_up = s.saving.cold_seconds / s.saving.seconds;
    return s;
  }
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
  if (s.saving.steps > 0) return to_string(s.saving);
  return fmt::format(
      "hybrid: {} of {} intervals by the surrogate (coverage {:.0f} %), tolerance {:g}{}\n"
      "        {}\n"
      "        {} (surrogate {:.2f} s, solver {:.2f} s, checks {:.2f} s, copies between ranks and solvers {:.2f} s, "
      "audits {:.2f} s{})",
      s.accepted, s.intervals, 100 * s.coverage, s.tolerance,
      s.alarms > 0 ? fmt::format("; {} inputs unlike the training's", s.alarms) : "", audited_lines(s), speed_line(s), s.seconds_surrogate,
      s.seconds_solver, s.seconds_checks, s.seconds_copies, s.seconds_audit, bytes_text(s));
}

OptionTree to_tree(const LedgerSummary& s) {
  OptionTree t;
  t["intervals"] = s.intervals;
  t["proposed"] = s.proposed;
  t["accepted"] = s.accepted;
  t["coverage"] = s.coverage;
  t["tolerance"] = s.tolerance;
  t["alarms"] = s.alarms;
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
  t["bytes_to_host"] = s.bytes_to_host;
  t["bytes_to_device"] = s.bytes_to_device;
  t["solver_seconds_per_interval"] = s.solver_seconds_per_interval;
  t["net_speed_up"] = s.net_speed_up;
  if (s.saving.steps == 0) return t;
  t["guesses"] = s.saving.guesses;
  t["taken_back"] = s.saving.taken_back;
  t["guesses_audited"] = s.saving.audited;
  t["iterations"] = s.saving.iterations;
  t["cold_iterations"] = s.saving.cold_iterations;
  t["iterations_saved"] = s.saving.cold_iterations - s.saving.iterations;
  t["largest_difference"] = s.saving.difference;
  t["seconds_saved"] = s.saving.cold_seconds - s.saving.seconds;
  return t;
}

}  // namespace marea::hybrid
