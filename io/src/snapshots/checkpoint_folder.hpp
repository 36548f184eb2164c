// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace marea::detail {

/// "step_000000001200.h5": sorted by name is sorted by step.
std::string checkpoint_name(std::int64_t steps);

/// Paths of the checkpoints of a folder, the newest first; none when the folder does not exist.
std::vector<std::string> checkpoints_newest_first(const std::string& folder);

}  // namespace marea::detail
