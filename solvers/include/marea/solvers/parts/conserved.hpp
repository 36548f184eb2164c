// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <marea/solvers/grid/reduce.hpp>
#include <marea/solvers/parts/field_table.hpp>

namespace marea {

/// A conserved quantity of a model M: the exact sum over all cells of a functor on the device.
template <class M> struct Conserved {
  std::string name, units;
  double (*total)(const M& model, const StateView<typename M::Real>& q, int variable);  ///< collective
  int variable = -1;  ///< of the state, where its plain sum is what stays
};

/// `make(model, q)` gives the functor of (k, j, i): what a cell holds. `make` captures nothing.
template <class M, class Make> Conserved<M> conserved(std::string name, std::string units, Make) {
  static_assert(std::is_empty_v<Make>, "what a quantity needs it takes from the model and the state");
  return {std::move(name), std::move(units),
          [](const M& model, const auto& q, int) { return reduce_sum("conserved", model.grid(), Make{}(model, q)); }};
}

/// The sums over all cells of every prognostic variable.
template <class M> std::vector<Conserved<M>> conserved_variables() {
  std::vector<Conserved<M>> all;
  for (const Field<M>& field : M::fields()) {
    if (field.variable < 0) continue;
    all.push_back({"total_" + field.info.name, field.info.units, [](const M& model, const auto& q, int variable) {
                     return reduce_sum("conserved", model.grid(), detail::Variable<typename M::Real>{q, variable});
                   }, field.variable});
  }
  return all;
}

}  // namespace marea
