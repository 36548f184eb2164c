// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <marea/io/case_file.hpp>
#include <marea/io/error.hpp>
#include <marea/io/host_array.hpp>
#include <marea/solvers/registry.hpp>
#include <marea/surrogate/hybrid/field_channels.hpp>
#include <marea/surrogate/hybrid/hybrid_solver.hpp>
#include <marea/surrogate/hybrid/warm_start.hpp>

using namespace marea;
using namespace marea::hybrid;

namespace {

constexpr double tolerance = 1e-8;

OptionTree two_phases() {
  return parse_case_text("[grid]\nnx = 40\nny = 32\nboundary_x = [\"fixed\", \"fixed\"]\nboundary_y = [\"fixed\", "
                         "\"fixed\"]\n[solver]\nname = \"darcy\"\npermeability = { profile = \"two_phase\" }\n"
                         "[initial]\nprofile = \"uniform\"\n", "case.toml");
}

/// A cooled slab of two layers with power.
OptionTree slab() {
  return parse_case_text("[grid]\nnx = 12\nny = 8\nboundary_x = [\"wall\", \"wall\"]\n"
                         "boundary_y = [\"wall\", \"wall\"]\n"
                         "boundary_z = [\"insulated\", \"convective\"]\n[solver]\nname = \"heat_conduction\"\n"
                         "transfer_high = [0, 0, 10]\n[[solver.layers]]\nthickness = 1\ncells = 4\npower = 5\n"
                         "[[solver.layers]]\nthickness = 2\ncells = 2\nconductivity = 3\n[initial]\n"
                         "profile = \"uniform\"\n", "case.toml");
}

/// A map whose output is the same for every input: the whole field that it is given.
class Given final : public SurrogateInterface {
 public:
  Given(const GridInfo& grid, const std::string& input, const std::string& output, HostArray field)
      : field_(std::move(field)) {
    info_.name = "given";
    info_.task = "map";
    info_.length_unit = grid.length_unit;
    info_.time_unit = grid.time_unit;
    info_.inputs = {FieldInfo{.name = input}};
    info_.outputs = {FieldInfo{.name = output}};
    info_.input_channels = {input};
    info_.output_channels = {output};
    info_.axis_names = grid.axis_names;
    info_.extents.assign(grid.block.global.begin(), grid.block.global.begin() + grid.block.rank);
  }
  const ModelInfo& info() const override { return info_; }
  ModelInfo& info() { return info_; }
  void predict(const ArrayRef&, const ArrayRef& out, const Queue&) override { copy_array(field_.ref(), out[0]); }

 private:
  ModelInfo info_;
  HostArray field_;
};

/// What the solver finds alone: the whole field on rank 0, and its iterations.
struct Cold {
  explicit Cold(const OptionTree& case_file, std::string field) : name(std::move(field)) {
    AnySolver solver = marea::make_solver(case_file, MPI_COMM_WORLD);
    grid = solver->grid();
    for (const FieldInfo& output : solver->outputs())
      if (output.name == name) units = output.units;
    solver->step(1);
    iterations = static_cast<double>(solver->iterations());
    answer = whole(*solver);
  }
  HostArray whole(SolverInterface& solver) const {
    return FieldChannels({FieldInfo{.name = name}}, solver.grid()).read_whole(solver);
  }
  std::string name, units;
  GridInfo grid;
  HostArray answer;
  double iterations = 0;
};

/// The case, whose first guess is factor(cell) times the answer, solved with every guess audited.
template <class Factor>
HybridSolver warm(const OptionTree& case_file, const Cold& cold, const std::string& input, Factor f) {
  HostArray guess(DType::f64, cold.answer.extents());
  for (std::int64_t n = 0; n < guess.size(); ++n)
    guess.values<double>()[n] = f(n) * cold.answer.values<double>()[n];
  auto model = std::make_unique<Given>(cold.grid, input, cold.name, std::move(guess));
  AnySolver solver = marea::make_solver(case_file, MPI_COMM_WORLD);
  AnySolver probe = marea::make_solver(case_file, MPI_COMM_WORLD);
  for (const FieldInfo& output : solver->outputs()) {
    if (output.name == input) model->info().inputs[0].units = output.units;
    if (output.name == cold.name) model->info().outputs[0].units = output.units;
  }
  HybridOptions options;
  options.audit = 1;
  auto coupling = std::make_unique<WarmStart>(std::move(probe), Surrogate(std::move(model)), options);
  HybridSolver hybrid(std::move(solver), std::move(coupling), OptionTree(OptionTree::Table{}));
  hybrid.step(1);
  return hybrid;
}

double distance(HybridSolver& hybrid, const Cold& cold) {
  const HostArray found = cold.whole(hybrid);
  double squares = 0, size = 0;
  for (std::int64_t n = 0; n < found.size(); ++n) {
    squares += std::pow(found.values<double>()[n] - cold.answer.values<double>()[n], 2);
    size += std::pow(cold.answer.values<double>()[n], 2);
  }
  return size > 0 ? std::sqrt(squares / size) : 0;  // on rank 0
}

double alternating(std::int64_t n) { return n % 2 == 0 ? 1 : -1; }

}  // namespace

