// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/collective.hpp>

#include <new>
#include <stdexcept>

#include <doctest/doctest.h>

#include <marea/io/error.hpp>

using namespace marea;

namespace {

int last_rank() {
  int ranks = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  return ranks - 1;
}

/// Throws `error` on the last rank alone.
template <class E> void fail_on_one(const E& error) {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  run_collectively(MPI_COMM_WORLD, [&] {
    if (rank == last_rank()) throw error;
  });
}

}  // namespace

TEST_CASE_TEMPLATE("an error of one rank is thrown on all with its type and message", E, Error, ConfigError, ShapeError,
                   IoError, DataError, NotBuilt, NumericalError, Stopped) {
  try {
    fail_on_one(E("here: what and why"));
    FAIL("nothing was thrown");
  } catch (const std::exception& error) {
    CHECK(typeid(error) == typeid(E));
    CHECK(std::string(error.what()) == "here: what and why");
  }
}

TEST_CASE("running out of memory stays what it is") { CHECK_THROWS_AS(fail_on_one(std::bad_alloc()), std::bad_alloc); }

TEST_CASE("a foreign error keeps its type on a single rank, elsewhere its message") {
  if (last_rank() == 0) {
    CHECK_THROWS_AS(fail_on_one(std::out_of_range("index 7")), std::out_of_range);
  } else {
    CHECK_THROWS_WITH_AS(fail_on_one(std::out_of_range("index 7")), "index 7", Error);
  }
}

TEST_CASE("nothing is thrown where no rank fails") { CHECK_NOTHROW(run_collectively(MPI_COMM_WORLD, [] {})); }
