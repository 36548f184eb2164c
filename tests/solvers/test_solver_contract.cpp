// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
// What every solver of the registry keeps, asked through AnySolver alone: a new solver is asked by its registry line,
// and its own test holds physics alone. The last case prints the table of solvers and promises.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <marea/solvers/device_array.hpp>
#include <marea/solvers/ensemble.hpp>
#include <marea/solvers/thread_limit.hpp>

#include "support/contract.hpp"
#include "support/restart.hpp"
#include "support/shared_folder.hpp"
#include "support/solver_bits.hpp"

using namespace marea;
using namespace marea::test;

namespace {

int ranks() {
  int size = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  return size;
}

/// An array over every second element of a larger one: strided as no solver keeps it.
struct Strided {
  HostArray storage;
  ArrayRef ref;
  Strided(DType dtype, std::span<const std::int64_t> extents) {
    std::vector<std::int64_t> wide(extents.begin(), extents.end());
    wide.push_back(2);
    storage = HostArray(dtype, wide);
    ref = storage.ref();
    ref.data = static_cast<std::byte*>(ref.data) + element_size(dtype);
    --ref.rank;
  }
};

/// The prognostic fields of this rank, and what write() takes of them.
struct Prognostic {
  std::vector<HostArray> arrays;
  std::vector<NamedArray> named;
  explicit Prognostic(SolverInterface& solver, DType dtype = DType::f64) {
    for (const FieldInfo& field : solver.fields()) {
      arrays.push_back(field_array(solver, field, dtype));
      named.push_back({field.name, arrays.back().ref()});
    }
  }
};

bool same_fields(SolverInterface& solver, const Prognostic& expected) {
  const Prognostic now(solver);
  bool same = true;
  for (std::size_t n = 0; n < now.arrays.size(); ++n) same = same && same_bits(now.arrays[n], expected.arrays[n]);
  return same;
}

/// How `[grid] ranks` may divide a grid of so many axes: left to marea, each axis alone, two axes.
std::vector<OptionTree> splits(int axes) {
  const int n = ranks();
  std::vector<OptionTree> all{OptionTree::Array{}};
  for (int a = 0; a < axes; ++a) {
    OptionTree::Array split(static_cast<std::size_t>(axes), OptionTree(1));
    split[static_cast<std::size_t>(a)] = n;
    all.push_back(split);
  }
  if (axes > 1 && n > 2 && n % 2 == 0) {
    OptionTree::Array split(static_cast<std::size_t>(axes), OptionTree(1));
    split[0] = 2, split[1] = n / 2;
    all.push_back(split);
  }
  return all;
}

/// Steps before and after a restart: many in the first case of a solver, few in the others.
std::pair<int, int> restart_steps(const SolverEntry& solver, const SolverCase& one) {
  return &one == &cases_of(solver).front() ? std::pair(75, 75) : std::pair(9, 12);
}

AnySolver walked(const SolverCase& one, MPI_Comm comm, int steps) {
  AnySolver solver = one.make(comm);
  walk(*solver, steps);
  return solver;
}

/// A value that the range of an option forbids, as `marea list` shows it; empty where every value is allowed.
OptionTree outside(const OptionRow& row) {
  if (row.range.empty()) return {};
  OptionTree bad;
  if (row.type.find("string") != std::string::npos) {
    bad = "no_such_choice";
  } else {
    const std::size_t digits = row.range.find_first_of("-0123456789");
    if (digits == std::string::npos) return {};
    const double low = std::stod(row.range.substr(digits));
    const double value = row.range.starts_with("<") ? low + 1 : low - 1;
    const bool integer = row.type.find("integer") != std::string::npos;
    bad = integer ? OptionTree(static_cast<std::int64_t>(value)) : OptionTree(value);
  }
  if (row.type.starts_with("list")) return OptionTree::Array{bad};
  if (const auto times = row.type.find(" x "); times != std::string::npos)
    return OptionTree::Array(std::stoul(row.type), bad);
  return bad;
}

/// A value of another type than the option's; empty where any type is allowed.
OptionTree other_type(const OptionRow& row) {
  if (row.type == "table") return {};
  return row.type == "string" ? OptionTree(7) : OptionTree("text");
}

std::string last_part(const std::string& key) { return key.substr(key.rfind('.') + 1); }

/// Asks that every option of a table refuses wrong types and values, and the table unknown keys.
void ask_options(const SolverCase& one, const std::string& table, const std::string& profile,
                 const std::vector<OptionRow>& rows, Verdict& check) {
  const auto with = [&](const std::string& key, OptionTree value) {
    SolverCase changed{one.title, one.file};
    if (!profile.empty()) {
      changed.file.set_path(table, OptionTree::Table{});
      changed.file.set_path(table + ".profile", profile);
    }
    changed.file.set_path(table + "." + key, std::move(value));
    return changed;
  };
  const auto refuses = [&](const SolverCase& wrong, const std::vector<std::string>& parts, const std::string& what) {
    check.throws<ConfigError>([&] { wrong.make(MPI_COMM_WORLD); }, parts, table + " " + profile + ": " + what);
  };
  for (const OptionRow& row : rows) {
    const std::string name = last_part(row.key);
    if (name == "profile" && !profile.empty()) continue;
    if (name.size() > 2)
      refuses(with(row.key + "x", 1), {"unknown option '" + name + "x'", "did you mean '" + name + "'?"}, "a near key");
    if (const OptionTree wrong = other_type(row); !wrong.empty())
      refuses(with(row.key, wrong), {name + " = ", "must "}, row.key + " of another type");
    if (const OptionTree bad = outside(row); !bad.empty())
      refuses(with(row.key, bad), {name + " = ", "must ", row.range}, row.key + " out of range");
  }
  refuses(with("surely_unknown", 1), {"unknown option 'surely_unknown'", "known: "}, "an unknown key");
}

/// The first number of `[initial]` that a case may vary: a path of the case file; "" where there is none.
std::string variable_of(const SolverEntry& entry, const OptionTree& resolved) {
  const OptionTree* profile = resolved.at_path("initial.profile");
  for (const ProfileEntry& p : entry.profiles()) {
    if (p.table != "initial" || !profile || p.name != profile->as_string()) continue;
    for (const OptionRow& row : p.options) {
      if (row.type.find("float") == std::string::npos || row.range.starts_with("in ")) continue;
      const std::string path = "initial." + row.key + (row.type == "float" ? "" : "[0]");
      const OptionTree* value = resolved.at_path(path);
      if (value && value->is_number()) return path;
    }
  }
  return "";
}

}  // namespace

