// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <marea/io/error.hpp>
#include <marea/io/host_array.hpp>
#include <marea/solvers/advance.hpp>
#include <marea/solvers/device_array.hpp>
#include <marea/solvers/field_algebra.hpp>
#include <marea/solvers/registry.hpp>
#include <marea/surrogate/hybrid/emulate.hpp>
#include <marea/surrogate/hybrid/hybrid_solver.hpp>

#include "support/basin_case.hpp"

using namespace marea;
using namespace marea::hybrid;

namespace {

constexpr std::int64_t nx = 48, ny = 32;
constexpr double interval = 20.0;

/// A wave 40 km long in a closed basin 100 m deep: smooth over the interval. All steps are as short as the first ones
/// of a run, so that a solver made anew for one interval takes the steps of one that has run before.
OptionTree basin() {
  OptionTree file = test::basin_case({.nx = nx, .ny = ny, .cell = 2e3, .depth = 100, .x = 40e3, .y = 30e3,
                                      .radius = 15e3, .height = 1});
  file["solver"]["cfl"] = 0.2;
  return file;
}

ModelInfo step_model() {
  ModelInfo info;
  info.name = "solver";
  info.task = "step";
  info.interval = interval;
  info.extents = {ny, nx};
  info.axis_names = {"y", "x"};
  info.boundary = {{{"wall", "wall"}}, {{"wall", "wall"}}};
  info.centres = {std::vector<double>(ny), std::vector<double>(nx)};
  for (std::int64_t j = 0; j < ny; ++j) info.centres[0][static_cast<std::size_t>(j)] = 2.0e3 * (static_cast<double>(j) + 0.5);
  for (std::int64_t i = 0; i < nx; ++i) info.centres[1][static_cast<std::size_t>(i)] = 2.0e3 * (static_cast<double>(i) + 0.5);
  info.inputs = {FieldInfo{.name = "eta", .units = "m"}, FieldInfo{.name = "velocity", .units = "m s-1", .rank = 1}};
  info.outputs = info.inputs;
  info.input_channels = info.output_channels = {"eta", "velocity_x", "velocity_y"};
  // Elevation of one metre on 100 m of water moves it at sqrt(g / depth) = 0.3 m/s.
  info.output_statistics = {{.channel = "eta", .rms = 0.3, .minimum = -2, .maximum = 2},
                            {.channel = "velocity_x", .rms = 0.1, .minimum = -1, .maximum = 1},
                            {.channel = "velocity_y", .rms = 0.1, .minimum = -1, .maximum = 1}};
  info.input_statistics = info.output_statistics;
  return info;
}

/// The solver itself behind the surrogate's interface, with its increment multiplied by `factor`: 1 is perfect.
class SolverAsSurrogate final : public SurrogateInterface {
 public:
  explicit SolverAsSurrogate(double factor) : factor_(factor) {}
  const ModelInfo& info() const override { return info_; }
  void predict(const ArrayRef& in, const ArrayRef& out, const Queue&) override {
    const FieldChannels channels(info_.outputs, solver_->grid());
    const DeviceArray start = channels.make(), end = channels.make();
    copy_array(in[0], start.ref());
    channels.write(*solver_, start.ref());
    solver_->set_time(0, 0);
    advance_to(*solver_, interval);
    channels.read(*solver_, end.ref());
    field_algebra::combine({{1 - factor_, start.ref()}, {factor_, end.ref()}}, end.ref());
    copy_array(end.ref(), out[0]);
  }

 private:
  ModelInfo info_ = step_model();
  AnySolver solver_ = marea::make_solver(basin(), MPI_COMM_SELF);
  double factor_;
};

HybridSolver make_hybrid(MPI_Comm comm, double factor, HybridOptions options, const OptionTree& case_file = basin()) {
  return HybridSolver(marea::make_solver(case_file, comm),
                      std::make_unique<Emulate>(marea::make_solver(basin(), comm),
                                                Surrogate(std::make_unique<SolverAsSurrogate>(factor)), options),
                      OptionTree(OptionTree::Table{}));
}

void run(SolverInterface& solver, int intervals) {
  for (int k = 1; k <= intervals; ++k) advance_to(solver, k * interval);
}

/// The whole field on rank 0.
std::vector<double> whole(SolverInterface& solver, const std::string& field) {
  const HostArray values = FieldChannels({FieldInfo{.name = field}}, solver.grid()).read_whole(solver);
  return {values.values<double>().begin(), values.values<double>().end()};
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

int rank() {
  int r = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &r);
  return r;
}

}  // namespace

