// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/hybrid/case_tables.hpp>

#include <marea/io/dataset.hpp>
#include <marea/surrogate/estimate/estimate.hpp>
#include <marea/surrogate/hybrid/hybrid_options.hpp>
#include <marea/surrogate/normaliser.hpp>
#include <marea/surrogate/trainer.hpp>

namespace marea::hybrid {

std::vector<TableEntry> case_tables() {
  std::vector<TableEntry> tables = simulation_tables();
  tables.insert(tables.end(),
                {{"data", "what a surrogate learns from", describe_options<DatasetOptions>()},
                 {"normalise", "how its inputs and outputs are scaled", describe_options<NormaliserOptions>()},
                 {"train", "how it is trained", describe_options<TrainOptions>()},
                 {"surrogate", "the model of a run", describe_options<SurrogateOptions>()},
                 {"hybrid", "how the solver guards it", describe_options<HybridOptions>()},
                 {"estimate", "statistics over uncertain inputs", describe_options<EstimateOptions>()}});
  return tables;
}

}  // namespace marea::hybrid
