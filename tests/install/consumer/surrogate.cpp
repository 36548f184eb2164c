// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <marea/io/case_file.hpp>
#include <marea/solvers/runtime.hpp>
#include <marea/solvers/simulation.hpp>
#include <marea/surrogate/surrogate.hpp>
#include <marea/surrogate/trainer.hpp>

/// Simulates an ensemble, fits a model to it and calls the model, with the installed package alone.
int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string folder = argv[1];
  marea::Runtime runtime(argc, argv);
  marea::OptionTree simulation = marea::parse_case_text(R"(
    [grid]
    nx = 16
    ny = 16
    x = [0.0, 1000.0]
    y = [0.0, 1000.0]
    boundary_x = ["wall", "wall"]
    boundary_y = ["wall", "wall"]
    [solver]
    name = "shallow_water"
    bathymetry = -10.0
    [initial]
    profile = "gaussian_hump"
    centre = [500.0, 500.0]
    radius = 150.0
    height = 0.5
    [output]
    every = 10.0
    fields = ["eta", "velocity"]
    [run]
    end_time = 20.0
    [ensemble]
    members = 4
    seed = 1
    sampling = "sobol"
    [ensemble.vary]
    "initial.height" = [0.1, 0.5]
    [ensemble.split]
    train = 0.5
    valid = 0.25
    test = 0.25
  )", "simulation");
  simulation.set_path("output.folder", folder + "/runs");
  const auto runs = marea::simulate_ensemble(simulation, MPI_COMM_WORLD);

  marea::OptionTree training = marea::parse_case_text(R"(
    [data]
    task = "step"
    inputs = ["eta", "velocity"]
    outputs = ["eta"]
    [model]
    name = "persistence"
  )", "training");
  training.set_path("data.folder", folder + "/runs");
  training.set_path("train.output", folder + "/model.h5");
  const auto model = marea::Surrogate::load(marea::train(training).model);

  const std::vector<std::int64_t> extents{3, 16, 16};
  const marea::HostArray in(marea::DType::f32, extents), out(marea::DType::f32, {1, 16, 16});
  const auto from = in.values<float>(), to = out.values<float>();
  for (std::size_t i = 0; i < from.size(); ++i) from[i] = 0.001f * static_cast<float>(i);
  model.predict(in.ref(), out.ref());
  const bool same = std::equal(to.begin(), to.end(), from.begin());
  std::printf("%zu runs, %s: eta %s\n", runs.size(), model.info().name.c_str(), same ? "persists" : "changes");
  return runs.size() == 4 && same ? 0 : 1;
}
