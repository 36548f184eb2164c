// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <fmt/format.h>

#include <marea/io/hdf5.hpp>

#include "report.hpp"

namespace marea::detail {

void write_figure_fields(const std::string& path, const ModelInfo& info, const std::vector<HeldOut>& runs,
                         const std::vector<Method>& methods, const OptionTree& report) {
  hdf5::File file(path, hdf5::Access::create);
  const auto* equal = report.at_path("speed_up.solver_label");
  const auto shown = methods.front().shown.size();
  file.write_attribute("channels", info.output_channels);
  for (std::size_t axis = 0; axis < info.centres.size(); ++axis) {
    const char* names[] = {"x", "y", "z"};
    file.write_dataset(names[info.centres.size() - 1 - axis],
                       make_array_ref(info.centres[axis].data(), {std::ssize(info.centres[axis])}));
  }
  const auto& times = runs.front().times;
  file.write_dataset("time", make_array_ref(times.data(), {std::ssize(times)}));
  for (std::size_t r = 0; r < shown; ++r) {
    auto group = file.create_group(fmt::format("run_{}", r));
    group.write_attribute("file", runs[r].file);
    const HostArray mask = error_mask(info, runs[r]);
    if (mask.size() > 0) group.write_dataset("mask", mask.ref());
    group.write_dataset("reference", runs[r].reference.ref());
    for (std::size_t m = 0; m < methods.size(); ++m) {
      const bool wanted = methods[m].kind != Method::Kind::solver || (equal && methods[m].label == equal->as_string());
      if (!wanted) continue;
      auto dataset = group.write_dataset(fmt::format("method_{}", m), methods[m].shown[r].ref());
      dataset.write_attribute("label", methods[m].label);
      dataset.write_attribute("kind", to_string(methods[m].kind));
    }
  }
  file.close();
}

}  // namespace marea::detail
