// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cmath>

#include <marea/solvers/engineering/reaction_diffusion/kinetics.hpp>

namespace marea::reaction_diffusion {

/// Minimal model of human ventricular cells: potential u, gates v and w, and s; time in ms, 85.7 u - 84 is the
/// potential in mV. Names are the paper's, with _1, _2 and m for its indices 1, 2 and minus; u_o = 0. Source: A.
/// Bueno-Orovio, E. M. Cherry, F. H. Fenton (2008), doi:10.1016/j.jtbi.2008.03.029, table 1
struct Ventricular {
  static constexpr std::string_view name = "ventricular";
  static constexpr int variables = 4, diffusing = 1;
  static constexpr Values diffusivity{0.1171}, base{0, 1, 1, 0};  // mm2 ms-1
  static constexpr double time_step = 0.05;
  double u_u = 1.55, theta_v = 0.3, theta_w = 0.13, theta_vm = 0.006, theta_o = 0.006, tau_v1m = 60, tau_v2m = 1150,
         tau_vp = 1.4506, tau_w1m = 60, tau_w2m = 15, k_wm = 65, u_wm = 0.03, tau_wp = 200, tau_fi = 0.11, tau_o1 = 400,
         tau_o2 = 6, tau_so1 = 30.0181, tau_so2 = 0.9957, k_so = 2.0458, u_so = 0.65, tau_s1 = 2.7342, tau_s2 = 16,
         k_s = 2.0994, u_s = 0.9087, tau_si = 1.8875, tau_winf = 0.07, w_inf = 0.94;

  template <class Real> KOKKOS_FORCEINLINE_FUNCTION void operator()(const Real* q, Real* dq) const {
    const Real u = q[0], v = q[1], w = q[2], s = q[3];
    const bool fast = u > Real(theta_v), slow = u > Real(theta_w), low = u > Real(theta_vm), open = u > Real(theta_o);
    const Real tau_vm = low ? Real(tau_v2m) : Real(tau_v1m), tau_o = open ? Real(tau_o2) : Real(tau_o1);
    const Real tau_wm = sigmoid(Real(tau_w1m), Real(tau_w2m), Real(k_wm), u - Real(u_wm));
    const Real tau_so = sigmoid(Real(tau_so1), Real(tau_so2), Real(k_so), u - Real(u_so));
    const Real v_inf = low ? Real(0) : Real(1), w_end = open ? Real(w_inf) : Real(1) - u / Real(tau_winf);
    const Real fi = fast ? v * (u - Real(theta_v)) * (Real(u_u) - u) / Real(tau_fi) : Real(0);
    const Real so = slow ? Real(1) / tau_so : u / tau_o;
    const Real si = slow ? w * s / Real(tau_si) : Real(0);
    dq[0] = fi - so + si;
    dq[1] = fast ? -v / Real(tau_vp) : (v_inf - v) / tau_vm;
    dq[2] = slow ? -w / Real(tau_wp) : (w_end - w) / tau_wm;
    dq[3] = (sigmoid(Real(0), Real(1), Real(k_s), u - Real(u_s)) - s) / (slow ? Real(tau_s2) : Real(tau_s1));
  }

 private:
  /// From `low` to `high` about x = 0.
  template <class Real> KOKKOS_FORCEINLINE_FUNCTION static Real sigmoid(Real low, Real high, Real k, Real x) {
    return low + (high - low) * (Real(1) + std::tanh(k * x)) / Real(2);
  }
};

/// Kinds of ventricular cell, from the outer to the inner side of the wall.
struct VentricularOptions {
  static constexpr std::string_view name = Ventricular::name;
  std::string cell = "epicardial";
};
template <class Visitor> void visit(Visitor&& v, VentricularOptions& o) {
  v("cell", o.cell, {"where in the wall it is from", "", one_of({"epicardial", "midmyocardial", "endocardial"})});
}

}  // namespace marea::reaction_diffusion
