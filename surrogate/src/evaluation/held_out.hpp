// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include <marea/io/host_array.hpp>
#include <marea/surrogate/evaluation.hpp>

namespace marea::detail {

/// One held-out run: its case, the first input of the model, and the reference everything is measured against.
struct HeldOut {
  std::string file;
  OptionTree case_file;
  double start = 0;           ///< time of the (newest) input state
  std::vector<double> times;  ///< of the leads
  HostArray input;            ///< (C_in, …) f32
  HostArray reference;        ///< (leads, C_out, …) f64: block means of the finer run
};

/// The configuration of a held-out run: as its file holds it, with the tables grid and solver of `case_file` in their
/// place where that has them.
OptionTree with_tables_of(OptionTree run, const OptionTree& case_file);

/// Runs the solver again on every held-out run at `refinement` times its resolution, in double precision, keeping
/// runs that are there already. Collective; inputs and references are read on every rank.
std::vector<HeldOut> held_out_runs(const EvaluationOptions& options, const ModelInfo& info, MPI_Comm comm,
                                   const EvaluationHooks& hooks);

/// (cells) f64, 1 where errors count: the model's mask, or empty when it has none.
HostArray error_mask(const ModelInfo& info, const HeldOut& run);
/// Name of that field, empty when there is none.
std::string mask_name(const ModelInfo& info);

}  // namespace marea::detail