TEST_CASE("a registry line says what its solver is") {
  promise("registry", [](const SolverEntry& entry, const SolverCase& one, Verdict& check) {
    AnySolver solver = one.make(MPI_COMM_SELF);
    check(!entry.summary.empty() && !entry.options().empty() && !entry.profiles().empty(), "what it lists");
    check(solver->name() == entry.name, "name");
    // It gives all that is listed, but for prognostic components along an axis that this grid does not have.
    std::vector<std::string> given, expected;
    for (const FieldInfo& field : solver->outputs()) given.push_back(field.name);
    for (const FieldInfo& field : entry.fields())
      if (field.role != FieldRole::prognostic || std::ranges::count(given, field.name)) expected.push_back(field.name);
    check(given == expected, "fields as listed");
    for (const FieldInfo& field : solver->fields()) check(std::ranges::count(given, field.name) == 1, field.name);
    SolverCase bare{one.title, {}};
    bare.file["grid"] = *one.file.find("grid");
    bare.file["solver"]["name"] = entry.name;
    check(bare.make(MPI_COMM_SELF)->name() == entry.name, "a case that names it alone");
    check(solver->time() == 0 && solver->steps() == 0, "time 0");
    const Prognostic before(*solver);
    walk(*solver, 8);
    check(!same_fields(*solver, before), "its small case moves; where it rests, give it a line in solver_cases.hpp");
  });
}

