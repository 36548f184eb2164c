// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <vector>

#include "held_out.hpp"

namespace marea::detail {

/// What a model says of the held-out inputs, and whether its band holds: the table `trust` of report.json, empty for a
/// model that knows neither. The band's coverage is that of the data's own outputs after the first interval (it was
/// calibrated on such) and of the finer reference's, by output channel, in the cells of the mask.
OptionTree trust_facts(const Surrogate& surrogate, const std::vector<HeldOut>& runs);

/// Its section of report.md; "" without that table.
std::string trust_markdown(const OptionTree& report);

}  // namespace marea::detail
