// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace marea {

/// How far a long task is.
struct ProgressState {
  std::string task, unit, note;        ///< "train", "samples", "loss 0.1"
  double done = 0, total = 0;          ///< in `unit`; total 0: not known
  double seconds = 0;                  ///< since the task began
  double rate = 0;                     ///< units a second
  double remaining = 0;                ///< estimated seconds to the end; 0 where not known
  bool finished = false;               ///< the last report of the task
};

/// Who shows progress: the function, and the seconds between two calls of it.
struct ProgressSink {
  std::function<void(const ProgressState&)> show;  ///< empty: nobody
  double interval = 10;
};

/// On a terminal a bar, redrawn ten times a second; otherwise one plain line every ten seconds. On standard error.
ProgressSink standard_progress();

/// Sends the progress of every task of this process to `sink`: {} for quiet, a callback for --json and Python.
/// Without this call: standard_progress().
void set_progress_sink(ProgressSink sink);

/// "simulate  45 % 3240/7200 s, 81.2 s/s, 49 s left, loss 0.1".
std::string progress_text(const ProgressState& state);

/// Reports the progress of one task. Cheap to call often; shown by rank 0 alone.
class Progress {
 public:
  /// \param total  what `update` counts up to, in `unit`; 0 where not known
  /// \param start  what was done before, by a run that this one goes on from: the rate leaves it out
  Progress(std::string task, double total, std::string unit = "", double start = 0);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();                         ///< the last report, unless finish() gave it or an error ends the task

  /// `done` counts from the start of the task, a restarted one too.
  void update(double done, std::string_view note = {});
  void finish(std::string_view note = {});

 private:
  using Clock = std::chrono::steady_clock;
  void show(bool finished);

  ProgressState state_;
  double begun_at_ = 0;
  bool active_ = false;
  Clock::time_point start_, last_;
};

}  // namespace marea
