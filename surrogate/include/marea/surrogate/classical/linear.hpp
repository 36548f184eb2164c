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

/// Ridge regression between whole scaled fields: B and b of least sum_s |y_s - B x_s - b|^2 + penalty |B|^2, found in
/// the POD coordinates of inputs and outputs, of which B has no more than there are samples. The penalty is that of
/// least error on the validation runs.
///
/// Source: A. E. Hoerl and R. W. Kennard (1970), doi:10.1080/00401706.1970.10488634.
struct LinearOptions {
  std::vector<double> ridge{1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1};
  int samples = 512;
};
template <class Visitor>
void visit(Visitor&& v, LinearOptions& o) {
  v("ridge", o.ridge, {"candidates for the penalty, as a share of the inputs' mean square", "", positive()});
  v("samples", o.samples, {"training samples used, spread evenly", "", at_least(2)});
}

/// The weights: means, modes and scales of both POD bases, "regression" f64 (input, output coefficients).
Weights fit_linear(const Dataset& train, const Dataset& valid, const ModelInfo& info);
std::unique_ptr<SurrogateInterface> load_linear(const ModelFile& model);

}  // namespace marea
