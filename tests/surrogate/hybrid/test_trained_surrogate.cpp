// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <marea/io/case_file.hpp>
#include <marea/io/progress.hpp>
#include <marea/solvers/advance.hpp>
#include <marea/solvers/registry.hpp>
#include <marea/solvers/simulation.hpp>
#include <marea/surrogate/hybrid/field_channels.hpp>
#include <marea/surrogate/hybrid/guard.hpp>
#include <marea/surrogate/hybrid/hybrid_options.hpp>
#include <marea/surrogate/hybrid/hybrid_solver.hpp>
#include <marea/surrogate/surrogate.hpp>
#include <marea/surrogate/trainer.hpp>

#include "support/basin_case.hpp"
#include "support/shared_folder.hpp"

using namespace marea;
using namespace marea::hybrid;

namespace {

constexpr double interval = 240.0;  // a wave moves 7.5 km, two cells and a sixth of its length
constexpr int intervals = 16;
constexpr double tolerance = 0.2;

/// A wave in a closed basin 100 m deep.
OptionTree basin(double x, double y, double radius, double height) {
  return test::basin_case({.nx = 32, .ny = 24, .cell = 4e3, .depth = 100, .x = x, .y = y, .radius = radius,
                           .height = height});
}

/// A folder with the runs of a small ensemble, and models trained on them.
class Laboratory {
 public:
  explicit Laboratory(int members) {
    set_progress_sink({});
    OptionTree file = basin(64e3, 48e3, 20e3, 1.0);
    file["output"]["folder"] = folder_.file("runs");
    file["output"]["every"] = interval;
    file["output"]["fields"] = OptionTree::Array{"eta", "velocity"};
    file["run"]["end_time"] = intervals * interval;
    file["ensemble"]["members"] = members;
    OptionTree& vary = file["ensemble"]["vary"];
    vary["initial.centre[0]"] = OptionTree::Array{20e3, 108e3};
    vary["initial.centre[1]"] = OptionTree::Array{16e3, 80e3};
    vary["initial.radius"] = OptionTree::Array{15e3, 25e3};
    vary["initial.height"] = OptionTree::Array{0.5, 1.5};
    simulate_ensemble(file, MPI_COMM_SELF);
  }

  /// The model file that the trainer makes with this [model] table.
  std::string trained(const std::string& model) const {
    OptionTree file = parse_toml(R"(
      data = { task = "step", inputs = ["eta", "velocity"], outputs = ["eta", "velocity"] }
      normalise = { residual = true, amplitude_of = "eta", amplitude_scaled = ["eta", "velocity"] }
      train = { epochs = 12, batch = 8, learning_rate = 5e-3, optimiser = "adamw", threads = 1 }
      model = )" + model, "training");
    file["data"]["folder"] = folder_.file("runs");
    file["train"]["output"] = folder_.file(file["model"]["name"].as_string() + ".h5");
    return train(file).model;
  }

 private:
  test::SharedFolder folder_{"test_trained_surrogate"};
};

struct Run {
  std::vector<LedgerEntry> ledger;
  double added;                    ///< distance at the end from the solver alone, relative, in the norm of the audits
  double growth;                   ///< of a relative error in that norm, at most, while it keeps its share of the energy
  bool same_bits;                  ///< as the solver alone
};

/// Waves keep the energy g eta^2 + depth velocity^2 but move it between channels. The norm divides each channel by its
/// rms, so it lies within the square roots of the least and the largest of these quotients of the energy; so do the
/// norms of an error and of the state, whose ratio then changes by the quotient of the two at most.
double largest_growth(const ModelInfo& info) {
  constexpr double gravity = 9.80665, depth = 100.0;
  std::vector<double> weights;
  for (const auto& channel : info.output_statistics)
    weights.push_back((channel.channel == "eta" ? gravity : depth) * channel.rms * channel.rms);
  const auto [least, largest] = std::ranges::minmax(weights);
  return largest / least;
}

Run guarded(OptionTree file, const std::string& model) {
  AnySolver alone = marea::make_solver(file, MPI_COMM_SELF);
  file["surrogate"]["model"] = model;
  file["hybrid"]["tolerance"] = tolerance;
  file["hybrid"]["audit"] = 1.0;
  AnySolver hybrid = hybrid::make_solver(file, MPI_COMM_SELF);
  for (int k = 1; k <= intervals; ++k) {
    advance_to(*hybrid, k * interval);
    advance_to(*alone, k * interval);
  }
  const ModelInfo info = Surrogate::load(model).info();
  const FieldChannels channels(info.outputs, alone->grid());
  std::vector<double> scales;
  for (const auto& channel : info.output_statistics) scales.push_back(channel.rms);
  const StateNorm norm(scales, MPI_COMM_SELF);
  const DeviceArray end = channels.make(), truth = channels.make();
  channels.read(*hybrid, end.ref());
  channels.read(*alone, truth.ref());
  return {to_ledger(hybrid->tables().back()), norm.of_difference(end.ref(), truth.ref()) / norm.of(truth.ref()),
          largest_growth(info), std::ranges::equal(channels.read_whole(*hybrid).values<double>(),
                                                   channels.read_whole(*alone).values<double>())};
}

/// Three waves that no training run holds, the last close to a corner.
std::vector<OptionTree> held_out_cases() {
  return {basin(35e3, 40e3, 18e3, 0.7), basin(60e3, 55e3, 22e3, 1.2), basin(100e3, 70e3, 17e3, 0.9)};
}

}  // namespace

TEST_CASE("with trained surrogates audits are within tolerance in at least the stated share") {
  const Laboratory laboratory(20);
  const std::string good = laboratory.trained(R"({ name = "fno", width = 12, modes = [8, 8], layers = 3, projection = 32 })");
  const std::string poor = laboratory.trained(R"({ name = "pod_ridge" })");
  for (const std::string& model : {good, poor}) {
    std::vector<LedgerEntry> all;
    for (const OptionTree& file : held_out_cases()) {
      const Run run = guarded(file, model);
      const LedgerSummary s = summarise(run.ledger, tolerance);
      CHECK(s.audited == s.accepted);
      CHECK(run.added <= run.growth * s.run_error_sum);
      all.insert(all.end(), run.ledger.begin(), run.ledger.end());
    }
    const LedgerSummary s = summarise(all, tolerance);
    INFO(to_string(s));
    if (model == good) CHECK(s.coverage > 0);
    if (s.audited > 0) CHECK(s.share_within >= stated_share);
  }
}

TEST_CASE("a state outside the training envelope is rolled back") {
  const Laboratory laboratory(8);
  const std::string model = laboratory.trained(R"({ name = "pod_ridge" })");
  const Run run = guarded(basin(60e3, 50e3, 18e3, 6.0), model);
  CHECK(std::ranges::all_of(run.ledger, [](const auto& e) { return e.proposed; }));
  CHECK(std::ranges::none_of(run.ledger, [](const auto& e) { return e.accepted; }));
  CHECK(std::ranges::any_of(run.ledger, [](const auto& e) { return e.domain > HybridOptions().domain_margin; }));
  CHECK(run.same_bits);
}
