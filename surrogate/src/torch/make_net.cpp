// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/torch/net.hpp>

#include <ATen/CPUGeneratorImpl.h>

#include <marea/surrogate/registry.hpp>

namespace marea {

std::shared_ptr<Net> make_net(const ModelInfo& info, std::uint64_t seed) {
  const ModelEntry& entry = find_model(info.name);
  if (!entry.make_net) fail<ConfigError>("model", "'", info.name, "' is not a network; it is fitted, not trained");
  std::shared_ptr<Net> net = entry.make_net(info);
  net->initialise(at::make_generator<at::CPUGeneratorImpl>(seed));
  return net;
}

}  // namespace marea