TEST_CASE("any number of ranks and threads in any split gives the bits of one, invariants and tables too") {
  promise("ranks, threads", [](const SolverEntry&, const SolverCase& one, Verdict& check) {
    AnySolver alone = one.make(MPI_COMM_SELF);
    {
      const ThreadLimit single(1);
      walk(*alone, 150);
    }
    for (const OptionTree& split : splits(alone->grid().block.rank)) {
      SolverCase divided{one.title, one.file};
      divided.file.set_path("grid.ranks", split);
      AnySolver many = walked(divided, MPI_COMM_WORLD, 150);
      check(differing_piece(*many, *alone).empty(), to_json(split) + ": " + differing_piece(*many, *alone));
      check(differing_summary(*many, *alone).empty(), to_json(split) + ": " + differing_summary(*many, *alone));
    }
  });
}

TEST_CASE("a restart goes on with the same bits") {
  promise("restart", [](const SolverEntry& entry, const SolverCase& one, Verdict& check) {
    const auto [before, after] = restart_steps(entry, one);
    AnySolver straight = walked(one, MPI_COMM_WORLD, before), restarted = one.make(MPI_COMM_WORLD);
    restart(*straight, *restarted);
    walk(*straight, after);
    walk(*restarted, after);
    check(same_fields(*restarted, Prognostic(*straight)), "state");
    check(restarted->time() == straight->time() && restarted->steps() == straight->steps(), "time and steps");
    check(differing_summary(*restarted, *straight).empty(), differing_summary(*restarted, *straight));
    for (const RestartPiece& piece : straight->restart_pieces())
      check(same_bits(piece_of(*straight, piece), piece_of(*restarted, piece)), piece.name);
  });
}

TEST_CASE("a checkpoint goes on with the same bits on any other number of ranks") {
  promise("other ranks", [](const SolverEntry& entry, const SolverCase& one, Verdict& check) {
    const auto [before, after] = restart_steps(entry, one);
    const SharedFolder folder("contract");
    AnySolver alone = walked(one, MPI_COMM_SELF, before), many = walked(one, MPI_COMM_WORLD, before);
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    const std::string of_many = write_checkpoint(*many, folder.file("many"));
    const std::string of_one = write_checkpoint(*alone, folder.file("one" + std::to_string(rank)));
    AnySolver from_many = one.make(MPI_COMM_SELF), from_one = one.make(MPI_COMM_WORLD);
    read_checkpoint(*from_many, of_many);
    read_checkpoint(*from_one, of_one);
    walk(*alone, after);
    walk(*from_many, after);
    walk(*from_one, after);
    for (AnySolver* again : {&from_many, &from_one}) {
      check(differing_piece(**again, *alone).empty(), differing_piece(**again, *alone));
      check(differing_summary(**again, *alone).empty(), differing_summary(**again, *alone));
    }
    MPI_Barrier(MPI_COMM_WORLD);
  });
}

TEST_CASE("reading everything between two steps changes no bit") {
  promise("reading", [](const SolverEntry&, const SolverCase& one, Verdict& check) {
    AnySolver plain = walked(one, MPI_COMM_WORLD, 10), watched = one.make(MPI_COMM_WORLD);
    for (int n = 0; n < 10; ++n) {
      for (const RestartPiece& piece : watched->restart_pieces()) piece_of(*watched, piece);
      for (const FieldInfo& field : watched->outputs()) field_array(*watched, field);
      watched->state();
      watched->invariants();
      watched->tables();
      watched->options();
      walk(*watched, 1);
      watched->stable_dt();
    }
    for (const RestartPiece& piece : plain->restart_pieces())
      check(same_bits(piece_of(*plain, piece), piece_of(*watched, piece)), piece.name);
    check(differing_summary(*watched, *plain).empty(), differing_summary(*watched, *plain));
  });
}

