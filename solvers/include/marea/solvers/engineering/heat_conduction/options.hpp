// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <string>
#include <vector>

#include <marea/io/options.hpp>
#include <marea/solvers/parts/initial_state.hpp>

namespace marea::heat_conduction {

/// One layer of `[[solver.layers]]`, from the low end of z upwards.
struct Layer {
  std::string name;
  double thickness = 0;
  int cells = 1;
  OptionTree conductivity{1.0};
  double heat_capacity = 1;
  double power = 0;
  std::string floorplan;
  OptionTree powers{OptionTree::Table{}};
  double contact_resistance = 0;
};
template <class Visitor> void visit(Visitor&& v, Layer& o) {
  v("name", o.name, {"of the layer, for messages"});
  v("thickness", o.thickness, {"along z; required", "m", positive()});
  v("cells", o.cells, {"along z, all of one thickness", "", at_least(1)});
  v("conductivity", o.conductivity, {"> 0: number, or [x, y, z]", "W m-1 K-1"});
  v("heat_capacity", o.heat_capacity, {"density times specific heat", "J m-3 K-1", positive()});
  v("power", o.power, {"of the whole layer, spread evenly", "W"});
  v("floorplan", o.floorplan, {"file of its blocks: HotSpot's .flp, or a table of name, x, y, width, height, power"});
  v("powers", o.powers, {"power of blocks of the floorplan by name, before that of the file", "W"});
  v("contact_resistance", o.contact_resistance, {"between it and the next layer, or what lies beyond the last",
                                               "m2 K W-1", at_least(0)});
}

/// The `[solver]` table of a heat_conduction case file.
struct Options {
  std::string method = "steady";
  double time_step = 1;
  OptionTree conductivity{1.0};
  double heat_capacity = 1;
  OptionTree source{0.0};
  std::vector<Layer> layers;
  int layer_refinement = 1;
  std::array<double, 3> temperature_low{300, 300, 300}, temperature_high{300, 300, 300};
  std::array<double, 3> transfer_low{0, 0, 0}, transfer_high{0, 0, 0};
  double tolerance = 1e-8;
};
template <class Visitor> void visit(Visitor&& v, Options& o) {
  v("method", o.method, {"steady: a step solves for good; else of first or second order in time", "",
                         one_of({"steady", "backward_euler", "sdirk2"})});
  v("time_step", o.time_step, {"longest step of the methods in time; every length is stable", "s", positive()});
  v("conductivity", o.conductivity, {"> 0, where there are no layers: number, [x, y, z], or { file }", "W m-1 K-1"});
  v("heat_capacity", o.heat_capacity, {"density times specific heat, where there are no layers", "J m-3 K-1",
                                     positive()});
  v("source", o.source, {"power per volume beside that of layers: number, or { file }", "W m-3"});
  v("layers", o.layers, {"from the low end of z upwards: name, thickness, cells, conductivity, heat_capacity, power, "
                      "floorplan, powers, contact_resistance"});
  v("layer_refinement", o.layer_refinement, {"times the cells of every layer", "", at_least(1)});
  v("temperature_low", o.temperature_low, {"held at or beyond the low end along [x, y, z]", "K"});
  v("temperature_high", o.temperature_high, {"the same of the high end", "K"});
  v("transfer_low", o.transfer_low, {"heat transfer coefficient of a convective low end along [x, y, z]", "W m-2 K-1",
                                   at_least(0)});
  v("transfer_high", o.transfer_high, {"the same of the high end", "W m-2 K-1", at_least(0)});
  v("tolerance", o.tolerance, {"largest residual of a solution, as a share of its sources", "1",
                             between(0, 1, Ends::open)});
}

/// The first guess, or the initial state.
struct Uniform {
  static constexpr std::string_view name = "uniform";
  double value = 300;
};
template <class Visitor> void visit(Visitor&& v, Uniform& o) { v("value", o.value, {"of the first state", "K"}); }
inline InitialProfile profile_of(const Uniform& o, const Grid&) {
  return [o](int, const Point&) { return o.value; };
}

}  // namespace marea::heat_conduction
