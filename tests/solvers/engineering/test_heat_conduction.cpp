// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <cmath>
#include <fstream>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <marea/io/case_file.hpp>
#include <marea/io/host_array.hpp>
#include <marea/solvers/registry.hpp>

#include "support/shared_folder.hpp"
#include "support/verification.hpp"

using namespace marea;

namespace {

using Lines = std::vector<std::string>;

AnySolver solver(const std::string& text, const Lines& overrides = {}) {
  return make_solver(parse_case_text(text, "case.toml", overrides), MPI_COMM_SELF);
}
std::vector<double> values(SolverInterface& s, const std::string& field = "temperature") {
  const Block& b = s.grid().block;
  const HostArray q(DType::f64, std::span<const std::int64_t>(b.extent.data(), static_cast<std::size_t>(b.rank)));
  s.read(field, q.ref());
  return {q.values<double>().begin(), q.values<double>().end()};
}
void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }
double invariant(SolverInterface& s, const std::string& name) {
  for (const NamedScalar& one : s.invariants())
    if (one.name == name) return one.value;
  return NAN;
}

/// A wall of 0.2 m2 in three layers, its low face at 350 K, air of 290 K at the high one.
const std::string wall = R"([grid]
nx = 4
ny = 4
x = [0.0, 0.4]
y = [0.0, 0.5]
boundary_x = ["insulated", "wall"]
boundary_y = ["insulated", "insulated"]
boundary_z = ["fixed", "convective"]
[solver]
name = "heat_conduction"
temperature_low = [300.0, 300.0, 350.0]
temperature_high = [300.0, 300.0, 290.0]
transfer_high = [0.0, 0.0, 8.0]
tolerance = 1e-12
layers = [
  { name = "brick", thickness = 0.1, conductivity = 0.8, cells = 5 },
  { name = "wool", thickness = 0.02, conductivity = [9.0, 7.0, 0.04], cells = 2 },
  { name = "steel", thickness = 0.003, conductivity = 50.0, cells = 3 },
]
)";

/// Temperatures at z, from the resistances in series of the wall [m2 K W-1].
double of_wall(double z) {
  const double brick = 0.1 / 0.8, wool = 0.02 / 0.04, steel = 0.003 / 50;
  const double flux = (350 - 290) / (brick + wool + steel + 1 / 8.0);
  const double to_z = z < 0.1 ? z / 0.8 : z < 0.12 ? brick + (z - 0.1) / 0.04 : brick + wool + (z - 0.12) / 50;
  return 350 - flux * to_z;
}
std::string cells(int n) { return std::to_string(n); }

/// Mean error on n cells of a slab 1 m thick with a source, one end held at 300 K and the other cooled by air of 300 K.
double error_of_slab(int n) {
  AnySolver s = solver("[grid]\nnx = " + cells(n) + "\nboundary_x = [\"fixed\", \"convective\"]\n"
                       "[solver]\nname = \"heat_conduction\"\nconductivity = 2.0\nsource = 100.0\n"
                       "transfer_high = [4.0, 0.0, 0.0]\ntolerance = 1e-12\n");
  s->step(1);
  const std::vector<double> t = values(*s);
  // 2 T'(1) = -4 (T(1) - 300): with T = 300 + a x - 25 x^2, 2 (a - 50) = -4 (a - 25), a = 200 / 6.
  double sum = 0;
  for (int i = 0; i < n; ++i) {
    const double x = (i + 0.5) / n;
    sum += std::fabs(t[static_cast<std::size_t>(i)] - (300 + 200.0 / 6 * x - 25 * x * x)) / n;
  }
  return sum;
}

/// Temperature above the air in the middle of a wall of unit half thickness, conductivity, capacity and transfer at time 1,
/// as a share of the first: H. S. Carslaw, J. C. Jaeger, Conduction of Heat in Solids (1959), section 3.11.
double cooled_wall() {
  double sum = 0;
  for (int n = 0; n < 6; ++n) {
    double low = n * std::numbers::pi, high = low + std::numbers::pi / 2;  // of a with a tan(a) = 1
    for (int k = 0; k < 60; ++k) (std::tan((low + high) / 2) * (low + high) / 2 < 1 ? low : high) = (low + high) / 2;
    sum += 4 * std::sin(low) / (2 * low + std::sin(2 * low)) * std::exp(-low * low);
  }
  return sum;
}

