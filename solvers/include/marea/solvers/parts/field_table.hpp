// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <concepts>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <marea/io/field_info.hpp>
#include <marea/io/running.hpp>
#include <marea/solvers/grid/loops.hpp>
#include <marea/solvers/parts/transfer.hpp>

// The fields of a model M as one table: what a cell of each is worth, by a functor on the device.
namespace marea {

/// One field: a variable of the state, or a functor of model and state.
template <class M> struct Field {
  FieldInfo info;
  int variable = -1;  ///< of the state, for a prognostic field
  /// Writes the values of this rank's cells.
  void (*evaluate)(const M& model, const StateView<typename M::Real>& q, int variable, const FieldArray& out) = nullptr;
  /// Of a running diagnostic with a threshold: what the model's options say of it.
  double (*threshold)(const M& model) = nullptr;
};

namespace detail {

/// `f(k, j, i)`, or `f(k, j, i, component)` for a vector, into an array.
template <class F> struct PutField {
  FieldArray out;
  F f;
  int components;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    if constexpr (std::is_invocable_v<F, int, int, int, int>) {
      for (int c = 0; c < components; ++c) out.put(k, j, i, c, static_cast<double>(f(k, j, i, c)));
    } else {
      out.put(k, j, i, 0, static_cast<double>(f(k, j, i)));
    }
  }
};

template <class F> void put_field(const Grid& grid, const FieldArray& out, const F& f) {
  for_each_cell("field.put", grid.cells, PutField<F>{out, f, grid.dimensions});
}

/// One variable of a state.
template <class Real> struct Variable {
  StateView<Real> q;
  int variable;
  KOKKOS_INLINE_FUNCTION Real operator()(int k, int j, int i) const { return q(variable, k, j, i); }
};

/// A variable from an array.
template <class Real> struct GetVariable {
  FieldArray in;
  StateView<Real> q;
  int variable;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    q(variable, k, j, i) = static_cast<Real>(in.get(k, j, i));
  }
};

}  // namespace detail

/// A variable of the state.
template <class M> Field<M> prognostic(int variable, FieldInfo info) {
  info.role = FieldRole::prognostic;
  return {std::move(info), variable, [](const M& model, const auto& q, int n, const FieldArray& out) {
            detail::put_field(model.grid(), out, detail::Variable<typename M::Real>{q, n});
          }};
}

/// A field computed on demand: `make(model, q)` gives the functor, of (k, j, i), or of (k, j, i, component) for a
/// vector. `make` captures nothing.
template <class M, class Make> Field<M> computed(FieldRole role, FieldInfo info, Make) {
  static_assert(std::is_empty_v<Make>, "what a field needs it takes from the model and the state");
  info.role = role;
  return {std::move(info), -1, [](const M& model, const auto& q, int, const FieldArray& out) {
            detail::put_field(model.grid(), out, Make{}(model, q));
          }};
}
template <class M, class Make> Field<M> derived(FieldInfo info, Make make) {
  return computed<M>(FieldRole::derived, std::move(info), make);
}
template <class M, class Make> Field<M> fixed(FieldInfo info, Make make) {
  return computed<M>(FieldRole::fixed, std::move(info), make);
}
template <class M, class Make> Field<M> diagnostic(FieldInfo info, Make make) {
  return computed<M>(FieldRole::diagnostic, std::move(info), make);
}

/// The largest, or the smallest, value of the field `of` since the start, of a vector its magnitude. Files say so, and
/// surrogates make the diagnostic from the field itself.
template <class M, class Make> Field<M> running_maximum(FieldInfo info, std::string of, Make make) {
  info.running = to_string(RunningDiagnostic{RunningDiagnostic::Kind::maximum, std::move(of)});
  return diagnostic<M>(std::move(info), make);
}
template <class M, class Make> Field<M> running_minimum(FieldInfo info, std::string of, Make make) {
  info.running = to_string(RunningDiagnostic{RunningDiagnostic::Kind::minimum, std::move(of)});
  return diagnostic<M>(std::move(info), make);
}
/// The first time that the magnitude of the field `of` passes `threshold(model)`, the present time where it has not.
template <class M, class Make>
Field<M> first_crossing(FieldInfo info, std::string of, double (*threshold)(const M&), Make make) {
  info.running = to_string(RunningDiagnostic{RunningDiagnostic::Kind::first_crossing, std::move(of)});
  Field<M> field = diagnostic<M>(std::move(info), make);
  field.threshold = threshold;
  return field;
}
/// 1 where the magnitude of the field `of` has passed `threshold(model)` since the start, else 0.
template <class M, class Make> Field<M> passed(FieldInfo info, std::string of, double (*threshold)(const M&), Make make) {
  info.running = to_string(RunningDiagnostic{RunningDiagnostic::Kind::passed, std::move(of)});
  Field<M> field = diagnostic<M>(std::move(info), make);
  field.threshold = threshold;
  return field;
}

/// What the field is in a run of that model: a threshold is the model's.
template <class M> FieldInfo info_of(const Field<M>& field, const M& model) {
  FieldInfo info = field.info;
  if (!field.threshold) return info;
  auto diagnostic = parse_running(info.running).value();
  diagnostic.threshold = field.threshold(model);
  info.running = to_string(diagnostic);
  return info;
}

/// What `marea list` and the registry show of a model's table.
template <class M> std::vector<FieldInfo> field_infos() {
  std::vector<FieldInfo> infos;
  for (const Field<M>& field : M::fields()) infos.push_back(field.info);
  return infos;
}

}  // namespace marea
