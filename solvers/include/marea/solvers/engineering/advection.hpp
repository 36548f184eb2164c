// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include <marea/solvers/method_of_lines.hpp>
#include <marea/solvers/parts/equations.hpp>
#include <marea/solvers/parts/of_dimensions.hpp>

namespace marea {
namespace advection {

/// The `[solver]` table of an advection case file.
struct Options {
  std::array<double, 3> velocity{1, 0, 0};
  double cfl = 0.5;
};
template <class Visitor> void visit(Visitor&& v, Options& o) {
  v("velocity", o.velocity, {"constant velocity [x, y, z]; components of unused axes do not count", "m s-1"});
  v("cfl", o.cfl, {"Courant number summed over the axes", "1", between(0, 1, Ends::open_closed)});
}

/// One sine wave along every axis.
struct Sine {
  static constexpr std::string_view name = "sine";
};
template <class Visitor> void visit(Visitor&&, Sine&) {}
inline InitialProfile profile_of(const Sine&, const Grid& grid) {
  return [cells = grid.cells](int, const Point& p) {
    double wave = 1;
    for (int a = 0; a < 3; ++a) {
      if (cells.ghost[a] == 0) continue;
      const double length = cells.spacing[a] * static_cast<double>(cells.global[a]);
      wave *= std::sin(2 * std::numbers::pi * (p[2 - a] - cells.low[a]) / length);
    }
    return wave;
  };
}

/// A bump.
struct Gaussian {
  static constexpr std::string_view name = "gaussian";
  std::array<double, 3> centre{0.5, 0.5, 0.5};
  double width = 0.1;
};
template <class Visitor> void visit(Visitor&& v, Gaussian& o) {
  v("centre", o.centre, {"of the bump [x, y, z]", "m"});
  v("width", o.width, {"distance at which the bump falls to 1/e", "m", positive()});
}
inline InitialProfile profile_of(const Gaussian& o, const Grid& grid) {
  return [o, dimensions = grid.dimensions](int, const Point& p) {
    double square = 0;
    for (int n = dimensions - 1; n >= 0; --n) {
      const double r = (p[n] - o.centre[n]) / o.width;
      square += r * r;
    }
    return std::exp(-square);
  };
}

/// Value at the face between m (upwind of it) and r, third order: van Leer's kappa = 1/3 without limiter.
/// Source: B. van Leer (1977), doi:10.1016/0021-9991(77)90095-X.
template <class Real> KOKKOS_INLINE_FUNCTION Real face_value(Real l, Real m, Real r) {
  return (-l + 5 * m + 2 * r) / 6;
}

/// dq/dt of one cell: fluxes through its faces along every axis.
template <class Real, int dimensions> struct Tendency {
  static constexpr int variables = 1;
  StateView<Real> q;
  Kokkos::Array<double, 3> rate;  ///< velocity over spacing per axis (k, j, i) [s-1]
  template <int axis> KOKKOS_FORCEINLINE_FUNCTION Real at(int n, Cell c) const {
    return q(0, c.k + (axis == 0) * n, c.j + (axis == 1) * n, c.i + (axis == 2) * n);
  }
  template <int axis> KOKKOS_FORCEINLINE_FUNCTION Real along(Cell c) const {
    const Real speed = Real(std::fabs(rate[axis]));
    const int up = rate[axis] > 0 ? -1 : 1;  // where the flow comes from
    const Real before = at<axis>(up, c), here = at<axis>(0, c);
    return speed * (face_value(at<axis>(2 * up, c), before, here) - face_value(before, here, at<axis>(-up, c)));
  }
  KOKKOS_FORCEINLINE_FUNCTION void operator()(int k, int j, int i, Real* dq) const {
    const Cell c{k, j, i};
    dq[0] = along<2>(c);
    if constexpr (dimensions > 1) dq[0] += along<1>(c);
    if constexpr (dimensions > 2) dq[0] += along<0>(c);
  }
};

/// Linear advection q_t + c . grad q = 0 with constant c in one to three dimensions: the smallest solver there is, and
/// the example of docs/add-a-solver.md. Finite volumes of third order, conservative.
template <class Real> class Model : public Equations<Model<Real>, Real, Options> {
 public:
  using Equations<Model, Real, Options>::Equations;
  using Profiles = ProfileTable<InitialProfile, Sine, Gaussian>;
  static constexpr std::string_view name = "advection";
  static constexpr int ghost = 2, max_variables = 1;

  static const std::vector<Field<Model>>& fields() {
    static const std::vector<Field<Model>> all{
        prognostic<Model>(0, {.name = "q", .units = "1", .long_name = "concentration"})};
    return all;
  }
  static const std::vector<Conserved<Model>>& conserved() {
    static const std::vector<Conserved<Model>> all = conserved_variables<Model>();
    return all;
  }
  int variables() const { return 1; }
  auto tendency(const StateView<Real>& q, double) const {
    return of_dimensions(this->grid_.dimensions, [&]<int d>() { return Tendency<Real, d>{q, rates()}; });
  }
  double rate(const StateView<Real>&) const {
    const auto r = rates();
    return std::fabs(r[0]) + std::fabs(r[1]) + std::fabs(r[2]);
  }

 private:
  Kokkos::Array<double, 3> rates() const {
    Kokkos::Array<double, 3> rate{};
    const Grid& grid = this->grid_;
    for (int a = 3 - grid.dimensions; a < 3; ++a) rate[a] = this->options_.velocity[2 - a] / grid.cells.spacing[a];
    return rate;
  }
};

template <class RealType> struct Family {
  using Model = advection::Model<RealType>;
  using Solver = MethodOfLines<Model, SspRk3>;
};

}  // namespace advection
}  // namespace marea
