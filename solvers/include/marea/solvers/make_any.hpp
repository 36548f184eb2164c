// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <marea/io/unknown_name.hpp>
#include <marea/solvers/any_solver.hpp>
#include <marea/solvers/grid/describe.hpp>
#include <marea/solvers/solver.hpp>

namespace marea {
namespace detail {

/// SolverInterface over a type that satisfies Solver: its prognostic fields are its outputs and its restart.
template <Solver S> class Holder final : public SolverInterface {
 public:
  explicit Holder(S solver) : solver_(std::move(solver)) {}

  std::string_view name() const override { return solver_.name(); }
  std::span<const FieldInfo> fields() const override { return solver_.fields(); }
  std::span<const FieldInfo> outputs() const override { return solver_.fields(); }
  ArrayRef state() override { return describe_interior(solver_.state(), solver_.grid()); }
  const GridInfo& grid() const override { return solver_.grid().info; }
  double time() const override { return solver_.time(); }
  std::int64_t steps() const override { return solver_.steps(); }
  double stable_dt() override { return solver_.stable_dt(); }
  void step(double dt) override { solver_.step(dt); }
  void read(std::string_view field, const ArrayRef& out) override {
    const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), solver_.state());
    copy_converting(describe_interior(host, solver_.grid())[index_of(field)], out);
  }
  void write(std::span<const NamedArray> fields) override {
    const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), solver_.state());
    for (const auto& f : fields) copy_converting(f.array, describe_interior(host, solver_.grid())[index_of(f.name)]);
    Kokkos::deep_copy(solver_.state(), host);
  }
  std::shared_ptr<const void> hold_state() override { return held_; }
  Queue queue() const override { return {}; }
  std::vector<RestartPiece> restart_pieces() const override {
    std::vector<RestartPiece> pieces;
    for (const FieldInfo& field : fields()) pieces.push_back({field.name, DType::f64, grid().block});
    return pieces;
  }
  void read_restart(std::string_view field, const ArrayRef& out) override { read(field, out); }
  void write_restart(std::string_view field, const ArrayRef& in) override {
    const NamedArray one{std::string(field), in};
    write({&one, 1});
  }
  void set_time(double time, std::int64_t steps) override { solver_.set_time(time, steps); }
  void observe() override {}
  std::vector<NamedScalar> invariants() override { return solver_.invariants(); }
  std::vector<Table> tables() override { return {}; }
  void set_tables(std::vector<Table>) override {}
  OptionTree options() const override { return solver_.options(); }

 private:
  std::int64_t index_of(std::string_view field) const {
    std::vector<std::string> known;
    for (std::size_t n = 0; n < fields().size(); ++n) {
      if (fields()[n].name == field) return static_cast<std::int64_t>(n);
      known.push_back(fields()[n].name);
    }
    fail_unknown(name(), "field", field, known);
  }
  S solver_;
  std::shared_ptr<const char> held_ = std::make_shared<char>();
};

}  // namespace detail

/// The run-time handle of a solver. On the Kokkos side: only translation units that see Kokkos include this.
template <Solver S> AnySolver make_any(S solver) {
  return AnySolver(std::make_unique<detail::Holder<S>>(std::move(solver)));
}

}  // namespace marea
