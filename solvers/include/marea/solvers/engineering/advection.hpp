// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include <marea/io/error.hpp>
#include <marea/solvers/grid/boundary.hpp>
#include <marea/solvers/grid/reduce.hpp>
#include <marea/solvers/make_any.hpp>
#include <marea/solvers/method_of_lines.hpp>

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

/// The one field.
inline const std::vector<FieldInfo>& fields() {
  static const std::vector<FieldInfo> fields{{.name = "q", .units = "1", .long_name = "concentration"}};
  return fields;
}

/// sine: one wave along every axis; gaussian: a bump.
inline std::vector<std::string> profile_names() { return {"sine", "gaussian"}; }

/// The `[initial]` table: one product of waves, or a bump.
struct Initial {
  std::string profile = "sine";
  std::array<double, 3> centre{0.5, 0.5, 0.5};
  double width = 0.1;
};
template <class Visitor> void visit(Visitor&& v, Initial& o) {
  v("profile", o.profile, {"sine: one wave along every axis; gaussian: a bump", "", one_of(profile_names())});
  v("centre", o.centre, {"of the bump [x, y, z]", "m"});
  v("width", o.width, {"distance at which the bump falls to 1/e", "m", positive()});
}

/// Initial value at the cell's centre; on the host.
struct Start {
  Initial initial;
  Cells cells;
  bool bump;
  double operator()(int k, int j, int i) const {
    const int index[3] = {k, j, i};
    double wave = 1, square = 0;
    for (int a = 0; a < 3; ++a) {
      if (cells.ghost[a] == 0) continue;
      const double p = cells.centre(a, index[a]), r = (p - initial.centre[2 - a]) / initial.width;
      const double length = cells.spacing[a] * static_cast<double>(cells.global[a]);
      wave *= std::sin(2 * std::numbers::pi * (p - cells.low[a]) / length);
      square += r * r;
    }
    return bump ? std::exp(-square) : wave;
  }
};

/// Value at the face between m (upwind of it) and r, third order: van Leer's kappa = 1/3 without limiter.
/// Source: B. van Leer (1977), doi:10.1016/0021-9991(77)90095-X.
KOKKOS_INLINE_FUNCTION double face_value(double l, double m, double r) { return (-l + 5 * m + 2 * r) / 6; }

/// dq/dt of one cell: fluxes through its faces along every used axis.
struct Tendency {
  StateView<double> q, dq;
  Kokkos::Array<double, 3> rate;  ///< velocity over spacing per axis (k, j, i) [s-1]; 0 on unused axes
  KOKKOS_INLINE_FUNCTION double along(double c, double ll, double l, double m, double r, double rr) const {
    return c > 0 ? c * (face_value(ll, l, m) - face_value(l, m, r)) : c * (face_value(r, m, l) - face_value(rr, r, m));
  }
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    double sum = along(rate[2], q(0, k, j, i - 2), q(0, k, j, i - 1), q(0, k, j, i), q(0, k, j, i + 1), q(0, k, j, i + 2));
    if (rate[1] != 0)
      sum += along(rate[1], q(0, k, j - 2, i), q(0, k, j - 1, i), q(0, k, j, i), q(0, k, j + 1, i), q(0, k, j + 2, i));
    if (rate[0] != 0)
      sum += along(rate[0], q(0, k - 2, j, i), q(0, k - 1, j, i), q(0, k, j, i), q(0, k + 1, j, i), q(0, k + 2, j, i));
    dq(0, k, j, i) = sum;
  }
};

struct Value {
  StateView<double> q;
  KOKKOS_INLINE_FUNCTION double operator()(int k, int j, int i) const { return q(0, k, j, i); }
};

}  // namespace advection

/// Linear advection q_t + c . grad q = 0 with constant c in one to three dimensions: the smallest solver there is, and
/// the example of docs/add-a-solver.md. Finite volumes of third order, conservative.
class Advection {
 public:
  using Real = double;
  using State = StateView<double>;
  using Options = advection::Options;
  static constexpr std::string_view name = "advection";
  static constexpr int ghost = 2;

  /// From the tables `grid`, `solver`, `initial` of a case file. Collective.
  Advection(const OptionTree& case_file, MPI_Comm comm) {
    if (const auto* t = case_file.find("solver")) read_options(options_, *t, "solver", {"name"});
    if (const auto* t = case_file.find("initial")) read_options(initial_, *t, "initial");
    grid_ = make_grid(case_file, ghost, comm);
    for (int a = 3 - grid_.dimensions; a < 3; ++a) rate_[a] = options_.velocity[2 - a] / grid_.cells.spacing[a];
  }

  std::span<const FieldInfo> fields() const { return advection::fields(); }
  const Grid& grid() const { return grid_; }
  State make_state() const {
    const State q = marea::make_state<double>("q", grid_, 1);
    const advection::Start start{initial_, grid_.cells, initial_.profile == "gaussian"};
    const auto host = Kokkos::create_mirror_view(q);
    const Cells& c = grid_.cells;
    for (int k = c.begin[0]; k < c.end[0]; ++k)
      for (int j = c.begin[1]; j < c.end[1]; ++j)
        for (int i = c.begin[2]; i < c.end[2]; ++i) host(0, k, j, i) = start(k, j, i);
    Kokkos::deep_copy(q, host);
    return q;
  }
  void fill_ghosts(const State& q, double) const { fill_boundaries(grid_, q, Reflection{}); }
  void tendency(const State& q, double, const State& dq) const {
    for_each_cell("advection.tendency", grid_.cells, advection::Tendency{q, dq, rate_});
  }
  double stable_dt(const State&) const {
    const double rate = std::fabs(rate_[0]) + std::fabs(rate_[1]) + std::fabs(rate_[2]);
    return rate > 0 ? options_.cfl / rate : std::numeric_limits<double>::infinity();
  }
  std::vector<NamedScalar> invariants(const State& q) const {
    return {{"total", reduce_sum("advection.total", grid_, advection::Value{q}), "1"}};
  }
  OptionTree options() const {
    OptionTree tree;
    tree["grid"] = write_options(grid_.options);
    tree["solver"] = write_options(options_);
    tree["solver"]["name"] = std::string(name);
    tree["initial"] = write_options(initial_);
    return tree;
  }

 private:
  advection::Options options_;
  advection::Initial initial_;
  Grid grid_;
  Kokkos::Array<double, 3> rate_{};
};
static_assert(TendencyModel<Advection>);
static_assert(Solver<MethodOfLines<Advection, SspRk3>>);

/// The solver of a case file. Collective.
inline AnySolver make_advection(const OptionTree& case_file, MPI_Comm comm) {
  return make_any(MethodOfLines<Advection, SspRk3>(Advection(case_file, comm)));
}

}  // namespace marea
