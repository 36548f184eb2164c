// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cmath>
#include <memory>
#include <string>

#include <doctest/doctest.h>

#include <marea/io/case_file.hpp>
#include <marea/io/snapshot_reader.hpp>
#include <marea/solvers/advance.hpp>
#include <marea/solvers/simulation.hpp>

#include "support/shared_folder.hpp"
#include "support/solver_bits.hpp"
#include "support/unusual_solvers.hpp"

using namespace marea;
using namespace marea::test;

namespace test_unusual {

using Make = AnySolver (*)(MPI_Comm);

AnySolver spectral(MPI_Comm comm) { return AnySolver(std::make_unique<SpectralBurgers>(comm)); }
AnySolver steady(MPI_Comm comm) { return AnySolver(std::make_unique<SteadyRod>(comm)); }
AnySolver members(MPI_Comm comm) {
  return AnySolver(std::make_unique<LorenzMembers>(parse_case_text("[grid]\nmembers = 11\n", "case.toml"), comm));
}
AnySolver staggered(MPI_Comm comm) { return AnySolver(std::make_unique<StaggeredPipe>(comm)); }

/// The bits of one rank on all of them, and checkpoints that go from these ranks to one and back.
void check_ranks_and_restarts(Make make, const std::string& name) {
  AnySolver alone = make(MPI_COMM_SELF), many = make(MPI_COMM_WORLD);
  walk(*alone, 7);
  walk(*many, 7);
  CHECK(differing_piece(*many, *alone) == "");
  const SharedFolder folder("unusual_" + name);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  const std::string of_many = write_checkpoint(*many, folder.file("many"));
  const std::string of_one = write_checkpoint(*alone, folder.file("one" + std::to_string(rank)));
  AnySolver from_many = make(MPI_COMM_SELF), from_one = make(MPI_COMM_WORLD);
  read_checkpoint(*from_many, of_many);
  read_checkpoint(*from_one, of_one);
  for (AnySolver* solver : {&alone, &many, &from_many, &from_one}) walk(**solver, 7);
  CHECK(differing_piece(*many, *alone) == "");
  CHECK(differing_piece(*from_many, *alone) == "");
  CHECK(differing_piece(*from_one, *alone) == "");
  for (const FieldInfo& field : alone->outputs())
    CHECK(same_bits(field_array(*from_one, field), field_array(*many, field)));
  MPI_Barrier(MPI_COMM_WORLD);
}

/// Burgers' equation from sin x: Cole and Hopf's transformation makes it diffusion of a series of Bessel functions.
/// Source: E. R. Benton, G. W. Platzman (1972), doi:10.1090/qam/306736.
double burgers(double x, double t, double viscosity) {
  const double z = 1 / (2 * viscosity);
  double phi = std::cyl_bessel_i(0.0, z), slope = 0;
  for (int n = 1; n < 40; ++n) {
    const double weight = 2 * std::cyl_bessel_i(double(n), z) * std::exp(-viscosity * n * n * t);
    phi += weight * std::cos(n * x);
    slope -= n * weight * std::sin(n * x);
  }
  return -2 * viscosity * slope / phi;
}

}  // namespace test_unusual

using namespace test_unusual;

TEST_CASE("a spectral state of complex coefficients keeps the bits on any ranks and in any restart") {
  check_ranks_and_restarts(spectral, "spectral");
}

TEST_CASE("a spectral state is read as values of its truncated series, and written from them") {
  AnySolver solver = spectral(MPI_COMM_WORLD);
  CHECK(solver->fields()[0].cell_value == CellValue::truncation);
  CHECK(solver->state().data == nullptr);
  CHECK(solver->hold_state() == nullptr);
  const RestartPiece piece = solver->restart_pieces().at(0);
  CHECK(piece.block.global[0] == SpectralBurgers::modes);
  CHECK(piece.components == std::vector<std::int64_t>{2});
  advance_to(*solver, 1.0);
  const HostArray u = field_array(*solver, solver->fields()[0]);
  const Block& b = solver->grid().block;
  double worst = 0;
  for (std::int64_t i = 0; i < b.extent[0]; ++i) {
    const double exact = burgers(solver->grid().centres[0][b.offset[0] + i], 1, SpectralBurgers::viscosity);
    worst = std::max(worst, std::fabs(u.values<double>()[i] - exact));
  }
  CHECK(worst < 1e-6);
  AnySolver other = spectral(MPI_COMM_WORLD);
  const NamedArray field{"u", u.ref()};
  other->write({&field, 1});
  const HostArray back = field_array(*other, other->fields()[0]);
  for (std::int64_t i = 0; i < u.size(); ++i)
    CHECK(back.values<double>()[i] == doctest::Approx(u.values<double>()[i]).epsilon(1e-12));
}

TEST_CASE("a steady solver keeps the bits on any ranks and in any restart") {
  check_ranks_and_restarts(steady, "steady");
}