TEST_CASE("wrong options are refused with value, rule and nearest key") {
  std::string asked;  // once a solver: the cases differ in grid and precision
  promise("bad options", [&](const SolverEntry& entry, const SolverCase& one, Verdict& check) {
    if (asked == entry.name) return;
    asked = entry.name;
    ask_options(one, "solver", "", entry.options(), check);
    for (const ProfileEntry& p : entry.profiles()) ask_options(one, p.table, p.name, p.options, check);
    SolverCase wrong{one.title, one.file};
    wrong.file.set_path("initial.profile", "no_such_profile");
    check.throws<ConfigError>([&] { wrong.make(MPI_COMM_WORLD); }, {"no_such_profile", "must be one of"}, "profile");
  });
}

TEST_CASE("every field is read in single and double precision, with any strides, to the host and to the device") {
  promise("read", [](const SolverEntry&, const SolverCase& one, Verdict& check) {
    AnySolver solver = walked(one, MPI_COMM_WORLD, 5);
    for (const FieldInfo& field : solver->outputs()) {
      const HostArray values = field_array(*solver, field);
      const HostArray single(DType::f32, values.extents()), back(DType::f32, values.extents());
      copy_converting(values.ref(), single.ref());
      const Strided strided(DType::f32, values.extents());
      solver->read(field.name, strided.ref);
      copy(strided.ref, back.ref());
      check(same_bits(back, single), field.name + " strided in single precision");
      check(same_bits(field_array(*solver, field, DType::f32), single), field.name + " in single precision");
      const DeviceArray device(DType::f64, values.extents());
      const HostArray from_device(DType::f64, values.extents());
      solver->read(field.name, device.ref());
      copy_array(device.ref(), from_device.ref());
      check(same_bits(from_device, values), field.name + " to the device");
      std::vector<std::int64_t> longer(values.extents().begin(), values.extents().end());
      longer[0] += 1;
      const HostArray wrong(DType::f64, longer);
      check.throws<ShapeError>([&] { solver->read(field.name, wrong.ref()); }, {}, field.name + " of wrong extents");
    }
    const HostArray any = field_array(*solver, solver->fields()[0]);
    const std::string near = solver->outputs()[0].name + "x";
    check.throws<ConfigError>([&] { solver->read(near, any.ref()); }, {"unknown field '" + near, "known: "}, near);
  });
}

TEST_CASE("the prognostic fields come back as they were written, from any array") {
  promise("write", [](const SolverEntry& entry, const SolverCase& one, Verdict& check) {
    AnySolver from = walked(one, MPI_COMM_WORLD, 7), to = one.make(MPI_COMM_WORLD);
    const Prognostic values(*from), before(*to);
    to->write(values.named);
    check(same_fields(*to, values), "from the host");
    check(to->time() == 0 && to->steps() == 0, "time unchanged");
    to->write(before.named);
    check(same_fields(*to, before), "and the other way round");

    const Prognostic single(*from, DType::f32);
    std::vector<Strided> strided;
    std::vector<DeviceArray> device;
    std::vector<NamedArray> from_strided, from_device;
    for (const NamedArray& field : single.named) {
      strided.emplace_back(DType::f32, field.array.extents());
      copy(field.array, strided.back().ref);
      from_strided.push_back({field.name, strided.back().ref});
      device.emplace_back(DType::f32, field.array.extents());
      copy_array(field.array, device.back().ref());
      from_device.push_back({field.name, device.back().ref()});
    }
    for (const auto* named : {&from_strided, &from_device}) {
      to->write(before.named);
      to->write(*named);
      const Prognostic now(*to, DType::f32);
      for (std::size_t n = 0; n < now.arrays.size(); ++n)
        check(same_bits(now.arrays[n], single.arrays[n]), now.named[n].name + " from single precision");
    }
    const NamedArray unknown{"no_such_field", values.arrays[0].ref()};
    check.throws<ConfigError>([&] { to->write({&unknown, 1}); }, {entry.name + ": ", "'no_such_field'"},
                              "an unknown field");
  });
}

