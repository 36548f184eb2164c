// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <vector>

#include "extra_score.hpp"

namespace marea::detail {

/// Both sides of the wet/dry fronts of the reference, (cells) 0/1 at each lead time, inside `mask` where there is one.
///
/// Wet cells come from the depth where the model predicts it, from the surface above the bed where it predicts the one
/// and has the other as input, and otherwise from the mask, whose edge is the coast. Empty without any of these.
std::vector<HostArray> front_cells_of(const ScoreEntry& names, const HeldOut& run, const ModelInfo& info,
                                      const ArrayRef& mask);

}  // namespace marea::detail
