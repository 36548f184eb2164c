// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/climate/shallow_water/profiles.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

#include <marea/io/random.hpp>

namespace marea::shallow_water {

namespace {

double squared(double x) { return x * x; }

InitialProfile profile_of(const LakeAtRest& o, double) {
  return [o](double, double, double) { return InitialPoint{o.level}; };
}

InitialProfile profile_of(const GaussianHump& o, double) {
  const bool two = o.radius.is_array();
  if (two && o.radius.as_array().size() != 2) {
    fail<ConfigError>(o.radius.where(), "radius must be a number or two numbers [along, across]");
  }
  const double along = two ? o.radius.as_array()[0].as_double() : o.radius.as_double();
  const double across = two ? o.radius.as_array()[1].as_double() : along;
  const double angle = o.angle * std::numbers::pi / 180, cosine = std::cos(angle), sine = std::sin(angle);
  return [=](double x, double y, double bed) {
    const double p = (x - o.centre[0]) * cosine + (y - o.centre[1]) * sine;
    const double q = (y - o.centre[1]) * cosine - (x - o.centre[0]) * sine;
    const double hump = o.height * std::exp(-squared(p / along) - squared(q / across));
    return InitialPoint{o.level + (bed < 0 ? hump : 0)};
  };
}

InitialProfile profile_of(const DamBreak& o, double) {
  const bool radial = o.shape == "radial";
  return [=](double x, double y, double) {
    const bool behind = radial ? squared(x - o.centre[0]) + squared(y - o.centre[1]) <= squared(o.radius)
                               : (o.axis == "x" ? x : y) < o.position;
    return InitialPoint{behind ? o.high : o.low};
  };
}

InitialProfile profile_of(const Vortex& o, double gravity) {
  return [=](double x, double y, double) {
    const double p = (x - o.centre[0]) / o.radius, q = (y - o.centre[1]) / o.radius;
    const double swirl = o.speed * std::exp(0.5 * (1 - (p * p + q * q)));
    return InitialPoint{o.level - swirl * swirl / (2 * gravity), o.current[0] - swirl * q, o.current[1] + swirl * p};
  };
}

InitialProfile profile_of(const ParabolicBowl& o, double gravity) {
  const double frequency = std::sqrt(2 * gravity * o.depth) / o.radius;
  return [=](double x, double, double bed) {
    const double eta = o.displacement * o.depth / squared(o.radius) * (2 * (x - o.centre[0]) - o.displacement);
    return InitialPoint{eta, 0, eta > bed ? o.displacement * frequency : 0};
  };
}

BedProfile profile_of(const Flat& o) {
  return [=](double, double) { return o.elevation; };
}

BedProfile profile_of(const Paraboloid& o) {
  return [=](double x, double y) {
    return o.depth * ((squared(x - o.centre[0]) + squared(y - o.centre[1])) / squared(o.radius) - 1);
  };
}

BedProfile profile_of(const Rough& o) {
  struct Wave {
    double kx, ky, phase;
  };
  std::array<Wave, 24> waves;
  for (std::uint64_t n = 0; n < waves.size(); ++n) {
    const auto draw = [&](std::uint64_t k) { return random_uniform(o.seed, 0, 3 * n + k); };
    const double angle = std::numbers::pi * draw(0), number = 2 * std::numbers::pi / (o.wavelength * (1 + 3 * draw(1)));
    waves[n] = {number * std::cos(angle), number * std::sin(angle), 2 * std::numbers::pi * draw(2)};
  }
  return [=](double x, double y) {
    double sum = 0;
    for (const Wave& w : waves) sum += std::sin(w.kx * x + w.ky * y + w.phase);
    return o.mean + o.amplitude * std::clamp(sum / 8, -1.0, 1.0);
  };
}

/// Calls use(name, default options) for each profile.
template <class F> void for_each_initial(F&& use) {
  use("gaussian_hump", GaussianHump{});
  use("dam_break", DamBreak{});
  use("lake_at_rest", LakeAtRest{});
  use("vortex", Vortex{});
  use("parabolic_bowl", ParabolicBowl{});
}
template <class F> void for_each_bed(F&& use) {
  use("flat", Flat{});
  use("paraboloid", Paraboloid{});
  use("rough", Rough{});
}

std::vector<std::string> names_of(auto&& for_each) {
  std::vector<std::string> names;
  for_each([&](const char* name, const auto&) { names.emplace_back(name); });
  return names;
}

/// Name in `profile` of a table, checked against the known ones.
std::string profile_name(const OptionTree& table, const std::string& where, const std::vector<std::string>& known) {
  const OptionTree* name = table.find("profile");
  if (!name) {
    const std::vector<std::string> keys{"profile", "file", "regrid"};
    for (const auto& [key, value] : table.as_table())
      if (!nearest_name(key, keys).empty()) detail::check_unknown(OptionTree::Table{{key, value}}, where, keys);
    fail<ConfigError>(detail::option_where(table, where), "needs a key `profile` or `file`");
  }
  detail::check_range(*name, {where, "profile"}, one_of(known));
  return name->as_string();
}

template <class Profile, class... Arguments>
Profile make_profile(const OptionTree& table, const std::string& where, auto&& for_each,
                     const Arguments&... arguments) {
  const std::string name = profile_name(table, where, names_of(for_each));
  Profile made;
  for_each([&](const char* candidate, auto options) {
    if (name != candidate) return;
    read_options(options, table, where, {"profile"});
    made = profile_of(options, arguments...);
  });
  return made;
}

constexpr auto initial_profiles = [](auto&& use) { for_each_initial(use); };
constexpr auto bed_profiles = [](auto&& use) { for_each_bed(use); };

}  // namespace

std::vector<std::string> initial_profile_names() { return names_of(initial_profiles); }
std::vector<std::string> bed_profile_names() { return names_of(bed_profiles); }

InitialProfile make_initial_profile(const OptionTree& table, double gravity) {
  return make_profile<InitialProfile>(table, "initial", initial_profiles, gravity);
}

BedProfile make_bed_profile(const OptionTree& table) {
  return make_profile<BedProfile>(table, "solver.bathymetry", bed_profiles);
}

std::vector<OptionRow> describe_profile(const std::string& name) {
  std::vector<OptionRow> rows;
  const auto describe = [&](const char* candidate, const auto& options) {
    if (name == candidate) rows = describe_options(options);
  };
  for_each_initial(describe);
  for_each_bed(describe);
  return rows;
}

}  // namespace marea::shallow_water
