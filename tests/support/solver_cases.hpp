// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <map>
#include <string>
#include <vector>

#include <marea/io/case_file.hpp>
#include <marea/io/error.hpp>
#include <marea/solvers/registry.hpp>

namespace marea::test {

/// A small case of one solver, on which it must keep the contract of all solvers.
struct SolverCase {
  std::string title;  ///< its text
  OptionTree file;
  AnySolver make(MPI_Comm comm) const { return make_solver(file, comm); }
};

/// What makes a solver's small cases lively where its defaults do not: lines of `[solver]` (and tables in it), of
/// `[initial]`, and grids instead of the usual ones. A solver whose defaults move in every direction needs no line.
struct LivelyCase {
  std::string solver_lines, initial_lines;
  std::vector<std::string> grids{};
};
inline const std::map<std::string, LivelyCase>& lively_cases() {
  static const std::string domain = "nx = 40\nny = 36\nx = [0.0, 8.0]\ny = [0.0, 7.2]\n";
  static const std::map<std::string, LivelyCase> cases{
      {"advection", {"velocity = [1.0, 0.5, -0.25]\n", "profile = \"gaussian\"\n"}},
      {"burgers", {"", "profile = \"random_fourier\"\n"}},
      // Of two phases, cut along every axis, held and insulated and periodic; few iterations show what many would.
      {"darcy",
       {"tolerance = 1e-3\npressure_low = [1.0, 0.5, -1.0]\n", "profile = \"uniform\"\n",
        {"nx = 44\nboundary_x = [\"fixed\", \"wall\"]\n",
         "nx = 85\nny = 82\nboundary_x = [\"fixed\", \"fixed\"]\nboundary_y = [\"wall\", \"fixed\"]\n",
         "nx = 20\nny = 18\nnz = 17\nboundary_x = [\"wall\", \"wall\"]\nboundary_z = [\"fixed\", \"fixed\"]\n"}}},
      // Layers of other thickness and conductivity, cut along every axis.
      {"heat_conduction",
       {"tolerance = 1e-3\nmethod = \"backward_euler\"\ntime_step = 0.02\ntemperature_low = [300.0, 310.0, 320.0]\n"
        "layers = [\n"
        "{ thickness = 0.1, cells = 4, conductivity = 2.0, power = 3.0 },\n"
        "{ thickness = 0.01, cells = 3, conductivity = [0.1, 0.1, 0.5] },\n"
        "{ thickness = 0.3, cells = 5, conductivity = 40.0 },\n]\n", "profile = \"uniform\"\n",
        {"nx = 13\nny = 12\nnz = 12\nboundary_z = [\"fixed\", \"fixed\"]\n",
         "nx = 13\nny = 12\nnz = 12\nboundary_x = [\"wall\", \"insulated\"]\n"
         "boundary_y = [\"fixed\", \"fixed\"]\n"}}},
      // Excited tissue with oblique fibres and two stimuli, cut along every axis.
      {"reaction_diffusion",
       {"reaction = { profile = \"aliev_panfilov\" }\ndiffusivity = [0.002]\nfibres = 30.0\nacross = 0.3\n"
        "stimuli = [{ low = [0.0, 0.0, 0.0], high = [0.3, 0.4, 0.5], duration = 0.07, amplitude = 4.0 },\n"
        "{ centre = [0.7, 0.6, 0.4], radius = 0.3, start = 0.12, duration = 0.1, amplitude = 3.0 }]\n",
        "profile = \"noise\"\ndeviation = 0.05\nsquares = 16\n"}},
      // A wave over islands with drying cells and gauges, so that every part of a step takes part.
      {"shallow_water",
       {"manning = 0.02\ncoriolis = 0.05\ncfl = 1.0\ndry_depth = 1e-4\ngauges = { a = [3.05, 2.0], b = [7.9, 7.1] }\n"
        "bathymetry = { profile = \"rough\", mean = -0.3, amplitude = 1.0, wavelength = 1.0 }\n",
        "profile = \"gaussian_hump\"\ncentre = [4.0, 3.6]\nradius = [1.5, 0.8]\nangle = 30\nheight = 1.5\n",
        {domain + "boundary_x = [\"wall\", \"wall\"]\nboundary_y = [\"open\", \"open\"]\n", domain}}}};
  return cases;
}

/// The grids that any solver is tried on: one to three dimensions, ends that are not periodic, members without space.
inline std::vector<std::string> usual_grids() {
  return {"nx = 44\n", "nx = 20\nny = 18\n", "nx = 20\nny = 18\nnz = 16\n",
          "nx = 20\nny = 18\nboundary_x = [\"open\", \"wall\"]\nboundary_y = [\"wall\", \"wall\"]\n", "members = 13\n"};
}

inline bool has_option(const SolverEntry& solver, const std::string& key) {
  for (const OptionRow& row : solver.options())
    if (row.key == key) return true;
  return false;
}

/// The small cases of a solver: every grid that it takes, in each precision that it has.
inline const std::vector<SolverCase>& cases_of(const SolverEntry& solver) {
  static std::map<std::string, std::vector<SolverCase>> made;
  std::vector<SolverCase>& cases = made[solver.name];
  if (!cases.empty()) return cases;
  const auto found = lively_cases().find(solver.name);
  const LivelyCase lively = found == lively_cases().end() ? LivelyCase{} : found->second;
  std::string initial = lively.initial_lines;
  for (const ProfileEntry& profile : solver.profiles())
    if (initial.empty() && profile.table == "initial") initial = "profile = \"" + profile.name + "\"\n";
  std::vector<std::string> precisions{""};
  if (has_option(solver, "precision")) precisions = {"precision = \"double\"\n", "precision = \"single\"\n"};
  for (const std::string& grid : lively.grids.empty() ? usual_grids() : lively.grids) {
    for (const std::string& precision : precisions) {
      const std::string text = "[grid]\n" + grid + "[solver]\nname = \"" + solver.name + "\"\n" + precision +
                               lively.solver_lines + "[initial]\n" + initial;
      SolverCase one{text, parse_case_text(text, "case.toml")};
      try {
        one.make(MPI_COMM_SELF);
      } catch (const ConfigError&) {
        if (!lively.grids.empty()) throw;
        continue;  // not a grid for this solver
      }
      cases.push_back(std::move(one));
    }
  }
  return cases;
}

}  // namespace marea::test
