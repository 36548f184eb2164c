// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/registry.hpp>

#include <marea/io/unknown_name.hpp>
#include <marea/surrogate/classical/dmd.hpp>
#include <marea/surrogate/classical/linear.hpp>
#include <marea/surrogate/classical/nearest_run.hpp>
#include <marea/surrogate/classical/persistence.hpp>
#include <marea/surrogate/classical/pod_gp.hpp>
#include <marea/surrogate/classical/pod_rbf.hpp>
#include <marea/surrogate/classical/pod_ridge.hpp>
#include <marea/surrogate/classical/superposition.hpp>
#include <marea/surrogate/torch/fno.hpp>
#include <marea/surrogate/torch/unet.hpp>

namespace marea {
namespace {

template <class Options> OptionTree resolve(const std::string& name, const OptionTree& model) {
  Options options;
  read_options(options, model, name, {"name"});
  return write_options(options);
}

/// A network trained by gradient descent.
template <class Options>
ModelEntry network(std::string name, std::string summary, std::shared_ptr<Net> (*make)(const ModelInfo&)) {
  return {.name = name,
          .summary = std::move(summary),
          .options = [] { return describe_options<Options>(); },
          .resolve = [name](const OptionTree& model) { return resolve<Options>(name, model); },
          .make_net = make};
}

/// A model fitted in one go.
template <class Options>
ModelEntry classical(std::string name, std::string summary, decltype(fit_persistence)* fit,
                     std::unique_ptr<SurrogateInterface> (*load)(const ModelFile&),
                     std::vector<std::string> tasks = {"step", "map"}) {
  return {.name = name,
          .summary = std::move(summary),
          .tasks = std::move(tasks),
          .options = [] { return describe_options<Options>(); },
          .resolve = [name](const OptionTree& model) { return resolve<Options>(name, model); },
          .fit = fit,
          .load = load};
}

/// The entry of that name; an error begins with `where`.
const ModelEntry& entry_of(const std::string& name, const std::string& where) {
  std::vector<std::string> names;
  for (const ModelEntry& entry : model_registry()) {
    if (entry.name == name) return entry;
    names.push_back(entry.name);
  }
  fail_unknown(where, "model", name, names);
}

}  // namespace

const std::vector<ModelEntry>& model_registry() {
  static const std::vector<ModelEntry> registry{
      network<FnoOptions>("fno", "Fourier neural operator, 1-, 2- and 3-D", make_fno),
      network<UnetOptions>("unet", "U-Net with group normalisation, 1-, 2- and 3-D", make_unet),
      classical<PersistenceOptions>("persistence", "nothing changes; the baseline of baselines", fit_persistence,
                                    load_persistence),
      classical<NearestRunOptions>("nearest_run", "the output of the nearest training sample", fit_nearest_run,
                                   load_nearest_run),
      classical<PodRidgeOptions>("pod_ridge", "proper orthogonal decomposition and ridge regression", fit_pod_ridge,
                                 load_pod_ridge),
      classical<SuperpositionOptions>("superposition", "weighted sum of the training runs, snapshot by snapshot",
                                      fit_superposition, load_superposition),
      classical<LinearOptions>("linear", "ridge regression between whole fields", fit_linear, load_linear),
      classical<PodGpOptions>("pod_gp", "Gaussian process for each POD coefficient, with its deviation", fit_pod_gp,
                              load_pod_gp),
      classical<PodRbfOptions>("pod_rbf", "radial basis functions for each POD coefficient", fit_pod_rbf, load_pod_rbf),
      classical<DmdOptions>("dmd", "exact dynamic mode decomposition, with control by other inputs (steps)", fit_dmd,
                            load_dmd, {"step"}),
  };
  return registry;
}

const ModelEntry& find_model(const std::string& name) { return entry_of(name, "model"); }

OptionTree resolve_model(const OptionTree& model) {
  const OptionTree* name = model.find("name");
  if (name == nullptr) {
    fail<ConfigError>(model.where().empty() ? "model" : model.where(), "name is missing; `marea list models` shows them");
  }
  OptionTree resolved;
  resolved["name"] = *name;
  const OptionTree options = entry_of(name->as_string(), detail::option_where(*name, "model")).resolve(model);
  if (!options.empty()) {
    for (const auto& [key, value] : options.as_table()) resolved[key] = value;
  }
  return resolved;
}

}  // namespace marea