TEST_CASE("a step of a steady solver, of any length, solves from the present guess") {
  auto own = std::make_unique<SteadyRod>(MPI_COMM_WORLD);
  SteadyRod& rod = *own;
  AnySolver solver(std::move(own));
  CHECK(solver->steady());
  CHECK(std::isinf(solver->stable_dt()));
  CHECK(advance_to(*solver, 5.0));
  CHECK(solver->steps() == 1);
  CHECK(solver->time() == 5);
  const std::int64_t cold = rod.sweeps();
  CHECK(cold > 100);
  // Second differences with walls between cells: (x (1 - x) + dx^2 / 4) / 2 at the centres.
  const HostArray u = field_array(*solver, solver->fields()[0]);
  const Block& b = solver->grid().block;
  const double dx = 1.0 / 16;
  for (std::int64_t i = 0; i < b.extent[0]; ++i) {
    const double x = solver->grid().centres[0][b.offset[0] + i];
    CHECK(u.values<double>()[i] == doctest::Approx(0.5 * (x * (1 - x) + dx * dx / 4)).epsilon(1e-9));
  }
  solver->step(1e-3);
  CHECK(rod.sweeps() == 1);  // nothing left to do
}

TEST_CASE("a steady solver runs as a simulation: one step to each snapshot") {
  const SharedFolder folder("unusual_simulate");
  OptionTree file = parse_case_text("[run]\nend_time = 2.0\n[output]\nevery = 1.0\nprecision = \"double\"\n", "c.toml");
  file.set_path("output.folder", folder.file("run"));
  SimulationHooks hooks;
  hooks.make_solver = [](const OptionTree&, MPI_Comm comm) { return steady(comm); };
  const SimulationResult result = simulate(file, MPI_COMM_WORLD, hooks);
  CHECK(result.status == RunStatus::finished);
  CHECK(result.steps == 2);
  MPI_Barrier(MPI_COMM_WORLD);
  const SnapshotReader reader(result.snapshot_file);
  CHECK(reader.times() == std::vector<double>{0, 1, 2});
  HostArray first(DType::f64, {16}), last(DType::f64, {16});
  reader.read("u", 0, 0, first.ref());
  reader.read("u", 0, 2, last.ref());
  CHECK(first.values<double>()[7] == 0);
  CHECK(last.values<double>()[7] == doctest::Approx(0.125).epsilon(0.01));
}

TEST_CASE("members without space keep the bits on any ranks and in any restart") {
  check_ranks_and_restarts(members, "members");
}

TEST_CASE("each member is a system of its own, and a file names them") {
  AnySolver solver = members(MPI_COMM_WORLD);
  CHECK(solver->grid().axis_names == std::vector<std::string>{"member"});
  advance_to(*solver, 2.0);
  // Member 0 starts at (1, 1, 1): Taylor series with 30 digits (mpmath.odefun). Errors have grown 1e3-fold by then.
  if (solver->grid().block.offset[0] == 0) {
    const double expected[] = {-8.1734999322422496, -9.5620236867987995, 24.620702049679666};
    for (int n = 0; n < 3; ++n) {
      const HostArray values = field_array(*solver, solver->fields()[n]);
      CHECK(std::fabs(values.values<double>()[0] - expected[n]) < 1e-4);
    }
  }
  const SharedFolder folder("unusual_members");
  OptionTree file = parse_case_text("[grid]\nmembers = 11\n[run]\nend_time = 0.01\n", "case.toml");
  file.set_path("output.folder", folder.file("run"));
  SimulationHooks hooks;
  hooks.make_solver = [](const OptionTree& c, MPI_Comm comm) {
    return AnySolver(std::make_unique<LorenzMembers>(c, comm));
  };
  const SimulationResult result = simulate(file, MPI_COMM_WORLD, hooks);
  MPI_Barrier(MPI_COMM_WORLD);
  const SnapshotReader reader(result.snapshot_file);
  CHECK(reader.grid().axis_names == std::vector<std::string>{"member"});
  HostArray x(DType::f32, {11});
  reader.read("x", 0, 0, x.ref());
  CHECK(x.values<float>()[10] == 2);
}

TEST_CASE("a staggered field keeps the bits on any ranks and in any restart") {
  check_ranks_and_restarts(staggered, "staggered");
}

TEST_CASE("a staggered field has a piece of one more face than cells, and gives the cells' means") {
  AnySolver solver = staggered(MPI_COMM_WORLD);
  walk(*solver, 30);
  const RestartPiece faces = solver->restart_pieces().at(1);
  CHECK(faces.name == "u_face_x");
  CHECK(faces.block.global[0] == solver->grid().block.global[0] + 1);
  const HostArray u = piece_of(*solver, faces), mean = field_array(*solver, solver->fields()[1]);
  for (std::int64_t i = 0; i + 1 < u.size(); ++i)
    CHECK(mean.values<double>()[i] == 0.5 * (u.values<double>()[i] + u.values<double>()[i + 1]));
  double moving = 0;
  for (const double v : mean.values<double>()) moving = std::max(moving, std::fabs(v));
  MPI_Allreduce(MPI_IN_PLACE, &moving, 1, MPI_DOUBLE, MPI_MAX, solver->grid().comm);
  CHECK(moving > 0.1);
}
