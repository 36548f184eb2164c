// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <marea/io/dataset.hpp>
#include <marea/io/model_file.hpp>
#include <marea/io/options.hpp>
#include <marea/surrogate/surrogate.hpp>

namespace marea {

class Net;

/// One built-in model: what `marea list models` shows, how it is made and how it is read back.
/// A network has `make_net` and is trained by the trainer; a classical model has `fit`.
struct ModelEntry {
  std::string name, summary;
  std::vector<std::string> tasks{"step", "map"};  ///< that it can learn
  /// The keys of `[model]` besides `name`.
  std::function<std::vector<OptionRow>()> options;
  /// The options read from `[model]`, checked and resolved. Throws ConfigError.
  std::function<OptionTree(const OptionTree& model)> resolve;
  /// The network of `info`, its weights not yet set; empty for a classical model. Throws ConfigError.
  std::function<std::shared_ptr<Net>(const ModelInfo& info)> make_net;
  /// The weights of a classical model fitted to training data, with the options and the normaliser of `info`;
  /// what it has to choose it chooses on the validation runs. Empty for a network. Throws ConfigError, DataError.
  std::function<Weights(const Dataset& train, const Dataset& valid, const ModelInfo& info)> fit;
  /// A classical model read back; empty for a network. Throws DataError.
  std::function<std::unique_ptr<SurrogateInterface>(const ModelFile& model)> load;
};

/// The one explicit table of models.
const std::vector<ModelEntry>& model_registry();

/// The entry of that name. Throws ConfigError that lists the known names and suggests the nearest.
const ModelEntry& find_model(const std::string& name);

/// The `name` and options of a `[model]` table, resolved, with every default written out.
/// Throws ConfigError for an unknown name, key or value.
OptionTree resolve_model(const OptionTree& model);

}  // namespace marea
