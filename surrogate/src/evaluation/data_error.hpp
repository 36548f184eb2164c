// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <vector>

#include "method.hpp"

namespace marea::detail {

/// Error of a map's output fields against the data's own outputs, on the model's grid, as published benchmarks measure
/// it: relative L2, mean over the runs.
std::vector<double> errors_on_data(const Method& map, const std::vector<HeldOut>& runs, const ModelInfo& info);

}  // namespace marea::detail
