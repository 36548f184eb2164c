// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include "method.hpp"

namespace marea::detail {

/// The table `speed_up` of report.json: that of the output field in which the surrogate gains least over the best of
/// solvers and baselines, and `fields` with all.
OptionTree speed_up(const ModelInfo& info, const std::vector<Method>& methods);

/// The first lines of a report, from its tables speed_up, reference and threads.
std::vector<std::string> statement(const OptionTree& report);

/// "2.7 ms", "12.3 s", "4.1 min".
std::string duration_text(double seconds);

}  // namespace marea::detail
