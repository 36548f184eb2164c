// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <marea/io/options.hpp>

namespace marea {

/// The `[output]` table of a case file. Snapshots stand at time 0, then every `every`, or at `times`.
struct OutputOptions {
  std::string folder;                    ///< made when missing
  double every = 0;                      ///< physical time between snapshots; 0: at time 0 and the end
  std::vector<double> times;             ///< instead of `every`, rising
  std::vector<std::string> fields;       ///< empty: the prognostic ones
  std::vector<std::string> diagnostics;  ///< running diagnostics written at the end; empty: all that the solver keeps
  std::string precision = "single";      ///< of the fields in the file
  double checkpoint_every = 0;           ///< physical time; 0: only when the run is stopped
  int compression = 1;                   ///< deflate level
  std::string writer = "auto";           ///< gather: rank 0 writes; collective: all ranks; auto: by the size of a field
};
template <class Visitor> void visit(Visitor&& v, OutputOptions& o) {
  v("folder", o.folder, {"where run.h5 or run_0000.h5, … and the checkpoints go; made when missing"});
  v("every", o.every, {"physical time between snapshots; 0: at time 0 and at the end", "solver's time unit", at_least(0)});
  v("times", o.times, {"instead of `every`: rising physical times of snapshots", "solver's time unit", at_least(0)});
  v("fields", o.fields, {"fields in every snapshot; empty: the whole state"});
  v("diagnostics", o.diagnostics, {"running diagnostics written at the end; empty: all that the solver keeps"});
  v("precision", o.precision, {"of the fields in the file", "", one_of({"single", "double"})});
  v("checkpoint_every", o.checkpoint_every,
    {"physical time between checkpoints; 0: only when the run is stopped", "solver's time unit", at_least(0)});
  v("compression", o.compression, {"deflate level", "", between(0, 9)});
  v("writer", o.writer,
    {"of several ranks: rank 0 (gather), all together (collective), which auto takes for fields from 256 MiB", "",
     one_of({"auto", "gather", "collective"})});
}

/// The `[run]` table of a case file.
struct RunOptions {
  double end_time = 0;     ///< physical time to reach
  std::string wall_limit;  ///< "90s", "30m", "1h30m": then a checkpoint and exit code 75; empty: no limit
};
template <class Visitor> void visit(Visitor&& v, RunOptions& o) {
  v("end_time", o.end_time, {"physical time to reach, required", "solver's time unit", positive()});
  v("wall_limit", o.wall_limit, {"as 90s, 30m, 1h30m: then write a checkpoint and stop; empty: no limit"});
}

/// Seconds of a text such as "90s", "30m", "1h30m"; infinity for an empty one. Throws ConfigError, which begins with
/// `where`.
double parse_duration(const std::string& text, const std::string& where = "run");

/// Times of the snapshots, rising, the initial one included, none after `end_time`. Throws ConfigError, which says
/// where in `case_file` a wrong value stands.
std::vector<double> snapshot_times(const OutputOptions& output, double end_time, const OptionTree& case_file = {});

}  // namespace marea
