// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "held_out.hpp"

#include <algorithm>
#include <filesystem>

#include <marea/io/case_file.hpp>
#include <marea/io/dataset.hpp>
#include <marea/io/error.hpp>
#include <marea/io/progress.hpp>
#include <marea/io/snapshot_reader.hpp>
#include <marea/solvers/simulation.hpp>

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

std::int64_t first_sample(const Dataset& data, std::int64_t run) {
  for (std::int64_t s = 0; s < data.size(); ++s)
    if (data.run_of(s) == run) return s;
  fail<DataError>("evaluate", data.runs()[static_cast<std::size_t>(run)].file, " has too few snapshots for one sample");
}

OptionTree reference_case(const OptionTree& case_file, int refinement, const fs::path& folder) {
  OptionTree fine = case_file;
  std::erase_if(fine.as_table(), [](const auto& e) { return e.first == "ensemble"; });
  for (const char* key : {"nx", "ny", "nz"})
    if (auto* n = fine["grid"].find(key); n && n->as_integer() > 1) *n = OptionTree(n->as_integer() * refinement);
  if (auto* precision = fine["solver"].find("precision")) *precision = OptionTree("double");
  fine["output"]["folder"] = folder.string();
  return fine;
}

void read_reference(const EvaluationOptions& options, const ModelInfo& info, const std::string& folder, HeldOut& run) {
  DatasetOptions o = data_options(info, folder);
  o.coarsen *= options.refinement;
  const Dataset fine(o, "all");
  const auto& times = fine.runs().front().time;
  std::int64_t leads = 1;
  if (info.task == "map") {
    run.times = {times.back()};
  } else {
    const std::int64_t first = o.history - 1;
    leads = (static_cast<std::int64_t>(times.size()) - 1) / o.stride - first;
    run.start = times[static_cast<std::size_t>(first * o.stride)];
    for (std::int64_t l = 1; l <= leads; ++l) run.times.push_back(times[static_cast<std::size_t>((first + l) * o.stride)]);
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

}  // namespace

OptionTree with_tables_of(OptionTree run, const OptionTree& case_file) {
  for (const char* table : {"grid", "solver"})
    if (const auto* other = case_file.find(table)) run[table] = *other;
  return run;
}

std::vector<HeldOut> held_out_runs(const EvaluationOptions& options, const ModelInfo& info, MPI_Comm comm,
                                   const EvaluationHooks& hooks) {
  const Dataset data(data_options(info, options.data), options.split);
  const auto all = static_cast<std::int64_t>(data.runs().size());
  const std::int64_t count = options.runs > 0 ? std::min<std::int64_t>(options.runs, all) : all;
  if (count == 0) fail<ConfigError>("evaluate", "no run of split '", options.split, "' in ", options.data);

  const OptionTree case_file = options.case_file.empty() ? OptionTree() : read_case_file(options.case_file);
  Progress progress("reference runs", static_cast<double>(count), "runs");
  std::vector<HeldOut> runs(static_cast<std::size_t>(count));
  for (std::int64_t r = 0; r < count; ++r) {
    auto& run = runs[static_cast<std::size_t>(r)];
    run.file = data.runs()[static_cast<std::size_t>(r)].file;
    run.case_file = SnapshotReader(run.file).schema().config;
    if (run.case_file.empty())
      fail<DataError>("evaluate", run.file, " holds no configuration, so the solver cannot run beside the model; ",
                      "evaluate on files that marea simulate wrote");
    run.case_file = with_tables_of(std::move(run.case_file), case_file);
    const fs::path references = options.reference.empty() ? fs::path(options.output) / "reference" : fs::path(options.reference);
    const fs::path folder = references / fs::path(run.file).stem();
    const SimulationHooks simulation{.stop = hooks.stop};
    if (simulate(reference_case(run.case_file, options.refinement, folder), comm, simulation).status == RunStatus::stopped)
      fail<Stopped>("evaluate", "stopped in reference run ", r + 1, " of ", count, "; the same command goes on");
    MPI_Barrier(comm);

    run.input = HostArray(DType::f32, shape({static_cast<std::int64_t>(info.input_channels.size())}, info));
    const HostArray own(DType::f32, shape({static_cast<std::int64_t>(info.output_channels.size())}, info));
    data.read(first_sample(data, r), run.input.ref(), own.ref());
    read_reference(options, info, folder.string(), run);
    progress.update(static_cast<double>(r + 1));
  }
  return runs;
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

}  // namespace marea::detail
