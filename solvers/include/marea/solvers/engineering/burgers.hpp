// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cmath>
#include <vector>

#include <marea/io/where_of.hpp>
#include <marea/solvers/method_of_lines.hpp>
#include <marea/solvers/numerics/limiters.hpp>
#include <marea/solvers/parts/equations.hpp>
#include <marea/solvers/parts/of_dimensions.hpp>
#include <marea/solvers/parts/waves.hpp>

namespace marea {
namespace burgers {

/// The `[solver]` table of a burgers case file.
struct Options {
  double viscosity = 0.01;
  double cfl = 0.5;
};
template <class Visitor> void visit(Visitor&& v, Options& o) {
  v("viscosity", o.viscosity, {"nu; 0, in one dimension alone: shocks as sharp as the grid", "m2 s-1", at_least(0)});
  v("cfl", o.cfl, {"Courant number: dt times the sum over the axes of |u| / dx + 2 nu / dx^2", "1",
                   between(0, 1, Ends::open_closed)});
}

/// Two values of the first component, apart by a plane across x: a shock where `left` is larger, a fan where not.
struct Step {
  static constexpr std::string_view name = "step";
  double position = 0.5, left = 1, right = 0;
};
template <class Visitor> void visit(Visitor&& v, Step& o) {
  v("position", o.position, {"of the plane along x", "m"});
  v("left", o.left, {"u below the position", "m s-1"});
  v("right", o.right, {"u above it", "m s-1"});
}
inline InitialProfile profile_of(const Step& o, const Grid&) {
  return [o](int variable, const Point& p) { return variable > 0 ? 0 : p[0] < o.position ? o.left : o.right; };
}

/// du/dt of one cell in so many dimensions: limited values at its faces, Rusanov's flux, central viscosity.
template <class Real, int dimensions> struct Tendency {
  static constexpr int variables = dimensions;
  StateView<Real> u;
  Kokkos::Array<double, 3> spacing;  ///< per axis (k, j, i)
  double viscosity;

  /// Variable v in the cell n further along an axis.
  template <int axis> KOKKOS_FORCEINLINE_FUNCTION Real at(int v, int n, Cell c) const {
    return u(v, c.k + (axis == 0) * n, c.j + (axis == 1) * n, c.i + (axis == 2) * n);
  }
  /// Its limited value at the end of that cell: side = 1 the upper, -1 the lower.
  template <int axis> KOKKOS_FORCEINLINE_FUNCTION Real end(int v, int n, Real side, Cell c) const {
    const Real m = at<axis>(v, n, c);
    return m + side * limiters::Mc::half_slope(m - at<axis>(v, n - 1, c), at<axis>(v, n + 1, c) - m);
  }
  /// Flux of it through the face between cell n - 1 and n.
  template <int axis> KOKKOS_FORCEINLINE_FUNCTION Real flux(int v, int n, Cell c) const {
    const Real l = end<axis>(v, n - 1, Real(1), c), r = end<axis>(v, n, Real(-1), c);
    const Real across_l = end<axis>(2 - axis, n - 1, Real(1), c), across_r = end<axis>(2 - axis, n, Real(-1), c);
    const Real fastest = limiters::larger(Real(std::fabs(across_l)), Real(std::fabs(across_r)));
    return Real(0.25) * (across_l * l + across_r * r) - Real(0.5) * fastest * (r - l) -
           Real(viscosity / spacing[axis]) * (at<axis>(v, n, c) - at<axis>(v, n - 1, c));
  }
  template <int axis> KOKKOS_FORCEINLINE_FUNCTION Real along(int v, Cell c) const {
    return (flux<axis>(v, 0, c) - flux<axis>(v, 1, c)) / Real(spacing[axis]);
  }
  KOKKOS_FORCEINLINE_FUNCTION Real component(int v, Cell c) const {
    Real sum = along<2>(v, c);
    if constexpr (dimensions > 1) sum += along<1>(v, c);
    if constexpr (dimensions > 2) sum += along<0>(v, c);
    return sum;
  }
  KOKKOS_FORCEINLINE_FUNCTION void operator()(int k, int j, int i, Real* du) const {
    const Cell c{k, j, i};
    du[0] = component(0, c);
    if constexpr (dimensions > 1) du[1] = component(1, c);
    if constexpr (dimensions > 2) du[2] = component(2, c);
  }
};

/// Signal rate of one cell [s-1].
template <class Real> struct Rate {
  StateView<Real> u;
  Kokkos::Array<double, 3> spacing;
  double viscosity;
  int dimensions;
  KOKKOS_INLINE_FUNCTION double operator()(int k, int j, int i) const {
    double sum = 0;
    for (int axis = 2; axis >= 3 - dimensions; --axis)
      sum += (std::fabs(double(u(2 - axis, k, j, i))) + 2 * viscosity / spacing[axis]) / spacing[axis];
    return sum;
  }
};

/// Burgers' equation in conservation form u_t + div(u u) / 2 = nu Laplace(u) in one to three dimensions, one component
/// an axis: finite volumes of second order. In one dimension u_t + (u^2 / 2)_x = nu u_xx; in more it is not the
/// advective form u_t + (u . grad) u, see docs/burgers.md.
template <class Real> class Model : public Equations<Model<Real>, Real, Options> {
 public:
  Model(const OptionTree& case_file, MPI_Comm comm) : Equations<Model, Real, Options>(case_file, comm) {
    if (variables() > 1 && !(this->options_.viscosity > 0))
      fail<ConfigError>(where_of(case_file, "solver.viscosity"), "viscosity = ", this->options_.viscosity,
                        " must be > 0 in more than one dimension, where the solution has no bound without it");
  }
  using Profiles = ProfileTable<InitialProfile, waves::Sine, waves::RandomFourier, Step>;
  static constexpr std::string_view name = "burgers";
  static constexpr int ghost = 2, max_variables = 3;

  static const std::vector<Field<Model>>& fields() {
    static const std::vector<Field<Model>> all{
        prognostic<Model>(0, {.name = "u", .units = "m s-1", .long_name = "velocity along x"}),
        prognostic<Model>(1, {.name = "v", .units = "m s-1", .long_name = "velocity along y"}),
        prognostic<Model>(2, {.name = "w", .units = "m s-1", .long_name = "velocity along z"})};
    return all;
  }
  static const std::vector<Conserved<Model>>& conserved() {
    static const std::vector<Conserved<Model>> all = conserved_variables<Model>();
    return all;
  }
  int variables() const { return this->grid_.dimensions; }
  void fill_ghosts(const StateView<Real>& q, double) const {
    fill_boundaries(this->grid_, q, Reflection{{4u, 2u, 1u}});
  }
  auto tendency(const StateView<Real>& q, double) const {
    return of_dimensions(variables(), [&]<int d>() { return Tendency<Real, d>{q, spacing(), this->options_.viscosity}; });
  }
  Rate<Real> rate(const StateView<Real>& q) const { return {q, spacing(), this->options_.viscosity, variables()}; }

 private:
  Kokkos::Array<double, 3> spacing() const {
    const double* d = this->grid_.cells.spacing;
    return {d[0], d[1], d[2]};
  }
};

template <class RealType> struct Family {
  using Model = burgers::Model<RealType>;
  using Solver = MethodOfLines<Model, SspRk3>;
};

}  // namespace burgers
}  // namespace marea
