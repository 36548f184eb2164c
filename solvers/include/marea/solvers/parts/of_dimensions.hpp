// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <variant>

namespace marea {

/// make<1>(), make<2>() or make<3>(), whichever `dimensions` says: a functor of a tendency for which the number of
/// dimensions is a constant, so that no branch is left in its loop and rows of cells vectorise.
///
///   return of_dimensions(grid.dimensions, [&]<int d>() { return Tendency<Real, d>{q, …}; });
template <class Make> auto of_dimensions(int dimensions, const Make& make) {
  using Any = std::variant<decltype(make.template operator()<1>()), decltype(make.template operator()<2>()),
                           decltype(make.template operator()<3>())>;
  if (dimensions == 1) return Any(make.template operator()<1>());
  if (dimensions == 2) return Any(make.template operator()<2>());
  return Any(make.template operator()<3>());
}

}  // namespace marea
