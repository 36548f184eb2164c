// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <string>

#include <doctest/doctest.h>

#include <marea/solvers/thread_limit.hpp>

#include "support/shallow_water_case.hpp"

using namespace marea;
using namespace marea::test;

namespace {

/// A wave over islands with drying cells and gauges, so that every part of a step takes part.
std::string busy_case(const std::string& boundary, const std::string& grid_extra, const std::string& precision) {
  return grid_table(40, 36, 0, 8, 0, 7.2, boundary, boundary == "periodic" ? "periodic" : "open") + grid_extra +
         "[solver]\nmanning = 0.02\ncoriolis = 0.05\ncfl = 1.0\ndry_depth = 1e-4\nprecision = \"" + precision +
         "\"\ngauges = { a = [3.05, 2.0], b = [7.9, 7.1] }\n"
         "[solver.bathymetry]\nprofile = \"rough\"\nmean = -0.3\namplitude = 1.0\nwavelength = 1.0\n"
         "[initial]\nprofile = \"gaussian_hump\"\ncentre = [4.0, 3.6]\nradius = [1.5, 0.8]\nangle = 30\nheight = 1.5\n";
}

/// Values of this rank that differ between a run on all ranks and one of this rank alone.
std::size_t differing(SolverInterface& many, SolverInterface& one) {
  const Block& block = many.grid().block;
  std::size_t count = 0;
  for (const RestartPiece& info : many.restart_pieces()) {
    HostArray mine(DType::f64, {block.extent[0], block.extent[1]}), whole(DType::f64, {block.global[0], block.global[1]});
    many.read_restart(info.name, mine.ref());
    one.read_restart(info.name, whole.ref());
    for (std::int64_t j = 0; j < block.extent[0]; ++j) {
      for (std::int64_t i = 0; i < block.extent[1]; ++i) {
        const double a = mine.values<double>()[j * block.extent[1] + i];
        const double b = whole.values<double>()[(block.offset[0] + j) * block.global[1] + block.offset[1] + i];
        count += a != b;
      }
    }
  }
  return count;
}

}  // namespace

TEST_CASE("any number of ranks and threads in any split gives the bits of one, gauges and invariants too") {
  int size = 1, rank = 0;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  const std::string n = std::to_string(size), half = std::to_string(size / 2);
  std::vector<std::string> splits{"", "ranks = [" + n + ", 1]\n", "ranks = [1, " + n + "]\n"};
  if (size > 2 && size % 2 == 0) splits.push_back("ranks = [2, " + half + "]\n");
  for (const char* boundary : {"wall", "periodic"}) {
    for (const char* precision : {"double", "single"}) {
      AnySolver one = make_case(busy_case(boundary, "", precision), MPI_COMM_SELF);
      {
        const ThreadLimit single(1);
        advance_to(*one, 3);
      }
      for (const std::string& split : splits) {
        CAPTURE(split);
        AnySolver many = make_case(busy_case(boundary, split, precision), MPI_COMM_WORLD);
        advance_to(*many, 3);
        CHECK(many->steps() == one->steps());
        CHECK(differing(*many, *one) == 0);
        for (std::size_t k = 0; k < 4; ++k) CHECK(many->invariants()[k].value == one->invariants()[k].value);
        const auto tables = many->tables(), expected = one->tables();
        if (rank == 0) {
          REQUIRE(tables.size() == 2);
          for (int g = 0; g < 2; ++g) CHECK((tables[g].values == expected[g].values));
        }
      }
    }
  }
}

TEST_CASE("a restart, on these ranks from one rank, goes on with the same bits") {
  AnySolver one = make_case(busy_case("wall", "", "double"), MPI_COMM_SELF);
  advance_to(*one, 1.5);
  AnySolver many = make_case(busy_case("wall", "", "double"), MPI_COMM_WORLD);
  const Block& block = many->grid().block;
  for (const RestartPiece& info : one->restart_pieces()) {
    HostArray whole(DType::f64, {block.global[0], block.global[1]});
    one->read_restart(info.name, whole.ref());
    many->write_restart(info.name, whole.ref().slice(0, block.offset[0], block.offset[0] + block.extent[0])
                                       .slice(1, block.offset[1], block.offset[1] + block.extent[1]));
  }
  many->set_time(one->time(), one->steps());
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  many->set_tables(rank == 0 ? one->tables() : std::vector<Table>{});
  advance_to(*one, 3);
  advance_to(*many, 3);
  CHECK(many->steps() == one->steps());
  CHECK(differing(*many, *one) == 0);
  const auto tables = many->tables(), expected = one->tables();
  if (rank == 0) CHECK((tables[0].values == expected[0].values));
}
