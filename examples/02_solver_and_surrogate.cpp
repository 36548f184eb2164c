// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
// A trained step surrogate beside the solver that made its data: both from the same state, one interval on.
//   02_solver_and_surrogate CASE.toml MODEL.h5
#include <cmath>
#include <cstdio>

#include <marea/io/case_file.hpp>
#include <marea/io/error.hpp>
#include <marea/solvers/advance.hpp>
#include <marea/solvers/registry.hpp>
#include <marea/solvers/runtime.hpp>
#include <marea/surrogate/hybrid/field_channels.hpp>
#include <marea/surrogate/surrogate.hpp>

int main(int argc, char** argv) try {
  if (argc != 3) return std::fprintf(stderr, "usage: %s CASE.toml MODEL.h5\n", argv[0]), 2;
  marea::Runtime runtime(argc, argv);
  const auto surrogate = marea::Surrogate::load(argv[2]);
  const auto& info = surrogate.info();
  auto solver = marea::make_solver(marea::read_case_file(argv[1]), MPI_COMM_WORLD);

  const marea::hybrid::FieldChannels inputs(info.inputs, solver->grid()), outputs(info.outputs, solver->grid());
  const auto state = inputs.read_whole(*solver);  // (channels, ny, nx), f64, on rank 0
  marea::advance_to(*solver, solver->time() + info.interval);
  const auto truth = outputs.read_whole(*solver);
  if (state.size() == 0) return 0;

  const auto forecast = truth;  // a copy, written over
  surrogate.predict(state.ref(), forecast.ref());
  const auto predicted = forecast.values<double>(), wanted = truth.values<double>();
  double error = 0, size = 0;
  for (std::int64_t i = 0; i < outputs.cells(); ++i) {  // the first channel
    error += std::pow(predicted[i] - wanted[i], 2);
    size += wanted[i] * wanted[i];
  }
  std::printf("%s after %g s: relative L2 difference %.3g\n", info.output_channels[0].c_str(), info.interval,
              std::sqrt(error / size));
} catch (const marea::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
