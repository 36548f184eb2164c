// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#define DOCTEST_CONFIG_IMPLEMENT
#include <marea/solvers/runtime.hpp>

#include "support/run_doctest.hpp"

int main(int argc, char** argv) {
  marea::Runtime runtime(argc, argv);
  return marea::test::run_doctest(argc, argv);
}
