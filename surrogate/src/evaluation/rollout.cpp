// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/rollout.hpp>

#include <algorithm>

#include <marea/io/error.hpp>
#include <marea/io/host_array.hpp>

namespace marea {

void rollout(const Surrogate& surrogate, const ArrayRef& in, const ArrayRef& out) {
  const auto& info = surrogate.info();
  if (info.task != "step" || info.history != 1)
    fail<ConfigError>("rollout", "task = '", info.task, "', history = ", info.history,
                      " of the model: a rollout needs task 'step' and history 1");
  std::vector<std::int64_t> source;
  for (const auto& channel : info.output_channels) {
    const auto at = std::find(info.input_channels.begin(), info.input_channels.end(), channel);
    if (at == info.input_channels.end())
      fail<ConfigError>("rollout", "the output '", channel, "' of the model must be one of its inputs");
    source.push_back(at - info.input_channels.begin());
  }
  HostArray state(in.dtype, in.extents());
  copy(in, state.ref());
  for (std::int64_t lead = 0; lead < out.extent[0]; ++lead) {
    surrogate.predict(state.ref(), out[lead]);
    for (std::size_t c = 0; c < source.size(); ++c)
      copy(out[lead][static_cast<std::int64_t>(c)], state.ref()[source[c]]);
  }
}

}  // namespace marea
