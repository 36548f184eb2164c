// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <sstream>
#include <string>
#include <string_view>

namespace marea {

enum class LogLevel { debug, info, warning, error, off };

/// Sets what is logged: messages of at least `level`, on standard error, and with time stamps into `file` unless
/// that is empty. Without this call: warnings and errors, on standard error. Only rank 0 logs.
/// Throws IoError when the file cannot be opened.
void open_log(LogLevel level, const std::string& file = "");

/// One line of the log: "warning: text".
void log_line(LogLevel level, std::string_view text);

/// True where a message of that level would be written.
bool log_enabled(LogLevel level);

template <class... Parts> void log_parts(LogLevel level, const Parts&... parts) {
  if (!log_enabled(level)) return;
  std::ostringstream text;
  (text << ... << parts);
  log_line(level, text.str());
}
template <class... Parts> void log_debug(const Parts&... parts) { log_parts(LogLevel::debug, parts...); }
template <class... Parts> void log_info(const Parts&... parts) { log_parts(LogLevel::info, parts...); }
template <class... Parts> void log_warning(const Parts&... parts) { log_parts(LogLevel::warning, parts...); }
template <class... Parts> void log_error(const Parts&... parts) { log_parts(LogLevel::error, parts...); }

}  // namespace marea
