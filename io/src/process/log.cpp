// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/log.hpp>

#include <unistd.h>

#include <memory>

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <marea/io/error.hpp>
#include "world_rank.hpp"

namespace marea {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warning: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
    case LogLevel::off: break;
  }
  return spdlog::level::off;
}

std::shared_ptr<spdlog::sinks::sink> terminal_sink() {
  auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  sink->set_pattern(isatty(STDERR_FILENO) ? "\r\033[K%^%l%$: %v" : "%l: %v");  // over a progress bar, not behind it
  return sink;
}

std::shared_ptr<spdlog::logger> make_logger(LogLevel level) {
  auto logger = std::make_shared<spdlog::logger>("marea", terminal_sink());
  logger->set_level(spdlog_level(level));
  logger->flush_on(spdlog::level::debug);
  return logger;
}

std::shared_ptr<spdlog::logger>& current() {
  static std::shared_ptr<spdlog::logger> logger = make_logger(LogLevel::warning);
  return logger;
}

}  // namespace

void open_log(LogLevel level, const std::string& file) {
  current() = make_logger(level);
  if (file.empty() || detail::world_rank() != 0) return;
  try {
    auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file);
    sink->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l: %v");
    current()->sinks().push_back(std::move(sink));
  } catch (const spdlog::spdlog_ex& error) {
    fail<IoError>(file, "cannot be opened as the log: ", error.what());
  }
}

bool log_enabled(LogLevel level) {
  return level != LogLevel::off && current()->should_log(spdlog_level(level)) && detail::world_rank() == 0;
}

void log_line(LogLevel level, std::string_view text) {
  if (log_enabled(level)) current()->log(spdlog_level(level), text);
}

}  // namespace marea