/// Mean temperature of a centred rectangle 2 a x 2 b with an even flux on a plate 2 c x 2 d x t, per power, over the
/// air that cools its other face by h: the spreading resistance and those of the plate and the air.
///
/// Source: M. M. Yovanovich, Y. S. Muzychka, J. R. Culham, Spreading resistance of isoflux rectangles and strips on
/// compound flux channels (1999), doi:10.2514/2.6467, for one layer.
double spreading(double a, double b, double c, double d, double t, double k, double h) {
  const auto phi = [&](double x) {
    const double slope = std::tanh(x * t);
    return (x + h / k * slope) / (x * slope + h / k);  // of a wave x on the plate
  };
  double sum = 0;
  for (int m = 0; m < 400; ++m)
    for (int n = 0; n < 400; ++n) {
      if (m + n == 0) continue;
      const double x = m * std::numbers::pi / c, y = n * std::numbers::pi / d, both = std::hypot(x, y);
      const double share_x = m == 0 ? 1 : std::sin(a * x) / (a * x), share_y = n == 0 ? 1 : std::sin(b * y) / (b * y);
      const double weight = (m == 0 ? 1 : 2) * (n == 0 ? 1 : 2);
      sum += weight * std::pow(share_x * share_y, 2) * phi(both) / (4 * c * d * k * both);
    }
  return sum + (t / k + 1 / h) / (4 * c * d);
}
/// The same by the solver, n cells along each side of the plate.
double spreading_on(int n) {
  const test::SharedFolder folder("spreading");
  write(folder.file("source.csv"), "name x y width height power\nsource 0.01 0.01 0.02 0.02 10\n");
  AnySolver s = solver("[grid]\nnx = " + cells(n) + "\nny = " + cells(n) + "\nx = [0.0, 0.04]\ny = [0.0, 0.04]\n"
                       "boundary_x = [\"insulated\", \"insulated\"]\nboundary_y = [\"insulated\", \"insulated\"]\n"
                       "boundary_z = [\"insulated\", \"convective\"]\n"
                       "[solver]\nname = \"heat_conduction\"\ntransfer_high = [0.0, 0.0, 1000.0]\ntolerance = 1e-10\n"
                       "layers = [{ name = \"source\", thickness = 1e-5, conductivity = 100.0, floorplan = \"" +
                       folder.file("source.csv") + "\" },\n{ name = \"plate\", thickness = 0.01, cells = " +
                       cells(n / 2) + ", conductivity = 100.0 }]\n");
  s->step(1);
  return (s->tables().at(0).values[3] - 300) / 10;
}

}  // namespace

TEST_CASE("heat spreads from a small source as the published formula says") {
  const double exact = spreading(0.01, 0.01, 0.02, 0.02, 0.01, 100, 1000);
  const double coarse = std::fabs(spreading_on(16) / exact - 1), fine = std::fabs(spreading_on(32) / exact - 1);
  test::verify("heat, square source on a cooled plate, 32² cells: error of the resistance", fine, 0, 0.005);
  CHECK(fine < 0.6 * coarse);
}

TEST_CASE("a contact resists between two layers, and at the last face, as it would in series") {
  AnySolver s = solver(wall, {"solver.layers[0].contact_resistance=0.3", "solver.layers[2].contact_resistance=0.05"});
  s->step(1);
  const double flux = 60 / (0.1 / 0.8 + 0.3 + 0.02 / 0.04 + 0.003 / 50 + 0.05 + 1 / 8.0);
  const std::vector<double> t = values(*s);
  test::verify("heat, wall with a contact resistance: temperature before it [K]", t[16 * 4], 350 - flux * 0.09 / 0.8,
               1e-9);
  CHECK(t[16 * 5] == doctest::Approx(350 - flux * (0.1 / 0.8 + 0.3 + 0.005 / 0.04)).epsilon(1e-12));
  CHECK(t[16 * 9] == doctest::Approx(290 + flux * (0.0005 / 50 + 0.05 + 1 / 8.0)).epsilon(1e-12));
}

TEST_CASE("a wall of layers has the temperatures of resistances in series") {
  AnySolver s = solver(wall);
  s->step(1);
  const std::vector<double> t = values(*s);
  const std::vector<double>& z = s->grid().centres[0];
  REQUIRE(z.size() == 10);
  test::verify("heat, wall of three layers: coldest temperature [K]", t[16 * 9], of_wall(0.1225), 1e-9);
  CHECK(z[4] == doctest::Approx(0.09));
  CHECK(z[5] == doctest::Approx(0.105));
  CHECK(z[9] == doctest::Approx(0.1225));
  for (std::size_t k = 0; k < z.size(); ++k)
    for (std::size_t n = 0; n < 16; ++n) CHECK(t[16 * k + n] == doctest::Approx(of_wall(z[k])).epsilon(1e-12));
}

