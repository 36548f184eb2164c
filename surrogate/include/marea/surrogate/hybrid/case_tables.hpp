// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <vector>

#include <marea/solvers/registry.hpp>

namespace marea::hybrid {

/// The tables of case and training files that belong to no single solver or model: those of a simulation, then data,
/// normalise, train, surrogate, hybrid.
std::vector<TableEntry> case_tables();

}  // namespace marea::hybrid