TEST_CASE("single precision stays near double, and is single") {
  promise("precision", [](const SolverEntry& entry, const SolverCase& one, Verdict& check) {
    const OptionTree* precision = one.file.at_path("solver.precision");
    if (!precision || precision->as_string() != "single") return;
    SolverCase wide{one.title, one.file};
    wide.file.set_path("solver.precision", "double");
    AnySolver single = one.make(MPI_COMM_WORLD), exact = wide.make(MPI_COMM_WORLD);
    for (const RestartPiece& piece : single->restart_pieces()) check(piece.dtype == DType::f32, piece.name);
    for (int n = 0; n < 12; ++n) {
      const double stable = exact->stable_dt(), dt = std::isfinite(stable) ? stable : 1;
      exact->step(dt);
      single->step(dt);
    }
    const Prognostic a(*single), b(*exact);
    for (std::size_t n = 0; n < a.arrays.size(); ++n) {
      double error = 0, largest = 0;
      for (std::int64_t i = 0; i < a.arrays[n].size(); ++i) {
        error += std::fabs(a.arrays[n].values<double>()[i] - b.arrays[n].values<double>()[i]);
        largest = std::max(largest, std::fabs(b.arrays[n].values<double>()[i]));
      }
      // 12 steps of some 100 roundings of 6e-8 each, were they all of one sign.
      check(error <= 12 * 100 * 6e-8 * largest * static_cast<double>(a.arrays[n].size()), a.named[n].name);
    }
  });
}

TEST_CASE("a value that is not finite is found within sixteen steps, with field, cell and time, on every rank") {
  promise("finite check", [](const SolverEntry&, const SolverCase& one, Verdict& check) {
    AnySolver solver = walked(one, MPI_COMM_WORLD, 3);
    const double dt = solver->stable_dt();
    Prognostic values(*solver);
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (rank == ranks() - 1) values.arrays[0].values<double>()[values.arrays[0].size() / 2] = NAN;
    solver->write(values.named);
    std::string message;
    try {
      for (int n = 0; n < 16; ++n) solver->step(std::isfinite(dt) ? dt : 1.0);
    } catch (const NumericalError& error) {
      message = error.what();
    }
    bool named = false;
    for (const FieldInfo& field : solver->fields())
      named = named || message.find(field.name + " is not finite in cell (") != std::string::npos;
    check(named && message.find(") at t") != std::string::npos, "message: " + message);
  });
}

TEST_CASE("a member of an ensemble has the bits of the case with its values") {
  promise("ensemble", [](const SolverEntry& entry, const SolverCase& one, Verdict& check) {
    const std::string path = variable_of(entry, one.make(MPI_COMM_SELF)->options());
    if (path.empty()) return check(false, "an option of [initial] that may be varied");
    SolverCase base{one.title, one.file};
    const OptionTree resolved = one.make(MPI_COMM_SELF)->options();
    base.file["initial"] = *resolved.at_path("initial");
    const double value = resolved.at_path(path)->as_double();
    OptionTree file = base.file;
    file["ensemble"]["members"] = 2;
    const double high = value + 0.25 * std::fabs(value) + 0.125;
    file["ensemble"]["vary"] = OptionTree::Table{{path, OptionTree::Array{value, high}}};
    for (const EnsembleMember& member : ensemble_members(file)) {
      AnySolver of_ensemble = SolverCase{one.title, member.case_file}.make(MPI_COMM_WORLD);
      base.file.set_path(path, member.parameters.at(0).value);
      AnySolver by_hand = walked(base, MPI_COMM_WORLD, 6);
      walk(*of_ensemble, 6);
      check(same_fields(*of_ensemble, Prognostic(*by_hand)), path);
    }
  });
}