TEST_CASE("what flows out of a steady wall is the power in it, to the tolerance") {
  AnySolver s = solver(wall, {"solver.layers[0].power=30.0", "solver.layers[2].power=12.0", "solver.source=500.0"});
  s->step(1);
  CHECK(invariant(*s, "power") == doctest::Approx(30 + 12 + 500 * 0.2 * 0.123).epsilon(1e-12));
  CHECK(invariant(*s, "outflow") == doctest::Approx(30 + 12 + 500 * 0.2 * 0.123).epsilon(1e-8));
  CHECK(s->steady());
}

TEST_CASE("a slab with a source, one end held and one cooled, is of second order on three grids") {
  const double coarse = error_of_slab(16), middle = error_of_slab(32), fine = error_of_slab(64);
  CHECK(std::log2(coarse / middle) == doctest::Approx(2).epsilon(0.05));
  test::verify("heat, slab with a source: order", std::log2(middle / fine), 2, 0.1);
}

TEST_CASE("a block that conducts differently along its axes is the isotropic one in stretched coordinates") {
  const std::string one = "[grid]\nnx = 16\nny = 12\nboundary_x = [\"fixed\", \"fixed\"]\nboundary_y = [\"fixed\", "
                          "\"fixed\"]\n[solver]\nname = \"heat_conduction\"\nsource = 1.0\ntolerance = 1e-12\n";
  AnySolver a = solver(one, {"solver.conductivity=[4.0, 9.0, 1.0]"});
  AnySolver b = solver(one, {"grid.x=[0.0, 0.5]", "grid.y=[0.0, 0.33333333333333333]"});
  a->step(1);
  b->step(1);
  const std::vector<double> stretched = values(*a), isotropic = values(*b);
  for (std::size_t n = 0; n < stretched.size(); ++n)
    CHECK(stretched[n] == doctest::Approx(isotropic[n]).epsilon(1e-12));
}

TEST_CASE("blocks of both forms of floorplan heat what they cover, and tell their temperatures") {
  const test::SharedFolder folder("floorplan");
  write(folder.file("die.flp"), "# name width height left bottom\nleft\t0.15\t0.5\t0.0\t0.0\n"
                                "right 0.25 0.5 0.15 0.0\nleft right 3.0\n");
  write(folder.file("die.csv"), "name,x,y,width,height,power\nleft,0,0,0.15,0.5,6\nright,0.15,0,0.25,0.5,1.5\n");
  const auto with = [&](const std::string& file, const std::string& powers) {
    AnySolver s = solver(wall, {"solver.layers[0].floorplan=" + folder.file(file),
                                "solver.layers[0].powers=" + powers});
    s->step(1);
    return s;
  };
  AnySolver hotspot = with("die.flp", "{ left = 6.0, right = 1.5 }"), table = with("die.csv", "{}");
  CHECK(values(*hotspot) == values(*table));
  CHECK(invariant(*hotspot, "power") == doctest::Approx(7.5).epsilon(1e-12));
  // Cells are 0.1 m wide: the left block has one and a half, the right block two and a half.
  const std::vector<double> q = values(*hotspot, "source"), t = values(*hotspot);
  const double left = 6 / (0.15 * 0.5 * 0.1), right = 1.5 / (0.25 * 0.5 * 0.1);
  CHECK(q[0] == doctest::Approx(left).epsilon(1e-12));
  CHECK(q[1] == doctest::Approx((left + right) / 2).epsilon(1e-12));
  CHECK(q[3] == doctest::Approx(right).epsilon(1e-12));
  CHECK(q[16 * 5] == 0);
  double hottest = 0, mean = 0;  // of the left block: all that lie in the lowest five rows of cells
  for (int k = 0; k < 5; ++k)
    for (int j = 0; j < 4; ++j) {
      const std::size_t row = static_cast<std::size_t>(16 * k + 4 * j);
      hottest = std::max({hottest, t[row], t[row + 1]});
      mean += (t[row] + 0.5 * t[row + 1]) / (1.5 * 20);
    }
  const std::vector<Table> tables = hotspot->tables();
  REQUIRE(tables.size() == 2);
  CHECK(tables[0].name == "block_left");
  CHECK(tables[0].values[1] == 6);
  CHECK(tables[0].values[2] == hottest);
  CHECK(tables[0].values[3] == doctest::Approx(mean).epsilon(1e-12));
}

