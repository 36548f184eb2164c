// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include <marea/io/options.hpp>

namespace marea::reaction_diffusion {

/// One of `[[solver.stimuli]]`: what it adds to u per time, where and when.
struct Stimulus {
  std::vector<double> low, high, centre;
  double radius = 0, start = 0, duration = 0, amplitude = 1, period = 0;
  int count = 1;
};
template <class Visitor> void visit(Visitor&& v, Stimulus& o) {
  v("low", o.low, {"lower corner of the box [x, y, z] that it reaches"});
  v("high", o.high, {"upper corner of it"});
  v("centre", o.centre, {"of a ball instead of a box"});
  v("radius", o.radius, {"of the ball", "", at_least(0)});
  v("start", o.start, {"of the first pulse", "", at_least(0)});
  v("duration", o.duration, {"of a pulse; required", "", positive()});
  v("amplitude", o.amplitude, {"what it adds to u per time"});
  v("period", o.period, {"from pulse to pulse", "", at_least(0)});
  v("count", o.count, {"pulses", "", at_least(1)});
}

/// The `[solver]` table of a reaction_diffusion case file. Units of length and time are the reaction's.
struct Options {
  OptionTree reaction{OptionTree::Table{}};
  std::vector<double> diffusivity;
  OptionTree conductivity{1.0}, fibres;
  double across = 1;
  std::vector<Stimulus> stimuli;
  std::string diffusion = "explicit";
  double time_step = 0, step_scale = 1, tolerance = 1e-8, activation_threshold = 0.5;
};
template <class Visitor> void visit(Visitor&& v, Options& o) {
  v("reaction", o.reaction,
    {"{ profile = name, … }: bistable, fitzhugh_nagumo, gray_scott, aliev_panfilov, ventricular"});
  v("diffusivity", o.diffusivity, {"of each variable that diffuses; empty: the reaction's own", "", at_least(0)});
  v("conductivity", o.conductivity, {"factor on the diffusivities, >= 0; 0: no tissue. Number, or { file }", "1"});
  v("fibres", o.fibres,
    {"direction along which diffusivities hold: [x, y, z], an angle from x towards y [degrees], or "
     "{ file } with a vector fibre; none: everywhere along every axis"});
  v("across", o.across, {"diffusivity across fibres as a share of that along them", "1", positive()});
  v("stimuli", o.stimuli, {"low and high, or centre and radius, start, duration, amplitude, period, count"});
  v("diffusion", o.diffusion,
    {"explicit: stages as the step needs; implicit: multigrid", "", one_of({"explicit", "implicit"})});
  v("time_step", o.time_step,
    {"longest step, 0: the reaction's own; diffusion is stable at any length", "", at_least(0)});
  v("step_scale", o.step_scale, {"factor on the longest step", "1", positive()});
  v("tolerance", o.tolerance,
    {"largest residual of implicit diffusion, as a share of what drives it", "1", between(0, 1, Ends::open)});
  v("activation_threshold", o.activation_threshold, {"|u| that activation_time waits for", "1", positive()});
}

}  // namespace marea::reaction_diffusion
