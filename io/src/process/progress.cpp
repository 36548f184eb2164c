// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/progress.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <utility>

#include <fmt/format.h>

#include "world_rank.hpp"

namespace marea {
namespace {

ProgressSink& current_sink() {
  static ProgressSink sink = standard_progress();
  return sink;
}

/// "49 s", "12:05", "3:12:05".
std::string duration_text(double seconds) {
  const auto s = static_cast<long long>(std::ceil(std::min(seconds, 1e9)));
  if (s < 100) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{}:{:02}", s / 60, s % 60);
  return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

/// A terminal that is gone or a full disk behind it is no reason to end a run.
void show_text(const std::string& text) {
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

void draw_bar(const ProgressState& state) {
  winsize window{};
  const int columns = ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0 ? window.ws_col : 80;
  std::string line = progress_text(state);
  constexpr int width = 24;
  if (state.total > 0 && static_cast<int>(line.size()) + width + 4 < columns) {
    const int full = static_cast<int>(width * std::clamp(state.done / state.total, 0.0, 1.0));
    line = fmt::format("[{:#>{}}{:->{}}] {}", "", full, "", width - full, line);
  }
  line.resize(std::min<std::size_t>(line.size(), static_cast<std::size_t>(columns) - 1));
  show_text("\r" + line + "\033[K" + (state.finished ? "\n" : ""));
}

void print_line(const ProgressState& state) { show_text(progress_text(state) + "\n"); }

}  // namespace

ProgressSink standard_progress() {
  if (isatty(STDERR_FILENO)) return {draw_bar, 0.1};
  return {print_line, 10};
}

void set_progress_sink(ProgressSink sink) { current_sink() = std::move(sink); }

std::string progress_text(const ProgressState& state) {
  std::string text = state.task;
  if (state.total > 0) {
    text += fmt::format("  {:.0f} %  {:.6g}/{:.6g}", 100 * state.done / state.total, state.done, state.total);
  } else {
    text += fmt::format("  {:.6g}", state.done);
  }
  if (!state.unit.empty()) text += " " + state.unit;
  if (state.rate > 0) text += fmt::format(", {:.3g} {}/s", state.rate, state.unit);
  if (state.finished) {
    text += ", took " + duration_text(state.seconds);
  } else if (state.remaining > 0) {
    text += ", " + duration_text(state.remaining) + " left";
  }
  if (!state.note.empty()) text += ", " + state.note;
  return text;
}

Progress::Progress(std::string task, double total, std::string unit, double start)
    : begun_at_(start), active_(detail::world_rank() == 0), start_(Clock::now()), last_(start_) {
  state_.task = std::move(task);
  state_.done = start;
  state_.total = total;
  state_.unit = std::move(unit);
}

Progress::~Progress() {
  if (!active_ || std::uncaught_exceptions() > 0) return;
  try {
    show(true);
  } catch (...) {  // of a user's sink: a destructor has nobody to tell
  }
}

void Progress::update(double done, std::string_view note) {
  if (!active_) return;
  const Clock::time_point now = Clock::now();
  state_.done = done;
  state_.note = note;
  if (state_.total > 0 && done >= state_.total) return;  // the last report says so
  if (std::chrono::duration<double>(now - last_).count() < current_sink().interval) return;
  last_ = now;
  show(false);
}

void Progress::finish(std::string_view note) {
  if (!active_) return;
  if (!note.empty()) state_.note = note;
  show(true);
  active_ = false;
}

void Progress::show(bool finished) {
  if (!current_sink().show) return;
  state_.seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  state_.rate = state_.seconds > 0 ? (state_.done - begun_at_) / state_.seconds : 0;
  state_.remaining = state_.rate > 0 && state_.total > state_.done ? (state_.total - state_.done) / state_.rate : 0;
  state_.finished = finished;
  current_sink().show(state_);
}

}  // namespace marea
