// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <marea/surrogate/hybrid/ledger.hpp>

namespace marea::hybrid {

Saving saving_of(const std::vector<LedgerEntry>& ledger) {
  Saving s;
  for (const LedgerEntry& e : ledger) {
    if (std::isnan(e.iterations)) continue;
    ++s.steps;
    s.guesses += e.guessed;
    s.taken_back += e.proposed && !e.guessed;
    if (!e.audited) continue;
    ++s.audited;
    s.iterations += e.iterations;
    s.cold_iterations += e.cold_iterations;
    s.seconds += e.seconds_solver + e.seconds_surrogate + e.seconds_copies + e.seconds_checks;
    s.cold_seconds += e.seconds_audit;
    s.difference = std::max(s.difference, e.audited_error);
  }
  return s;
}

std::string to_string(const Saving& s) {
  const std::string taken_back = s.taken_back > 0 ? fmt::format(", {} guesses taken back", s.taken_back) : "";
  const std::string guesses =
      fmt::format("warm start: {} of {} solutions from the surrogate's guess{}", s.guesses, s.steps, taken_back);
  if (s.audited == 0) return guesses + "; none solved without it too, so that what it saved is not known";
  const double iterations = s.cold_iterations - s.iterations, seconds = s.cold_seconds - s.seconds;
  return fmt::format("{}\n        {:g} iterations instead of {:g}: {:g} {}; {:.3g} ms instead of {:.3g} ms with the "
                     "surrogate's call and copies: {:.3g} ms {} net ({} audited, answers {:.2g} apart at most, "
                     "training not counted)",
                     guesses, s.iterations, s.cold_iterations, std::fabs(iterations), iterations < 0 ? "lost" : "saved",
                     1e3 * s.seconds, 1e3 * s.cold_seconds, 1e3 * std::fabs(seconds), seconds < 0 ? "lost" : "saved",
                     s.audited, s.difference);
}

}  // namespace marea::hybrid
