// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/dataset.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <mutex>
#include <numeric>
#include <optional>
#include <tuple>

#include <marea/io/checksum.hpp>
#include <marea/io/error.hpp>
#include <marea/io/statistics.hpp>

#include "data_checks.hpp"
#include "dataset_files.hpp"
#include "field_planes.hpp"

namespace marea {
namespace {

using detail::FieldSource;
using Extents = std::vector<std::int64_t>;

std::string text(std::span<const std::int64_t> extents) {
  std::string out;
  for (const auto e : extents) out += (out.empty() ? "" : " x ") + std::to_string(e);
  return out;
}

Extents extents_of(const SnapshotReader& reader) {
  const Block& block = reader.grid().block;
  return {block.global.begin(), block.global.begin() + block.rank};
}

/// Time between snapshots. Throws DataError when it changes in the run.
double interval_of(const Run& run) {
  const double mean = (run.time.back() - run.time.front()) / static_cast<double>(run.steps - 1);
  for (std::int64_t s = 1; s < run.steps; ++s)
    // Time may be stored in single precision.
    if (const double dt = run.time[s] - run.time[s - 1]; !(std::abs(dt - mean) <= 1e-3 * mean))
      fail<DataError>(run.file, "step ", s, " comes ", dt, " after step ", s - 1, ", but the mean interval is ", mean,
                      "; a step task needs equal intervals: choose [output] every to divide [run] end_time");
  return mean;
}

/// Kinds at both ends of each axis: what the file says, or `given` for an axis of which it says nothing.
/// Throws ConfigError where neither says it, or where they differ.
std::vector<std::array<std::string, 2>> boundary_of(const std::string& path, const GridInfo& grid,
                                                    const std::vector<std::string>& given) {
  const std::size_t axes = grid.axis_names.size();
  if (given.size() > 1 && given.size() != axes)
    fail<ConfigError>("data", "boundary has ", given.size(), " entries, must have one, or one for each of the ", axes,
                      " axes");
  auto boundary = grid.boundary;
  for (std::size_t axis = 0; axis < axes; ++axis) {
    const std::string said = given.empty() ? "" : given[given.size() == 1 ? 0 : axis];
    for (std::string& end : boundary[axis]) {
      if (end.empty() && said.empty())
        fail<ConfigError>("data", path, " does not say which boundary the axis ", grid.axis_names[axis],
                          " has: write its group boundary_conditions, or say it for all files: [data] boundary = ",
                          "[\"periodic\"], [\"wall\"] or [\"open\"]");
      if (!said.empty() && !end.empty() && end != said)
        fail<ConfigError>("data", "boundary = '", said, "', but the axis ", grid.axis_names[axis], " of ", path, " is ",
                          end, "; leave the option out");
      if (end.empty()) end = said;
    }
  }
  return boundary;
}

}  // namespace

struct Dataset::Impl {
  DatasetOptions options;
  ModelInfo info;
  std::vector<Run> runs;
  std::vector<FieldSource> inputs, outputs;
  Extents first_sample;      ///< of each run, and the number of samples
  mutable std::mutex mutex;  ///< guards the two below
  mutable detail::ReaderPool files;
  mutable std::optional<detail::FieldPlanes> planes;

