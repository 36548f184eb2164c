// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <mpi.h>

#include <marea/io/options.hpp>

namespace marea {

/// The `[estimate]` table of a case file, but for `statistics`.
struct EstimateOptions {
  std::vector<std::string> quantities;   ///< "max_eta" a field, "max_eta.victoria" its value at a gauge
  double target = 0;                     ///< relative standard error of the first quantity's mean; 0: none
  std::string budget;                    ///< wall time, pilot included, as 90s, 30m, 1h30m; empty: no limit
  std::vector<std::string> models;       ///< map surrogates
  std::string solver_levels = "auto";    ///< coarser grids as further models; none: surrogates alone
  double confidence = 0.95;
  int pilot = 24;                        ///< runs of every model that costs and covariances are measured on
  std::string output = "estimate";       ///< folder of the samples and results
};
template <class Visitor> void visit(Visitor&& v, EstimateOptions& o) {
  v("quantities", o.quantities, {"fields at the end of a run, as max_eta, or at a gauge, as max_eta.victoria"});
  v("target", o.target, {"relative standard error of the mean of the first quantity; 0: none", "1", at_least(0)});
  v("budget", o.budget, {"wall time, pilot included, as 90s, 30m, 1h30m; empty: no limit"});
  v("models", o.models, {"files of map surrogates"});
  v("solver_levels", o.solver_levels,
    {"auto: coarser grids as further models; none: the surrogates alone", "", one_of({"auto", "none"})});
  v("confidence", o.confidence, {"of the intervals", "1", between(0.5, 0.9999)});
  v("pilot", o.pilot, {"runs of every model that measure costs and covariances; doubled where they do not tell", "",
                       between(8, 1e4)});
  v("output", o.output, {"folder of the samples and results"});
}

struct EstimateHooks {
  std::function<bool()> stop;  ///< true: stop after the present sample; what is done stays for the next call
};

/// Estimates statistics of the solver's outputs over the distributions of `[ensemble.vary]`, with surrogates and coarser
/// grids as control variates: unbiased with respect to the solver, however wrong those are.
///
/// A pilot measures costs and covariances, the best estimator follows (Monte Carlo, multi-fidelity, multilevel or the
/// multilevel best linear unbiased one), fresh samples give the result. Samples depend on (seed, index) alone and stay in
/// output/samples: a second call goes on from there. Writes estimate.h5, estimate.json and estimate.md, and returns what
/// estimate.json holds. Collective: each sample runs on one rank.
/// Throws ConfigError, DataError, IoError; NumericalError where the solver fails on a sample; Stopped.
OptionTree estimate(const OptionTree& case_file, MPI_Comm comm, const EstimateHooks& hooks = {});

}  // namespace marea
