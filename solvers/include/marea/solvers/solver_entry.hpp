// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <utility>
#include <vector>

#include <marea/solvers/make_any.hpp>
#include <marea/solvers/parts/equations.hpp>
#include <marea/solvers/registry.hpp>

namespace marea {

/// The registry's entry of a solver that is a template of its precision: Family<double>::Solver and
/// Family<float>::Solver are made from a case file and a communicator, Family<Real>::Model describes them with its
/// Options, profiles and fields. What every solver has is there: the knob `precision`, the score of gauges. Other knobs and
/// scores are for the caller to add.
template <template <class Real> class Family> SolverEntry make_solver_entry(std::string summary) {
  using Model = typename Family<double>::Model;
  SolverEntry entry;
  entry.name = std::string(Model::name);
  entry.summary = std::move(summary);
  entry.make = [](const OptionTree& case_file, MPI_Comm comm) {
    CommonOptions common;
    if (const OptionTree* solver = case_file.find("solver")) {
      for (const char* key : {"precision", "gauges"})
        if (const OptionTree* value = solver->find(key)) {
          OptionTree one{OptionTree::Table{}};
          one[key] = *value;
          read_options(common, one, "solver");
        }
    }
    if (common.precision == "single") return make_any(typename Family<float>::Solver(case_file, comm), common);
    return make_any(typename Family<double>::Solver(case_file, comm), common);
  };
  entry.options = [] {
    std::vector<OptionRow> rows = describe_options<typename Model::Options>();
    const std::vector<OptionRow> common = describe_options<CommonOptions>();
    rows.insert(rows.end(), common.begin(), common.end());
    return rows;
  };
  entry.profiles = [] { return Model::profile_entries(); };
  entry.fields = field_infos<Model>;
  entry.boundaries = own_boundaries<Model>();
  entry.knobs = {{"precision", {"double", "single"}, "double"}};
  entry.scores = {{"gauges", {{"option", "gauges"}}}};
  entry.observers = {"gauges"};
  return entry;
}

}  // namespace marea
