// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>
#include <variant>
#include <vector>

#include <marea/io/random.hpp>
#include <marea/solvers/method_of_lines.hpp>
#include <marea/solvers/numerics/limiters.hpp>
#include <marea/solvers/parts/equations.hpp>
#include <marea/solvers/parts/of_dimensions.hpp>

namespace marea {
namespace advection {

/// The `[solver]` table of an advection case file.
struct Options {
  std::array<double, 3> velocity{1, 0, 0};
  double cfl = 0.5;
  std::string limiter = "none";
};
template <class Visitor> void visit(Visitor&& v, Options& o) {
  v("velocity", o.velocity, {"constant velocity [x, y, z]; components of unused axes do not count", "m s-1"});
  v("cfl", o.cfl, {"Courant number summed over the axes", "1", between(0, 1, Ends::open_closed)});
  v("limiter", o.limiter,
    {"koren: no value leaves the range of the start with cfl up to 0.5", "", one_of({"none", "koren"})});
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

/// PDEBench's random state along x: two sine waves of wave numbers 1 to 4, sometimes their absolute value, of either
/// sign, sometimes in a window. The numbers are marea's own draws.
/// Source: M. Takamoto et al. (2022), arXiv:2210.07182; its code has a length one cell short of the domain.
struct PdeBench {
  static constexpr std::string_view name = "pdebench";
  std::int64_t seed = 1;
};
template <class Visitor> void visit(Visitor&& v, PdeBench& o) {
  v("seed", o.seed, {"of the random numbers", "", at_least(0)});
}
inline InitialProfile profile_of(const PdeBench& o, const Grid& grid) {
  const auto seed = static_cast<std::uint64_t>(o.seed);
  const auto draw = [seed](std::uint64_t n) { return random_uniform(seed, 0, n); };
  const double sign = draw(6) < 0.5 ? -1 : 1;
  const bool absolute = draw(7) < 0.1, windowed = draw(8) < 0.1;
  const double begin = 0.1 + 0.35 * draw(9), end = 0.55 + 0.35 * draw(10), ramp = 0.01;
  const double low = grid.cells.low[2], length = grid.cells.spacing[2] * static_cast<double>(grid.cells.global[2]);
  return [=](int, const Point& p) {
    const double x = (p[0] - low) / length;
    double sum = 0;
    for (std::uint64_t wave = 0; wave < 2; ++wave) {
      const double number = 1 + std::floor(4 * draw(3 * wave));
      sum += draw(3 * wave + 1) * std::sin(2 * std::numbers::pi * (number * x + draw(3 * wave + 2)));
    }
    const double window = windowed ? 0.5 * (std::tanh((x - begin) / ramp) - std::tanh((x - end) / ramp)) : 1;
    return sign * window * (absolute ? std::fabs(sum) : sum);
  };
}

/// Value at the face between m (upwind of it) and r, third order: van Leer's kappa = 1/3 without limiter.
/// Source: B. van Leer (1977), doi:10.1016/0021-9991(77)90095-X.
struct Unlimited {
  template <class Real> KOKKOS_FORCEINLINE_FUNCTION static Real face_value(Real l, Real m, Real r) {
    return (-l + 5 * m + 2 * r) / 6;
  }
};

/// The same within twice the differences: total variation does not grow with a Courant number up to 1/2.
/// Source: B. Koren (1993), A robust upwind discretization method for advection, diffusion and source terms.
struct Koren {
  template <class Real> KOKKOS_FORCEINLINE_FUNCTION static Real face_value(Real l, Real m, Real r) {
    using namespace limiters;
    const Real back = m - l, front = r - m, third = (back + 2 * front) / 3;
    return m + Real(0.5) * same_sign(smaller(2 * smaller(back, front), third), larger(2 * larger(back, front), third));
  }
};

/// dq/dt of one cell: fluxes through its faces along every axis.
template <class Real, int dimensions, class Scheme> struct Tendency {
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
    return speed * (Scheme::face_value(at<axis>(2 * up, c), before, here) -
                    Scheme::face_value(before, here, at<axis>(-up, c)));
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
  using Profiles = ProfileTable<InitialProfile, Sine, Gaussian, PdeBench>;
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
    return this->options_.limiter == "koren" ? any_tendency<Koren>(q) : any_tendency<Unlimited>(q);
  }
  double rate(const StateView<Real>&) const {
    const auto r = rates();
    return std::fabs(r[0]) + std::fabs(r[1]) + std::fabs(r[2]);
  }

 private:
  template <class... Schemes>
  using Any = std::variant<Tendency<Real, 1, Schemes>..., Tendency<Real, 2, Schemes>..., Tendency<Real, 3, Schemes>...>;
  template <class Scheme> Any<Unlimited, Koren> any_tendency(const StateView<Real>& q) const {
    const auto made =
        of_dimensions(this->grid_.dimensions, [&]<int d>() { return Tendency<Real, d, Scheme>{q, rates()}; });
    return std::visit([](const auto& tendency) { return Any<Unlimited, Koren>(tendency); }, made);
  }
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