TEST_CASE("a perfect surrogate is always accepted, and audits find no error") {
  auto hybrid = make_hybrid(MPI_COMM_WORLD, 1.0, {.tolerance = 0.02, .audit = 0.5});
  run(hybrid, 12);
  const auto s = summarise(hybrid.ledger(), 0.02);
  CHECK(s.intervals == 12);
  CHECK(s.coverage == 1);
  if (rank() == 0) {
    CHECK(s.audited > 0);
    CHECK(s.share_within == 1);
    CHECK(s.audited_error_maximum < 1e-6);  // the state passes through single steps of conversion only
  }
}

TEST_CASE("a bad surrogate is always rejected, and the run is the solver's bit for bit") {
  auto hybrid = make_hybrid(MPI_COMM_WORLD, 1.5, {.tolerance = 0.02});
  auto alone = marea::make_solver(basin(), MPI_COMM_WORLD);
  run(hybrid, 6);
  for (int k = 1; k <= 6; ++k) advance_to(*alone, k * interval);
  CHECK(summarise(hybrid.ledger(), 0.02).accepted == 0);
  CHECK(hybrid.steps() == alone->steps());
  for (const char* field : {"h", "hu", "hv", "max_eta"}) CHECK(same_bits(whole(hybrid, field), whole(*alone, field)));
}

TEST_CASE("the solver within a hybrid takes the path that it takes alone") {
  auto hybrid = make_hybrid(MPI_COMM_WORLD, 1.5, {.tolerance = 0.02});
  auto alone = marea::make_solver(basin(), MPI_COMM_WORLD);
  const void* const hybrid_start = hybrid.state().data;
  const void* const alone_start = alone->state().data;
  // A solver whose state somebody holds copies it at every step instead of swapping two arrays.
  std::vector<bool> hybrid_moved, alone_moved;
  for (const double dt : {1.0, interval, interval, interval}) {  // the first is the solver's, in one step
    hybrid.step(dt);
    advance_to(*alone, hybrid.time());
    hybrid_moved.push_back(hybrid.state().data != hybrid_start);
    alone_moved.push_back(alone->state().data != alone_start);
  }
  const auto s = summarise(hybrid.ledger(), 0.02);
  CHECK(s.proposed == 3);
  CHECK(s.accepted == 0);
  CHECK(hybrid_moved == alone_moved);
  CHECK(std::ranges::count(alone_moved, true) > 0);
}

TEST_CASE("nothing but scalars crosses to the host in an accepted interval") {
  auto hybrid = make_hybrid(MPI_COMM_SELF, 1.0, {.tolerance = 0.02, .audit = 0});
  run(hybrid, 3);
  for (const LedgerEntry& row : hybrid.ledger()) {
    CHECK(row.accepted);
    CHECK(row.bytes_to_host == 0);
    CHECK(row.bytes_to_device == 0);
  }
}

TEST_CASE("a proposal from which the solver cannot take a step is rejected") {
  for (const auto& check : {std::vector<std::string>{"residual"}, std::vector<std::string>{"residual", "invariants"}}) {
    auto hybrid = make_hybrid(MPI_COMM_WORLD, 1e200, {.tolerance = 0.02, .check = check});
    auto alone = marea::make_solver(basin(), MPI_COMM_WORLD);
    run(hybrid, 2);
    for (int k = 1; k <= 2; ++k) advance_to(*alone, k * interval);
    CHECK(summarise(hybrid.ledger(), 0.02).accepted == 0);
    CHECK(same_bits(whole(hybrid, "h"), whole(*alone, "h")));
  }
}

TEST_CASE("a surrogate that fails on rank 0 is an error on every rank") {
  class Broken final : public SurrogateInterface {
   public:
    const ModelInfo& info() const override { return info_; }
    void predict(const ArrayRef&, const ArrayRef&, const Queue&) override { fail<NumericalError>("net", "broken"); }
    ModelInfo info_ = step_model();
  };
  HybridSolver hybrid(marea::make_solver(basin(), MPI_COMM_WORLD),
                      std::make_unique<Emulate>(marea::make_solver(basin(), MPI_COMM_WORLD),
                                                Surrogate(std::make_unique<Broken>()), HybridOptions{}),
                      OptionTree(OptionTree::Table{}));
  CHECK_THROWS_AS(hybrid.step(interval), Error);
}

