// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <Eigen/Dense>

#include "study.hpp"

namespace marea::detail {

/// Error that the solver's own grid leaves in a statistic: Richardson's extrapolation at first order, as in the report
/// (reference_error), from the same inputs on a grid with half as many cells an axis.
///
/// \param fine, coarse  values of the solver and of that grid on each input [units of the quantity]
/// \return in the units of the statistic; not a number for Sobol indices, which so few runs do not tell
double discretisation_error(const Statistic& statistic, const Eigen::RowVectorXd& fine,
                            const Eigen::RowVectorXd& coarse);

}  // namespace marea::detail
