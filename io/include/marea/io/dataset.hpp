// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <marea/io/array_ref.hpp>
#include <marea/io/field_info.hpp>
#include <marea/io/host_array.hpp>
#include <marea/io/model_file.hpp>
#include <marea/io/options.hpp>
#include <marea/io/run_fingerprint.hpp>

namespace marea {

/// The `[data]` table of a training file.
struct DatasetOptions {
  std::string folder;                    ///< snapshot files: marea's or any in The Well's layout
  std::string task = "step";             ///< step: q(t) -> q(t + stride) · map: fixed, initial fields -> diagnostics
  std::vector<std::string> inputs, outputs;
  int stride = 1;                        ///< snapshots between input and output
  int history = 1;                       ///< input states, oldest first
  int coarsen = 1;                       ///< block means over this many cells a direction
  int split_seed = 0;                    ///< shuffles the runs of files that carry no split
  std::vector<std::string> boundary;     ///< of files that do not say it: one for each axis as stored, or one for all
};
template <class Visitor> void visit(Visitor&& v, DatasetOptions& o) {
  v("folder", o.folder, {"folder of snapshot files"});
  v("task", o.task,
    {"step: state to later state; map: static and initial fields to diagnostics", "", one_of({"step", "map"})});
  v("inputs", o.inputs, {"input fields, and parameters of the runs, such as initial.height, as fields of one value"});
  v("outputs", o.outputs, {"output fields"});
  v("stride", o.stride, {"snapshots between input and output", "", at_least(1)});
  v("history", o.history, {"input states, oldest first", "", at_least(1)});
  v("coarsen", o.coarsen, {"block mean over this many cells in each direction", "", at_least(1)});
  v("split_seed", o.split_seed, {"shuffles the runs of files that carry no split"});
  v("boundary", o.boundary,
    {"boundary of files without boundary_conditions: one for each axis as stored, or one for all", "",
     one_of({"open", "wall", "periodic"})});
}

/// One whole simulation: a trajectory of a file.
struct Run {
  std::string file;
  std::int64_t trajectory = 0, steps = 0;
  std::string split;                     ///< train, valid, test, or empty
  std::vector<double> time;              ///< [steps]
};

/// Samples of (input, output) pairs from many snapshot files, split by whole runs.
///
/// step: a sample is a state of a run (with `history` earlier ones, `stride` apart) and the state `stride` snapshots
/// later. map: a sample is a run; inputs are constants and the first snapshot, outputs constants and the last one.
/// An input may also be a parameter of the runs, as "initial.height": a constant of one value in all cells.
/// Channels stand field by field in the order of the options; a constant gives one channel a component, a field in
/// time one a component and history step, the oldest first, all under the same name ("eta"; "velocity_x",
/// "velocity_y"; "stress_xx", …). Constants are kept in memory after the first read, up to 256 MiB.
///
/// May be used from several threads: one lock lets one in at a time, as HDF5 needs it anyway.
class Dataset {
 public:
  /// All runs of one split ("train", "valid", "test" or "all"). The folder holds .h5 and .hdf5 files, or The Well's
  /// data/train, data/valid and data/test. A file's split is that folder, or else its attribute `split`; the runs of
  /// other files are shuffled by a hash of split_seed, file name and trajectory and cut at 75 / 12.5 / 12.5 %.
  /// Throws IoError; DataError for files that are no finished snapshot files, lack a field, have axes or times that do
  /// not rise, or differ from the first in axes, units, boundaries or interval (both are named), for links to nowhere
  /// and unknown splits; ConfigError for options that do not fit and for an empty split.
  Dataset(const DatasetOptions& options, const std::string& split);
  Dataset(Dataset&&) noexcept;
  Dataset& operator=(Dataset&&) noexcept;
  ~Dataset();

  std::int64_t size() const;                                 ///< samples
  const std::vector<Run>& runs() const;
  std::int64_t run_of(std::int64_t sample) const;            ///< index into runs()
  std::int64_t step_of(std::int64_t sample) const;           ///< index of the (last) input state in its run
  /// Names, units, channels, grid, interval; no model name, statistics or training yet.
  const ModelInfo& info() const;

  /// in f32 (C_in, [k,] [j,] i), out f32 (C_out, …): host memory. Throws ShapeError, and DataError naming file, field,
  /// step and index of the first value that is not finite.
  void read(std::int64_t sample, const ArrayRef& in, const ArrayRef& out) const;
  /// Outputs of `rollout` successive steps: out (rollout, C_out, …), as many as its first extent says. For multi-step
  /// training and evaluation; a map has one.
  void read_rollout(std::int64_t sample, const ArrayRef& in, const ArrayRef& out) const;
  /// Fields with a time axis in the files of the first run: inputs, outputs and all others.
  std::vector<FieldInfo> fields_in_time() const;
  /// `count` snapshots of a field with a time axis from snapshot `first` of a run on, coarsened and in the units of the
  /// first run: f32 (count, components, [k,] [j,] i). Throws ShapeError, DataError as read and where the field of that
  /// run has no time axis, another rank or other units.
  HostArray read_series(std::int64_t run, const std::string& field, std::int64_t first, std::int64_t count) const;
  /// Samples whose run holds `rollout` further steps.
  std::vector<std::int64_t> rollout_samples(int rollout) const;

  /// Per channel mean, deviation, rms, extrema: streamed once in double precision.
  void statistics(std::vector<ChannelStatistics>& inputs, std::vector<ChannelStatistics>& outputs) const;
  RunFingerprint fingerprint(std::int64_t run) const;
  /// Throws DataError naming file, step and index where a scalar field of a run is neither 0 nor 1, uncoarsened.
  void require_mask(const std::string& field) const;
  /// SHA-256 of each file, in the order of the distinct files of runs().
  std::vector<std::string> hashes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// RunFingerprint::sha256 of runs by split, and their state_text().
struct SplitHashes {
  std::vector<std::string> train, valid, test;
  std::vector<std::string> train_states, valid_states;
};
/// Of all runs of a data set. Throws as Dataset, and DataError naming both files where one run, or a part of it, stands
/// in two splits.
SplitHashes hash_runs(const DatasetOptions& options);

}  // namespace marea
