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

/// Exact dynamic mode decomposition of steps: the operator A of rank r with y = A x, A = Y V S^-1 U^T from the leading
/// r singular values of X = U S V^T, whose columns are the inputs of the training samples and those of Y their outputs.
/// Input channels that are no outputs, such as static fields that differ between runs, are controls (DMDc); further
/// states of a history make it a DMD of delays. Works in physical units, each field's channels over their rms; of
/// [normalise] only the mask counts. About a mean state both sides are departures from the samples' mean. Rank and
/// state are those of least error on the validation runs.
///
/// Sources: J. H. Tu et al. (2014), doi:10.3934/jcd.2014.1.391; J. L. Proctor, S. L. Brunton and J. N. Kutz (2016),
/// doi:10.1137/15M1013857.
struct DmdOptions {
  std::vector<int> rank{5, 10, 20, 40, 80, 160};
  std::string about = "auto";
  int samples = 512;
};
template <class Visitor>
void visit(Visitor&& v, DmdOptions& o) {
  v("rank", o.rank, {"candidates for the number of modes", "", at_least(1)});
  v("about", o.about,
    {"state from which the samples depart: rest (zero), mean (of the samples), auto: the better", "",
     one_of({"auto", "rest", "mean"})});
  v("samples", o.samples, {"training samples used, spread evenly", "", at_least(2)});
}

/// The weights: "input_modes" U^T and "output_modes" S^-1 V^T Y^T in physical units, and "operator" f64 (r, r), whose
/// eigenvalues are those of A on the newest state: growth and turn of each mode in a step.
/// Throws ConfigError where an output is no input.
Weights fit_dmd(const Dataset& train, const Dataset& valid, const ModelInfo& info);
std::unique_ptr<SurrogateInterface> load_dmd(const ModelFile& model);

}  // namespace marea
