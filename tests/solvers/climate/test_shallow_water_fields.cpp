// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <filesystem>

#include <doctest/doctest.h>

#include <marea/io/hdf5.hpp>
#include <marea/solvers/device_array.hpp>

#include "support/shallow_water_case.hpp"

using namespace marea;
using namespace marea::test;

namespace {

std::string grid() { return grid_table(20, 10, 0, 10, 0, 5, "wall", "wall"); }

}  // namespace

TEST_CASE("bad options are errors that name place, rule and remedy") {
  const auto fails = [](const std::string& text, const char* message) {
    CAPTURE(text);
    CHECK_THROWS_WITH_AS(make_case(text), doctest::Contains(message), ConfigError);
  };
  fails(grid() + "[solver]\nclf = 0.5\n", "did you mean 'cfl'?");
  fails(grid() + "[solver]\ncfl = 1.5\n", "cfl = 1.5 must lie in (0, 1]");
  fails(grid() + "[solver]\nlimiter = \"mcc\"\n", "must be one of minmod, mc, van_leer, superbee, steep");
  fails(grid() + "[solver]\ngravity = -1\n", "gravity = -1 must be > 0");
  fails(grid() + "[initial]\nprofile = \"gausian_hump\"\n", "must be one of gaussian_hump, dam_break");
  fails(grid() + "[initial]\nprofile = \"gaussian_hump\"\nhight = 1\n", "did you mean 'height'?");
  fails(grid() + "[solver.gauges]\nfar = [11, 1]\n", "must lie in the domain");
  fails("[grid]\nnx = 20\n[solver]\n", "needs two dimensions");
  fails(grid() + "[solver.bathymetry]\nprofile = \"rouhg\"\n", "must be one of flat, paraboloid, rough");
  CHECK_THROWS_AS(make_case(grid() + "[solver]\nbathymetry = nan\n"), Error);
}

TEST_CASE("fields of land and sea are what they are said to be") {
  // The bed of a paraboloid: sea inside radius 3, land outside.
  AnySolver solver = make_case(grid_table(20, 20, -5, 5, -5, 5, "wall", "wall") +
                               "[solver.bathymetry]\nprofile = \"paraboloid\"\ndepth = 2.0\nradius = 3.0\n");
  const auto bed = field_of(*solver, "bathymetry"), eta = field_of(*solver, "eta"), h = field_of(*solver, "h"),
             mask = field_of(*solver, "sea_mask"), still = field_of(*solver, "still_depth"),
             speed = field_of(*solver, "wave_speed");
  for (std::size_t n = 0; n < bed.size(); ++n) {
    CHECK(mask[n] == (bed[n] < 0));
    CHECK(still[n] == std::max(0.0, -bed[n]));
    CHECK(eta[n] == doctest::Approx(0));  // at rest: sea level, also over land
    CHECK(std::max(0.0, eta[n] - bed[n]) == doctest::Approx(h[n]));
    CHECK(speed[n] == doctest::Approx(std::sqrt(9.80665 * still[n])));
  }
}

TEST_CASE("running diagnostics hold the largest elevation and speed and the time of arrival") {
  AnySolver solver = make_case(grid_table(100, 8, 0, 1000, 0, 80, "open", "wall") +
                               "[solver]\nbathymetry = -10.0\narrival_threshold = 0.02\n[initial]\n"
                               "profile = \"gaussian_hump\"\ncentre = [200, 40]\nradius = [50, 1e9]\nheight = 0.2\n");
  std::vector<double> largest = field_of(*solver, "eta"), fastest(largest.size(), 0.0);
  for (int step = 0; step < 60; ++step) {
    solver->step(solver->stable_dt());
    const auto eta = field_of(*solver, "eta"), speed = field_of(*solver, "speed");
    for (std::size_t n = 0; n < eta.size(); ++n) {
      largest[n] = std::max(largest[n], eta[n]);
      fastest[n] = std::max(fastest[n], speed[n]);
    }
  }
  CHECK(field_of(*solver, "max_eta") == largest);
  const auto max_speed = field_of(*solver, "max_speed");
  for (std::size_t n = 0; n < fastest.size(); ++n) CHECK(max_speed[n] == doctest::Approx(fastest[n]).epsilon(1e-15));
  const auto arrival = field_of(*solver, "arrival_time");
  CHECK(arrival[20] == 0);                           // in the source
  CHECK(arrival[99] == solver->time());              // not yet reached: the present time
  // The right half of the hump, 0.1 exp(-(x / 50)^2), passes 0.02 m at 63 m before its crest; speed sqrt(g h).
  const double expected = (505 - 200 - 63.4) / std::sqrt(9.80665 * 10);
  CHECK(arrival[50] == doctest::Approx(expected).epsilon(0.03));
}

