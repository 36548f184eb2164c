// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/engineering/reaction_diffusion/reaction.hpp>

#include <map>
#include <utility>

#include <marea/solvers/grid/loops.hpp>

namespace marea::reaction_diffusion {
namespace detail {

/// Heun's method in one cell, all stages in registers.
template <class Real, class Kinetics> struct React {
  Kinetics rate;
  StateView<Real> q;
  Real dt;
  KOKKOS_FORCEINLINE_FUNCTION void operator()(int k, int j, int i) const {
    constexpr int n = Kinetics::variables;
    const Cell c{k, j, i};
    Real here[n], there[n], first[n], second[n];
    for (int v = 0; v < n; ++v) here[v] = q(v, c.k, c.j, c.i);
    rate(here, first);
    for (int v = 0; v < n; ++v) there[v] = here[v] + dt * first[v];
    rate(there, second);
    for (int v = 0; v < n; ++v) q(v, c.k, c.j, c.i) = here[v] + dt / 2 * (first[v] + second[v]);
  }
};

}  // namespace detail

Reaction profile_of(const GrayScottOptions& o) {
  if (o.feed > 0 || o.kill > 0) return GrayScott{o.feed, o.kill};
  // Points that R. P. Munafo's catalogue, mrob.com/pub/comp/xmorphia, files under these classes of Pearson's.
  static const std::map<std::string, GrayScott> classes{{"gamma", {0.022, 0.051}},
                                                        {"epsilon", {0.014, 0.055}},
                                                        {"theta", {0.046, 0.061}},
                                                        {"kappa", {0.062, 0.063}},
                                                        {"mu", {0.050, 0.065}}};
  return classes.at(o.pearson);
}

Reaction profile_of(const VentricularOptions& o) {
  Ventricular cell;
  if (o.cell == "endocardial") {
    cell.u_u = 1.56, cell.theta_vm = 0.2, cell.tau_v1m = 75, cell.tau_v2m = 10, cell.tau_w1m = 6, cell.tau_w2m = 140;
    cell.k_wm = 200, cell.u_wm = 0.016, cell.tau_wp = 280, cell.tau_fi = 0.1, cell.tau_o1 = 470, cell.tau_so1 = 40;
    cell.tau_so2 = 1.2, cell.k_so = 2, cell.tau_s2 = 2, cell.tau_si = 2.9013, cell.tau_winf = 0.0273, cell.w_inf = 0.78;
  } else if (o.cell == "midmyocardial") {
    cell.u_u = 1.61, cell.theta_vm = 0.1, cell.theta_o = 0.005, cell.tau_v1m = 80, cell.tau_v2m = 1.4506;
    cell.tau_w1m = 70, cell.tau_w2m = 8, cell.k_wm = 200, cell.u_wm = 0.016, cell.tau_wp = 280, cell.tau_fi = 0.078;
    cell.tau_o1 = 410, cell.tau_o2 = 7, cell.tau_so1 = 91, cell.tau_so2 = 0.8, cell.k_so = 2.1, cell.u_so = 0.6;
    cell.tau_s2 = 4, cell.tau_si = 3.3849, cell.tau_winf = 0.01, cell.w_inf = 0.5;
  }
  return cell;
}

ReactionFacts facts_of(const Reaction& reaction) {
  return std::visit(
      []<class K>(const K&) {
        return ReactionFacts{K::variables, K::diffusing, K::diffusivity, K::base, K::time_step};
      },
      reaction);
}

template <class Real> void react(const Grid& grid, const Reaction& reaction, const StateView<Real>& q, double dt) {
  std::visit(
      [&]<class K>(const K& kinetics) {
        for_each_cell("reaction_diffusion.react", grid.cells, detail::React<Real, K>{kinetics, q, Real(dt)});
      },
      reaction);
}

template void react(const Grid&, const Reaction&, const StateView<double>&, double);
template void react(const Grid&, const Reaction&, const StateView<float>&, double);

}  // namespace marea::reaction_diffusion
