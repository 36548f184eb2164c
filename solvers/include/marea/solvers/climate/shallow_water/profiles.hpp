// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <marea/io/options.hpp>
#include <marea/solvers/parts/profiles.hpp>
#include <marea/solvers/parts/static_field.hpp>

// Built-in initial states and beds of the shallow-water solver.
namespace marea::shallow_water {

/// Surface elevation [m] and velocity [m s-1] at a point; the solver makes h = max(0, eta - bed) of it.
struct InitialPoint {
  double eta = 0, u = 0, v = 0;
};
/// Initial state at (x, y) [m] over a bed of that elevation [m].
using InitialProfile = std::function<InitialPoint(double x, double y, double bed)>;

/// Still water at `level`.
struct LakeAtRest {
  static constexpr std::string_view name = "lake_at_rest";
  double level = 0;
};
template <class Visitor> void visit(Visitor&& v, LakeAtRest& o) {
  v("level", o.level, {"elevation of the surface", "m"});
}

/// Elliptic hump in the sea: height exp(-(p / radius[0])^2 - (q / radius[1])^2), p along `angle` from the x axis.
struct GaussianHump {
  static constexpr std::string_view name = "gaussian_hump";
  std::array<double, 2> centre{0, 0};
  OptionTree radius = 1.0;  ///< a number, or [along, across]
  double angle = 0, height = 1, level = 0;
};
template <class Visitor> void visit(Visitor&& v, GaussianHump& o) {
  v("centre", o.centre, {"position [x, y]", "m"});
  v("radius", o.radius, {"distance at which the height falls to 1/e: a number, or [along, across]", "m", positive()});
  v("angle", o.angle, {"from the x axis to the first radius, counter-clockwise", "degree"});
  v("height", o.height, {"at the centre; negative for a trough", "m"});
  v("level", o.level, {"elevation of the surface elsewhere", "m"});
}

/// Two levels, apart by a line or a circle.
struct DamBreak {
  static constexpr std::string_view name = "dam_break";
  std::string shape = "planar", axis = "x";
  double position = 0, radius = 0.5, high = 2, low = 1;
  std::array<double, 2> centre{0, 0};
};
template <class Visitor> void visit(Visitor&& v, DamBreak& o) {
  v("shape", o.shape, {"planar: high below `position`; radial: high inside `radius`", "",
     one_of({"planar", "radial"})});
  v("axis", o.axis, {"of a planar dam break", "", one_of({"x", "y"})});
  v("position", o.position, {"of a planar dam along the axis", "m"});
  v("centre", o.centre, {"of a radial dam [x, y]", "m"});
  v("radius", o.radius, {"of a radial dam", "m", positive()});
  v("high", o.high, {"surface elevation behind the dam", "m"});
  v("low", o.low, {"surface elevation before the dam", "m"});
}

/// Vortex in balance that a uniform current carries unchanged: with s = r / radius, the speed around the centre is
/// speed s exp((1 - s^2) / 2), the surface level - speed^2 exp(1 - s^2) / (2 g).
struct Vortex {
  static constexpr std::string_view name = "vortex";
  std::array<double, 2> centre{0, 0}, current{0, 0};
  double radius = 1, speed = 0.5, level = 1;
};
template <class Visitor> void visit(Visitor&& v, Vortex& o) {
  v("centre", o.centre, {"position [x, y]", "m"});
  v("radius", o.radius, {"of the largest speed", "m", positive()});
  v("speed", o.speed, {"largest speed around the centre, counter-clockwise", "m s-1"});
  v("current", o.current, {"uniform velocity [u, v]", "m s-1"});
  v("level", o.level, {"surface elevation far away", "m"});
}

/// Thacker's planar surface at t = 0 over the bed of `Paraboloid` with the same centre, depth and radius.
/// Source: W. C. Thacker (1981), doi:10.1017/S0022112081001882.
struct ParabolicBowl {
  static constexpr std::string_view name = "parabolic_bowl";
  std::array<double, 2> centre{0, 0};
  double depth = 0.1, radius = 1, displacement = 0.5;
};
template <class Visitor> void visit(Visitor&& v, ParabolicBowl& o) {
  v("centre", o.centre, {"of the bowl [x, y]", "m"});
  v("depth", o.depth, {"of still water at the centre", "m", positive()});
  v("radius", o.radius, {"of the still shoreline", "m", positive()});
  v("displacement", o.displacement, {"of the water's centre along x", "m"});
}

/// Bed depth ((r / radius)^2 - 1).
struct Paraboloid {
  static constexpr std::string_view name = "paraboloid";
  std::array<double, 2> centre{0, 0};
  double depth = 0.1, radius = 1;
};
template <class Visitor> void visit(Visitor&& v, Paraboloid& o) {
  v("centre", o.centre, {"position [x, y]", "m"});
  v("depth", o.depth, {"below sea level at the centre", "m", positive()});
  v("radius", o.radius, {"at which the bed reaches sea level", "m", positive()});
}

/// Flat bed.
struct Flat {
  static constexpr std::string_view name = "flat";
  double elevation = 0;
};
template <class Visitor> void visit(Visitor&& v, Flat& o) { v("elevation", o.elevation, {"positive up", "m"}); }

/// Sea bed of random mountains, some above the water: the same for a seed whatever the grid.
struct Rough {
  static constexpr std::string_view name = "rough";
  double mean = -1, amplitude = 1.5, wavelength = 1;
  std::int64_t seed = 1;
};
template <class Visitor> void visit(Visitor&& v, Rough& o) {
  v("mean", o.mean, {"mean elevation", "m"});
  v("amplitude", o.amplitude, {"largest deviation from the mean", "m", at_least(0)});
  v("wavelength", o.wavelength, {"shortest wavelength of the sum of 24 random waves", "m", positive()});
  v("seed", o.seed, {"of the random waves", "", at_least(0)});
}

InitialProfile profile_of(const LakeAtRest& o, double gravity);
InitialProfile profile_of(const GaussianHump& o, double gravity);
InitialProfile profile_of(const DamBreak& o, double gravity);
InitialProfile profile_of(const Vortex& o, double gravity);
InitialProfile profile_of(const ParabolicBowl& o, double gravity);
StaticProfile profile_of(const Flat& o);
StaticProfile profile_of(const Paraboloid& o);
StaticProfile profile_of(const Rough& o);

/// Those of `[initial]`, made for a gravity [m s-2], and those of `[solver.bathymetry]`.
using InitialProfiles = ProfileTable<InitialProfile, GaussianHump, DamBreak, LakeAtRest, Vortex, ParabolicBowl>;
using BedProfiles = ProfileTable<StaticProfile, Flat, Paraboloid, Rough>;

}  // namespace marea::shallow_water
