// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
// The driver takes couplings of every kind: here the smallest of each, on solvers where the answer is known by hand.
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include <marea/io/case_file.hpp>
#include <marea/io/error.hpp>
#include <marea/io/host_array.hpp>
#include <marea/solvers/advance.hpp>
#include <marea/solvers/device_array.hpp>
#include <marea/solvers/field_algebra.hpp>
#include <marea/solvers/registry.hpp>
#include <marea/surrogate/hybrid/block_surrogate.hpp>
#include <marea/surrogate/hybrid/field_channels.hpp>
#include <marea/surrogate/hybrid/hybrid_solver.hpp>

using namespace marea;
using namespace marea::hybrid;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A model with one channel: out = factor * in + shift.
class Affine final : public SurrogateInterface {
 public:
  Affine(const std::string& field, std::int64_t cells, double factor, double shift) : factor_(factor), shift_(shift) {
    info_.name = "affine";
    info_.task = "step";
    info_.inputs = info_.outputs = {FieldInfo{.name = field}};
    info_.input_channels = info_.output_channels = {field};
    info_.extents = {cells};
  }
  const ModelInfo& info() const override { return info_; }
  void predict(const ArrayRef& in, const ArrayRef& out, const Queue&) override {
    const HostArray values(DType::f64, in.extents());
    copy_array(in, values.ref());
    for (double& value : values.values<double>()) value = factor_ * value + shift_;
    copy_array(values.ref(), out);
  }

 private:
  ModelInfo info_;
  double factor_, shift_;
};

/// What the couplings below share: a surrogate for one field of the solver.
class OneField : public Coupling {
 public:
  OneField(std::string field, double factor, double shift = 0)
      : field_(std::move(field)), factor_(factor), shift_(shift) {}
  void attach(SolverInterface& solver) override {
    const GridInfo& grid = solver.grid();
    surrogate_.emplace(Surrogate(std::make_unique<Affine>(field_, grid.block.global[0], factor_, shift_)), grid);
    channels_.emplace(surrogate_->info().inputs, grid);
    in_ = channels_->make();
    out_ = channels_->make();
  }

 protected:
  void set_by_surrogate(Stretch& stretch) {
    channels_->read(stretch.solver, in_.ref());
    surrogate_->predict(in_.ref(), out_.ref(), stretch.row);
    channels_->write(stretch.solver, out_.ref());
  }

 private:
  std::string field_;
  double factor_, shift_;
  std::optional<BlockSurrogate> surrogate_;
  std::optional<FieldChannels> channels_;
  DeviceArray in_, out_;
};

/// Corrects the state after each step of the solver.
class CorrectSteps final : public OneField {
 public:
  CorrectSteps(double factor, double interval) : OneField("q", factor), interval_(interval) {}
  double interval() const override { return interval_; }
  void after_step(Stretch& stretch) override { set_by_surrogate(stretch); }

 private:
  double interval_;
};

/// Corrects the state after each interval.
class CorrectIntervals final : public OneField {
 public:
  CorrectIntervals(double factor, double interval) : OneField("q", factor), interval_(interval) {}
  double interval() const override { return interval_; }
  void end(Stretch& stretch) override { set_by_surrogate(stretch); }

 private:
  double interval_;
};

/// Adds -rate q to the tendency of every stage.
class DecayClosure final : public Coupling {
 public:
  explicit DecayClosure(double rate) : rate_(rate) {}
  void attach(SolverInterface& solver) override {
    const double rate = rate_;
    const bool stages = solver.set_stage_tendency([rate](const ArrayRef& q, double, const ArrayRef& dq) {
      field_algebra::combine({{1, dq}, {-rate, q}}, dq);
    });
    if (!stages) fail<ConfigError>("hybrid", solver.name(), " has no stages for a closure");
  }

 private:
  double rate_;
};

/// Sets the guess from which a steady solver starts.
class WarmStart final : public OneField {
 public:
  explicit WarmStart(double guess) : OneField("u", 0, guess) {}
  Advance begin(Stretch& stretch) override {
    set_by_surrogate(stretch);
    return Advance::by_solver;
  }
};

/// A steady problem with the solution u = 1: each iteration halves the error of the present guess, until it is 2^-20.
class HalvingSolver final : public SolverInterface {
 public:
  HalvingSolver() {
    grid_.block = {.rank = 1, .global = {8}, .offset = {0}, .extent = {8}};
    grid_.axis_names = {"x"};
    grid_.centres = {{0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5}};
    grid_.spacing = {1};
    grid_.boundary = {{{"wall", "wall"}}};
  }
  std::string_view name() const override { return "halving"; }
  std::span<const FieldInfo> fields() const override { return fields_; }
  std::span<const FieldInfo> outputs() const override { return fields_; }
  ArrayRef state() override { return u_.ref(); }
  std::shared_ptr<const void> hold_state() override { return nullptr; }
  Queue queue() const override { return {}; }
  const GridInfo& grid() const override { return grid_; }
  double time() const override { return time_; }
  std::int64_t steps() const override { return iterations_; }
  bool steady() const override { return true; }
  double stable_dt() override { return infinity; }
  void step(double dt) override {
    for (; std::fabs(1 - u_.values<double>()[0]) > 0x1p-20; ++iterations_)
      for (double& u : u_.values<double>()) u += 0.5 * (1 - u);
    time_ += dt;
  }
  void read(std::string_view, const ArrayRef& out) override { copy_array(u_.ref()[0], out); }
  void write(std::span<const NamedArray> fields) override { copy_array(fields[0].array, u_.ref()[0]); }
  std::vector<RestartPiece> restart_pieces() const override { return {{"u", DType::f64, grid_.block}}; }
  void read_restart(std::string_view field, const ArrayRef& out) override { read(field, out); }
  void write_restart(std::string_view, const ArrayRef& in) override { copy_array(in, u_.ref()[0]); }
  void set_time(double time, std::int64_t steps) override { time_ = time, iterations_ = steps; }
  void observe() override {}
  std::vector<NamedScalar> invariants() override { return {}; }
  std::vector<Table> tables() override { return {}; }
  void set_tables(std::vector<Table>) override {}
  OptionTree options() const override { return OptionTree(OptionTree::Table{}); }

