// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include <marea/io/option_tree.hpp>

namespace marea::cli {

/// What a command says on standard output: text for people, or with --json one line of JSON an event.
/// Only rank 0 speaks.
class Console {
 public:
  void add_options(CLI::App& command);  ///< --quiet and --json

  /// Applies --quiet and --json to the log and to progress, once the rank is known.
  void start(int rank);

  bool json() const { return json_; }
  bool quiet() const { return quiet_; }

  /// A line for people; nothing with --quiet or --json.
  void say(std::string_view line) const;
  /// A line for people that --quiet does not silence: what the command was asked for.
  void answer(std::string_view text) const;
  /// {"event": name, …} with --json, otherwise nothing.
  void event(std::string_view name, const OptionTree& values) const;
  /// The one line of an error, on standard error; with --json also an event "error".
  void error(int code, std::string_view message) const;

 private:
  bool quiet_ = false, json_ = false;
  int rank_ = 0;
};

}  // namespace marea::cli
