// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>
#include <string>
#include <vector>

#include <marea/io/dataset.hpp>
#include <marea/io/model_file.hpp>
#include <marea/io/options.hpp>
#include <marea/surrogate/surrogate.hpp>

namespace marea {

/// Superposition of the training runs, as tsunami warning centres superpose runs of unit sources: exact where the
/// equations are linear and the input lies in the span of the runs' inputs.
///
/// With a_r the varying input channels of run r, each over its rms, and a those of the sample, the weights are the w of
/// least |a - sum_r w_r a_r|^2 + penalty sum_r |w_r a_r|^2; about a mean state, a and a_r are departures from the runs'
/// mean and each run gains (1 - sum w) / n. A map's output that keeps a running value of a field (FieldInfo::running)
/// is made from sum_r w_r q_r(t), snapshot by snapshot; every other output, and every output of a step, is sum_r w_r
/// y_r. Penalty and state are those of least error on the validation runs. Works in physical units: of [normalise] only
/// the mask counts.
///
/// A map's runs must start from one state but for the inputs, and have the same times.
///
/// Sources: Y. Wei et al. (2003), doi:10.1029/2003GL017079; A. E. Hoerl and R. W. Kennard (1970),
/// doi:10.1080/00401706.1970.10488634.
struct SuperpositionOptions {
  std::vector<double> ridge{1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1};
  std::string about = "auto";
  std::vector<std::string> running;
  int samples = 512;
  double memory = 4;  ///< [GiB]
};
template <class Visitor>
void visit(Visitor&& v, SuperpositionOptions& o) {
  v("ridge", o.ridge, {"candidates for the penalty", "", positive()});
  v("about", o.about,
    {"state from which the runs depart: rest (zero), mean (of the runs), auto: the better", "",
     one_of({"auto", "rest", "mean"})});
  v("running", o.running,
    {"what outputs keep, where the files do not say it: \"max_eta = maximum(eta)\", minimum(FIELD), "
     "first_crossing(FIELD, THRESHOLD)"});
  v("samples", o.samples, {"training runs (step: samples) used, spread evenly", "", at_least(2)});
  v("memory", o.memory, {"largest size of the snapshots that the model keeps", "GiB", positive()});
}

/// The weights: "inputs" f32 (samples, varying values) and "solve" f64 (samples, samples) for the weights of a sample,
/// "series.FIELD" and "outputs.CHANNEL" f32 (blocks, steps, components, samples, 64 cells) for what is superposed.
Weights fit_superposition(const Dataset& train, const Dataset& valid, const ModelInfo& info);
std::unique_ptr<SurrogateInterface> load_superposition(const ModelFile& model);

}  // namespace marea
