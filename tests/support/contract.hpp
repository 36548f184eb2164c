// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <algorithm>
#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "support/solver_cases.hpp"

namespace marea::test {

/// Whether one solver keeps one promise.
class Verdict {
 public:
  void operator()(bool kept, const std::string& what) {
    CHECK_MESSAGE(kept, what);
    asked_ = true;
    broken_ = broken_ || !kept;
  }
  /// Asks that `work` throws E with a message that holds every one of `parts`.
  template <class E, class Work>
  void throws(Work&& work, const std::vector<std::string>& parts, const std::string& what) {
    std::string message = "nothing is thrown";
    bool right = false;
    try {
      work();
    } catch (const E& error) {
      message = error.what();
      right = std::ranges::all_of(parts, [&](const auto& part) { return message.find(part) != std::string::npos; });
    } catch (const std::exception& error) {
      message = std::string("another error: ") + error.what();
    }
    (*this)(right, what + ": " + message);
  }
  std::string mark() const { return broken_ ? "BROKEN" : asked_ ? "kept" : "has none"; }

 private:
  bool asked_ = false, broken_ = false;
};

/// Solver -> promise -> mark.
inline std::map<std::string, std::map<std::string, std::string>>& contract_marks() {
  static std::map<std::string, std::map<std::string, std::string>> marks;
  return marks;
}

/// Asks a promise of every solver of the registry, on each of its small cases.
inline void promise(const std::string& name,
                    const std::function<void(const SolverEntry&, const SolverCase&, Verdict&)>& ask) {
  for (const SolverEntry& solver : solver_registry()) {
    Verdict verdict;
    const auto& cases = cases_of(solver);
    if (cases.empty()) verdict(false, solver.name + " takes no usual grid and has no line in solver_cases.hpp");
    for (const SolverCase& one : cases) {
      CAPTURE(one.title);
      try {
        ask(solver, one, verdict);
      } catch (const std::exception& error) {
        verdict(false, error.what());
      }
    }
    contract_marks()[solver.name][name] = verdict.mark();
  }
}

/// The marks as a table, promises as rows.
inline void print_contract(const std::vector<std::string>& promises) {
  std::printf("%-16s", "");
  for (const SolverEntry& solver : solver_registry()) std::printf(" %-14s", solver.name.c_str());
  for (const std::string& name : promises) {
    std::printf("\n%-16s", name.c_str());
    for (const SolverEntry& solver : solver_registry())
      std::printf(" %-14s", contract_marks()[solver.name][name].c_str());
  }
  std::printf("\n");
}

}  // namespace marea::test
