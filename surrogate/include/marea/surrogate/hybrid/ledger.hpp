// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <marea/io/named.hpp>

namespace marea::hybrid {

/// One interval of a hybrid run. Estimates and errors are relative; NaN where not computed.
struct LedgerEntry {
  double start = 0, end = 0;                 ///< [time unit of the solver]
  bool proposed = false;                     ///< the surrogate was asked
  bool accepted = false;                     ///< the interval is the surrogate's; otherwise the solver's
  double residual, invariants, domain;       ///< estimates
  bool audited = false;
  bool drawn = false;                        ///< the audit belongs to the random sample
  double audited_error;                      ///< against the solver from the same state
  double seconds_surrogate = 0, seconds_solver = 0, seconds_checks = 0, seconds_copies = 0, seconds_audit = 0;
};

/// What a hybrid run says of itself at the end.
struct LedgerSummary {
  std::int64_t intervals = 0, proposed = 0, accepted = 0, audited = 0, within_tolerance = 0;
  double coverage = 0;                       ///< accepted / intervals
  double tolerance = 0;
  double audited_error_mean = 0, audited_error_maximum = 0;
  double audited_error_low = 0, audited_error_high = 0;  ///< 95 % confidence interval of the mean (Student)
  double share_within = 0, share_low = 0, share_high = 0;  ///< audits within tolerance, 95 % Wilson interval
  double seconds_surrogate = 0, seconds_solver = 0, seconds_checks = 0, seconds_copies = 0, seconds_audit = 0;
  double solver_seconds_per_interval = 0;    ///< measured on rejected and audited intervals; 0 when there were none
  double net_speed_up = 0;                   ///< solver alone / everything spent here; 0 when not measurable
};

Table to_table(const std::vector<LedgerEntry>& ledger, double tolerance);
/// Throws DataError when the table is not a ledger.
std::vector<LedgerEntry> to_ledger(const Table& table);

/// Seconds of entries that a restart brought back count as well.
LedgerSummary summarise(const std::vector<LedgerEntry>& ledger, double tolerance);
LedgerSummary summarise(const Table& table);
/// Three lines for people.
std::string to_string(const LedgerSummary& summary);
OptionTree to_tree(const LedgerSummary& summary);

}  // namespace marea::hybrid
