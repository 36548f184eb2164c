// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <variant>

#include <marea/io/option_tree.hpp>
#include <marea/solvers/engineering/reaction_diffusion/kinetics.hpp>
#include <marea/solvers/engineering/reaction_diffusion/ventricular.hpp>
#include <marea/solvers/parts/profiles.hpp>

namespace marea::reaction_diffusion {

/// The reactions that a case may name.
using Reaction = std::variant<Bistable, FitzHughNagumo, GrayScott, AlievPanfilov, Ventricular>;

inline Reaction profile_of(const Bistable& o) { return o; }
inline Reaction profile_of(const FitzHughNagumo& o) { return o; }
inline Reaction profile_of(const AlievPanfilov& o) { return o; }
Reaction profile_of(const GrayScottOptions& o);
Reaction profile_of(const VentricularOptions& o);
using ReactionProfiles =
    ProfileTable<Reaction, Bistable, FitzHughNagumo, GrayScottOptions, AlievPanfilov, VentricularOptions>;

/// What is known of a reaction before it runs.
struct ReactionFacts {
  int variables, diffusing;
  Values diffusivity, base;
  double time_step;
};
ReactionFacts facts_of(const Reaction& reaction);

/// Advances every cell by dt with Heun's method, of second order.
template <class Real> void react(const Grid& grid, const Reaction& reaction, const StateView<Real>& q, double dt);

extern template void react(const Grid&, const Reaction&, const StateView<double>&, double);
extern template void react(const Grid&, const Reaction&, const StateView<float>&, double);

}  // namespace marea::reaction_diffusion