  void find_runs(const std::string& split);
  std::vector<FieldSource> sources(const std::vector<std::string>& names, int history);
  void describe();
  void resolve_bounds();
  void index_samples(const std::string& split);
  bool is_map() const { return options.task == "map"; }
  std::int64_t cells() const {
    return std::accumulate(info.extents.begin(), info.extents.end(), std::int64_t{1}, std::multiplies<>());
  }
  std::int64_t run_of(std::int64_t sample) const;
  std::int64_t step_of(std::int64_t sample) const;
  void require_shape(const char* what, const ArrayRef& array, Extents leading) const;
};

void Dataset::Impl::find_runs(const std::string& split) {
  runs = detail::find_runs(options, files);
  const auto count = [&](const char* name) { return std::ranges::count(runs, name, &Run::split); };
  const std::string there = std::to_string(count("train")) + " train, " + std::to_string(count("valid")) +
                            " valid and " + std::to_string(count("test")) + " test runs";
  if (split != "all") std::erase_if(runs, [&](const Run& run) { return run.split != split; });
  if (runs.empty())
    fail<ConfigError>("data", "split \"", split, "\" of folder = \"", options.folder, "\" is empty: there are ", there,
                      ". A run belongs to one split: put the files into data/train, data/valid and data/test, or give ",
                      "them an attribute split; cut a single long run into several files first");
}

/// What a number of the run is as a field; without a name where `name` is a field, or nothing that is known.
FieldInfo parameter_info(const SnapshotReader& reader, const std::string& name) {
  for (const auto* list : {&reader.schema().fields, &reader.schema().constants})
    if (std::ranges::find(*list, name, &FieldInfo::name) != list->end()) return {};
  const auto parameter = detail::parameter_of(reader, name);
  if (!parameter) return {};
  return {.name = name, .units = parameter->units, .long_name = "parameter of the run", .role = FieldRole::fixed};
}

std::vector<FieldSource> Dataset::Impl::sources(const std::vector<std::string>& names, int history) {
  const SnapshotReader& reader = files.get(runs.front().file);
  std::vector<FieldSource> list;
  for (const std::string& name : names) {
    FieldSource source{parameter_info(reader, name), true, true};
    if (source.field.name.empty()) source = {reader.field(name), detail::is_constant(reader, name)};
    source.components = static_cast<int>(detail::channel_names(source.field, reader.grid()).size());
    source.states = source.constant ? 1 : history;
    list.push_back(source);
  }
  return list;
}

void Dataset::Impl::describe() {
  const std::string& first_path = runs.front().file;
  const SnapshotReader& first = files.get(first_path);
  const Extents fine = extents_of(first);
  planes.emplace(files, fine, options.coarsen);
  for (std::size_t axis = 0; axis < fine.size(); ++axis) {
    if (fine[axis] % options.coarsen != 0)
      fail<ConfigError>("data", "coarsen = ", options.coarsen, " must divide the grid ", text(fine), " of ",
                        first_path);
    info.extents.push_back(fine[axis] / options.coarsen);
    const auto& centres = first.grid().centres[axis];
    info.centres.emplace_back();
    for (auto c = centres.begin(); c != centres.end(); c += options.coarsen)
      info.centres.back().push_back(std::accumulate(c, c + options.coarsen, 0.0) / options.coarsen);
  }
  info.axis_names = first.grid().axis_names;
  info.boundary = boundary_of(first_path, first.grid(), options.boundary);
  info.length_unit = first.grid().length_unit;
  info.time_unit = first.grid().time_unit;
  inputs = sources(options.inputs, options.history);
  outputs = sources(options.outputs, 1);
  info.task = options.task;
  info.history = options.history;
  for (const FieldSource& s : inputs) {
    info.inputs.push_back(s.field);
    for (int state = 0; state < s.states; ++state)
      for (auto& name : detail::channel_names(s.field, first.grid())) info.input_channels.push_back(std::move(name));
  }
  for (const FieldSource& s : outputs) {
    if (s.parameter)
      fail<ConfigError>("data", "output '", s.field.name, "' is a parameter of the runs, which are inputs alone; name a field");
    info.outputs.push_back(s.field);
    for (auto& name : detail::channel_names(s.field, first.grid())) info.output_channels.push_back(std::move(name));
    if (s.constant && !is_map())
      fail<ConfigError>("data", "output '", s.field.name, "' has no time axis in ", first_path,
                        "; a step task predicts fields in time, task = \"map\" may predict constants");
  }
}

/// "end_time" as the number that it is here.
void Dataset::Impl::resolve_bounds() {
  double end = 0;
  for (const Run& run : runs) {
    if (!run.time.empty()) end = std::max(end, run.time.back());
    const OptionTree* said = files.get(run.file).schema().config.at_path("run.end_time");
    if (said && said->is_number()) end = std::max(end, said->as_double());
  }
  char digits[32];
  const std::string number(digits, std::to_chars(digits, digits + sizeof digits, end).ptr);
  for (FieldInfo& field : info.outputs)
    for (std::string* bound : {&field.lower_bound, &field.upper_bound})
      if (*bound == "end_time") *bound = number;
}

void Dataset::Impl::index_samples(const std::string& split) {
  std::optional<std::pair<double, std::string>> interval;  // and the file it comes from
  std::string checked;
  first_sample.assign(1, 0);
  for (const Run& run : runs) {
    detail::require_ordered(files.get(run.file), run);
    if (run.file != checked) {
      const SnapshotReader &first = files.get(runs.front().file), &reader = files.get(run.file);
      detail::require_same_grid(run.file, reader, runs.front().file, first);
      for (const auto* list : {&inputs, &outputs})
        for (const FieldSource& s : *list) {
          if (s.parameter) continue;
          detail::require_same_field(run.file, reader, runs.front().file, first, s.field.name);
          detail::require_upward(reader, run.file, s.field.name);
        }
      checked = run.file;
    }
    std::int64_t samples = run.steps > 0 ? 1 : 0;
    if (!is_map()) {
      samples = std::max<std::int64_t>(0, run.steps - std::int64_t{options.history} * options.stride);
      if (run.steps > 1) {
        const double mine = interval_of(run);
        if (!interval) interval = {mine, run.file};
        if (!(std::abs(mine - interval->first) <= 1e-3 * interval->first))
          fail<DataError>(run.file, "interval ", mine, " between snapshots differs from ", interval->first, " of ",
                          interval->second, "; runs of one data set need one interval");
      }
    }
    first_sample.push_back(first_sample.back() + samples);
  }
  if (first_sample.back() == 0)
    fail<ConfigError>("data", "stride = ", options.stride, ", history = ", options.history, ": no run of split \"",
                      split, "\" is long enough; the first, ", runs.front().file, ", has ", runs.front().steps,
                      " snapshots");
  if (interval && !is_map()) info.interval = interval->first * options.stride;
  resolve_bounds();
  for (const Run& run : runs) {
    const std::string name = std::filesystem::path(run.file).lexically_relative(options.folder).string();
    if (!info.training_files.empty() && info.training_files.back() == name) continue;
    info.training_files.push_back(name);
    for (const InputFile& file : files.get(run.file).schema().files)
      if (std::ranges::find(info.input_files, file) == info.input_files.end()) info.input_files.push_back(file);
  }
}

std::int64_t Dataset::Impl::run_of(std::int64_t sample) const {
  if (sample < 0 || sample >= first_sample.back())
    fail<ShapeError>("Dataset", "sample ", sample, " lies outside the ", first_sample.back(), " samples");
  return std::ranges::upper_bound(first_sample, sample) - first_sample.begin() - 1;
}

std::int64_t Dataset::Impl::step_of(std::int64_t sample) const {
  const std::int64_t first = is_map() ? 0 : std::int64_t{options.history - 1} * options.stride;
  return first + sample - first_sample[run_of(sample)];
}

void Dataset::Impl::require_shape(const char* what, const ArrayRef& array, Extents leading) const {
  leading.insert(leading.end(), info.extents.begin(), info.extents.end());
  if (array.dtype != DType::f32 || array.memory != Memory::host || !array.is_contiguous() ||
      !std::ranges::equal(array.extents(), leading))
    fail<ShapeError>("Dataset", what, " ", to_string(array), " must be contiguous host f32[", text(leading), "]");
}

Dataset::Dataset(const DatasetOptions& options, const std::string& split) : impl_(new Impl) {
  check_options(options, "data");
  if (split != "train" && split != "valid" && split != "test" && split != "all")
    fail<ConfigError>("data", "split \"", split, "\" must be one of train, valid, test, all");
  for (const auto& [names, key] : {std::pair{&options.inputs, "inputs"}, {&options.outputs, "outputs"}})
    if (names->empty()) fail<ConfigError>("data", key, " must name at least one field");
  if (options.task == "map" && options.history != 1)
    fail<ConfigError>("data", "history = ", options.history, " must be 1 for task = \"map\"");
  impl_->options = options;
  impl_->find_runs(split);
  impl_->describe();
  impl_->index_samples(split);
}

Dataset::Dataset(Dataset&&) noexcept = default;
Dataset& Dataset::operator=(Dataset&&) noexcept = default;
Dataset::~Dataset() = default;

std::int64_t Dataset::size() const { return impl_->first_sample.back(); }
const std::vector<Run>& Dataset::runs() const { return impl_->runs; }
std::int64_t Dataset::run_of(std::int64_t sample) const { return impl_->run_of(sample); }
std::int64_t Dataset::step_of(std::int64_t sample) const { return impl_->step_of(sample); }
const ModelInfo& Dataset::info() const { return impl_->info; }

void Dataset::read(std::int64_t sample, const ArrayRef& in, const ArrayRef& out) const {
  impl_->require_shape("out", out, {std::ssize(impl_->info.output_channels)});
  Extents extents(out.extents().begin(), out.extents().end());
  extents.insert(extents.begin(), 1);
  read_rollout(sample, in, make_array_ref(out.data, DType::f32, extents));
}

void Dataset::read_rollout(std::int64_t sample, const ArrayRef& in, const ArrayRef& out) const {
  const Impl& self = *impl_;
  const Run& run = self.runs[self.run_of(sample)];
  const std::int64_t step = self.step_of(sample), stride = self.options.stride;
  const std::int64_t rollout = out.rank > 0 ? out.extent[0] : 0;
  self.require_shape("in", in, {std::ssize(self.info.input_channels)});
  self.require_shape("out", out, {rollout, std::ssize(self.info.output_channels)});
  if (self.is_map() ? rollout > 1 : step + rollout * stride >= run.steps)
    fail<ShapeError>("Dataset", "sample ", sample, " has no ", rollout, " steps ahead of it in ", run.file);

  const std::scoped_lock lock(self.mutex);
  float* next = in.as<float>();
  const auto read_next = [&](const FieldSource& source, std::int64_t at) {
    const std::int64_t size = source.components * self.cells();
    self.planes->read(run, source, at, {next, static_cast<std::size_t>(size)});
    next += size;
  };
  for (const FieldSource& source : self.inputs)
    for (int back = source.states - 1; back >= 0; --back) read_next(source, step - back * stride);
  next = out.as<float>();
  for (std::int64_t ahead = 1; ahead <= rollout; ++ahead)
    for (const FieldSource& source : self.outputs)
      read_next(source, self.is_map() ? run.steps - 1 : step + ahead * stride);
}

std::vector<FieldInfo> Dataset::fields_in_time() const {
  const std::scoped_lock lock(impl_->mutex);
  return impl_->files.get(impl_->runs.front().file).schema().fields;
}

HostArray Dataset::read_series(std::int64_t run, const std::string& field, std::int64_t first,
                               std::int64_t count) const {
  const Impl& self = *impl_;
  if (run < 0 || run >= std::ssize(self.runs) || first < 0 || count < 1 || first + count > self.runs[run].steps)
    fail<ShapeError>("Dataset", "run ", run, " has no snapshots ", first, " to ", first + count - 1);
  const Run& which = self.runs[run];
  const std::scoped_lock lock(self.mutex);
  const SnapshotReader &reader = self.files.get(which.file), &first_reader = self.files.get(self.runs.front().file);
  detail::require_same_field(which.file, reader, self.runs.front().file, first_reader, field);
  detail::require_upward(reader, which.file, field);
  FieldSource source{first_reader.field(field), detail::is_constant(first_reader, field)};
  if (source.constant) fail<DataError>(which.file, "field '", field, "' has no time axis");
  source.components = static_cast<int>(detail::channel_names(source.field, first_reader.grid()).size());
  Extents extents{count, source.components};
  extents.insert(extents.end(), self.info.extents.begin(), self.info.extents.end());
  HostArray series(DType::f32, extents);
  const auto size = static_cast<std::size_t>(source.components * self.cells());
  for (std::int64_t step = 0; step < count; ++step)
    self.planes->read(which, source, first + step, {series.ref()[step].as<float>(), size});
  return series;
}

std::vector<std::int64_t> Dataset::rollout_samples(int rollout) const {
  std::vector<std::int64_t> samples;
  for (std::int64_t s = 0; s < size(); ++s)
    if (impl_->is_map() ? rollout == 1
                        : step_of(s) + std::int64_t{rollout} * impl_->options.stride < runs()[run_of(s)].steps)
      samples.push_back(s);
  return samples;
}

void Dataset::statistics(std::vector<ChannelStatistics>& inputs, std::vector<ChannelStatistics>& outputs) const {
  const ModelInfo& info = impl_->info;
  const auto prepend = [&](std::size_t channels) {
    Extents extents{static_cast<std::int64_t>(channels)};
    extents.insert(extents.end(), info.extents.begin(), info.extents.end());
    return extents;
  };
  const HostArray in(DType::f32, prepend(info.input_channels.size()));
  const HostArray out(DType::f32, prepend(info.output_channels.size()));
  std::vector<RunningStatistics> of_inputs(info.input_channels.size()), of_outputs(info.output_channels.size());
  for (std::int64_t sample = 0; sample < size(); ++sample) {
    read(sample, in.ref(), out.ref());
    for (std::size_t c = 0; c < of_inputs.size(); ++c) of_inputs[c].add(in.ref()[static_cast<std::int64_t>(c)]);
    for (std::size_t c = 0; c < of_outputs.size(); ++c) of_outputs[c].add(out.ref()[static_cast<std::int64_t>(c)]);
  }
  const auto listed = [](const std::vector<std::string>& channels, const std::vector<RunningStatistics>& of) {
    std::vector<ChannelStatistics> list;
    for (std::size_t c = 0; c < of.size(); ++c)
      list.push_back(
          {channels[c], of[c].mean(), of[c].standard_deviation(), of[c].rms(), of[c].minimum(), of[c].maximum()});
    return list;
  };
  inputs = listed(info.input_channels, of_inputs);
  outputs = listed(info.output_channels, of_outputs);
}

RunFingerprint Dataset::fingerprint(std::int64_t run) const {
  const std::scoped_lock lock(impl_->mutex);
  const Run& which = impl_->runs.at(static_cast<std::size_t>(run));
  return detail::fingerprint_of_run(impl_->files.get(which.file), which.trajectory, detail::used_names(impl_->options));
}

void Dataset::require_mask(const std::string& field) const {
  const std::scoped_lock lock(impl_->mutex);
  for (const Run& run : impl_->runs) detail::require_mask(impl_->files.get(run.file), run, field);
}

std::vector<std::string> Dataset::hashes() const {
  std::vector<std::string> list;
  const std::string* last = nullptr;
  for (const Run& run : impl_->runs) {
    if (last && *last == run.file) continue;
    list.push_back(sha256_of_file(run.file));
    last = &run.file;
  }
  return list;
}

}  // namespace marea
