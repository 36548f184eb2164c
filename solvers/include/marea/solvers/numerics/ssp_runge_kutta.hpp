// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <concepts>

namespace marea {

/// Coefficients of one stage in Shu and Osher's form: out = a u0 + b (u + dt L(u, t + c dt)).
struct SspStage {
  double a, b, c;
};

/// Strong-stability-preserving Runge-Kutta methods of optimal Courant number 1.
/// Source: S. Gottlieb, C.-W. Shu, E. Tadmor (2001), doi:10.1137/S003614450036757X, eqs. (4.1) and (4.2).
struct SspRk2 {
  static constexpr int order = 2;
  static constexpr std::array<SspStage, 2> stages{{{0, 1, 0}, {0.5, 0.5, 1}}};
};
struct SspRk3 {
  static constexpr int order = 3;
  static constexpr std::array<SspStage, 3> stages{{{0, 1, 0}, {0.75, 0.25, 1}, {1.0 / 3.0, 2.0 / 3.0, 0.5}}};
};

/// A table of stages that MethodOfLines can run.
template <class T>
concept SspMethod = requires {
  { T::order } -> std::convertible_to<int>;
  { T::stages[0] } -> std::convertible_to<SspStage>;
};

}  // namespace marea
