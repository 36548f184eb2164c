// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>

#include <marea/io/case_file.hpp>
#include <marea/io/dataset.hpp>
#include <marea/io/progress.hpp>
#include <marea/surrogate/surrogate.hpp>
#include <marea/surrogate/trainer.hpp>

#include "support/advected_runs.hpp"
#include "support/shared_folder.hpp"

namespace marea::test {

/// Twelve runs of advected waves, and classical models fitted to them.
struct Baselines {
  SharedFolder folder;

  explicit Baselines(const std::string& name, int runs = 12) : folder(name) {
    set_progress_sink({});
    write_advected_runs(folder.file("runs"), runs);
  }

  /// A model fitted through a training file, and read back.
  Surrogate fit(const std::string& toml) const {
    OptionTree file = parse_toml(toml, "test");
    file["data"]["folder"] = folder.file("runs");
    file["train"]["output"] = folder.file("model.h5");
    return Surrogate::load(train(file, {.restart = "never"}).model);
  }

  Dataset data(const std::string& split, const std::string& task = "step", const std::string& output = "u") const {
    return Dataset({.folder = folder.file("runs"), .task = task, .inputs = {"u", "sea_mask"}, .outputs = {output}},
                   split);
  }
};

inline const std::string step_task = "data = { inputs = ['u', 'sea_mask'], outputs = ['u'] }\n";
inline const std::string map_task = "data = { task = 'map', inputs = ['u', 'sea_mask'], outputs = ['max_u'] }\n";

}  // namespace marea::test
