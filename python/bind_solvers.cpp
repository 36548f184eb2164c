// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cmath>
#include <mutex>
#include <optional>
#include <set>

#include <marea/io/collective.hpp>
#include <marea/io/error.hpp>
#include <marea/io/field_extents.hpp>
#include <marea/io/progress.hpp>
#include <marea/io/snapshot_reader.hpp>
#include <marea/io/unknown_name.hpp>
#include <marea/solvers/advance.hpp>
#include <marea/solvers/finite_fields.hpp>
#include <marea/solvers/registry.hpp>
#include <marea/solvers/runtime.hpp>
#include <marea/solvers/simulation.hpp>
#ifdef MAREA_WITH_SURROGATE
#include <marea/surrogate/hybrid/case_tables.hpp>
#include <marea/surrogate/hybrid/hybrid_solver.hpp>
#include <marea/surrogate/hybrid/ledger.hpp>
#endif

#include "convert.hpp"
#include "threads.hpp"

namespace marea::python {
namespace {

AnySolver make_any(const OptionTree& case_file, MPI_Comm comm) {
#ifdef MAREA_WITH_SURROGATE
  return hybrid::make_solver(case_file, comm);
#else
  return make_solver(case_file, comm);
#endif
}

/// Solvers that nobody refers to, freed where no other thread is at work with solvers.
class Graveyard {
 public:
  void bury(std::unique_ptr<AnySolver> solver) {
    {
      const std::lock_guard lock(mutex_);
      dead_.push_back(std::move(solver));
    }
    const std::unique_lock turn(work_mutex(), std::try_to_lock);
    if (turn) clear();
  }
  /// With the turn at work.
  void clear() {
    Runtime::adopt_thread();
    std::vector<std::unique_ptr<AnySolver>> dead;
    const std::lock_guard lock(mutex_);
    dead.swap(dead_);
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<AnySolver>> dead_;
};
Graveyard& graveyard() {
  static auto* self = new Graveyard;
  return *self;
}

/// A solver that serves one call at a time, and lets go of its storage before Kokkos and MPI stop, even where Python
/// still refers to it.
class PythonSolver {
 public:
  explicit PythonSolver(const OptionTree& case_file) {
    {
      const Work work;
      graveyard().clear();
      solver_ = std::make_unique<AnySolver>(make_any(case_file, MPI_COMM_WORLD));
    }
    static const bool registered = (at_shutdown(&free_all), true);
    (void)registered;
    alive().insert(this);
  }
  PythonSolver(const PythonSolver&) = delete;
  PythonSolver& operator=(const PythonSolver&) = delete;
  ~PythonSolver() {
    alive().erase(this);
    if (forked_off()) static_cast<void>(solver_.release());  // what it holds is the other process's
    if (solver_) graveyard().bury(std::move(solver_));
  }

  /// What is fixed when the solver is made: any thread may read it at any time.
  const SolverInterface& fixed() const { return **solver_; }
  /// What f(solver) gives, with the solver to itself: for what costs nothing. Throws Error where it is in another call.
  template <class F> auto glance(F&& f) {
    const Busy busy(busy_, "solver");
    return f(**solver_);
  }
  /// What f(solver) gives, without the GIL, when no other solver is at work. Throws Error where it is in another call.
  template <class F> auto work(F&& f) {
    const Busy busy(busy_, "solver");
    const Work work;
    return f(**solver_);
  }

 private:
  static std::set<PythonSolver*>& alive() {
    static auto* self = new std::set<PythonSolver*>;
    return *self;
  }
  static void free_all() {
    for (PythonSolver* each : alive()) each->solver_.reset();
    graveyard().clear();
  }

