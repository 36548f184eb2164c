// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>

#include <marea/surrogate/surrogate.hpp>
#include <marea/surrogate/torch/net.hpp>

namespace marea {

/// A surrogate over a net in this process: what the trainer evaluates without a file. The net is shared, so later
/// changes of its weights are seen; it is moved to `device` and `precision`. Throws ConfigError, NotBuilt.
Surrogate make_surrogate(const ModelInfo& info, std::shared_ptr<Net> net, const std::string& device = "cpu",
                         const std::string& precision = "single");

}  // namespace marea