TEST_CASE("running diagnostics say what they keep, with this run's threshold") {
  AnySolver solver = make_case(grid() + "[solver]\nbathymetry = -2.0\narrival_threshold = 0.02\n");
  const auto running = [&](const std::string& name) {
    for (const FieldInfo& field : solver->outputs())
      if (field.name == name) return field.running;
    return std::string("no such field");
  };
  CHECK(running("max_eta") == "maximum(eta)");
  CHECK(running("max_speed") == "maximum(velocity)");
  CHECK(running("arrival_time") == "first_crossing(eta, 0.02)");
  CHECK(running("eta").empty());
}

TEST_CASE("water on land is told from water at sea, with its largest depth and where it has been") {
  // A paraboloid island turned inside out: sea inside radius 3, a beach outside; a hump of water runs up on it.
  AnySolver solver = make_case(grid_table(40, 40, -5, 5, -5, 5, "wall", "wall") +
                               "[solver]\nflood_threshold = 0.05\n[solver.bathymetry]\nprofile = \"paraboloid\"\n"
                               "depth = 1.0\nradius = 3.0\n[initial]\nprofile = \"gaussian_hump\"\nheight = 0.5\n");
  const auto bed = field_of(*solver, "bathymetry"), land = field_of(*solver, "land_mask"),
             sea = field_of(*solver, "sea_mask");
  std::vector<double> largest(bed.size(), 0.0);
  for (int step = 0; step < 60; ++step) {
    solver->step(solver->stable_dt());
    const auto h = field_of(*solver, "h"), flow = field_of(*solver, "flow_depth");
    for (std::size_t n = 0; n < h.size(); ++n) {
      CHECK(flow[n] == doctest::Approx(bed[n] >= 0 && h[n] > 1e-3 ? h[n] : 0.0).epsilon(1e-12));
      largest[n] = std::max(largest[n], flow[n]);
    }
  }
  CHECK(field_of(*solver, "max_flow_depth") == largest);
  const auto now = field_of(*solver, "flow_depth"), flooded = field_of(*solver, "flooded");
  int wet = 0, dried = 0, at_sea = 0;
  for (std::size_t n = 0; n < bed.size(); ++n) {
    CHECK(land[n] == (bed[n] >= 0));
    CHECK(sea[n] == 1 - land[n]);
    CHECK(flooded[n] == (largest[n] > 0.05));
    wet += flooded[n] == 1;
    dried += flooded[n] == 1 && now[n] < 0.05;
    at_sea += bed[n] < 0 && flooded[n] != 0;
  }
  CHECK(wet > 40);
  CHECK(dried > 0);  // it has been there and is gone
  CHECK(at_sea == 0);
  const auto fields = solver->outputs();
  const auto running = [&](std::string_view name) { return std::ranges::find(fields, name, &FieldInfo::name)->running; };
  CHECK(running("max_flow_depth") == "maximum(flow_depth)");
  CHECK(running("flooded") == "passed(flow_depth, 0.05)");
}

