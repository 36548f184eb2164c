// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>

#include <marea/io/options.hpp>

namespace marea {

/// Keys of `[solver]` that every solver has beside its own options and `name`.
struct CommonOptions {
  std::string precision = "double";
  OptionTree gauges;
};
template <class Visitor> void visit(Visitor&& v, CommonOptions& o) {
  v("precision", o.precision, {"of the state and of all arithmetic on it", "", one_of({"double", "single"})});
  v("gauges", o.gauges,
    {"points with a time series: a table of name = [x, y], or [[solver.gauges]] name, position"});
}

}  // namespace marea
