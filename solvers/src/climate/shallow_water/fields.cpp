// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/climate/shallow_water/fields.hpp>

#include <algorithm>
#include <string_view>

#include <marea/solvers/climate/shallow_water.hpp>

// What goes in and out of the shallow-water solver: its table of fields, what it conserves, states from other fields.
namespace marea {

using namespace shallow_water;

template <class Real> const std::vector<Field<ShallowWater<Real>>>& ShallowWater<Real>::fields() {
  using S = ShallowWater;
  using Q = StateView<Real>;
  using Kind = typename StillWater<Real>::Kind;
  static const std::vector<Field<S>> all{
      prognostic<S>(0, bounded({"h", "m", "water depth"}, "0")),
      prognostic<S>(1, {"hu", "m2 s-1", "depth times velocity along x"}),
      prognostic<S>(2, {"hv", "m2 s-1", "depth times velocity along y"}),
      derived<S>({"eta", "m", "surface elevation; where dry the bed, at most sea level", "sea_surface_height_above_geoid"},
                 [](const S& s, const Q& q) { return s.elevation(q); }),
      derived<S>({"velocity", "m s-1", "depth-mean velocity, 0 where dry", "", 1},
                 [](const S& s, const Q& q) { return s.velocity(q); }),
      derived<S>(bounded({"speed", "m s-1", "absolute value of the velocity", "sea_water_speed"}, "0"),
                 [](const S& s, const Q& q) { return Speed<Real>{s.velocity(q)}; }),
      derived<S>(bounded({"flow_depth", "m", "depth of water on land, 0 at sea"}, "0"),
                 [](const S& s, const Q& q) { return s.on_land(s.elevation(q)); }),
      fixed<S>({"bathymetry", "m", "bed elevation, positive up", "ground_level_altitude"},
               [](const S& s, const Q&) { return marea::detail::Variable<Real>{s.bed_, 0}; }),
      fixed<S>({"still_depth", "m", "depth of still water at sea level"},
               [](const S& s, const Q&) { return s.still_water(Kind::depth); }),
      fixed<S>({"wave_speed", "m s-1", "sqrt(g still_depth)"},
               [](const S& s, const Q&) { return s.still_water(Kind::wave_speed); }),
      fixed<S>({"sea_mask", "1", "1 where still_depth > 0, else 0"},
               [](const S& s, const Q&) { return s.still_water(Kind::sea); }),
      fixed<S>({"land_mask", "1", "1 where still_depth = 0, else 0", "land_binary_mask"},
               [](const S& s, const Q&) { return s.still_water(Kind::land); }),
      running_maximum<S>(bounded({"max_eta", "m", "largest eta since the start"}, "eta"), "eta",
                         [](const S& s, const Q&) { return s.running(0); }),
      running_maximum<S>(bounded({"max_speed", "m s-1", "largest speed since the start"}, "0"), "velocity",
                         [](const S& s, const Q&) { return s.running(1); }),
      first_crossing<S>(
          bounded({"arrival_time", "s",
                   "first time |eta - still eta| passed arrival_threshold; the present time where not yet"},
                  "0", "end_time"),
          "eta", [](const S& s) { return s.options_.arrival_threshold; },
          [](const S& s, const Q&) { return s.running(2); }),
      running_maximum<S>(
          bounded({"max_flow_depth", "m", "largest depth of water on land since the start, 0 at sea"}, "0"),
          "flow_depth", [](const S& s, const Q&) { return s.on_land(s.running(0)); }),
      passed<S>(
          bounded({"flooded", "1", "1 where flow_depth has passed flood_threshold since the start, else 0"}, "0", "1"),
          "flow_depth", [](const S& s) { return s.options_.flood_threshold; },
          [](const S& s, const Q&) { return Flooded{s.on_land(s.running(0)), Real(s.options_.flood_threshold)}; })};
  return all;
}

template <class Real> const std::vector<Conserved<ShallowWater<Real>>>& ShallowWater<Real>::conserved() {
  using S = ShallowWater;
  using Q = StateView<Real>;
  static const std::vector<Conserved<S>> all{
      marea::conserved<S>("volume", "m3", [](const S& s, const Q& q) { return s.content(q, 0); }),
      marea::conserved<S>("momentum_x", "m4 s-1", [](const S& s, const Q& q) { return s.content(q, 1); }),
      marea::conserved<S>("momentum_y", "m4 s-1", [](const S& s, const Q& q) { return s.content(q, 2); }),
      marea::conserved<S>("energy", "m5 s-2", [](const S& s, const Q& q) { return s.content(q, 3); })};
  return all;
}

template <class Real> GaugeValues<Real> ShallowWater<Real>::gauge() const {
  return {elevation(state_), velocity(state_)};
}

namespace {

template <class Fields> auto find_given(const Fields& fields, std::string_view name) {
  return std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return field.name == name; });
}

}  // namespace

template <class Real> void ShallowWater<Real>::require_settable(std::span<const NamedArray> fields) {
  const auto has = [&](std::string_view name) { return find_given(fields, name) != fields.end(); };
  for (const NamedArray& field : fields) {
    if (field.name != "h" && field.name != "eta" && field.name != "hu" && field.name != "hv" && field.name != "velocity")
      fail<ConfigError>(name, "cannot set the state from '", field.name, "'; give h or eta, and velocity or hu and hv");
  }
  if (has("h") == has("eta")) fail<ConfigError>(name, "the state needs one of h and eta");
  if (has("hu") != has("hv") || has("hu") == has("velocity"))
    fail<ConfigError>(name, "the state needs velocity, or hu and hv");
}

template <class Real> void ShallowWater<Real>::assign(const std::vector<GivenField>& given) {
  const auto values = [&](std::string_view field) {
    const auto found = find_given(given, field);
    return found == given.end() ? FieldArray{} : found->values;
  };
  const bool depth = values("h").data != nullptr, discharge = values("hu").data != nullptr;
  const Assign<Real> kernel{state_, bed_, values(depth ? "h" : "eta"), values(discharge ? "hu" : "velocity"),
                            values("hv"), depth, discharge};
  for_each_cell("shallow_water.assign", grid_.cells, kernel);
  Device().fence();
}

template class ShallowWater<double>;
template class ShallowWater<float>;

}  // namespace marea
