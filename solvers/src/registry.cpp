// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/registry.hpp>

#include <marea/io/error.hpp>
#include <marea/solvers/climate/shallow_water.hpp>
#include <marea/solvers/climate/shallow_water_profiles.hpp>
#include <marea/solvers/engineering/advection.hpp>

namespace marea {

const std::vector<SolverEntry>& solver_registry() {
  static const std::vector<SolverEntry> entries{
      {"advection", "linear advection in one to three dimensions, third order", make_advection,
       [] { return describe_options<advection::Options>(); }, {"sine", "gaussian"}},
      {"shallow_water", "shallow-water equations over any bed, wet and dry, second order", make_shallow_water,
       [] { return describe_options<shallow_water::Options>(); }, shallow_water::initial_profile_names()},
  };
  return entries;
}

AnySolver make_solver(const OptionTree& case_file, MPI_Comm comm) {
  const OptionTree* solver = case_file.find("solver");
  const OptionTree* name = solver ? solver->find("name") : nullptr;
  std::vector<std::string> names;
  std::string known;
  for (const auto& entry : solver_registry()) {
    names.push_back(entry.name);
    known += (known.empty() ? "" : ", ") + entry.name;
  }
  if (!name) fail<ConfigError>(solver ? solver->where() : "solver", "name is missing; known solvers: ", known);
  for (const auto& entry : solver_registry())
    if (entry.name == name->as_string()) return entry.make(case_file, comm);
  const std::string near = nearest_name(name->as_string(), names);
  fail<ConfigError>(name->where(), "unknown solver '", name->as_string(), "'",
                    near.empty() ? "" : ", did you mean '" + near + "'?", "; known: ", known);
}

}  // namespace marea
