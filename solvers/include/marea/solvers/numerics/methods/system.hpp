// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <concepts>
#include <cstdint>
#include <string>

#include <marea/solvers/grid/loops.hpp>

// What a time method and the equations it advances know of each other. A method is a small type M with
//
//   static constexpr int order;                     of accuracy, where the equations are not stiff
//   template <class S> class Stepper {
//     explicit Stepper(S& system);                  allocates every array it needs; keeps no reference to the system
//     void step(S& system, double t, double dt);    system.state() from t to t + dt, in place; allocates nothing
//   };
//
// and a concept beside it says what it asks of the system S.
namespace marea {

/// A function of an element's offset in memory, for concepts.
struct ElementFunction {
  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t) const {}
};

/// A system of ordinary differential equations: cells, modes, members.
///
/// State      a contiguous Kokkos View, of any rank, of real numbers or Kokkos::complex
/// state      the state that steps advance; the same memory from first to last
/// make_like  a zeroed array of the state's extents and layout
/// for_each   calls f(n) for the offset n, from data(), of every element that is advanced (no ghosts), in any order:
///            for_each_element or for_each_interior_element
template <class S>
concept System = requires(S s, std::string label, ElementFunction f) {
  typename S::State;
  { s.state() } -> std::convertible_to<const typename S::State&>;
  { s.make_like(label) } -> std::convertible_to<typename S::State>;
  s.for_each(label, f);
};

/// A method that advances systems S.
template <class M, class S>
concept TimeMethod = System<S> && requires(S s, typename M::template Stepper<S> stepper, double t) {
  { M::order } -> std::convertible_to<int>;
  requires std::constructible_from<typename M::template Stepper<S>, S&>;
  stepper.step(s, t, t);
};

/// The real numbers under a state's elements: what a coefficient is rounded to.
template <class T> struct RealOf { using type = T; };
template <class Real> struct RealOf<Kokkos::complex<Real>> { using type = Real; };
template <class State> using ElementReal = typename RealOf<typename State::value_type>::type;

namespace detail {

inline constexpr std::int64_t elements_per_row = 256;  ///< what for_each_element deals out to threads

template <class F> struct ElementsOfBand {
  std::int64_t size;
  F f;
  KOKKOS_INLINE_FUNCTION void operator()(int, int begin, int end) const {
    const F body = f;
    const std::int64_t first = begin * elements_per_row, whole = end * elements_per_row;
    const std::int64_t last = whole < size ? whole : size;
#pragma omp simd
    for (std::int64_t n = first; n < last; ++n) body(n);
  }
};

/// An element of a cell, the variables counted as further planes: rows of i stay unbroken, and vectorise.
template <class F> struct ElementOfCell {
  F f;
  int planes, first_plane;
  std::int64_t of_variable, of_plane, of_row;  ///< strides
  KOKKOS_FORCEINLINE_FUNCTION void operator()(int plane, int j, int i) const {
    f(plane / planes * of_variable + (first_plane + plane % planes) * of_plane + j * of_row + i);
  }
};

}  // namespace detail

/// Calls f(n) once for each n in [0, size), in any order; no call may read what another one writes.
template <class F> void for_each_element(const std::string& label, std::int64_t size, const F& f) {
  if constexpr (device_is_host) {
    const auto rows = static_cast<int>((size + detail::elements_per_row - 1) / detail::elements_per_row);
    for_each_band(label, rows, detail::ElementsOfBand<F>{size, f});
  } else {
    Kokkos::parallel_for(label, Kokkos::RangePolicy<Device, Kokkos::IndexType<std::int64_t>>(0, size), f);
  }
}

/// Calls f(n) for the offset n of every variable of every interior cell in an array like `state`.
template <class Real, class F>
void for_each_interior_element(const std::string& label, const Cells& cells, const StateView<Real>& state, const F& f) {
  Box box = interior(cells);
  const int planes = box.count(0), first = box.begin[0];
  box.begin[0] = 0;
  box.end[0] = planes * static_cast<int>(state.extent(0));
  const auto stride = [&](int a) { return static_cast<std::int64_t>(state.stride(a)); };
  for_each_cell(label, box, detail::ElementOfCell<F>{f, planes, first, stride(0), stride(1), stride(2)});
}

}  // namespace marea
