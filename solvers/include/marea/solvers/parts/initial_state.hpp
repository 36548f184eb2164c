// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <functional>

#include <marea/io/field_file.hpp>
#include <marea/solvers/parts/equations.hpp>
#include <marea/solvers/parts/field_table.hpp>
#include <marea/solvers/parts/profiles.hpp>
#include <marea/solvers/parts/static_field.hpp>

namespace marea {

/// Value of a variable of the state at a place.
using InitialProfile = std::function<double(int variable, const Point&)>;

/// Fills this rank's cells of `q` as `[initial]` of the model says: { file, … } of FileOptions with one dataset a
/// prognostic field and no other, or { profile, … } of Model::Profiles, a ProfileTable<InitialProfile, …>, whose
/// `profile_of` sees the grid.
template <class Model> void set_initial_state(const Model& model, const StateView<typename Model::Real>& q) {
  using Real = typename Model::Real;
  const Grid& grid = model.grid();
  const OptionTree& table = model.initial_table();
  const int variables = static_cast<int>(q.extent(0));
  if (table.find("file")) {
    const FileOptions options = file_options(table, "initial");
    const OptionTree resolved = model.options();
    std::vector<std::string> used = taken_by_solver(table_of(resolved, "solver"), options.file);
    for (const Field<Model>& field : Model::fields()) {
      if (field.variable < 0 || field.variable >= variables) continue;
      upload<Real>(field_from_file(options, field.info, grid), q, field.variable, grid);
      used.push_back(field.info.name);
    }
    require_all_used(options.file, used);
    return;
  }
  const InitialProfile profile = Model::Profiles::make(table, "initial", grid);
  const HostArray field = cells_of(grid);
  for (int v = 0; v < variables; ++v) {
    const auto values = field.values<double>();
    for_each_centre(grid, [&](std::size_t n, const Point& p) { values[n] = profile(v, p); });
    require_finite_field(field, grid, "initial");
    upload<Real>(field, q, v, grid);
  }
}

}  // namespace marea