TEST_CASE("a good guess saves iterations, and the answer is the solver's to its tolerance") {
  const Cold cold(two_phases(), "p");
  for (const double error : {1e-2, 1e-5}) {
    auto hybrid = warm(two_phases(), cold, "permeability", [&](std::int64_t) { return 1 + error; });
    const LedgerEntry& row = hybrid.ledger().at(0);
    CHECK(row.guessed);
    CHECK(!row.accepted);
    CHECK(row.cold_iterations == cold.iterations);
    CHECK(row.iterations < cold.iterations);
    CHECK(row.audited_error < 100 * tolerance);
    CHECK(distance(hybrid, cold) < 100 * tolerance);
  }
}

TEST_CASE("a bad guess costs iterations alone, however bad") {
  const Cold cold(two_phases(), "p");
  for (const double size : {10.0, 1e6, 1e20}) {
    auto hybrid = warm(two_phases(), cold, "permeability", [&](std::int64_t n) { return size * alternating(n); });
    CHECK(hybrid.ledger().at(0).guessed);
    CHECK(hybrid.ledger().at(0).iterations > cold.iterations);
    CHECK(distance(hybrid, cold) < 100 * tolerance);
    CHECK(summarise(hybrid.ledger(), 0).saving.iterations > summarise(hybrid.ledger(), 0).saving.cold_iterations);
  }
}

TEST_CASE("a guess that is not finite, or that the solver cannot start from, is taken back to the cold bits") {
  const Cold cold(two_phases(), "p");
  using Limits = std::numeric_limits<double>;
  for (const double factor : {Limits::quiet_NaN(), Limits::infinity(), 1e200}) {
    auto hybrid = warm(two_phases(), cold, "permeability", [&](std::int64_t n) { return n == 7 ? factor : 1; });
    CHECK(!hybrid.ledger().at(0).guessed);
    CHECK(hybrid.ledger().at(0).iterations == cold.iterations);
    CHECK(distance(hybrid, cold) == 0);
    CHECK(summarise(hybrid.ledger(), 0).saving.taken_back == 1);
  }
}

TEST_CASE("later steps start from the solution, not from the guess") {
  const Cold cold(two_phases(), "p");
  auto hybrid = warm(two_phases(), cold, "permeability", alternating);
  hybrid.step(1);
  CHECK(!hybrid.ledger().at(1).proposed);
  CHECK(hybrid.ledger().at(1).iterations == 0);
  CHECK(summarise(hybrid.ledger(), 0).saving.guesses == 1);
}

TEST_CASE("layers of heat start from the rise or from the temperature of a map") {
  for (const char* output : {"rise", "temperature"}) {
    const Cold cold(slab(), output);
    auto hybrid = warm(slab(), cold, "source", [](std::int64_t) { return 1.0; });
    CHECK(hybrid.ledger().at(0).guessed);
    CHECK(hybrid.ledger().at(0).iterations == 0);
    CHECK(hybrid.ledger().at(0).cold_iterations > 0);
  }
}

TEST_CASE("a warm start of what is not steady, or by a step model, is refused") {
  const OptionTree wave = parse_case_text("[grid]\nnx = 32\n[solver]\nname = \"advection\"\n", "case.toml");
  const Cold cold(two_phases(), "p");
  auto model = std::make_unique<Given>(cold.grid, "permeability", "p", HostArray(DType::f64, {1, 32, 40}));
  model->info().task = "step";
  const auto start = [](const OptionTree& case_file, std::unique_ptr<Given> given) {
    HybridSolver(marea::make_solver(case_file, MPI_COMM_WORLD),
                 std::make_unique<WarmStart>(std::nullopt, Surrogate(std::move(given)), HybridOptions{}),
                 OptionTree(OptionTree::Table{}));
  };
  CHECK_THROWS_WITH_AS(start(two_phases(), std::move(model)),
                       doctest::Contains("must be 'map' to give a solver its first guess"), ConfigError);
  model = std::make_unique<Given>(cold.grid, "permeability", "p", HostArray(DType::f64, {1, 32, 40}));
  CHECK_THROWS_WITH_AS(start(wave, std::move(model)), doctest::Contains("advances in time"), ConfigError);
}

TEST_CASE("keys of the checks are refused beside a warm start, before the model is read") {
  for (const std::string key : {"tolerance", "domain_margin"}) {
    OptionTree case_file = two_phases();
    case_file["surrogate"]["model"] = "nowhere.h5";
    case_file["hybrid"]["mode"] = "warm_start";
    case_file["hybrid"][key] = 0.1;
    CHECK_THROWS_WITH_AS(hybrid::make_solver(case_file, MPI_COMM_WORLD),
                         doctest::Contains((key + " has no meaning with mode = warm_start").c_str()), ConfigError);
  }
}
