// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once

namespace marea {

/// One step of du/dt = F(u) + G(u) by symmetric splitting: half a step of F alone, one of G alone, half of F again. Of
/// second order where `f(dt)` and `g(dt)`, which advance the state, are.
///
/// Source: G. Strang, On the construction and comparison of difference schemes (1968), doi:10.1137/0705041
template <class F, class G> void strang_step(double dt, const F& f, const G& g) {
  f(dt / 2);
  g(dt);
  f(dt / 2);
}

}  // namespace marea