TEST_CASE("decisions and bits do not depend on the rank count") {
  const HybridOptions options{.tolerance = 0.02, .audit = 0.3};
  auto shared = make_hybrid(MPI_COMM_WORLD, 1.005, options);
  run(shared, 8);
  const auto eta = whole(shared, "eta");
  if (rank() != 0) return;
  auto single = make_hybrid(MPI_COMM_SELF, 1.005, options);
  run(single, 8);
  CHECK(same_bits(eta, whole(single, "eta")));
  for (std::size_t k = 0; k < single.ledger().size(); ++k) {
    CHECK(single.ledger()[k].accepted == shared.ledger()[k].accepted);
    CHECK(single.ledger()[k].residual == shared.ledger()[k].residual);
  }
}

TEST_CASE("a restarted hybrid run ends in the same bits and the same ledger") {
  const HybridOptions options{.tolerance = 0.02, .audit = 0.3};
  auto through = make_hybrid(MPI_COMM_WORLD, 1.0, options);
  run(through, 8);

  auto first = make_hybrid(MPI_COMM_WORLD, 1.0, options);
  run(first, 3);
  auto second = make_hybrid(MPI_COMM_WORLD, 1.0, options);
  for (const auto& piece : first.restart_pieces()) {
    const HostArray values(DType::f64, piece.extents());
    first.read_restart(piece.name, values.ref());
    second.write_restart(piece.name, values.ref());
  }
  second.set_time(first.time(), first.steps());
  second.set_tables(first.tables());
  for (int k = 4; k <= 8; ++k) advance_to(second, k * interval);

  CHECK(second.ledger().size() == through.ledger().size());
  for (const char* field : {"h", "hu", "hv", "max_eta"}) CHECK(same_bits(whole(second, field), whole(through, field)));
}

TEST_CASE("steps that are no whole interval are the solver's") {
  auto hybrid = make_hybrid(MPI_COMM_WORLD, 1.0, {.tolerance = 0.02});
  advance_to(hybrid, 0.5 * interval);
  CHECK(hybrid.ledger().size() == 1);
  CHECK(!hybrid.ledger()[0].proposed);
  CHECK(hybrid.time() == 0.5 * interval);
}

TEST_CASE("a step that is not finite and positive is refused, and the ledger stays empty") {
  auto hybrid = make_hybrid(MPI_COMM_WORLD, 1.0, {.tolerance = 0.02});
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double dt : {0.0, -0.01, infinity, std::numeric_limits<double>::quiet_NaN()})
    CHECK_THROWS_AS(hybrid.step(dt), ConfigError);
  CHECK(hybrid.ledger().empty());
  CHECK(hybrid.time() == 0);
}

TEST_CASE("a model for another grid, order of axes, field, unit or boundary is refused by name") {
  auto solver = marea::make_solver(basin(), MPI_COMM_SELF);
  ModelInfo info = step_model();
  CHECK_NOTHROW(require_fit(info, *solver));
  info.extents = {64, 64};
  CHECK_THROWS_WITH_AS(require_fit(info, *solver),
                       "surrogate: the model was trained on a grid of 64 x 64 cells, the solver runs on 48 x 32; "
                       "run the solver on the model's grid or train a model on this one", ConfigError);
  info = step_model();
  info.inputs[0].name = "salinity";
  CHECK_THROWS_AS(require_fit(info, *solver), ConfigError);
  info = step_model();
  info.boundary[1] = {"open", "open"};
  CHECK_THROWS_AS(require_fit(info, *solver), ConfigError);
  info = step_model();
  info.axis_names = {"x", "y"};
  CHECK_THROWS_WITH_AS(require_fit(info, *solver),
                       "surrogate: the model's arrays have the axes (x, y), the solver's (y, x); train a model on data "
                       "in the order of the solver", ConfigError);
  info.axis_names.clear();
  CHECK_THROWS_WITH_AS(require_fit(info, *solver), doctest::Contains("(of unknown order)"), ConfigError);
  info = step_model();
  info.outputs[0].units = "cm";
  CHECK_THROWS_WITH_AS(require_fit(info, *solver), doctest::Contains("has 'eta' in 'cm', shallow_water in 'm'"),
                       ConfigError);
  info = step_model();
  info.time_unit = "min";
  CHECK_THROWS_WITH_AS(require_fit(info, *solver), doctest::Contains("has time in 'min', shallow_water in 's'"),
                       ConfigError);
  info = step_model();
  info.task = "map";
  CHECK_THROWS_AS(require_fit(info, *solver), ConfigError);
}

TEST_CASE("a hybrid table without a model is refused") {
  OptionTree file = basin();
  file["hybrid"]["tolerance"] = 0.1;
  CHECK_THROWS_AS(hybrid::make_solver(file, MPI_COMM_SELF), ConfigError);
}
