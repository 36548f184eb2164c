// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <functional>

#include <marea/solvers/parts/field_table.hpp>
#include <marea/solvers/parts/profiles.hpp>
#include <marea/solvers/parts/static_field.hpp>

namespace marea {

/// Value of a variable of the state at a place.
using InitialProfile = std::function<double(int variable, const Point&)>;

/// Fills this rank's cells of `q` as `[initial]` of the model says: { file, regrid } with one dataset a prognostic field,
/// or { profile, … } of Model::Profiles, a ProfileTable<InitialProfile, …>, whose `profile_of` sees the grid.
template <class Model> void set_initial_state(const Model& model, const StateView<typename Model::Real>& q) {
  using Real = typename Model::Real;
  const Grid& grid = model.grid();
  const OptionTree& table = model.initial_table();
  const int variables = static_cast<int>(q.extent(0));
  if (table.find("file")) {
    FileOptions options;
    read_options(options, table, "initial");
    for (const Field<Model>& field : Model::fields()) {
      if (field.variable < 0 || field.variable >= variables) continue;
      upload<Real>(field_from_file(options, field.info.name, grid), q, field.variable, grid);
    }
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
