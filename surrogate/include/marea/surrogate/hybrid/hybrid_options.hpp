// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <marea/io/options.hpp>

namespace marea::hybrid {

/// The `[surrogate]` table of a case file.
struct SurrogateOptions {
  std::string model;
  std::string device = "cpu";
  std::string precision = "single";
};
template <class Visitor> void visit(Visitor&& v, SurrogateOptions& o) {
  v("model", o.model, {"model file: a step surrogate, or a map for mode = warm_start"});
  v("device", o.device, {"cpu, cuda or cuda:N"});
  v("precision", o.precision, {"arithmetic of the surrogate", "", one_of({"single", "double"})});
}

/// The `[hybrid]` table of a case file.
struct HybridOptions {
  std::string mode = "emulate";
  double tolerance = 0.05;
  std::vector<std::string> check = {"residual", "invariants", "domain"};
  double domain_margin = 0.1;
  double probe = 0.5;
  double audit = 0.05;
  std::string on_reject = "rollback";
  std::int64_t seed = 1;
};
template <class Visitor> void visit(Visitor&& v, HybridOptions& o) {
  v("mode", o.mode, {"emulate: the surrogate proposes whole output intervals; warm_start: a steady solver's first guess",
                      "", one_of({"emulate", "warm_start"})});
  v("tolerance", o.tolerance,
    {"largest accepted estimate of an interval's relative error, against the solver on the same grid", "1", positive()});
  v("check", o.check, {"what must pass: estimates by the solver (residual, invariants), ranges (domain), what the model "
                       "knows of its input (trust) and of its error (band)", "",
                       one_of({"residual", "invariants", "domain", "trust", "band"})});
  v("domain_margin", o.domain_margin,
    {"how far a state may leave the training envelope, as a share of its width", "1", at_least(0)});
  v("probe", o.probe, {"solver probe of the residual, as a share of the stable step", "1", between(0, 1, Ends::open_closed)});
  v("audit", o.audit, {"share of accepted intervals, or of guesses, that the solver runs again without the surrogate", "1",
                       between(0, 1)});
  v("on_reject", o.on_reject, {"what follows a rejected proposal", "", one_of({"rollback"})});
  v("seed", o.seed, {"draws the audited intervals", "", at_least(0)});
}

}  // namespace marea::hybrid
