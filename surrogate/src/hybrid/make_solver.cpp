// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cmath>
#include <memory>
#include <optional>
#include <string>

#include <marea/io/error.hpp>
#include <marea/io/units.hpp>
#include <marea/solvers/registry.hpp>
#include <marea/surrogate/hybrid/emulate.hpp>
#include <marea/surrogate/hybrid/hybrid_solver.hpp>
#include <marea/surrogate/hybrid/warm_start.hpp>

namespace marea::hybrid {
namespace {

/// "nx x ny x nz"
std::string shape(const std::vector<std::int64_t>& extents) {
  std::string text;
  for (auto n = extents.rbegin(); n != extents.rend(); ++n) text += (text.empty() ? "" : " x ") + std::to_string(*n);
  return text;
}

std::string listed(const std::vector<std::string>& axes) {
  std::string text;
  for (const std::string& axis : axes) text += (text.empty() ? "" : ", ") + axis;
  return "(" + text + ")";
}

void require_units_of(const ModelInfo& info, const SolverInterface& solver) {
  const GridInfo& grid = solver.grid();
  const auto same = [&](const std::string& what, const std::string& mine, const std::string& theirs) {
    if (units_factor(mine, theirs) != 1)
      fail<ConfigError>("surrogate", "the model has ", what, " in '", mine, "', ", solver.name(), " in '", theirs,
                        "'; train it on data in the units of the solver, and say so in the data's attribute units");
  };
  same("lengths", info.length_unit, grid.length_unit);
  same("time", info.time_unit, grid.time_unit);
  for (const auto* fields : {&info.inputs, &info.outputs})
    for (const FieldInfo& field : *fields)
      for (const FieldInfo& output : solver.outputs())
        if (output.name == field.name) same("'" + field.name + "'", field.units, output.units);
}

void require_fields(const ModelInfo& info, const SolverInterface& solver) {
  for (const auto& input : info.inputs) {
    bool known = false;
    std::string names;
    for (const auto& output : solver.outputs()) {
      known = known || (output.name == input.name && output.rank == input.rank);
      names += (names.empty() ? "" : ", ") + output.name;
    }
    if (!known)
      fail<ConfigError>("surrogate", "the model needs the field '", input.name, "', which ", solver.name(),
                        " does not have; it has ", names);
  }
}

void require_grid(const ModelInfo& info, const GridInfo& grid) {
  if (info.axis_names != grid.axis_names)
    fail<ConfigError>("surrogate", "the model's arrays have the axes ",
                      info.axis_names.empty() ? "(of unknown order)" : listed(info.axis_names), ", the solver's ",
                      listed(grid.axis_names), "; train a model on data in the order of the solver");
  const std::vector<std::int64_t> extents(grid.block.global.begin(), grid.block.global.begin() + grid.block.rank);
  if (info.extents != extents)
    fail<ConfigError>("surrogate", "the model was trained on a grid of ", shape(info.extents),
                      " cells, the solver runs on ", shape(extents), "; run the solver on the model's grid or train a model on this one");
  for (std::size_t axis = 0; axis < extents.size(); ++axis) {
    if (axis < info.boundary.size() && info.boundary[axis] != grid.boundary[axis])
      fail<ConfigError>("surrogate", "the model was trained with boundary_", grid.axis_names[axis], " = [\"",
                        info.boundary[axis][0], "\", \"", info.boundary[axis][1], "\"], the solver has [\"",
                        grid.boundary[axis][0], "\", \"", grid.boundary[axis][1], "\"]");
    if (axis >= info.centres.size()) continue;
    const double first = std::abs(info.centres[axis].front() - grid.centres[axis].front());
    const double last = std::abs(info.centres[axis].back() - grid.centres[axis].back());
    if (std::max(first, last) > 1e-3 * grid.spacing[axis])
      fail<ConfigError>("surrogate", "the model's ", grid.axis_names[axis], " runs from ", info.centres[axis].front(), " to ",
                        info.centres[axis].back(), ", the solver's from ", grid.centres[axis].front(), " to ",
                        grid.centres[axis].back(), "; the domains must be the same");
  }
}

/// A run that stops for output within an interval gives the surrogate nothing to do.
void require_interval(const ModelInfo& info, const OptionTree& case_file) {
  const OptionTree* every = case_file.at_path("output.every");
  if (!every || every->as_double() <= 0) return;
  const double ratio = every->as_double() / info.interval;
  if (ratio < 0.5 || std::abs(ratio - std::round(ratio)) > 1e-9 * ratio)
    fail<ConfigError>(every->where(), "output.every = ", every->as_double(), " must be a multiple of ", info.interval,
                      ", the interval of the model");
}

/// The case without what only the run itself needs.
OptionTree probe_case(const OptionTree& case_file) {
  OptionTree probe = case_file;
  if (auto* solver = probe.find("solver")) {
    auto& table = solver->as_table();
    for (const std::string& observer : solver_entry(case_file).observers)
      std::erase_if(table, [&](const auto& entry) { return entry.first == observer; });
  }
  return probe;
}

/// A warm start has nothing to check.
void require_keys_of(const std::string& mode, const OptionTree& table) {
  if (mode != "warm_start") return;
  for (const char* key : {"tolerance", "check", "domain_margin", "probe", "on_reject"})
    if (const OptionTree* given = table.find(key))
      fail<ConfigError>(given->where(), key, " has no meaning with mode = warm_start, whose answer is the solver's; ",
                        "leave it out");
}

std::unique_ptr<Coupling> make_coupling(const HybridOptions& options, std::optional<AnySolver> probe, Surrogate model) {
  if (options.mode == "warm_start") return std::make_unique<WarmStart>(std::move(probe), std::move(model), options);
  return std::make_unique<Emulate>(std::move(probe), std::move(model), options);
}

}  // namespace

void require_fit(const ModelInfo& info, const SolverInterface& solver, std::string_view task) {
  if (info.task != task)
    fail<ConfigError>("surrogate", "task = '", info.task, "' of the model must be '", task, "' to ",
                      task == "step" ? "advance a solver" : "give a solver its first guess (mode = warm_start)");
  if (info.history != 1)
    fail<ConfigError>("surrogate", "history = ", info.history, " of the model must be 1 beside a solver");
  require_fields(info, solver);
  require_grid(info, solver.grid());
  require_units_of(info, solver);
}

AnySolver make_solver(const OptionTree& case_file, MPI_Comm comm) {
  const OptionTree* surrogate_table = case_file.find("surrogate");
  const OptionTree* hybrid_table = case_file.find("hybrid");
  if (!surrogate_table) {
    if (hybrid_table)
      fail<ConfigError>(hybrid_table->where(), "a hybrid run needs a [surrogate] table with its model");
    return marea::make_solver(case_file, comm);
  }
  SurrogateOptions surrogate;
  read_options(surrogate, *surrogate_table, "surrogate");
  HybridOptions options;
  OptionTree tables;
  tables["surrogate"] = write_options(surrogate);
  std::optional<AnySolver> probe;
  if (hybrid_table) {
    read_options(options, *hybrid_table, "hybrid");
    tables["hybrid"] = write_options(options);
    require_keys_of(options.mode, *hybrid_table);
    if (options.mode == "emulate" || options.audit > 0) probe = marea::make_solver(probe_case(case_file), comm);
  }
  Surrogate model = Surrogate::load(surrogate.model, surrogate.device, surrogate.precision);
  if (options.mode == "emulate") require_interval(model.info(), case_file);
  auto coupling = make_coupling(options, std::move(probe), std::move(model));
  return AnySolver(
      std::make_unique<HybridSolver>(marea::make_solver(case_file, comm), std::move(coupling), std::move(tables)));
}

}  // namespace marea::hybrid