TEST_CASE("the state may be written as eta or h with velocity or momentum, and comes back") {
  AnySolver solver = make_case(grid() + "[solver]\nbathymetry = -2.0\nprecision = \"single\"\n");
  HostArray eta(DType::f32, {10, 20}), velocity(DType::f32, {10, 20, 2});
  for (int n = 0; n < 200; ++n) {
    eta.values<float>()[n] = 0.25f * static_cast<float>(n % 3);
    velocity.values<float>()[2 * n] = 0.5f;
    velocity.values<float>()[2 * n + 1] = -1.0f;
  }
  const NamedArray fields[] = {{"eta", eta.ref()}, {"velocity", velocity.ref()}};
  solver->write(fields);
  CHECK(field_of(*solver, "h")[2] == 2.5);
  CHECK(field_of(*solver, "hu")[2] == 1.25);
  CHECK(field_of(*solver, "velocity")[5] == -1);
  CHECK(field_of(*solver, "eta")[1] == 0.25);
  CHECK(solver->state().extent[2] == 20);
  const NamedArray incomplete[] = {{"eta", eta.ref()}};
  CHECK_THROWS_WITH_AS(solver->write(incomplete), doctest::Contains("velocity"), ConfigError);
  HostArray wrong(DType::f32, {20, 10});
  CHECK_THROWS_AS(solver->read("h", wrong.ref()), ShapeError);
  CHECK_THROWS_WITH_AS(solver->read("etaa", eta.ref()), doctest::Contains("did you mean 'eta'"), ConfigError);
}

/// The value of cell (j = 3, i = 7) of a variable, wherever its memory is.
double cell_of(const ArrayRef& variable) {
  const HostArray value(DType::f64, {1, 1});
  copy_array(variable.slice(0, 3, 4).slice(1, 7, 8), value.ref());
  return value.values<double>()[0];
}
void set_cell(const ArrayRef& variable, double value) {
  const HostArray one(DType::f64, {1, 1});
  one.values<double>()[0] = value;
  copy_array(one.ref(), variable.slice(0, 3, 4).slice(1, 7, 8));
}

TEST_CASE("asking for the state leaves no trace: steps go on swapping start and end") {
  AnySolver asked = make_case(grid() + "[solver]\nbathymetry = -2.0\n[initial]\nprofile = \"gaussian_hump\"\n");
  const void* first = asked->state().data;
  asked->step(0.01);
  const void* second = asked->state().data;
  CHECK(second != first);
  asked->step(0.01);
  CHECK(asked->state().data == first);
  {
    const auto hold = asked->hold_state();
    asked->step(0.01);
    CHECK(asked->state().data == first);
  }
  asked->step(0.01);
  CHECK(asked->state().data == second);
}

TEST_CASE("a state that is not finite is found, and field, cell and time are named") {
  AnySolver solver = make_case(grid() + "[solver]\nbathymetry = -2.0\n");
  const auto hold = solver->hold_state();
  set_cell(solver->state()[1], NAN);
  CHECK_THROWS_WITH_AS(solver->stable_dt(), doctest::Contains("hu is not finite in cell (j = 3, i = 7)"), NumericalError);
}

TEST_CASE("a held state stays where it is and may be written between any two steps") {
  const std::string lake = grid() + "[solver]\nbathymetry = -2.0\n";
  AnySolver kept = make_case(lake), fresh = make_case(lake);
  const auto hold = kept->hold_state();
  const ArrayRef state = kept->state();
  const auto raise = [](const ArrayRef& q) { set_cell(q[0], cell_of(q[0]) + 6); };
  for (int n = 0; n < 3; ++n) {
    kept->step(kept->stable_dt());
    fresh->step(fresh->stable_dt());
    CHECK(kept->stable_dt() == fresh->stable_dt());
    raise(state);
    raise(fresh->state());
    fresh->observe();
    CHECK(kept->stable_dt() == fresh->stable_dt());
    CHECK(field_of(*kept, "h") == field_of(*fresh, "h"));
  }
}

TEST_CASE("what was written through a handle counts after the handle is gone") {
  const std::string lake = grid() + "[solver]\nbathymetry = -2.0\n";
  AnySolver written = make_case(lake), fresh = make_case(lake);
  auto hold = written->hold_state();
  for (AnySolver* each : {&written, &fresh}) {
    (*each)->step(0.01);
    set_cell((*each)->state()[0], 8.0);
  }
  hold.reset();
  fresh->observe();
  CHECK(written->stable_dt() == fresh->stable_dt());
}

