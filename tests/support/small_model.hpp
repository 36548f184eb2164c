// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include <marea/io/model_file.hpp>

namespace marea::test {

/// A model on a small grid with walls: inputs eta and velocity, output eta.
inline ModelInfo small_model(const std::string& name, OptionTree options, std::vector<std::int64_t> extents) {
  ModelInfo info;
  info.name = name;
  info.options = std::move(options);
  info.task = "step";
  info.inputs = {{.name = "eta", .units = "m"}, {.name = "velocity", .units = "m s-1", .rank = 1}};
  info.outputs = {{.name = "eta", .units = "m"}};
  info.input_channels = {"eta", "velocity_x", "velocity_y"};
  info.output_channels = {"eta"};
  info.boundary.assign(extents.size(), {"wall", "wall"});
  info.extents = std::move(extents);
  info.interval = 60;
  return info;
}

inline OptionTree small_fno(int axes) {
  OptionTree options;
  options["width"] = 8;
  options["modes"] = OptionTree::Array(static_cast<std::size_t>(axes), OptionTree(3));
  options["layers"] = 2;
  options["projection"] = 16;
  return options;
}

inline OptionTree small_unet() {
  OptionTree options;
  options["width"] = 8;
  options["depth"] = 2;
  options["groups"] = 4;
  return options;
}

/// Every network at a small size on a grid of any number of axes: what the tests of all networks run on.
inline std::vector<ModelInfo> networks_on(const std::vector<std::int64_t>& extents) {
  return {small_model("fno", small_fno(static_cast<int>(extents.size())), extents),
          small_model("unet", small_unet(), extents)};
}

}  // namespace marea::test
