// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <string>

#include <marea/io/block.hpp>

namespace marea {

/// "k = 2, j = 7, i = 29": the indices in the whole grid of cell `n` of a box, counted in C order.
std::string cell_name(const Block& box, std::int64_t n);

}  // namespace marea
