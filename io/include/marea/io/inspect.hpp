// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>

#include <marea/io/option_tree.hpp>

namespace marea {

/// What inspect_file found out about a file.
struct FileReport {
  std::string kind;        ///< snapshot | model | checkpoint | fields | foreign (anything else)
  bool whole = false;      ///< nothing is torn, truncated or damaged: every checksum was verified
  std::string problem;     ///< why it is not whole, and what to do
  OptionTree content;      ///< a summary, as a table: to_json prints it
};

/// Says what a file is, what it holds and whether it is whole. Reads it in a child process with a time limit, because
/// the HDF5 library itself can crash or hang on a damaged file; then the report says so.
/// Throws IoError when there is no such file, or it may not be read.
FileReport inspect_file(const std::string& path);

}  // namespace marea