  std::atomic_flag busy_;
  std::unique_ptr<AnySolver> solver_;
};

const FieldInfo& find_field(const SolverInterface& solver, const std::string& name) {
  std::vector<std::string> known;
  for (const FieldInfo& field : solver.outputs()) {
    if (field.name == name) return field;
    known.push_back(field.name);
  }
  fail_unknown(solver.name(), "field", name, known);
}

/// This rank's part of a field as a new f64 array; the components of a vector on the last axis.
py::array read_field(PythonSolver& self, const std::string& name) {
  const FieldInfo& field = find_field(self.fixed(), name);
  py::array_t<double> values(block_extents(self.fixed().grid().block, field));
  const ArrayRef ref = as_array_ref(values);
  self.work([&](SolverInterface& solver) { solver.read(name, ref); });
  return values;
}

/// The state, and what keeps it where it is.
struct HeldState {
  ArrayRef ref;
  std::shared_ptr<const void> hold;
};
HeldState hold_state(PythonSolver& self) {
  return self.work([](SolverInterface& solver) { return HeldState{solver.state(), solver.hold_state()}; });
}

/// Keeps the solver alive and its state where it is, as long as Python keeps an array over it.
py::object state_owner(const py::object& self, const HeldState& state) {
  using Hold = std::pair<py::object, std::shared_ptr<const void>>;
  return py::capsule(new Hold(self, state.hold), [](void* hold) { delete static_cast<Hold*>(hold); });
}

py::array state_view(const py::object& self) {
  const HeldState state = hold_state(self.cast<PythonSolver&>());
  return as_numpy(state.ref, state_owner(self, state));
}

py::capsule state_dlpack(const py::object& self, py::object stream, py::object max_version, py::object dl_device,
                         py::object copy) {
  PythonSolver& solver = self.cast<PythonSolver&>();
  const HeldState state = hold_state(solver);
  return to_dlpack(state.ref, state_owner(self, state), solver.fixed().queue(),
                   {std::move(stream), std::move(max_version), std::move(dl_device), std::move(copy)});
}

/// Throws DataError with the number of values of a C-order f64 array that are not finite, and the first one's index.
void require_finite(const NamedArray& field) {
  const ArrayRef& ref = field.array;
  const auto* values = static_cast<const double*>(ref.data);
  std::int64_t bad = 0, first = 0;
  for (std::int64_t i = ref.size() - 1; i >= 0; --i)
    if (!std::isfinite(values[i])) ++bad, first = i;
  if (bad == 0) return;
  std::string index;
  for (int axis = 0; axis < ref.rank; ++axis)
    index += (axis ? ", " : "") + std::to_string(first / ref.stride[axis] % ref.extent[axis]);
  fail<DataError>(field.name, bad, " of ", ref.size(), " values are NaN or infinite, the first at [", index,
                  "]; a solver needs a number in every cell: fill them before");
}

void write_fields(PythonSolver& self, const py::kwargs& fields) {
  std::vector<py::array> keep;
  std::vector<NamedArray> named;
  for (const auto& [name, value] : fields) {
    keep.push_back(py::array_t<double, py::array::c_style | py::array::forcecast>::ensure(value));
    if (!keep.back()) throw py::error_already_set();
    named.push_back({name.cast<std::string>(), as_array_ref(keep.back())});
  }
  self.work([&](SolverInterface& solver) {
    run_collectively(solver.grid().comm, [&] {
      for (const NamedArray& field : named) require_finite(field);
    });
    solver.write(named);
  });
}

py::dict coordinates(PythonSolver& self) {
  const GridInfo& grid = self.fixed().grid();
  py::dict result;
  for (int axis = 0; axis < grid.block.rank; ++axis) {
    const double* first = grid.centres[axis].data() + grid.block.offset[axis];
    result[py::str(grid.axis_names[axis])] = py::array_t<double>(grid.block.extent[axis], first);
  }
  return result;
}

/// Steps to `until`; asks for Ctrl-C between steps, ten times a second. Throws NumericalError where the state it ends
/// with is not finite.
void advance(PythonSolver& self, double until) {
  self.work([&](SolverInterface& solver) {
    if (!(until >= solver.time()))
      fail<ConfigError>(solver.name(), "until = ", until, " must be >= the present time ", solver.time());
    Progress progress(std::string(solver.name()), until, solver.grid().time_unit, solver.time());
    double last = MPI_Wtime();
    advance_to(solver, until, [&] {
      progress.update(solver.time());
      if (MPI_Wtime() - last < 0.1) return true;
      last = MPI_Wtime();
      return !interrupted();
    });
    require_finite_fields(solver);
  });
  rethrow_interrupt();
}

double step(PythonSolver& self, std::optional<double> dt) {
  return self.work([&](SolverInterface& solver) {
    const double length = dt ? *dt : solver.stable_dt();
    if (!(length > 0)) fail<ConfigError>(solver.name(), "dt = ", length, " must be > 0");
    solver.step(length);
    return length;
  });
}

/// What a hybrid that finished says of itself; None for any other run.
py::object hybrid_summary(const SimulationResult& result) {
#ifdef MAREA_WITH_SURROGATE
  if (result.status != RunStatus::finished) return py::none();
  for (const Table& table : SnapshotReader(result.snapshot_file).tables())
    if (table.name == "ledger") return to_python(to_tree(hybrid::summarise(table)));
#endif
  return py::none();
}

py::list run(const OptionTree& case_file, const std::string& restart) {
  SimulationHooks hooks;
  hooks.make_solver = make_any;
  hooks.restart = restart;
  hooks.stop = interrupted;
  std::vector<SimulationResult> results;
  {
    const Work work;
    if (case_file.find("ensemble")) results = simulate_ensemble(case_file, MPI_COMM_WORLD, hooks);
    else results = {simulate(case_file, MPI_COMM_WORLD, hooks)};
  }
  rethrow_interrupt();
  py::list list;
  for (const SimulationResult& result : results) {
    py::dict dict;
    dict["status"] = result.status == RunStatus::finished ? "finished" : "stopped";
    dict["snapshot_file"] = result.snapshot_file;
    dict["time"] = result.time;
    dict["seconds"] = result.seconds;
    dict["steps"] = result.steps;
    dict["mcell_steps_per_second"] = result.mcell_steps_per_second;
    dict["invariants"] = to_python(result.invariants);
    dict["hybrid"] = hybrid_summary(result);
    list.append(dict);
  }
  return list;
}

}  // namespace

void bind_solvers(py::module_& m) {
  py::class_<PythonSolver>(m, "Solver", "A running solver, made from the tables of a case file.")
      .def(py::init([](const OptionTree& case_file) { return std::make_unique<PythonSolver>(case_file); }),
           py::arg("case_file"))
      .def_property_readonly("name", [](PythonSolver& self) { return std::string(self.fixed().name()); },
                             "Registry name.")
      .def_property_readonly("time", [](PythonSolver& self) {
        return self.glance([](SolverInterface& solver) { return solver.time(); });
      },
                             "Model time.")
      .def_property_readonly("steps", [](PythonSolver& self) {
        return self.glance([](SolverInterface& solver) { return solver.steps(); });
      },
                             "Steps done.")
      .def_property_readonly("stable_dt", [](PythonSolver& self) {
        return self.work([](SolverInterface& solver) { return solver.stable_dt(); });
      },
                             "Largest stable step for the present state.")
      .def_property_readonly("state", &state_view,
                             "Prognostic fields of this rank, (variable, [z,] [y,] x), no ghosts: a view of the "
                             "solver's memory. Writing through it changes the solver.")
      .def_property_readonly("fields", [](PythonSolver& self) {
        return std::vector<FieldInfo>(self.fixed().fields().begin(), self.fixed().fields().end());
      }, "Prognostic fields, in the order of the first axis of state.")
      .def_property_readonly("outputs", [](PythonSolver& self) {
        return std::vector<FieldInfo>(self.fixed().outputs().begin(), self.fixed().outputs().end());
      }, "Every field that field() gives.")
      .def_property_readonly("coordinates", &coordinates, "Axis -> cell centres of this rank, in storage order.")
      .def_property_readonly("units", [](PythonSolver& self) {
        return py::make_tuple(self.fixed().grid().length_unit, self.fixed().grid().time_unit);
      }, "Units of length and time.")
      .def_property_readonly("options", [](PythonSolver& self) { return to_python(self.fixed().options()); },
                             "Resolved options: the tables grid, solver, initial of a case file.")
      .def_property_readonly("invariants", [](PythonSolver& self) {
        return to_python(self.work([](SolverInterface& solver) { return solver.invariants(); }));
      },
                             "Conserved quantities: name, value, units.")
      .def_property_readonly("tables", [](PythonSolver& self) {
        py::dict tables;
        for (const Table& table : self.work([](SolverInterface& solver) { return solver.tables(); }))
          tables[py::str(table.name)] = to_python(table);
        return tables;
      }, "Tables recorded so far (gauges, a hybrid's ledger): name -> columns, units, values, attributes.")
      // marea.Solver of Python documents these.
      .def("field", &read_field, py::arg("name"))
      .def("write", &write_fields)
      .def("step", &step, py::arg("dt") = py::none())
      .def("advance", &advance, py::arg("until"))
      .def("__dlpack__", &state_dlpack, py::kw_only(), py::arg("stream") = py::none(),
           py::arg("max_version") = py::none(), py::arg("dl_device") = py::none(), py::arg("copy") = py::none())
      .def("__dlpack_device__", [](PythonSolver& self) {
        return dlpack_device(self.work([](SolverInterface& solver) { return solver.state(); }));
      });

  m.def("simulate", &run, py::arg("case_file"), py::arg("restart") = "auto",
        "Run a simulation or ensemble; see marea.simulate.");
  m.def("list_solvers", [] {
    py::dict all;
    for (const SolverEntry& entry : solver_registry()) {
      py::dict dict;
      dict["summary"] = entry.summary;
      dict["options"] = to_python(entry.options());
      py::dict profiles;
      for (const ProfileEntry& profile : entry.profiles()) profiles[py::str(profile.name)] = to_python(profile.options);
      dict["profiles"] = profiles;
      all[py::str(entry.name)] = dict;
    }
    return all;
  }, "Built-in solvers with their options and their profiles with options.");
  m.def("list_tables", [] {
#ifdef MAREA_WITH_SURROGATE
    const std::vector<TableEntry> tables = hybrid::case_tables();
#else
    const std::vector<TableEntry> tables = simulation_tables();
#endif
    py::dict all;
    for (const TableEntry& table : tables) {
      py::dict dict;
      dict["summary"] = table.summary;
      dict["options"] = to_python(table.options);
      all[py::str(table.name)] = dict;
    }
    return all;
  }, "Tables of case and training files with their options.");
}

}  // namespace marea::python
