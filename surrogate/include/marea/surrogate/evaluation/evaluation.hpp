// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <functional>
#include <string>
#include <vector>

#include <mpi.h>

#include <marea/io/options.hpp>
#include <marea/surrogate/surrogate.hpp>

namespace marea {

/// What `marea evaluate` measures.
struct EvaluationOptions {
  std::string model;                              ///< the surrogate in question
  /// Model files that stand beside it in every table; "auto": every classical model that fits, trained on its runs;
  /// "none" alone: no baseline.
  std::vector<std::string> baselines = {"auto"};
  double baseline_seconds = 60;                   ///< after which no further baseline is begun
  std::string data;                               ///< folder of snapshot files with held-out runs
  std::string case_file;                          ///< its tables grid and solver replace those stored with the data
  std::string split = "test";
  bool training_data = false;                     ///< measure runs of the model's own training too, and say so
  int runs = 0;                                   ///< at most so many held-out runs, 0: all
  std::string output = "report";                  ///< folder of report.json, report.md and the fields for figures
  std::string reference;                          ///< folder of the reference runs, empty: output/reference
  int refinement = 2;                             ///< reference: the solver at this multiple of the data's resolution
  std::vector<double> resolutions = {1, 0.5, 0.25};  ///< of the competing solvers, as multiples of the model's grid
  int rounds = 3;                                 ///< timed repetitions of each surrogate and solver call
  std::string device = "auto";                    ///< of the networks; auto: where the solvers compute
};
template <class Visitor> void visit(Visitor&& v, EvaluationOptions& o) {
  v("model", o.model, {"model file"});
  v("baselines", o.baselines, {"model files that stand beside it; auto: every classical model that fits; or none"});
  v("baseline_seconds", o.baseline_seconds, {"after which no further baseline is trained", "s", at_least(0)});
  v("data", o.data, {"folder of snapshot files"});
  v("case", o.case_file, {"case file whose tables grid and solver replace those stored with the data"});
  v("split", o.split, {"runs to take: test, valid, train or all", "", one_of({"test", "valid", "train", "all"})});
  v("training_data", o.training_data, {"measure runs of the model's own training and validation too, and say so"});
  v("runs", o.runs, {"at most so many runs, 0: all", "", at_least(0)});
  v("output", o.output, {"folder of the report"});
  v("reference", o.reference, {"folder of the reference runs, to share; empty: reference in output"});
  v("refinement", o.refinement, {"resolution of the reference, as a multiple of the data's", "", at_least(2)});
  v("resolutions", o.resolutions, {"of the competing solvers, as multiples of the model's grid", "", positive()});
  v("rounds", o.rounds, {"timed repetitions", "", at_least(1)});
  v("device", o.device, {"where networks run; auto: where the solvers compute", "", one_of({"auto", "cpu", "cuda"})});
}

struct EvaluationHooks {
  std::function<bool()> stop;  ///< true: stop after the present run; what is done stays for the next call
};

/// Compares a surrogate (all trainings of several seeds) with baselines, by default trained on the surrogate's own runs,
/// and with the solver on other grids and with its knobs turned (`SolverEntry`), all against the solver at `refinement` times the resolution of the data, each timed in turn in this process with the
/// number of its threads that suits the method best. Clocks wait for the device; a network's arrays lie
/// where it works before its clock starts.
///
/// Writes report.json (schema in docs/report.md), report.md and report_fields.h5 into the output folder, and returns
/// what report.json holds. Reference runs stay in their folder and are not repeated. Collective: the reference
/// runs use all ranks of `comm`, everything timed runs on rank 0 alone.
/// Throws DataError where a run is training or validation data of a model, by the hashes in the model files, unless
/// options.training_data, and where the data's axes, units, boundaries or interval are not the model's; ConfigError,
/// IoError, NumericalError.
OptionTree evaluate(const EvaluationOptions& options, MPI_Comm comm, const EvaluationHooks& hooks = {});

/// The first lines of a report: the speed-up at equal error, or that there is none.
std::vector<std::string> headline(const OptionTree& report);

}  // namespace marea
