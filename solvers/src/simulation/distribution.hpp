// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <functional>
#include <string>

#include <marea/io/option_tree.hpp>

namespace marea {

/// The quantile function of what one entry of `[ensemble.vary]` describes: a share in [0, 1) to a value.
///
/// Sampling by the inverse distribution function keeps the order of shares: Sobol points and strata stay what they are.
struct Distribution {
  std::function<double(double share)> at;
};

/// Reads `[low, high]` (uniform) or a table with `distribution`:
///
///   uniform { low, high }                 normal { mean, std }        lognormal { mean, std } of the value itself
///   truncated { mean, std, low, high }    (a normal one without its tails)
///   triangular { low, mode, high }        beta { a, b, low = 0, high = 1 }
///   discrete { values, weights = equal }  samples { file, column = 0 } (a text table, one sample a line, all equally likely)
///
/// `name` is the parameter, for messages. Throws ConfigError for an unknown distribution or key and for parameters that
/// describe none; IoError, DataError for the file of samples.
Distribution read_distribution(const OptionTree& entry, const std::string& name);

}  // namespace marea
