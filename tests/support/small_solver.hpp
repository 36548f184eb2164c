// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <utility>
#include <vector>

#include <marea/io/error.hpp>
#include <marea/io/field_extents.hpp>
#include <marea/io/unknown_name.hpp>
#include <marea/solvers/any_solver.hpp>
#include <marea/solvers/device_array.hpp>
#include <marea/solvers/grid/grid.hpp>
#include <marea/solvers/time_step.hpp>

namespace marea::test {

/// What the test solvers of unusual states share: one axis, time, no tables, states that are no arrays over cells.
class SmallSolver : public SolverInterface {
 public:
  SmallSolver(std::string name, Grid grid, std::vector<FieldInfo> fields)
      : grid_(std::move(grid)), name_(std::move(name)), fields_(std::move(fields)) {}

  std::string_view name() const override { return name_; }
  std::span<const FieldInfo> fields() const override { return fields_; }
  std::span<const FieldInfo> outputs() const override { return fields_; }
  ArrayRef state() override { return {}; }
  std::shared_ptr<const void> hold_state() override { return nullptr; }
  Queue queue() const override { return {}; }
  const GridInfo& grid() const override { return grid_.info; }
  double time() const override { return time_; }
  std::int64_t steps() const override { return steps_; }
  void set_time(double time, std::int64_t steps) override { time_ = time, steps_ = steps; }
  void observe() override {}
  std::vector<NamedScalar> invariants() override { return {}; }
  std::vector<Table> tables() override { return {}; }
  void set_tables(std::vector<Table>) override {}
  OptionTree options() const override {
    OptionTree tree{OptionTree::Table{}};
    tree["grid"] = write_options(grid_.options);
    tree["solver"] = OptionTree::Table{{"name", OptionTree(name_)}};
    return tree;
  }

 protected:
  /// Number of a field.
  std::size_t index_of(std::string_view field) const {
    std::vector<std::string> known;
    for (std::size_t n = 0; n < fields_.size(); ++n) {
      if (fields_[n].name == field) return n;
      known.push_back(fields_[n].name);
    }
    fail_unknown(name_, "field", field, known);
  }
  /// The whole field on every rank, from the values of this rank's cells. Collective.
  std::vector<double> gather(const std::vector<double>& mine, std::int64_t offset, std::int64_t global) const {
    std::vector<double> all(static_cast<std::size_t>(global), 0.0);
    std::copy(mine.begin(), mine.end(), all.begin() + offset);
    MPI_Allreduce(MPI_IN_PLACE, all.data(), static_cast<int>(global), MPI_DOUBLE, MPI_SUM, *grid_.comm);  // 0 + v = v
    return all;
  }
  std::vector<double> values_of(const ArrayRef& array) const {
    std::vector<double> values(static_cast<std::size_t>(array.size()));
    copy_array(array, make_array_ref(values.data(), DType::f64, array.extents()));
    return values;
  }
  static void put(const std::vector<double>& values, const ArrayRef& out) {
    copy_array(make_array_ref(const_cast<double*>(values.data()), DType::f64, out.extents()), out);
  }

  Grid grid_;
  double time_ = 0;
  std::int64_t steps_ = 0;

 private:
  std::string name_;
  std::vector<FieldInfo> fields_;
};

}  // namespace marea::test
