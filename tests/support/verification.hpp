// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cmath>
#include <cstdlib>
#include <string>

#include <doctest/doctest.h>

// Published and exact numbers, each a row of docs/verification.md. `bash tests/verify.sh` runs the programs that
// include this file and prints the rows as a table.
namespace marea::test {

/// Whether the long verification is asked for: MAREA_VERIFY is set, as by tests/verify.sh.
inline bool verifying() { return std::getenv("MAREA_VERIFY") != nullptr; }

/// Checks that `found` is `published` within `tolerance`, all of one unit, and prints the row. `what` names the row in
/// docs/verification.md and is its only one. Of an error against an exact solution, 0 is published.
inline void verify(const std::string& what, double found, double published, double tolerance) {
  MESSAGE("verified: ", what, " | ", found, " | ", published, " | ", tolerance);
  CHECK(std::fabs(found - published) <= tolerance);
}

}  // namespace marea::test
