// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <utility>
#include <vector>

#include <marea/io/host_array.hpp>
#include <marea/surrogate/torch/net.hpp>

namespace marea {

using NamedWeights = std::vector<std::pair<std::string, HostArray>>;

/// The parameters of a net in registration order, copied to the host in their own precision.
NamedWeights weights_of(const Net& net);

/// Sets the parameters of a net. Throws DataError where a name, shape or dtype differs or a value is not finite.
void set_weights(Net& net, const NamedWeights& weights);

}  // namespace marea
