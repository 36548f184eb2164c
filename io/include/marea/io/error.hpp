// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace marea {

/// Root of every error that marea throws. The message says where, what = value, the rule, the remedy.
struct Error : std::runtime_error { using std::runtime_error::runtime_error; };
struct ConfigError : Error { using Error::Error; };     ///< an option is unknown or out of range
struct ShapeError : Error { using Error::Error; };      ///< extents, strides, dtype or memory disagree
struct IoError : Error { using Error::Error; };         ///< reading or writing failed: disk, permission, kill
struct DataError : IoError { using IoError::IoError; }; ///< a file is readable but not what it should be
struct NotBuilt : Error { using Error::Error; };        ///< the part was switched off at configure time
struct NumericalError : Error { using Error::Error; };  ///< NaN, negative depth, diverged training
struct Stopped : Error { using Error::Error; };         ///< stopped on request; what is done is kept, call again

/// Throws E with the message "where: parts…".
template <class E, class... Parts>
[[noreturn]] void fail(std::string_view where, const Parts&... parts) {
  std::ostringstream message;
  message << where << ": ";
  (message << ... << parts);
  throw E(message.str());
}

}  // namespace marea
