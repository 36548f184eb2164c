// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cstdlib>
#include <filesystem>

#include <doctest/doctest.h>

#include <marea/io/hdf5.hpp>

#include "support/shallow_water_case.hpp"
#include "support/verification.hpp"

using namespace marea;
using namespace marea::test;

namespace {

std::vector<double> read_all(const hdf5::File& file, const char* name) {
  const hdf5::Dataset dataset = file.open_dataset(name);
  std::vector<double> values(dataset.size());
  dataset.read(make_array_ref(values.data(), DType::f64, dataset.extents()));
  return values;
}

/// Elevation at time t, linear between the rows (time, eta, …) of a gauge.
double at(const Table& gauge, double t) {
  const std::size_t columns = gauge.columns.size();
  std::size_t row = 1;
  while (row + 1 < static_cast<std::size_t>(gauge.rows()) && gauge.values[row * columns] < t) ++row;
  const double *a = &gauge.values[(row - 1) * columns], *b = &gauge.values[row * columns];
  return a[1] + (t - a[0]) / (b[0] - a[0]) * (b[1] - a[1]);
}

}  // namespace

// M. Matsuyama and H. Tanaka (2001), An experimental study of the highest run-up height in the 1993 Hokkaido
// Nansei-oki earthquake tsunami; benchmark problem 7 of the NTHMP. Measured until the inflow ends at 22.5 s.
TEST_CASE("the waves of the Monai valley experiment reach the gauges in time and height") {
  const char* folder = std::getenv("MAREA_DATA");
  const std::string path = folder ? std::string(folder) + "/nthmp/monai_valley.h5" : "";
  if (!folder || !std::filesystem::exists(path)) {
    MESSAGE("skipped: needs MAREA_DATA with nthmp/monai_valley.h5");
    return;
  }
  const hdf5::File file(path, hdf5::Access::read);
  const auto time = read_all(file, "gauge_time"), measured = read_all(file, "gauge_eta"),
             x = read_all(file, "gauge_x"), y = read_all(file, "gauge_y");
  const char* names[] = {"ch5", "ch7", "ch9"};
  std::string gauges;
  for (int g = 0; g < 3; ++g) {
    gauges += std::string(names[g]) + " = [" + std::to_string(x[g]) + ", " + std::to_string(y[g]) + "]\n";
  }
  // Half the resolution of the bed: cells of 2.8 cm.
  AnySolver solver = make_case(
      "[grid]\nnx = 196\nny = 122\nx = [0, 5.488]\ny = [0, 3.402]\nboundary_x = [\"inflow\", \"wall\"]\n"
      "boundary_y = [\"wall\", \"wall\"]\n[solver]\nmanning = 0.0025\ndry_depth = 1e-4\n[solver.bathymetry]\nfile = \"" +
      path + "\"\n[solver.inflow]\nfile = \"" + path + "\"\ntime = \"inflow_time\"\neta = \"inflow_eta\"\n" +
      "[solver.gauges]\n" + gauges);
  advance_to(*solver, 22.5);
  const auto tables = solver->tables();
  for (int g = 0; g < 3; ++g) {
    CAPTURE(std::string(names[g]));
    double squares = 0, crest[2] = {0, 0}, when[2] = {0, 0};
    int count = 0;
    for (std::size_t n = 0; n < time.size() && time[n] <= 22.5; ++n, ++count) {
      const double values[] = {measured[3 * n + g], at(tables[g], time[n])};
      squares += (values[0] - values[1]) * (values[0] - values[1]);
      for (int k = 0; k < 2; ++k) {
        if (values[k] > crest[k]) crest[k] = values[k], when[k] = time[n];
      }
    }
    MESSAGE(std::string(names[g]), ": rms difference ", 1000 * std::sqrt(squares / count), " mm; crest measured ",
            1000 * crest[0], " mm at ", when[0], " s, computed ", 1000 * crest[1], " mm at ", when[1], " s");
    CHECK(std::sqrt(squares / count) < 0.15 * crest[0]);
    verify("Monai valley, gauge " + std::string(names[g]) + ": crest [mm]", 1000 * crest[1], 1000 * crest[0],
           100 * crest[0]);
    verify("Monai valley, gauge " + std::string(names[g]) + ": time of the crest [s]", when[1], when[0], 0.5);
  }
}
