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

/// POD coefficients of the scaled outputs, each interpolated over coordinates z of the scaled inputs by radial basis
/// functions and a linear polynomial: s(z) = sum_i a_i phi(|z - z_i|) + b + c z, where the a_i are orthogonal to the
/// polynomials. Coordinates are the runs' parameters among the inputs, each in units of its deviation, and the POD
/// coordinates of the other channels, all in units of the first one's. Numbers of modes and smoothing are those of
/// least error on the validation runs.
///
/// Source: J. Duchon (1977), doi:10.1007/BFb0086566.
struct PodRbfOptions {
  std::string kernel = "thin_plate";
  std::vector<int> input_modes{3, 6, 12, 24, 48};
  int output_modes = 40;
  std::vector<double> smoothing{0, 1e-6, 1e-4, 1e-2, 1};
  int samples = 512;
};
template <class Visitor>
void visit(Visitor&& v, PodRbfOptions& o) {
  v("kernel", o.kernel,
    {"phi: thin_plate r^2 log r, cubic r^3, linear -r", "", one_of({"thin_plate", "cubic", "linear"})});
  v("input_modes", o.input_modes, {"candidates for the number of input coordinates", "", at_least(1)});
  v("output_modes", o.output_modes, {"largest number of output modes", "", at_least(1)});
  v("smoothing", o.smoothing,
    {"candidates for what is added to phi(0) at each sample, 0: interpolation", "", at_least(0)});
  v("samples", o.samples, {"training samples used, spread evenly", "", at_least(3)});
}

/// The weights: means, modes and scales of both POD bases, "points" f64 (samples, coordinates) and "regression" f64
/// (samples + 1 + coordinates, output coefficients).
Weights fit_pod_rbf(const Dataset& train, const Dataset& valid, const ModelInfo& info);
std::unique_ptr<SurrogateInterface> load_pod_rbf(const ModelFile& model);

}  // namespace marea
