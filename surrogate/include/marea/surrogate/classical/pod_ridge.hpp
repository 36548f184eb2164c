// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>
#include <vector>

#include <marea/io/dataset.hpp>
#include <marea/io/model_file.hpp>
#include <marea/io/options.hpp>
#include <marea/surrogate/surrogate.hpp>

namespace marea {

/// Proper orthogonal decomposition of scaled inputs and outputs (method of snapshots, double precision), joined by a
/// ridge regression of the output's coefficients on the input's, or on those and their products. Of the candidates
/// the number of modes and the ridge with the least error on every fourth run, fitted without it, are taken.
///
/// Sources: L. Sirovich (1987), doi:10.1090/qam/910462; A. E. Hoerl and R. W. Kennard (1970),
/// doi:10.1080/00401706.1970.10488634.
struct PodRidgeOptions {
  std::vector<int> modes{5, 10, 20, 40};
  std::vector<double> ridge{1e-10, 1e-8, 1e-6, 1e-4, 1e-2};
  std::string features = "linear";
  int samples = 512;
};
template <class Visitor> void visit(Visitor&& v, PodRidgeOptions& o) {
  v("modes", o.modes, {"candidates for the number of modes of input and output", "", at_least(1)});
  v("ridge", o.ridge, {"candidates for the penalty, as a share of the features' variance", "", at_least(0)});
  v("features", o.features, {"linear: the coefficients; quadratic: and their products", "", one_of({"linear", "quadratic"})});
  v("samples", o.samples, {"training samples used, spread evenly", "", at_least(2)});
}

/// The weights: means, modes, scales of the coefficients and the regression matrix, f64 where the regression needs it.
Weights fit_pod_ridge(const Dataset& train, const Dataset& valid, const ModelInfo& info);
std::unique_ptr<SurrogateInterface> load_pod_ridge(const ModelFile& model);

}  // namespace marea
