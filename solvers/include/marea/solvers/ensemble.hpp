// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <marea/io/named.hpp>
#include <marea/io/options.hpp>

namespace marea {

/// Shares of the members that go to each split; whole runs, never steps of one.
struct SplitOptions {
  double train = 0.75, valid = 0.125, test = 0.125;
};
template <class Visitor> void visit(Visitor&& v, SplitOptions& o) {
  v("train", o.train, {"share of the members to learn from", "1", between(0, 1)});
  v("valid", o.valid, {"share that chooses the best epoch", "1", between(0, 1)});
  v("test", o.test, {"share kept for the report", "1", between(0, 1)});
}

/// The `[ensemble]` table of a case file.
struct EnsembleOptions {
  std::int64_t members = 1;
  std::int64_t seed = 0;
  std::string sampling = "sobol";
  OptionTree vary;                ///< dotted names of the case file = [low, high] or a distribution
  SplitOptions split;
};
template <class Visitor> void visit(Visitor&& v, EnsembleOptions& o) {
  v("members", o.members, {"simulations, one file each", "", between(1, 1e6)});
  v("seed", o.seed, {"of the sampling and the split", "", at_least(0)});
  v("sampling", o.sampling,
    {"how parameters fill their ranges", "", one_of({"sobol", "latin_hypercube", "random"})});
  v("vary", o.vary, {"table of dotted names of the case file = [low, high] or { distribution = …, … }"});
  v("split", o.split);
}

/// One simulation of an ensemble.
struct EnsembleMember {
  std::string stem;                     ///< file name without ending: "run_0007"
  std::string split;                    ///< train, valid or test
  std::vector<NamedScalar> parameters;  ///< names as in `[ensemble.vary]`, units of these options
  OptionTree case_file;                 ///< the case with these values, without `[ensemble]`
};

/// The members that a case file describes, a pure function of it.
/// Throws ConfigError for a name that is not in the case file, a range that does not rise, or shares that do not sum
/// to 1.
std::vector<EnsembleMember> ensemble_members(const OptionTree& case_file);

/// The members at given points of the unit cube, [point][parameter in the order of `[ensemble.vary]`], of no split.
/// Throws as ensemble_members.
std::vector<EnsembleMember> ensemble_members_at(const OptionTree& case_file,
                                                const std::vector<std::vector<double>>& points);

}  // namespace marea
