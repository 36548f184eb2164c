// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <functional>
#include <string>

namespace marea::detail {

struct ChildResult {
  bool finished = false;
  std::string text;     ///< what the work gave back
  std::string problem;  ///< "crashed" or "hung", when it did not finish
};

/// Runs `work` in a forked process that ends after `seconds` of processor time, whatever it runs into.
/// The work may use the HDF5 library on one rank, but not MPI. Throws IoError when no process can be made.
ChildResult run_in_child(int seconds, const std::function<std::string()>& work);

}  // namespace marea::detail
