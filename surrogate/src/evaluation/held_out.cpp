// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "held_out.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <map>
#include <span>

#include <marea/io/case_file.hpp>
#include <marea/io/dataset.hpp>
#include <marea/io/error.hpp>
#include <marea/io/log.hpp>
#include <marea/io/snapshot_reader.hpp>
#include <marea/io/units.hpp>
#include <marea/solvers/simulation.hpp>

#include "score.hpp"
#include "solver_candidate.hpp"

namespace marea::detail {
namespace fs = std::filesystem;
namespace {

DatasetOptions data_options(const ModelInfo& info, const std::string& folder) {
  DatasetOptions o;
  if (const auto* data = info.training.find("data")) read_options(o, *data, "data");
  o.folder = folder;
  return o;
}

std::vector<std::int64_t> shape(std::vector<std::int64_t> first, const ModelInfo& info) {
  first.insert(first.end(), info.extents.begin(), info.extents.end());
  return first;
}

std::string text(std::span<const std::string> words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return "(" + out + ")";
}

/// The case of a run, its input files where they are now; those of tables that `case_file` replaces do not matter.
OptionTree with_files_found(OptionTree run, std::vector<InputFile> files, const OptionTree& case_file,
                            const std::string& path) {
  const auto replaced = [&](const InputFile& file) {
    return case_file.find("solver") && file.option.starts_with("solver.");
  };
  if (files.empty() && std::ranges::any_of(named_files(run), std::not_fn(replaced)))
    log_warning(path, " does not say what its input files held; they are taken as they are now");
  std::erase_if(files, replaced);
  return locate_input_files(std::move(run), files, path);
}

std::int64_t first_sample(const Dataset& data, std::int64_t run) {
  for (std::int64_t s = 0; s < data.size(); ++s)
    if (data.run_of(s) == run) return s;
  fail<DataError>("evaluate", data.runs()[static_cast<std::size_t>(run)].file, " has too few snapshots for one sample");
}

void read_reference(const ModelInfo& info, const std::string& folder, int refinement, HeldOut& run) {
  DatasetOptions o = data_options(info, folder);
  o.coarsen *= refinement;
  const Dataset fine(o, "all");
  const auto& times = fine.runs().front().time;
  std::int64_t leads = 1;
  if (info.task == "map") {
    run.times = {times.back()};
  } else {
    const std::int64_t first = o.history - 1;
    leads = (static_cast<std::int64_t>(times.size()) - 1) / o.stride - first;
    run.start = times[static_cast<std::size_t>(first * o.stride)];
    run.times.clear();
    for (std::int64_t l = 1; l <= leads; ++l)
      run.times.push_back(times[static_cast<std::size_t>((first + l) * o.stride)]);
  }
  const auto channels = static_cast<std::int64_t>(info.output_channels.size());
  const HostArray input(DType::f32, run.input.extents()), values(DType::f32, shape({leads, channels}, info));
  if (info.task == "map")
    fine.read(0, input.ref(), values.ref()[0]);
  else
    fine.read_rollout(0, input.ref(), values.ref());
  run.reference = HostArray(DType::f64, values.extents());
  copy_converting(values.ref(), run.reference.ref());
}

/// Runs the solver at `refinement` times the resolution of the data and reads what it wrote as the reference of `run`.
void make_reference(const EvaluationOptions& options, const ModelInfo& info, int refinement, const std::string& name,
                    HeldOut& run, MPI_Comm comm, const EvaluationHooks& hooks, Stages& stages) {
  stages.begin("reference of " + name);
  const fs::path all = options.reference.empty() ? fs::path(options.output) / "reference" : fs::path(options.reference);
  const std::string folder = (all / name).string();
  const SimulationHooks simulation{.stop = hooks.stop, .progress = [&](double share) { stages.at(share); }};
  const OptionTree fine = reference_case(run.solver, run.case_file, refinement, folder);
  if (simulate(fine, comm, simulation).status == RunStatus::stopped)
    fail<Stopped>("evaluate", "stopped in the reference run ", name, "; the same command goes on");
  MPI_Barrier(comm);
  read_reference(info, folder, refinement, run);
  stages.end();
}

}  // namespace

OptionTree with_tables_of(OptionTree run, const OptionTree& case_file) {
  for (const char* table : {"grid", "solver"})
    if (const auto* other = case_file.find(table)) run[table] = *other;
  return run;
}

OptionTree reference_case(const SolverEntry& solver, const OptionTree& case_file, int refinement,
                          const std::string& folder) {
  OptionTree fine = case_file;
  std::erase_if(fine.as_table(), [](const auto& e) { return e.first == "ensemble"; });
  for (const auto& key : solver.refinable)
    if (auto* n = fine["grid"].find(key); n && n->as_integer() > 1) *n = OptionTree(n->as_integer() * refinement);
  for (const auto& s : reference_settings(solver, case_file)) fine.set_path("solver." + s.option, s.value);
  for (const auto& e : solver.cells_elsewhere) {
    const OptionTree* own = case_file.at_path("solver." + e.refinement);
    fine.set_path("solver." + e.refinement, (own ? own->as_integer() : 1) * refinement);
  }
  fine["output"]["folder"] = folder;
  return fine;
}

std::int64_t count_held_out(const EvaluationOptions& options, const ModelInfo& info) {
  const Dataset data(data_options(info, options.data), options.split);
  const auto all = static_cast<std::int64_t>(data.runs().size());
  return options.runs > 0 ? std::min<std::int64_t>(options.runs, all) : all;
}

namespace {

KnownRuns known_runs(const std::vector<std::string>& runs, const std::vector<std::string>& states) {
  KnownRuns known;
  for (std::size_t n = 0; n < runs.size(); ++n)
    known.add(RunFingerprint::of_text(runs[n], n < states.size() ? states[n] : ""));
  return known;
}

}  // namespace

std::int64_t count_seen_runs(const EvaluationOptions& options, const std::vector<const ModelInfo*>& models) {
  // A run is known by the fields that a model takes of it; most models here take the same.
  std::map<std::vector<std::string>, Dataset> datasets;
  struct Known {
    KnownRuns training, validation;
    const Dataset* data;
  };
  std::vector<Known> known;
  for (const ModelInfo* model : models) {
    const DatasetOptions of_model = data_options(*model, options.data);
    std::vector<std::string> names = of_model.inputs;
    names.insert(names.end(), of_model.outputs.begin(), of_model.outputs.end());
    known.push_back({known_runs(model->training_runs, model->training_states),
                     known_runs(model->validation_runs, model->validation_states),
                     &datasets.try_emplace(names, of_model, options.split).first->second});
  }
  const Dataset& data = *known.front().data;
  std::int64_t seen = 0;
  for (std::int64_t r = 0; r < count_held_out(options, *models.front()); ++r) {
    std::string of;
    for (std::size_t m = 0; m < models.size(); ++m) {
      const ModelInfo* model = models[m];
      const RunFingerprint mine = known[m].data->fingerprint(r);
      if (known[m].training.find(mine) >= 0) of = "training";
      if (known[m].validation.find(mine) >= 0) of = "validation";
      if (!options.training_data && model->training_runs.empty())
        fail<DataError>("evaluate", "the model '", model->name, "' does not say which runs it was trained on, so that ",
                        "none can be called held out; train it again, or measure and label with --training-data");
    }
    if (of.empty()) continue;
    ++seen;
    if (options.training_data) continue;
    const Run& run = data.runs()[static_cast<std::size_t>(r)];
    fail<DataError>("evaluate", run.file, ", trajectory ", run.trajectory, " is ", of, " data of a model here, or a ",
                    "part of them, by the hashes in the model file, not held out; evaluate on other runs, or measure and label with ",
                    "--training-data");
  }
  return seen;
}

void require_data_of(const ModelInfo& model, const ModelInfo& data, const std::string& folder) {
  const auto check = [&](bool same, const std::string& what, const std::string& mine, const std::string& theirs) {
    if (!same)
      fail<DataError>("evaluate", what, " ", theirs, " of the data in ", folder, " differs from ", mine,
                      " of the model; evaluate on data like those of its training");
  };
  const auto same = [&](const std::string& what, const std::string& mine, const std::string& theirs) {
    check(mine == theirs, what, mine, theirs);
  };
  const auto same_unit = [&](const std::string& what, const std::string& mine, const std::string& theirs) {
    check(units_factor(theirs, mine) == 1, what, mine, theirs);
  };
  same("order of axes", text(model.axis_names), text(data.axis_names));
  same_unit("unit of length", model.length_unit, data.length_unit);
  same_unit("unit of time", model.time_unit, data.time_unit);
  for (std::size_t axis = 0; axis < std::min(model.boundary.size(), data.boundary.size()); ++axis)
    same("boundary of " + data.axis_names[axis], text(model.boundary[axis]), text(data.boundary[axis]));
  for (const auto& [fields, others] : {std::pair{&model.inputs, &data.inputs}, {&model.outputs, &data.outputs}})
    for (std::size_t f = 0; f < fields->size(); ++f)
      same_unit("unit of '" + (*fields)[f].name + "'", (*fields)[f].units, (*others)[f].units);
  if (model.task == "step" && !(std::abs(model.interval - data.interval) <= 1e-3 * model.interval))
    fail<DataError>("evaluate", "interval ", data.interval, " of the data in ", folder, " differs from ",
                    model.interval, " of the model; evaluate on data like those of its training");
}

std::vector<HeldOut> held_out_runs(const EvaluationOptions& options, const ModelInfo& info, MPI_Comm comm,
                                   const EvaluationHooks& hooks, Stages& stages) {
  const Dataset data(data_options(info, options.data), options.split);
  require_data_of(info, data.info(), options.data);
  const OptionTree case_file = options.case_file.empty() ? OptionTree() : read_case_file(options.case_file);
  std::vector<HeldOut> runs(static_cast<std::size_t>(count_held_out(options, info)));
  for (std::size_t r = 0; r < runs.size(); ++r) {
    auto& run = runs[r];
    run.file = data.runs()[r].file;
    const SnapshotReader file(run.file);
    run.case_file = file.schema().config;
    if (run.case_file.empty())
      fail<DataError>("evaluate", run.file, " holds no configuration, so the solver cannot run beside the model; ",
                      "evaluate on files that marea simulate wrote");
    run.case_file = with_files_found(std::move(run.case_file), file.schema().files, case_file, run.file);
    run.case_file = with_tables_of(std::move(run.case_file), case_file);
    run.solver = entry_for(run.case_file);
    run.input = HostArray(DType::f32, shape({static_cast<std::int64_t>(info.input_channels.size())}, info));
    run.own = HostArray(DType::f32, shape({static_cast<std::int64_t>(info.output_channels.size())}, info));
    data.read(first_sample(data, static_cast<std::int64_t>(r)), run.input.ref(), run.own.ref());
    make_reference(options, info, options.refinement, fs::path(run.file).stem().string(), run, comm, hooks, stages);
  }
  require_same_lead_times(runs);
  return runs;
}

HeldOut finer_reference(const EvaluationOptions& options, const ModelInfo& info, const HeldOut& run, MPI_Comm comm,
                        const EvaluationHooks& hooks, Stages& stages) {
  HeldOut finer = run;
  const std::string name = fs::path(run.file).stem().string() + "_finer";
  make_reference(options, info, options.refinement + 1, name, finer, comm, hooks, stages);
  return finer;
}

std::vector<double> distance_to_finer(const HeldOut& run, const HeldOut& finer, const ModelInfo& info) {
  const HostArray mask = error_mask(info, run);
  std::vector<double> distances;
  for (const auto& field : output_fields(info))
    distances.push_back(field_error(run.reference.ref(), finer.reference.ref(), mask_ref(mask), field));
  return distances;
}

double reference_error(double distance_to_data, double distance_to_finer, int refinement) {
  return std::max(distance_to_finer, distance_to_data / (refinement - 1));
}

void require_same_lead_times(const std::vector<HeldOut>& runs) {
  const auto& first = runs.front();
  for (const auto& run : runs) {
    bool same = run.times.size() == first.times.size();
    for (std::size_t lead = 0; same && lead < run.times.size(); ++lead) {
      const double own = run.times[lead] - run.start, other = first.times[lead] - first.start;
      same = std::abs(own - other) <= 1e-6 * std::abs(other);
    }
    if (!same)
      fail<DataError>("evaluate", run.file, " has other lead times than ", first.file, ": ", run.times.size(), " to ",
                      run.times.back() - run.start, " s and ", first.times.size(), " to ",
                      first.times.back() - first.start, " s; evaluate them apart");
  }
}

std::string mask_name(const ModelInfo& info) {
  const auto* mask = info.normaliser.find("mask");
  return mask ? mask->as_string() : std::string();
}

HostArray error_mask(const ModelInfo& info, const HeldOut& run) {
  const auto name = mask_name(info);
  if (name.empty()) return HostArray(DType::f64, {0});
  const auto at = std::find(info.input_channels.begin(), info.input_channels.end(), name);
  if (at == info.input_channels.end())
    fail<DataError>("evaluate", "mask = '", name, "' of the model must be one of its inputs");
  const auto channel = run.input.ref()[at - info.input_channels.begin()];
  HostArray mask(DType::f64, channel.extents());
  copy_converting(channel, mask.ref());
  // Block means of a 0/1 field lie between: a cell counts when half of it does.
  for (auto& value : mask.values<double>()) value = value >= 0.5;
  return mask;
}

ArrayRef mask_ref(const HostArray& mask) { return mask.size() > 0 ? mask.ref() : ArrayRef{}; }

}  // namespace marea::detail