TEST_CASE("a state is set from depth or elevation, with velocity or both discharges and nothing beside them") {
  AnySolver solver = make_case(grid() + "[solver]\nbathymetry = -2.0\n");
  const HostArray one(DType::f64, {10, 20}), two(DType::f64, {10, 20, 2});
  std::ranges::fill(one.values<double>(), 3.0);
  std::ranges::fill(two.values<double>(), 0.5);
  const auto set = [&](std::initializer_list<const char*> names) {
    std::vector<NamedArray> fields;
    for (const std::string name : names) fields.push_back({name, name == "velocity" ? two.ref() : one.ref()});
    solver->write(fields);
  };
  for (const auto& names : {std::initializer_list<const char*>{"h", "hu", "velocity"}, {"h", "hu", "hv", "velocity"},
                            {"h", "hu"}, {"h"}})
    CHECK_THROWS_WITH_AS(set(names), doctest::Contains("the state needs velocity, or hu and hv"), ConfigError);
  CHECK_THROWS_WITH_AS(set({"h", "eta", "velocity"}), doctest::Contains("one of h and eta"), ConfigError);
  set({"eta", "velocity"});
  CHECK(field_of(*solver, "h")[0] == 5.0);
  CHECK(field_of(*solver, "hu")[0] == 2.5);
  set({"h", "hu", "hv"});
  CHECK(field_of(*solver, "hv")[0] == 3.0);
}

TEST_CASE("a gauge beside land is linear between wet cells, and a gauge on land shows land") {
  AnySolver solver = make_case(grid_table(20, 20, -10, 10, -10, 10, "wall", "wall") +
                               "[solver]\ngauges = { shore = [6.2, 0.7], sea = [1, 1], land = [9, 9] }\n"
                               "bathymetry = { profile = \"paraboloid\", depth = 1.0, radius = 5.0 }\n"
                               "[initial]\nprofile = \"lake_at_rest\"\nlevel = 0.5\n");
  for (const Table& gauge : solver->tables()) {
    CAPTURE(gauge.name);
    CHECK(gauge.values[1] == doctest::Approx(gauge.name == "gauge_land" ? 0.0 : 0.5).epsilon(1e-14));
  }
}

TEST_CASE("bathymetry and state come from files, regridded; NaN and wrong extents are errors") {
  const std::string path = "test_shallow_water_fields.h5";
  const auto write = [&](double bad, std::int64_t nx) {
    std::vector<double> values(4 * nx), x(nx), y{0, 2, 4, 6};
    for (std::int64_t i = 0; i < nx; ++i) x[i] = 3.0 * static_cast<double>(i);
    for (std::int64_t n = 0; n < 4 * nx; ++n) values[n] = -1 - 0.1 * x[n % nx] - 0.2 * y[n / nx];
    values[5] += bad;
    hdf5::File file(path, hdf5::Access::create);
    file.write_dataset("bathymetry", make_array_ref(values.data(), {4, nx}));
    file.write_dataset("x", make_array_ref(x.data(), {nx}));
    file.write_dataset("y", make_array_ref(y.data(), {4}));
  };
  write(0, 5);
  AnySolver solver = make_case(grid() + "[solver.bathymetry]\nfile = \"" + path + "\"\n");
  const auto bed = field_of(*solver, "bathymetry");
  CHECK(bed[3 * 20 + 7] == doctest::Approx(-1 - 0.1 * 3.75 - 0.2 * 1.75));  // bilinear is exact for a plane
  CHECK_THROWS_AS(make_case(grid() + "[solver.bathymetry]\nfile = \"" + path + "\"\nregrid = \"none\"\n"), ShapeError);
  write(8, 5);  // a tent of height 8, half-widths 3 and 2, at x = 0, y = 2: its volume within x >= 0 is 8 * 3 * 2 / 2
  solver = make_case(grid() + "[solver.bathymetry]\nfile = \"" + path + "\"\nregrid = \"mean\"\n");
  const auto means = field_of(*solver, "bathymetry");
  double tent = 0;
  for (std::size_t n = 0; n < means.size(); ++n) tent += means[n] - bed[n];
  CHECK(tent * 0.5 * 0.5 == doctest::Approx(8 * 3 * 2 / 2.0));
  write(NAN, 5);
  CHECK_THROWS_AS(make_case(grid() + "[solver.bathymetry]\nfile = \"" + path + "\"\n"), DataError);
  std::filesystem::remove(path);
  CHECK_THROWS_AS(make_case(grid() + "[solver.bathymetry]\nfile = \"" + path + "\"\n"), IoError);
}
