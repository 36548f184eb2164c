// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>

#include <marea/io/dataset.hpp>
#include <marea/io/model_file.hpp>
#include <marea/io/options.hpp>
#include <marea/surrogate/surrogate.hpp>

namespace marea {

/// The output (or increment) of the training sample whose input is nearest in the L2 norm of the scaled channels.
struct NearestRunOptions {
  int samples = 256;  ///< kept in the model, spread evenly over the training samples
};
template <class Visitor> void visit(Visitor&& v, NearestRunOptions& o) {
  v("samples", o.samples, {"training samples kept, spread evenly", "", at_least(1)});
}

/// The weights: "inputs" (samples, varying channels * cells) and "outputs" (samples, C_out * cells), scaled.
Weights fit_nearest_run(const Dataset& train, const Dataset& valid, const ModelInfo& info);
std::unique_ptr<SurrogateInterface> load_nearest_run(const ModelFile& model);

}  // namespace marea