TEST_CASE("bad floorplans are refused with the block and the remedy") {
  const test::SharedFolder folder("floorplan");
  const auto refuses = [&](const std::string& text, const std::string& part) {
    CAPTURE(part);
    write(folder.file("bad.flp"), text);
    CHECK_THROWS_WITH(solver(wall, {"solver.layers[0].floorplan=" + folder.file("bad.flp")}),
                      doctest::Contains(part.c_str()));
  };
  refuses("a 0.3 0.5 0.2 0.0\n", "block a, [0.2, 0.5] x [0, 0.5], must lie on the die of 0.4 x 0.5 m");
  refuses("a 0.2 0.5 0.0 0.0\nb 0.2 0.5 0.1 0.0\n", "blocks a and b overlap by 0.1 x 0.5 m");
  refuses("a 0.2 0.5 0.0 0.0\na 0.2 0.5 0.2 0.0\n", "two blocks have the name a");
  refuses("a 0.0 0.5 0.0 0.0\n", "width and height must be > 0");
  refuses("a 0.1 wide 0.0 0.0\n", "bad.flp:1: height = wide must be a finite number");
  refuses("# nothing\n", "the floorplan has no blocks");
  CHECK_THROWS_WITH(solver(wall, {"solver.layers[0].powers={ a = 1.0 }"}), doctest::Contains("but no floorplan"));
  write(folder.file("good.flp"), "core 0.4 0.5 0.0 0.0\n");
  CHECK_THROWS_WITH(solver(wall, {"solver.layers[0].floorplan=" + folder.file("good.flp"),
                                  "solver.layers[0].powers={ cores = 1.0 }"}),
                    doctest::Contains("did you mean 'core'"));
}

TEST_CASE("a wave decays by the stability function of each method, of order one and two") {
  // A sine between held ends is an eigenvector of the discrete Laplacian, of the eigenvalue -lambda.
  const int n = 16;
  const double dx = 1.0 / n, lambda = 4 / (dx * dx) * std::pow(std::sin(std::numbers::pi * dx / 2), 2) * 3.0 / 5.0;
  const auto decay = [&](const std::string& method, int steps, double end) {
    AnySolver s = solver("[grid]\nnx = 16\nboundary_x = [\"fixed\", \"fixed\"]\n[solver]\n"
                         "name = \"heat_conduction\"\nconductivity = 3.0\nheat_capacity = 5.0\ntolerance = 1e-13\n"
                         "method = \"" + method + "\"\n");
    CHECK(!s->steady());
    const HostArray wave(DType::f64, std::vector<std::int64_t>{n});
    for (int i = 0; i < n; ++i) wave.values<double>()[i] = 300 + 10 * std::sin(std::numbers::pi * (i + 0.5) * dx);
    const NamedArray given{"temperature", wave.ref()};
    s->write({&given, 1});
    for (int step = 0; step < steps; ++step) s->step(end / steps);
    return (values(*s)[n / 2] - 300) / (wave.values<double>()[n / 2] - 300);
  };
  const double z = -lambda * 0.1, g = 1 - std::sqrt(0.5);
  CHECK(decay("backward_euler", 1, 0.1) == doctest::Approx(1 / (1 - z)).epsilon(1e-11));
  CHECK(decay("sdirk2", 1, 0.1) == doctest::Approx((1 + (1 - 2 * g) * z) / ((1 - g * z) * (1 - g * z))).epsilon(1e-11));
  for (const auto& [method, order] : {std::pair("backward_euler", 1), std::pair("sdirk2", 2)}) {
    const double exact = std::exp(-lambda * 0.2);
    const double coarse = std::fabs(decay(method, 16, 0.2) - exact), middle = std::fabs(decay(method, 32, 0.2) - exact),
                 fine = std::fabs(decay(method, 64, 0.2) - exact);
    CHECK(std::log2(coarse / middle) == doctest::Approx(order).epsilon(0.05));
    test::verify("heat, decay of a wave: order of " + std::string(method), std::log2(middle / fine), order, 0.05 * order);
  }
}

