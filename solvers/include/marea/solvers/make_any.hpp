// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <concepts>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <marea/io/collective.hpp>
#include <marea/io/unknown_name.hpp>
#include <marea/solvers/any_solver.hpp>
#include <marea/solvers/device.hpp>
#include <marea/solvers/grid/describe.hpp>
#include <marea/solvers/parts/common_options.hpp>
#include <marea/solvers/parts/gauges.hpp>
#include <marea/solvers/solver.hpp>

namespace marea {

/// Running diagnostics that a restart needs: some variables of an array like the state.
template <class Real> struct KeptArray {
  StateView<Real> values;
  std::vector<std::string> names;  ///< one a variable
};

/// A field that write() is given, for kernels: (k, j, i, component).
struct GivenField {
  std::string name;
  FieldArray values;
};

namespace detail {

/// The default of gauges: the variables of the state.
template <class Real> struct VariablesOfCell {
  StateView<Real> q;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i, double* columns) const {
    for (int v = 0; v < static_cast<int>(q.extent(0)); ++v) columns[v] = static_cast<double>(q(v, k, j, i));
  }
};

/// SolverInterface over a type that satisfies Solver: fields by name, restarts, gauges, invariants, options.
template <Solver S> class Holder final : public SolverInterface {
 public:
  using Model = typename S::Model;
  using Real = typename S::Real;

  Holder(S solver, const CommonOptions& common)
      : solver_(std::move(solver)), common_(common),
        gauges_(read_gauges(common.gauges, solver_.grid()), gauge_columns(), solver_.grid()) {
    const int variables = static_cast<int>(solver_.state().extent(0));
    for (const Field<Model>& field : Model::fields()) {
      if (field.info.role == FieldRole::prognostic && field.variable >= variables) continue;  // of an unused axis
      table_.push_back(&field);
      outputs_.push_back(info_of(field, solver_.model()));
      if (field.info.role == FieldRole::prognostic) ++prognostic_;
    }
    record_gauges();
  }

  std::string_view name() const override { return Model::name; }
  std::span<const FieldInfo> fields() const override { return std::span(outputs_).first(prognostic_); }
  std::span<const FieldInfo> outputs() const override { return outputs_; }
  ArrayRef state() override { return describe_interior(solver_.state(), solver_.grid()); }
  std::shared_ptr<const void> hold_state() override {
    if constexpr (requires { solver_.hold_state(); }) return solver_.hold_state();
    return std::make_shared<char>();
  }
  Queue queue() const override { return device_queue(); }
  const GridInfo& grid() const override { return solver_.grid().info; }
  double time() const override { return solver_.time(); }
  std::int64_t steps() const override { return solver_.steps(); }
  bool set_stage_tendency(StageTendency extra) override {
    if constexpr (requires { solver_.set_stage_tendency(extra); }) {
      solver_.set_stage_tendency(std::move(extra));
      return true;
    }
    return false;
  }
  bool steady() const override {
    if constexpr (requires { { solver_.steady() } -> std::same_as<bool>; }) return solver_.steady();
    else if constexpr (requires { S::steady; }) return S::steady;
    return false;
  }
  std::int64_t iterations() const override {
    if constexpr (requires { solver_.convergence().iterations; }) return solver_.convergence().iterations;
    return 0;
  }
  double stable_dt() override { return solver_.stable_dt(); }
  void step(double dt) override {
    solver_.step(dt);
    record_gauges();
  }
  void read(std::string_view name, const ArrayRef& out) override {
    const Field<Model>& field = find(name);
    require_field_shape(Model::name, name, out, solver_.grid(), components(field.info));
    read_into(out, [&](const FieldArray& array) {
      field.evaluate(solver_.model(), solver_.state(), field.variable, array);
    });
  }
  void write(std::span<const NamedArray> fields) override {
    if constexpr (requires { S::require_settable(fields); }) S::require_settable(fields);
    std::vector<IncomingField> incoming;
    std::vector<GivenField> given;
    std::vector<int> variables;  // all names and shapes are checked before anything is set
    for (const NamedArray& field : fields) {
      const FieldInfo& info = find(field.name).info;
      require_field_shape(Model::name, field.name, field.array, solver_.grid(), components(info));
      if constexpr (!requires { solver_.assign(given); }) variables.push_back(variable_of(field.name));
      given.push_back({field.name, incoming.emplace_back(field.array, solver_.grid()).array()});
    }
    if constexpr (requires { solver_.assign(given); }) {
      solver_.assign(given);
    } else {
      for (std::size_t n = 0; n < given.size(); ++n) set_variable(solver_.state(), variables[n], given[n].values);
    }
    state_changed();
  }
  std::vector<RestartPiece> restart_pieces() const override {
    std::vector<RestartPiece> pieces;
    for (const FieldInfo& field : fields()) pieces.push_back({field.name, dtype_of<Real>, grid().block});
    for (const KeptArray<Real>& array : kept())
      for (const std::string& name : array.names) pieces.push_back({name, dtype_of<Real>, grid().block});
    return pieces;
  }
  void read_restart(std::string_view piece, const ArrayRef& out) override {
    require_field_shape(Model::name, piece, out, solver_.grid(), 0);
    const auto [values, variable] = piece_of(piece);
    read_into(out, [&, v = variable, &q = values](const FieldArray& array) {
      put_field(solver_.grid(), array, Variable<Real>{q, v});
    });
  }
  void write_restart(std::string_view piece, const ArrayRef& in) override {
    require_field_shape(Model::name, piece, in, solver_.grid(), 0);
    const auto [values, variable] = piece_of(piece);
    const IncomingField incoming(in, solver_.grid());
    set_variable(values, variable, incoming.array());
    state_changed();
  }
  void set_time(double time, std::int64_t steps) override { solver_.set_time(time, steps); }
  void observe() override {
    if constexpr (requires { solver_.observe(); }) solver_.observe();
  }
  std::vector<NamedScalar> invariants() override {
    std::vector<NamedScalar> totals;
    for (const Conserved<Model>& quantity : Model::conserved()) {
      if (quantity.variable >= static_cast<int>(solver_.state().extent(0))) continue;  // of an unused axis
      const double total = quantity.total(solver_.model(), solver_.state(), quantity.variable);
      totals.push_back({quantity.name, total, quantity.units});
    }
    return totals;
  }
  std::vector<Table> tables() override {
    std::vector<Table> all = gauges_.tables(solver_.grid());
    if constexpr (requires { solver_.tables(); })
      for (Table& table : solver_.tables()) all.push_back(std::move(table));
    return all;
  }
  void set_tables(std::vector<Table> tables) override { gauges_.set_tables(std::move(tables)); }
  OptionTree options() const override {
    OptionTree tree = solver_.model().options();
    OptionTree own = tree["solver"];
    OptionTree& solver = tree["solver"] = OptionTree::Table{{"name", OptionTree(std::string(Model::name))}};
    for (const auto& [key, value] : own.as_table()) solver[key] = value;
    for (const auto& [key, value] : common_tree_.as_table()) solver[key] = value;
    return tree;
  }

 private:
  /// Components of a field on this grid, 0 for a scalar.
  int components(const FieldInfo& info) const { return info.rank == 0 ? 0 : solver_.grid().dimensions; }

  const Field<Model>& find(std::string_view name) const {
    std::vector<std::string> known;
    for (const Field<Model>* field : table_) {
      if (field->info.name == name) return *field;
      known.push_back(field->info.name);
    }
    fail_unknown(Model::name, "field", name, known);
  }
  int variable_of(std::string_view name) const {
    const Field<Model>& field = find(name);
    if (field.variable < 0)
      fail<ConfigError>(Model::name, "cannot set the state from '", name, "'; give the prognostic fields");
    return field.variable;
  }
  std::vector<KeptArray<Real>> kept() const {
    if constexpr (requires { solver_.kept(); }) return solver_.kept();
    return {};
  }
  std::pair<StateView<Real>, int> piece_of(std::string_view piece) const {
    for (const FieldInfo& field : fields())
      if (field.name == piece) return {solver_.state(), find(piece).variable};
    for (const KeptArray<Real>& array : kept())
      for (std::size_t n = 0; n < array.names.size(); ++n)
        if (array.names[n] == piece) return {array.values, static_cast<int>(n)};
    fail<DataError>(Model::name, "a restart has no piece '", piece, "'");
  }
  template <class Fill> void read_into(const ArrayRef& out, Fill&& fill) const {
    const OutgoingField outgoing(out, solver_.grid());
    fill(outgoing.array());
    outgoing.finish();
  }
  void set_variable(const StateView<Real>& q, int variable, const FieldArray& values) {
    for_each_cell("field.set", solver_.grid().cells, GetVariable<Real>{values, q, variable});
    Device().fence();
  }
  void state_changed() {
    if constexpr (requires { solver_.state_changed(); }) solver_.state_changed();
  }
  GaugeColumns gauge_columns() const {
    if constexpr (requires { S::gauge_columns(); }) return S::gauge_columns();
    GaugeColumns columns;
    for (const Field<Model>& field : Model::fields()) {
      if (field.variable < 0 || field.variable >= static_cast<int>(solver_.state().extent(0))) continue;
      columns.names.push_back(field.info.name);
      columns.units.push_back(field.info.units);
    }
    return columns;
  }
  void record_gauges() {
    if (gauges_.empty()) return;
    if constexpr (requires { solver_.gauge(); }) gauges_.record(solver_.time(), solver_.gauge());
    else gauges_.record(solver_.time(), VariablesOfCell<Real>{solver_.state()});
  }

  S solver_;
  CommonOptions common_;
  OptionTree common_tree_ = write_options(common_);
  GaugeRecorder gauges_;
  std::vector<const Field<Model>*> table_;
  std::vector<FieldInfo> outputs_;
  std::size_t prognostic_ = 0;
};

}  // namespace detail

/// The run-time handle of a solver. On the Kokkos side: only translation units that see Kokkos include this.
template <Solver S> AnySolver make_any(S solver, const CommonOptions& common = {}) {
  return AnySolver(std::make_unique<detail::Holder<S>>(std::move(solver), common));
}

}  // namespace marea
