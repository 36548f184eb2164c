// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

namespace marea::test {

/// Radially symmetric shallow water over a flat bed on a fine one-dimensional grid: the reference of the radial dam
/// break. Shares no code with the library. In conservative form, with p = g h^2 / 2,
///   (r h)_t + (r hu)_r = 0,   (r hu)_t + (r (hu^2 + p))_r = p;
/// minmod MUSCL on h and u, HLL with Davis' speeds, Heun's method.
class RadialShallowWater {
 public:
  /// Depth `inside` for r < dam, `outside` beyond, at rest; domain [0, end], wall at 0, zero gradient at the end.
  RadialShallowWater(int cells, double end, double dam, double inside, double outside, double gravity)
      : n_(cells), dr_(end / cells), gravity_(gravity), h_(cells + 4, outside), q_(cells + 4, 0.0) {
    for (int i = 0; i < n_; ++i) {
      if ((i + 0.5) * dr_ < dam) h_[i + 2] = inside;
    }
  }

  void advance(double end) {
    for (double t = 0; t < end;) {
      double fastest = 0;
      for (int i = 2; i < n_ + 2; ++i) fastest = std::max(fastest, std::fabs(q_[i] / h_[i]) + std::sqrt(gravity_ * h_[i]));
      const double dt = std::min(0.45 * dr_ / fastest, end - t);
      const std::vector<double> h0 = h_, q0 = q_;
      add_rate(dt);
      add_rate(dt);
      for (int i = 2; i < n_ + 2; ++i) h_[i] = 0.5 * (h0[i] + h_[i]), q_[i] = 0.5 * (q0[i] + q_[i]);
      t += dt;
    }
  }

  /// Depth at radius r, linear between cell centres.
  double depth(double r) const {
    const double x = std::clamp(r / dr_ - 0.5, 0.0, n_ - 1.001);
    const int i = static_cast<int>(x);
    return h_[i + 2] + (x - i) * (h_[i + 3] - h_[i + 2]);
  }

 private:
  static double minmod(double a, double b) { return a * b <= 0 ? 0 : std::fabs(a) < std::fabs(b) ? a : b; }

  void add_rate(double dt) {
    for (int k = 0; k < 2; ++k) {
      h_[1 - k] = h_[2 + k], q_[1 - k] = -q_[2 + k];
      h_[n_ + 2 + k] = h_[n_ + 1], q_[n_ + 2 + k] = q_[n_ + 1];
    }
    const auto slope = [&](auto&& f, int i) { return 0.5 * minmod(f(i) - f(i - 1), f(i + 1) - f(i)); };
    const auto h = [&](int i) { return h_[i]; };
    const auto u = [&](int i) { return q_[i] / h_[i]; };
    std::vector<double> mass(n_ + 1), momentum(n_ + 1);
    for (int f = 0; f <= n_; ++f) {  // between cells f + 1 and f + 2
      const double hl = h(f + 1) + slope(h, f + 1), hr = h(f + 2) - slope(h, f + 2);
      const double ul = u(f + 1) + slope(u, f + 1), ur = u(f + 2) - slope(u, f + 2);
      const double cl = std::sqrt(gravity_ * hl), cr = std::sqrt(gravity_ * hr);
      const double sl = std::min({ul - cl, ur - cr, 0.0}), sr = std::max({ul + cl, ur + cr, 0.0});
      const double pl = hl * ul * ul + 0.5 * gravity_ * hl * hl, pr = hr * ur * ur + 0.5 * gravity_ * hr * hr;
      mass[f] = (sr * hl * ul - sl * hr * ur + sl * sr * (hr - hl)) / (sr - sl);
      momentum[f] = (sr * pl - sl * pr + sl * sr * (hr * ur - hl * ul)) / (sr - sl);
    }
    for (int i = 0; i < n_; ++i) {
      const double inner = i * dr_, outer = inner + dr_, volume = 0.5 * (outer * outer - inner * inner);
      const double pressure = 0.5 * gravity_ * h_[i + 2] * h_[i + 2];
      h_[i + 2] += dt / volume * (inner * mass[i] - outer * mass[i + 1]);
      q_[i + 2] += dt / volume * (inner * momentum[i] - outer * momentum[i + 1] + pressure * dr_);
    }
  }

  int n_;
  double dr_, gravity_;
  std::vector<double> h_, q_;
};

}  // namespace marea::test
