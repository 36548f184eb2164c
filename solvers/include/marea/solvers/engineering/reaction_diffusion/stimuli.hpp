// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <vector>

#include <marea/solvers/engineering/reaction_diffusion/options.hpp>
#include <marea/solvers/grid/grid.hpp>

namespace marea::reaction_diffusion {

/// A stimulus as kernels see it: a box or a ball, on the axes (k, j, i).
struct Site {
  Kokkos::Array<double, 3> low, high, centre;
  double radius = 0;  ///< 0: a box
  KOKKOS_INLINE_FUNCTION bool holds(const Cells& c, int k, int j, int i) const {
    const int at[3] = {k, j, i};
    double distance = 0;
    for (int a = 0; a < 3; ++a) {
      if (c.ghost[a] == 0) continue;
      const double x = c.centre(a, at[a]);
      if (radius == 0 && (x < low[a] || x > high[a])) return false;
      distance += (x - centre[a]) * (x - centre[a]);
    }
    return radius == 0 || distance <= radius * radius;
  }
};

/// The protocol of a case: S1, S2, …
class Stimuli {
 public:
  Stimuli() = default;
  /// Throws ConfigError for a site that is no box or ball of this grid's axes, that lies outside of the domain or holds
  /// no cell of tissue, and for pulses that overlap. `tissue`: of which cells with a value > 0 are. Collective.
  Stimuli(const std::vector<Stimulus>& stimuli, const OptionTree& case_file, const Grid& grid,
          const StateView<double>& tissue);

  /// Time until the next pulse begins or ends, infinite after the last.
  double until_change(double time) const;
  /// Adds what flows within dt about the time to u, in tissue.
  template <class Real>
  void apply(const Grid& grid, const StateView<double>& tissue, const StateView<Real>& q, double time, double dt) const;
  /// What all pulses together add to u of the cells.
  void total(const Grid& grid, const StateView<double>& tissue, const StateView<double>& to) const;

 private:
  std::vector<Stimulus> stimuli_;
  std::vector<Site> sites_;
};

extern template void Stimuli::apply(const Grid&, const StateView<double>&, const StateView<double>&, double,
                                    double) const;
extern template void Stimuli::apply(const Grid&, const StateView<double>&, const StateView<float>&, double,
                                    double) const;

}  // namespace marea::reaction_diffusion
