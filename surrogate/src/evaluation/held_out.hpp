// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include <marea/io/host_array.hpp>
#include <marea/solvers/registry.hpp>
#include <marea/surrogate/evaluation/evaluation.hpp>

#include "stages.hpp"

namespace marea::detail {

/// One held-out run: its case, the first input of the model, and the reference everything is measured against.
struct HeldOut {
  std::string file;
  SolverEntry solver;         ///< that the case names
  OptionTree case_file;
  double start = 0;           ///< time of the (newest) input state
  std::vector<double> times;  ///< of the leads
  HostArray input;            ///< (C_in, …) f32
  HostArray own;              ///< (C_out, …) f32: the run's own first output
  HostArray reference;        ///< (leads, C_out, …) f64: block means of the finer run
};

/// The configuration of a held-out run: as its file holds it, with the tables grid and solver of `case_file` in their
/// place where that has them.
OptionTree with_tables_of(OptionTree run, const OptionTree& case_file);

/// The case of a reference run: `refinement` times the cells, the knobs at their reference values.
OptionTree reference_case(const SolverEntry& solver, const OptionTree& case_file, int refinement,
                          const std::string& folder);

/// Held-out runs that an evaluation takes: at most options.runs of its split.
std::int64_t count_held_out(const EvaluationOptions& options, const ModelInfo& info);

/// How many of those are training or validation data of one of the models, the first being the one in question, by the
/// hashes that they keep. Throws DataError unless options.training_data: where there is one (it is named), and where a
/// model keeps no hashes.
std::int64_t count_seen_runs(const EvaluationOptions& options, const std::vector<const ModelInfo*>& models);

/// Throws DataError, naming both sides, where axes, units, boundaries, cells or interval of the data are not those of
/// the model.
void require_data_of(const ModelInfo& model, const ModelInfo& data, const std::string& folder);

/// Runs the solver again on every held-out run at `refinement` times its resolution, keeping runs that are
/// there already. Collective; inputs and references are read on every rank.
/// Throws DataError where the lead times of the runs differ, Stopped.
std::vector<HeldOut> held_out_runs(const EvaluationOptions& options, const ModelInfo& info, MPI_Comm comm,
                                   const EvaluationHooks& hooks, Stages& stages);

/// `run` with a reference of refinement + 1 times the resolution of the data. Collective.
HeldOut finer_reference(const EvaluationOptions& options, const ModelInfo& info, const HeldOut& run, MPI_Comm comm,
                        const EvaluationHooks& hooks, Stages& stages);

/// Error of a run's reference against the finer one, one an output field.
std::vector<double> distance_to_finer(const HeldOut& run, const HeldOut& finer, const ModelInfo& info);

/// Estimate of a reference's own error from its distances to the solver at the data's resolution, `refinement` times
/// coarser, and to a finer run: the first extrapolated to vanishing cells at first order (Richardson), which is what
/// fronts and rough beds leave, but no less than the second. Where the grids are not far apart the second alone tells
/// little: it holds how differently their cells meet a coast.
double reference_error(double distance_to_data, double distance_to_finer, int refinement);

/// Throws DataError where a run's lead times, counted from its input, are not those of the first.
void require_same_lead_times(const std::vector<HeldOut>& runs);

/// (cells) f64, 1 where errors count: the model's mask, or empty when it has none.
HostArray error_mask(const ModelInfo& info, const HeldOut& run);
/// That array's view: none where it is empty.
ArrayRef mask_ref(const HostArray& mask);
/// Name of that field, empty when there is none.
std::string mask_name(const ModelInfo& info);

}  // namespace marea::detail
