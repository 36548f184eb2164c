// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>
#include <string>

#include <marea/io/dataset.hpp>
#include <marea/io/model_file.hpp>
#include <marea/io/options.hpp>
#include <marea/surrogate/surrogate.hpp>

namespace marea {

/// POD coefficients of the scaled outputs, each a Gaussian process over coordinates z of the scaled inputs: the runs'
/// parameters among the inputs and the POD coordinates of the other channels, each in units of its deviation. The
/// covariance is s k(r), and t more where both points are one, with r^2 = sum_d (dz_d / l_d)^2, a length l_d for each
/// coordinate (automatic relevance determination); s, t and l are those of the largest marginal likelihood of the
/// training samples, from two starts. `Surrogate::deviation` is the standard deviation that follows, of the kept output
/// modes together.
///
/// Source: C. E. Rasmussen and C. K. I. Williams (2006), doi:10.7551/mitpress/3206.001.0001, chapters 2 and 5.
struct PodGpOptions {
  std::string kernel = "squared_exponential";
  int input_modes = 12, output_modes = 20;
  int iterations = 100;
  int samples = 256;
};
template <class Visitor>
void visit(Visitor&& v, PodGpOptions& o) {
  v("kernel", o.kernel,
    {"k: squared_exponential exp(-r^2 / 2); matern52 (1 + a + a^2 / 3) exp(-a), a = 5^(1/2) r", "",
     one_of({"squared_exponential", "matern52"})});
  v("input_modes", o.input_modes,
    {"largest number of input coordinates; fewer where they hold 99.9 % of the variance", "", at_least(1)});
  v("output_modes", o.output_modes,
    {"largest number of output modes; fewer where they hold 99.99 % of the variance", "", at_least(1)});
  v("iterations", o.iterations,
    {"largest number of steps towards the largest likelihood, from each start", "", at_least(1)});
  v("samples", o.samples,
    {"training samples used, spread evenly; the time rises with the third power", "", at_least(3)});
}

/// The weights: means, modes and scales of both POD bases; "points" f64 (samples, coordinates); for each output
/// coefficient a row of "targets" (samples), in units of its deviation "output_scale", of "hyperparameters"
/// (s, t, l_1, …) and of "likelihood", the logarithm of the marginal one.
Weights fit_pod_gp(const Dataset& train, const Dataset& valid, const ModelInfo& info);
std::unique_ptr<SurrogateInterface> load_pod_gp(const ModelFile& model);

}  // namespace marea
