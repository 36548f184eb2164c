// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <limits>
#include <string>
#include <vector>

#include <Eigen/Dense>

#include "blue.hpp"

namespace marea::detail {

/// One number that is estimated, with its error bar.
struct Estimate {
  double value = 0, standard_error = 0;
  double low = 0, high = 0;  ///< ends of the interval
  /// What the solver's own grid adds, not in the interval; not a number where no coarser grid tells.
  double discretisation_error = std::numeric_limits<double>::quiet_NaN();
};

/// The samples of one scalar. The pilot only fixes coefficients and is in no sum: its samples would be weighted by what
/// they themselves have chosen, which is biased and makes intervals too narrow.
struct Samples {
  std::vector<Group> groups;
  Eigen::MatrixXd pilot;                 ///< models x samples
  std::vector<Eigen::MatrixXd> values;   ///< of each group: its models x its samples
  double confidence = 0.95;
};

/// Replaces each value that is not finite, of a model other than the truth, by the mean of the model's finite values in
/// the pilot: a rule that depends on the input alone, so that the estimate stays unbiased. \return how many
std::int64_t replace_not_finite(Samples& samples);

/// Mean; its interval is Student's with the degrees of freedom of Welch and Satterthwaite over the groups.
Estimate estimate_mean(const Samples& samples);

/// Standard deviation by the corrected second moment; its interval is that of its logarithm.
Estimate estimate_std(const Samples& samples);

/// Probability to exceed `threshold`; its interval allows for disagreements that few samples do not see.
Estimate estimate_exceedance(const Samples& samples, double threshold);

/// The value below which a share `p` lies, by inverting the corrected distribution function; the interval are the values
/// where that function and its standard error pass p. Source: R. S. Woodruff (1952), doi:10.1080/01621459.1952.10483443.
Estimate estimate_quantile(const Samples& samples, double p);

}  // namespace marea::detail
