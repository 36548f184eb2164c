// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>

#include <marea/io/options.hpp>
#include <marea/solvers/numerics/limiters.hpp>

namespace marea::shallow_water {

/// `[solver.inflow]`: a wave that comes in through every boundary of kind `inflow`.
struct InflowOptions {
  std::string file;            ///< HDF5 file, empty: no inflow boundary
  std::string time = "time";   ///< dataset of times [s], increasing
  std::string eta = "eta";     ///< dataset of surface elevations [m], as many
  std::string after = "open";  ///< the boundary after the last time: open or wall
};
template <class Visitor> void visit(Visitor&& v, InflowOptions& o) {
  v("file", o.file, {"HDF5 file with the incoming wave; needed by a boundary of kind inflow"});
  v("time", o.time, {"dataset of times [s], increasing"});
  v("eta", o.eta, {"dataset of the incoming wave's own surface elevation at the boundary [m], one value a time"});
  v("after", o.after, {"the boundary after the last time: open, where the last elevation stays and waves leave, or wall",
                       "", one_of({"open", "wall"})});
}

/// The `[solver]` table of a shallow_water case file.
struct Options {
  double gravity = 9.80665;
  double coriolis = 0;
  double manning = 0;
  double cfl = 0.9;
  int order = 2;
  std::string limiter = "steep";
  std::string riemann = "hllc";
  double dry_depth = 1e-3;
  double arrival_threshold = 0.01, flood_threshold = 0.1;
  OptionTree bathymetry = 0.0;
  InflowOptions inflow;
};
template <class Visitor> void visit(Visitor&& v, Options& o) {
  v("gravity", o.gravity, {"acceleration of gravity", "m s-2", positive()});
  v("coriolis", o.coriolis, {"Coriolis parameter f", "s-1"});
  v("manning", o.manning, {"Manning's bottom friction, implicit; 0: none", "s m-1/3", at_least(0)});
  v("cfl", o.cfl, {"Courant number: dt ((|u| + c) / dx + (|v| + c) / dy)", "1", between(0, 1, Ends::open_closed)});
  v("order", o.order, {"order of accuracy: 1 (Godunov) or 2 (MUSCL-Hancock)", "1", between(1, 2)});
  v("limiter", o.limiter, {"slope limiter at order 2", "", one_of(limiters::names())});
  v("riemann", o.riemann, {"Riemann solver", "", one_of({"hllc", "rusanov"})});
  v("dry_depth", o.dry_depth, {"a cell with less water has no velocity", "m", positive()});
  v("arrival_threshold", o.arrival_threshold, {"|eta - still eta| that counts as arrival", "m", positive()});
  v("flood_threshold", o.flood_threshold, {"flow_depth that counts as flooded", "m", positive()});
  v("bathymetry", o.bathymetry,
    {"bed elevation, positive up, still water at 0: a number, { file, regrid } or { profile, ... }", "m"});
  v("inflow", o.inflow);
}

}  // namespace marea::shallow_water
