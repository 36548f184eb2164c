// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/evaluation/rollout.hpp>

#include <vector>

#include <marea/io/error.hpp>
#include <marea/io/host_array.hpp>
#include <marea/solvers/device_array.hpp>

namespace marea {

void rollout(const Surrogate& surrogate, const ArrayRef& in, const ArrayRef& out, const Queue& queue) {
  const auto& info = surrogate.info();
  if (info.task != "step") fail<ConfigError>("rollout", "task = '", info.task, "' of the model must be 'step'");
  std::vector<std::vector<std::int64_t>> states;  // input channels of each output, the oldest state first
  for (const auto& channel : info.output_channels) {
    states.emplace_back();
    for (std::size_t c = 0; c < info.input_channels.size(); ++c)
      if (info.input_channels[c] == channel) states.back().push_back(static_cast<std::int64_t>(c));
    if (states.back().empty())
      fail<ConfigError>("rollout", "the output '", channel, "' of the model must be one of its inputs");
  }
  const bool on_host = in.memory == Memory::host;
  const HostArray host = on_host ? HostArray(in.dtype, in.extents()) : HostArray();
  const DeviceArray device = on_host ? DeviceArray() : DeviceArray(in.dtype, in.extents());
  const ArrayRef state = on_host ? host.ref() : device.ref();
  copy_array(in, state);
  for (std::int64_t lead = 0; lead < out.extent[0]; ++lead) {
    surrogate.predict(state, out[lead], queue);
    for (std::size_t c = 0; c < states.size(); ++c) {
      for (std::size_t s = 1; s < states[c].size(); ++s) copy_array(state[states[c][s]], state[states[c][s - 1]]);
      copy_array(out[lead][static_cast<std::int64_t>(c)], state[states[c].back()]);
    }
  }
}

}  // namespace marea