TEST_CASE("the state lies where state() says, is no other for being looked at, and stays while it is held") {
  promise("state", [](const SolverEntry&, const SolverCase& one, Verdict& check) {
    AnySolver plain = walked(one, MPI_COMM_WORLD, 5), looked = one.make(MPI_COMM_WORLD);
    AnySolver kept = one.make(MPI_COMM_WORLD);
    if (kept->state().data == nullptr) return;
    const auto handle = kept->hold_state();
    const void* address = kept->state().data;
    for (int n = 0; n < 5; ++n) {
      looked->state();
      walk(*looked, 1);
      walk(*kept, 1);
      check(kept->state().data == address, "address while held");
    }
    const Prognostic expected(*plain), start(*one.make(MPI_COMM_WORLD));
    check(same_fields(*looked, expected), "after looks");
    check(same_fields(*kept, expected), "while held");
    check(handle != nullptr, "a handle");
    check(kept->state().extent[0] == static_cast<std::int64_t>(kept->fields().size()), "one row a field");
    const Block& block = kept->grid().block;
    check(kept->state().rank == 1 + block.rank, "an axis of fields before those of the grid");
    for (int a = 0; a < block.rank; ++a) {
      const auto more = kept->state().extent[1 + a] - block.extent[a];  // staggered fields have one more
      check(more == 0 || more == 1, "the extents of the block");
    }
    check(kept->state().stride[block.rank] == 1, "neighbours along the last axis lie side by side");
    for (std::size_t n = 0; n < start.arrays.size(); ++n) {
      const HostArray found(DType::f64, start.arrays[n].extents());
      copy_array(kept->state()[static_cast<std::int64_t>(n)], found.ref());
      check(same_bits(found, expected.arrays[n]), "read through");
      copy_array(start.arrays[n].ref(), kept->state()[static_cast<std::int64_t>(n)]);
    }
    check(same_fields(*kept, start), "written through");
    AnySolver written = walked(one, MPI_COMM_WORLD, 5);
    written->write(start.named);
    walk(*written, 4);
    walk(*kept, 4);
    check(same_fields(*kept, Prognostic(*written)), "steps after that");
  });
}

TEST_CASE("the resolved options make the same solver again") {
  promise("options again", [](const SolverEntry&, const SolverCase& one, Verdict& check) {
    AnySolver solver = walked(one, MPI_COMM_WORLD, 6);
    const OptionTree resolved = parse_toml(to_toml(solver->options()), "resolved.toml");
    AnySolver again = SolverCase{one.title, resolved}.make(MPI_COMM_WORLD);
    check(again->options() == solver->options(), "options");
    walk(*again, 6);
    check(same_fields(*again, Prognostic(*solver)), "state");
  });
}

TEST_CASE("a step that is not finite and positive is refused and changes nothing") {
  promise("bad step", [](const SolverEntry&, const SolverCase& one, Verdict& check) {
    AnySolver solver = one.make(MPI_COMM_WORLD);
    const Prognostic before(*solver);
    for (const double dt : {0.0, -0.01, std::numeric_limits<double>::infinity(), double(NAN)})
      check.throws<ConfigError>([&] { solver->step(dt); }, {"must be finite and > 0"}, "dt");
    check(solver->time() == 0 && solver->steps() == 0 && same_fields(*solver, before), "nothing changed");
  });
}

TEST_CASE("every solver of the registry keeps every promise") {
  const std::vector<std::string> promises{"registry", "ranks, threads", "restart", "other ranks", "reading",
                                          "bad options", "read", "write", "precision", "finite check", "ensemble",
                                          "state", "options again", "bad step"};
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  for (const SolverEntry& solver : solver_registry()) {
    for (const std::string& name : promises) {
      CAPTURE(solver.name);
      CAPTURE(name);
      const std::string mark = contract_marks()[solver.name][name];
      CHECK((mark == "kept" || (mark == "has none" && (name == "precision" || name == "state"))));
    }
    CHECK(contract_marks()[solver.name].size() == promises.size());
  }
  if (rank == 0) print_contract(promises);
}
