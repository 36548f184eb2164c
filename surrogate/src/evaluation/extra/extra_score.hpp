// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "../held_out.hpp"

namespace marea::detail {

/// What a solver's report has beside the errors of every field: the score of one method, summed over runs.
class ExtraScore {
 public:
  virtual ~ExtraScore() = default;
  /// One run: `forecast` (leads, C_out, …) f64; `mask` over the cells, or empty.
  virtual void add(const HostArray& forecast, const HeldOut& run, const ModelInfo& info, const ArrayRef& mask) = 0;
  virtual bool empty() const = 0;
  virtual OptionTree to_tree() const = 0;  ///< table of the method's row; not called while empty
};

/// One kind of extra score; what a kind does not have is null. `names` says what the solver calls what it looks at.
struct ExtraEntry {
  const char* name;  ///< as `SolverEntry::scores` has it
  const char* key;   ///< of its tables in report.json
  std::unique_ptr<ExtraScore> (*make)(const ScoreEntry& names);
  /// The table `reference.KEY`; an empty one is left out.
  OptionTree (*reference)(const ScoreEntry& names, const HeldOut& run, const ModelInfo& info, const ArrayRef& mask);
  /// Cells (0/1, one array a lead) whose error every channel's table names "front"; none where there are no such cells.
  std::vector<HostArray> (*front_cells)(const ScoreEntry& names, const HeldOut& run, const ModelInfo& info,
                                        const ArrayRef& mask);
  std::string (*markdown)(const OptionTree& report);  ///< its section of report.md; "" where the report has none
};

/// The one explicit table of extra scores, in the order of report.md.
const std::vector<ExtraEntry>& extra_scores();

/// The entry of a score that a solver registers. Throws ConfigError for an unknown name, listing the known ones.
const ExtraEntry& extra_entry(const ScoreEntry& score);

}  // namespace marea::detail
