// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
//
// Lets tests/python compare marea's readers and writers with those of other packages.
//   io_probe samples JSON     every sample of a data set ({"folder", "task", "inputs", "outputs", "split", …}) as JSON
//   io_probe statistics DIR   writes DIR/stats.yaml
//   io_probe model PATH       writes a small model file and PATH.safetensors
#include <cstdio>
#include <iostream>
#include <string>

#include <nlohmann/json.hpp>

#include <marea/io/dataset.hpp>
#include <marea/io/error.hpp>
#include <marea/io/model_file.hpp>
#include <marea/io/well_statistics.hpp>

namespace {

using namespace marea;
using Json = nlohmann::ordered_json;

Json samples(const Json& request) {
  DatasetOptions options;
  options.folder = request.at("folder");
  options.task = request.value("task", "step");
  options.inputs = request.at("inputs");
  options.outputs = request.at("outputs");
  options.stride = request.value("stride", 1);
  options.history = request.value("history", 1);
  options.coarsen = request.value("coarsen", 1);
  options.boundary = request.value("boundary", std::vector<std::string>{});
  const Dataset data(options, request.value("split", "all"));
  const ModelInfo& info = data.info();
  const auto shaped = [&](std::size_t channels) {
    std::vector<std::int64_t> extents{static_cast<std::int64_t>(channels)};
    extents.insert(extents.end(), info.extents.begin(), info.extents.end());
    return HostArray(DType::f32, extents);
  };
  const HostArray in = shaped(info.input_channels.size()), out = shaped(info.output_channels.size());
  Json reply{{"input_channels", info.input_channels},
             {"output_channels", info.output_channels},
             {"extents", info.extents},
             {"centres", info.centres},
             {"interval", info.interval},
             {"boundary", info.boundary},
             {"samples", Json::array()}};
  for (std::int64_t s = 0; s < data.size(); ++s) {
    data.read(s, in.ref(), out.ref());
    reply["samples"].push_back({{"run", data.run_of(s)},
                                {"trajectory", data.runs()[data.run_of(s)].trajectory},
                                {"step", data.step_of(s)},
                                {"in", in.values<float>()},
                                {"out", out.values<float>()}});
  }
  return reply;
}

void write_model(const std::string& path) {
  ModelFile model;
  model.info.name = "fno";
  model.info.card["licence"] = "CC-BY-4.0";
  HostArray weight(DType::f32, {2, 3}), count(DType::i64, {});
  for (int i = 0; i < 6; ++i) weight.values<float>()[i] = static_cast<float>(i) / 7;
  count.values<std::int64_t>()[0] = 1234567890123;
  model.weights = {{"lift.weight", weight}, {"count", count}};
  write_model_file(path, model);
  export_safetensors(path, path + ".safetensors");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string command = argc == 3 ? argv[1] : "";
  try {
    if (command == "samples")
      std::cout << samples(Json::parse(argv[2])) << '\n';
    else if (command == "statistics")
      std::cout << write_well_statistics(argv[2]) << '\n';
    else if (command == "model")
      write_model(argv[2]);
    else
      return 2;
  } catch (const Error& e) {
    std::cerr << e.what() << '\n';
    return 3;
  }
}
