// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <marea/io/named.hpp>

namespace marea::hybrid {

/// The promise that documentation and tests make for audits: at least this share of accepted intervals has a true
/// error within the tolerance.
inline constexpr double stated_share = 0.9;

inline constexpr double not_computed = std::numeric_limits<double>::quiet_NaN();

/// One interval of a hybrid run. Estimates and errors are relative; NaN where not computed.
/// Seconds and bytes are those of rank 0, and no second counts twice.
struct LedgerEntry {
  double start = 0, end = 0;                 ///< [time unit of the solver]
  bool proposed = false;                     ///< the surrogate was asked
  bool accepted = false;                     ///< the interval is the surrogate's; otherwise the solver's
  double residual = not_computed, invariants = not_computed, domain = not_computed;  ///< estimates
  bool audited = false;
  bool drawn = false;                        ///< the audit belongs to the random sample
  double audited_error = not_computed;            ///< of this interval, against the solver from the same state
  double seconds_surrogate = 0, seconds_solver = 0, seconds_checks = 0, seconds_audit = 0;
  double seconds_copies = 0;                 ///< fields to and from rank 0, and between solver and probe
  double bytes_to_host = 0, bytes_to_device = 0;  ///< of arrays; NaN in files written before they were counted
  double trust = not_computed;               ///< score of the input: above 1 unlike the training's
  double band = not_computed;                ///< estimate of the relative error from the model's own band
  bool guessed = false;                      ///< a steady solver began from the surrogate's output
  double iterations = not_computed;          ///< of the steady solver
  double cold_iterations = not_computed;     ///< of an audit: from the state that the solver had without the surrogate

  double seconds() const { return seconds_surrogate + seconds_solver + seconds_checks + seconds_copies + seconds_audit; }
};

/// What the surrogate's guesses saved a steady solver, over the steps that it also solved without them (audits). No
/// errors: both answers are the solver's, to its tolerance.
struct Saving {
  std::int64_t steps = 0, guesses = 0, taken_back = 0, audited = 0;
  double iterations = 0, cold_iterations = 0;  ///< of the audited steps, with the guess and without it
  double seconds = 0, cold_seconds = 0;        ///< of the audited steps: with the call and copies, and the solver alone
  double difference = 0;                       ///< largest between the two answers of an audit, relative
};

Saving saving_of(const std::vector<LedgerEntry>& ledger);
/// One line for people.
std::string to_string(const Saving& saving);

/// What a hybrid run says of itself at the end.
///
/// An audited error is what one accepted interval adds, against the solver on the same grid. What the intervals add to
/// the whole run is not measured but estimated: `run_error_sum` if all errors point the same way,
/// `run_error_independent` (root of the sum of squares) if they have nothing to do with each other; both assume that
/// an error, once made, keeps its size relative to the state. Intervals of 95 % confidence take the audits for
/// `audits_effective` independent ones.
struct LedgerSummary {
  std::int64_t intervals = 0, proposed = 0, accepted = 0, audited = 0, within_tolerance = 0;
  double coverage = 0;                       ///< accepted / intervals
  double tolerance = 0;
  double audit_correlation = 0;              ///< r: lag-1 autocorrelation of the audited errors
  double audits_effective = 0;               ///< audited (1 - r) / (1 + r), r not below 0
  double audited_error_mean = 0, audited_error_maximum = 0;
  double audited_error_low = 0, audited_error_high = 0;  ///< of the mean (Student); infinite below two effective audits
  double share_within = 0, share_low = 0, share_high = 0;  ///< audits within tolerance (Wilson)
  double run_error_sum = 0, run_error_low = 0, run_error_high = 0;
  double run_error_independent = 0;
  double seconds_surrogate = 0, seconds_solver = 0, seconds_checks = 0, seconds_copies = 0, seconds_audit = 0;
  double bytes_to_host = 0, bytes_to_device = 0;  ///< of the intervals where they were counted
  std::int64_t alarms = 0;                   ///< intervals whose input was unlike the training's, of those judged
  double solver_seconds_per_interval = 0;    ///< measured on rejected and audited intervals; 0 when there were none
  Saving saving;                             ///< of a run whose surrogate gives the first guess
  double net_speed_up = 0;  ///< solver alone on the same grid / everything spent here, training not counted; 0: unknown
};

Table to_table(const std::vector<LedgerEntry>& ledger, double tolerance);
/// A ledger without the last columns, of bytes, trust and band, iterations, as earlier versions wrote it, is one too.
/// Throws DataError when the table is none.
std::vector<LedgerEntry> to_ledger(const Table& table);

/// Seconds of entries that a restart brought back count as well.
LedgerSummary summarise(const std::vector<LedgerEntry>& ledger, double tolerance);
LedgerSummary summarise(const Table& table);
/// Four lines for people.
std::string to_string(const LedgerSummary& summary);
OptionTree to_tree(const LedgerSummary& summary);

}  // namespace marea::hybrid
