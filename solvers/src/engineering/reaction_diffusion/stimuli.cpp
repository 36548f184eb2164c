// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/engineering/reaction_diffusion/stimuli.hpp>

#include <algorithm>
#include <limits>
#include <string>

#include <marea/io/where_of.hpp>
#include <marea/solvers/grid/loops.hpp>
#include <marea/solvers/grid/reduce.hpp>

namespace marea::reaction_diffusion {
namespace detail {

/// 1 in tissue that the site reaches.
struct Reached {
  Site site;
  Cells cells;
  StateView<double> tissue;
  KOKKOS_INLINE_FUNCTION double operator()(int k, int j, int i) const {
    return tissue(0, k, j, i) > 0 && site.holds(cells, k, j, i) ? 1 : 0;
  }
};

/// u += amount there.
template <class Real> struct Stimulate {
  Reached reached;
  StateView<Real> q;
  double amount;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    q(0, k, j, i) += static_cast<Real>(amount * reached(k, j, i));
  }
};

}  // namespace detail

namespace {

/// A corner or a centre as an array over (k, j, i); numbers of unused axes do not count. Throws ConfigError where it
/// has too few.
Kokkos::Array<double, 3> on_axes(const std::vector<double>& point, const Grid& grid, const std::string& where,
                                 const std::string& key) {
  if (point.size() < static_cast<std::size_t>(grid.dimensions) || point.size() > 3)
    fail<ConfigError>(where, key, " has ", point.size(), " numbers, but the grid has ", grid.dimensions,
                      " axes; give low and high, or centre and radius");
  Kokkos::Array<double, 3> all{};
  for (std::size_t n = 0; n < point.size(); ++n) all[2 - n] = point[n];
  return all;
}

Site site_of(const Stimulus& o, const Grid& grid, const std::string& where) {
  if (o.low.empty() == o.centre.empty() || (!o.centre.empty() && !(o.radius > 0)))
    fail<ConfigError>(where, "a stimulus needs a box, low and high, or a ball, centre and radius > 0");
  Site site{};
  if (!o.centre.empty()) {
    site.centre = on_axes(o.centre, grid, where, "centre");
    site.radius = o.radius;
    return site;
  }
  site.low = on_axes(o.low, grid, where, "low");
  site.high = on_axes(o.high, grid, where, "high");
  return site;
}

/// Whether a pulse lasts at that time.
bool pulsing(const Stimulus& o, double time) {
  for (int n = 0; n < o.count; ++n)
    if (time >= o.start + n * o.period && time < o.start + n * o.period + o.duration) return true;
  return false;
}

}  // namespace

Stimuli::Stimuli(const std::vector<Stimulus>& stimuli, const OptionTree& case_file, const Grid& grid,
                 const StateView<double>& tissue)
    : stimuli_(stimuli) {
  for (std::size_t n = 0; n < stimuli.size(); ++n) {
    const Stimulus& o = stimuli[n];
    const std::string where = where_of(case_file, "solver.stimuli[" + std::to_string(n) + "]");
    if (!(o.duration > 0)) fail<ConfigError>(where, "duration = ", o.duration, " must be > 0");
    if (o.count > 1 && !(o.period >= o.duration))
      fail<ConfigError>(where, "period = ", o.period, " must be at least the duration ", o.duration, " of its ",
                        o.count, " pulses");
    sites_.push_back(site_of(o, grid, where));
    const detail::Reached reached{sites_.back(), grid.cells, tissue};
    if (reduce_sum("reaction_diffusion.reached", grid, reached) > 0) continue;
    fail<ConfigError>(where,
                      "the stimulus reaches no cell of tissue: its site lies outside, or between the centres of "
                      "cells; move or widen it");
  }
}

double Stimuli::until_change(double time) const {
  double least = std::numeric_limits<double>::infinity();
  for (const Stimulus& o : stimuli_)
    for (int n = 0; n < o.count; ++n)
      for (const double edge : {o.start + n * o.period, o.start + n * o.period + o.duration}) {
        const double wait = edge - time;
        if (wait > 1e-9 * o.duration) least = std::min(least, wait);
      }
  return least;
}

template <class Real>
void Stimuli::apply(const Grid& grid, const StateView<double>& tissue, const StateView<Real>& q, double time,
                    double dt) const {
  for (std::size_t n = 0; n < stimuli_.size(); ++n)
    if (pulsing(stimuli_[n], time))
      for_each_cell("reaction_diffusion.stimulate", grid.cells,
                    detail::Stimulate<Real>{{sites_[n], grid.cells, tissue}, q, dt * stimuli_[n].amplitude});
}

void Stimuli::total(const Grid& grid, const StateView<double>& tissue, const StateView<double>& to) const {
  for (std::size_t n = 0; n < stimuli_.size(); ++n) {
    const Stimulus& o = stimuli_[n];
    for_each_cell("reaction_diffusion.stimulus", grid.cells,
                  detail::Stimulate<double>{{sites_[n], grid.cells, tissue}, to, o.count * o.duration * o.amplitude});
  }
}

template void Stimuli::apply(const Grid&, const StateView<double>&, const StateView<double>&, double, double) const;
template void Stimuli::apply(const Grid&, const StateView<double>&, const StateView<float>&, double, double) const;

}  // namespace marea::reaction_diffusion