 private:
  GridInfo grid_;
  std::vector<FieldInfo> fields_{FieldInfo{.name = "u"}};
  HostArray u_{DType::f64, {1, 8}};
  double time_ = 0;
  std::int64_t iterations_ = 0;
};

/// A bump carried around 32 cells: steps of 1/64, and a total that the solver itself never changes.
AnySolver advection() {
  return marea::make_solver(parse_case_text("[grid]\nnx = 32\n[solver]\nname = \"advection\"\ncfl = 0.5\n"
                                            "[initial]\nprofile = \"gaussian\"\n", "case.toml"), MPI_COMM_WORLD);
}

template <class C> HybridSolver coupled(AnySolver solver, C coupling) {
  return HybridSolver(std::move(solver), std::make_unique<C>(std::move(coupling)), OptionTree(OptionTree::Table{}));
}

double total(SolverInterface& solver) { return solver.invariants()[0].value; }

}  // namespace

TEST_CASE("a correction after each step is applied once a step, with one stretch a step or many") {
  for (const double interval : {infinity, 0.125}) {
    auto hybrid = coupled(advection(), CorrectSteps(0.5, interval));
    const double before = total(hybrid);
    advance_to(hybrid, 0.25);
    CHECK(hybrid.steps() == 16);
    CHECK(hybrid.ledger().size() == (interval == infinity ? 16 : 2));
    CHECK(total(hybrid) == doctest::Approx(before * 0x1p-16).epsilon(1e-12));
  }
}

TEST_CASE("a correction after each interval is applied once an interval") {
  auto hybrid = coupled(advection(), CorrectIntervals(0.5, 0.125));
  const double before = total(hybrid);
  advance_to(hybrid, 0.5);
  CHECK(hybrid.steps() == 32);
  CHECK(hybrid.ledger().size() == 4);
  CHECK(total(hybrid) == doctest::Approx(before * 0x1p-4).epsilon(1e-12));
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank == 0) CHECK(hybrid.ledger()[0].seconds_surrogate > 0);
  CHECK(!hybrid.ledger()[0].accepted);
}

TEST_CASE("a closure acts in every stage of the solver's steps") {
  constexpr double rate = 2.0, z = -rate / 64;
  auto hybrid = coupled(advection(), DecayClosure(rate));
  const double before = total(hybrid);
  advance_to(hybrid, 0.25);
  CHECK(hybrid.steps() == 16);
  // Three stages of third order: one step multiplies the total by 1 + z + z^2/2 + z^3/6.
  CHECK(total(hybrid) == doctest::Approx(before * std::pow(1 + z + z * z / 2 + z * z * z / 6, 16)).epsilon(1e-12));
}

TEST_CASE("a steady solver starts from the surrogate's guess") {
  HalvingSolver cold;
  advance_to(cold, 1.0);
  CHECK(cold.steps() == 20);

  auto hybrid = coupled(AnySolver(std::make_unique<HalvingSolver>()), WarmStart(1 - 0x1p-15));
  CHECK(hybrid.steady());
  advance_to(hybrid, 1.0);
  CHECK(hybrid.steps() == 5);
  CHECK(hybrid.ledger().size() == 1);
  CHECK(hybrid.time() == 1.0);
}

TEST_CASE("a coupling that does not fit the solver is refused where they meet") {
  CHECK_THROWS_AS(coupled(AnySolver(std::make_unique<HalvingSolver>()), DecayClosure(1)), ConfigError);
}

TEST_CASE("a coupling that only looks leaves the solver's bits alone") {
  class Watch final : public Coupling {
   public:
    void attach(SolverInterface&) override {}
    double interval() const override { return 0.125; }
  };
  auto hybrid = coupled(advection(), Watch());
  AnySolver alone = advection();
  advance_to(hybrid, 0.25);
  for (const double time : {0.125, 0.25}) advance_to(*alone, time);
  CHECK(total(hybrid) == total(*alone));
  CHECK(hybrid.steps() == alone->steps());
}

TEST_CASE("while somebody holds the state of a hybrid run, and once after, the coupling forgets what it knew") {
  struct Counting final : Coupling {
    int* sets;
    explicit Counting(int* count) : sets(count) {}
    void attach(SolverInterface&) override {}
    void state_was_set() override { ++*sets; }
  };
  int sets = 0;
  auto hybrid = coupled(advection(), Counting(&sets));
  hybrid.step(0.01);
  CHECK(sets == 0);
  auto hold = hybrid.hold_state();
  hybrid.step(0.01);
  hybrid.step(0.01);
  CHECK(sets == 2);
  hold.reset();
  hybrid.step(0.01);  // what was written before the handle went
  hybrid.step(0.01);
  CHECK(sets == 3);
}