TEST_CASE("a wall that air cools has the temperature of the series") {
  AnySolver s = solver("[grid]\nnx = 64\nboundary_x = [\"insulated\", \"convective\"]\n[solver]\n"
                       "name = \"heat_conduction\"\nmethod = \"sdirk2\"\ntransfer_high = [1.0, 0.0, 0.0]\n"
                       "tolerance = 1e-10\n[initial]\nprofile = \"uniform\"\nvalue = 400.0\n");
  for (int n = 0; n < 100; ++n) s->step(0.01);
  test::verify("heat, wall cooled by air, Bi = 1, Fo = 1: temperature in the middle", (values(*s)[0] - 300) / 100,
               cooled_wall(), 1e-4);
}

TEST_CASE("an insulated solid keeps the heat that it is given, to the tolerance") {
  for (const std::string method : {"backward_euler", "sdirk2"}) {
    AnySolver s = solver(wall, {"grid.boundary_z=[\"insulated\", \"insulated\"]", "solver.method=" + method,
                                "solver.layers[1].power=20.0", "solver.layers[0].heat_capacity=1000.0",
                                "solver.layers[2].heat_capacity=4000.0"});
    const double before = invariant(*s, "energy");
    for (const double dt : {0.5, 0.5, 2.0}) s->step(dt);
    CHECK(invariant(*s, "energy") - before == doctest::Approx(20 * 3.0).epsilon(1e-6));
  }
}

TEST_CASE("a long transient ends in the steady state") {
  AnySolver s = solver(wall, {"solver.method=sdirk2"}), steady = solver(wall);
  for (int n = 0; n < 5; ++n) s->step(1e6);
  steady->step(1);
  const std::vector<double> a = values(*s), b = values(*steady);
  for (std::size_t n = 0; n < a.size(); ++n) CHECK(a[n] == doctest::Approx(b[n]).epsilon(1e-9));
}

TEST_CASE("layer_refinement multiplies the cells of the layers, whether nz is given or not") {
  AnySolver by_hand = solver(wall, {"solver.layers[0].cells=10", "solver.layers[1].cells=4", "solver.layers[2].cells=6"});
  by_hand->step(1);
  for (const Lines& nz : {Lines{}, Lines{"grid.nz=10"}, Lines{"grid.nz=20"}}) {
    Lines all{"solver.layer_refinement=2"};
    all.insert(all.end(), nz.begin(), nz.end());
    AnySolver refined = solver(wall, all);
    refined->step(1);
    CHECK(values(*refined) == values(*by_hand));
    AnySolver again = make_solver(refined->options(), MPI_COMM_SELF);  // as a file keeps it
    CHECK(again->grid().block.global == refined->grid().block.global);
  }
}

TEST_CASE("the rise is the temperature above that of the held end, and sets it") {
  AnySolver s = solver(wall), other = solver(wall);
  s->step(1);
  const std::vector<double> rise = values(*s, "rise"), temperature = values(*s);
  for (std::size_t n = 0; n < rise.size(); ++n) CHECK(rise[n] == temperature[n] - 290);
  const HostArray given(DType::f64, {10, 4, 4});
  std::ranges::copy(rise, given.values<double>().begin());
  const NamedArray field{"rise", given.ref()};
  other->write({&field, 1});
  const std::vector<double> back = values(*other);
  for (std::size_t n = 0; n < back.size(); ++n) CHECK(back[n] == doctest::Approx(temperature[n]).epsilon(1e-15));
}

TEST_CASE("bad parameters are refused with what was found and the remedy") {
  const auto refuses = [](const Lines& overrides, const std::string& part) {
    CAPTURE(part);
    CHECK_THROWS_WITH(solver(wall, overrides), doctest::Contains(part.c_str()));
  };
  refuses({"solver.layers[1].conductivity=0.0"}, "solver.layers[1]");
  refuses({"solver.layers[1].conductivity=[1.0, -2.0, 1.0]"}, "conductivity = -2 must be > 0");
  refuses({"solver.layers[2].thickness=-0.1"}, "thickness = -0.1 must be > 0");
  refuses({"grid.boundary_z=[\"insulated\", \"wall\"]"}, "every end of the domain is insulated or periodic");
  refuses({"solver.transfer_high=[0.0, 0.0, 0.0]"}, "give a heat transfer coefficient > 0");
  refuses({"grid.boundary_x=[\"open\", \"wall\"]"}, "give insulated, fixed or convective");
  refuses({"grid.nz=11"}, "grid.nz = 11 but the layers together have 10");
  refuses({"grid.z=[0.0, 1.0]"}, "z does not span the 0.123 m of the layers");
  refuses({"solver.gauges={ a = [0.1, 0.1, 0.1] }"}, "gauges stand between cells of one size");
}
