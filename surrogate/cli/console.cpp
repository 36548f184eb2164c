// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "console.hpp"

#include <unistd.h>

#include <cstdio>

#include <marea/io/log.hpp>
#include <marea/io/progress.hpp>

namespace marea::cli {
namespace {

void print_line(std::FILE* file, std::string_view text) {
  std::fprintf(file, "%.*s\n", static_cast<int>(text.size()), text.data());
  std::fflush(file);
}

OptionTree progress_event(const ProgressState& state) {
  OptionTree out;
  out["task"] = state.task;
  out["done"] = state.done;
  out["total"] = state.total;
  out["unit"] = state.unit;
  out["rate"] = state.rate;
  out["remaining_seconds"] = state.remaining;
  out["note"] = state.note;
  return out;
}

}  // namespace

void Console::add_options(CLI::App& command) {
  command.add_flag("-q,--quiet", quiet_, "Print nothing but warnings and errors");
  command.add_flag("--json", json_, "Print one line of JSON an event on standard output");
}

void Console::start(int rank) {
  rank_ = rank;
  if (!quiet_ && !json_) open_log(LogLevel::info);
  if (json_) {
    set_progress_sink({[this](const ProgressState& state) { event("progress", progress_event(state)); }, 0.5});
  } else if (quiet_) {
    set_progress_sink({});
  }
}

void Console::say(std::string_view line) const {
  if (rank_ == 0 && !quiet_ && !json_) print_line(stdout, line);
}

void Console::answer(std::string_view text) const {
  while (text.ends_with('\n')) text.remove_suffix(1);
  if (rank_ == 0 && !json_) print_line(stdout, text);
}

void Console::event(std::string_view name, const OptionTree& values) const {
  if (rank_ != 0 || !json_) return;
  OptionTree line;
  line["event"] = std::string(name);
  if (!values.empty()) {
    for (const auto& [key, value] : values.as_table()) line[key] = value;
  }
  print_line(stdout, to_json(line));
}

void Console::error(int code, std::string_view message) const {
  const char* const start = isatty(STDERR_FILENO) ? "\r\033[K" : "";  // over a progress bar, not behind it
  print_line(stderr, start + ("marea: " + std::string(message)));
  if (!json_) return;
  OptionTree line;
  line["event"] = "error";
  line["exit_code"] = code;
  line["message"] = std::string(message);
  print_line(stdout, to_json(line));
}

}  // namespace marea::cli
