// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>

#include <marea/surrogate/surrogate.hpp>

namespace marea {

/// The network of a model file with its weights. Throws DataError, ConfigError, NotBuilt.
std::unique_ptr<SurrogateInterface> make_torch_surrogate(const ModelFile& file, const std::string& device,
                                                         const std::string& precision);

}  // namespace marea
