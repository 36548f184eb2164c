// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "training_state.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <marea/io/error.hpp>

namespace marea::detail {
namespace {

HostArray array_of(const std::vector<float>& values) {
  HostArray array(DType::f32, {std::ssize(values)});
  std::ranges::copy(values, array.values<float>().begin());
  return array;
}

}  // namespace

void write_training_state(const std::string& path, const ModelInfo& info, const TrainingState& s) {
  ModelFile file;
  file.info = info;
  file.info.card = OptionTree::Table{{"epoch", s.epoch},           {"batch", s.batch}, {"step", s.step},
                                     {"loss_sum", s.loss_sum},     {"seen", s.seen},   {"best_error", s.best_error},
                                     {"best_epoch", s.best_epoch}, {"seconds", s.seconds}, {"energy", s.energy}};
  file.weights.emplace_back("weights", array_of(s.weights));
  file.weights.emplace_back("average", array_of(s.average));
  file.weights.emplace_back("moment1", array_of(s.moment1));
  file.weights.emplace_back("moment2", array_of(s.moment2));
  file.weights.emplace_back("best", array_of(s.best));
  file.curve_columns = curve_columns;
  file.curve = s.curve;
  write_model_file(path, file);
}

TrainingState read_training_state(const std::string& path, ModelInfo& info) {
  const ModelFile file = read_model_file(path);
  info = file.info;
  TrainingState s;
  const auto number = [&](const char* key) -> const OptionTree& {
    const OptionTree* value = info.card.find(key);
    if (value == nullptr) fail<DataError>(path, "is no checkpoint of a training: ", key, " is missing");
    return *value;
  };
  const auto array = [&](const char* name) {
    for (const auto& [held, values] : file.weights)
      if (held == name) return std::vector<float>(values.values<float>().begin(), values.values<float>().end());
    fail<DataError>(path, "is no checkpoint of a training: ", name, " is missing");
  };
  s.epoch = static_cast<int>(number("epoch").as_integer());
  s.batch = number("batch").as_integer();
  s.step = number("step").as_integer();
  s.loss_sum = number("loss_sum").as_double();
  s.seen = number("seen").as_integer();
  s.best_error = number("best_error").as_double();
  s.best_epoch = static_cast<int>(number("best_epoch").as_integer());
  s.seconds = number("seconds").as_double();
  s.energy = number("energy").as_double();
  s.weights = array("weights");
  s.average = array("average");
  s.moment1 = array("moment1");
  s.moment2 = array("moment2");
  s.best = array("best");
  s.curve = file.curve;
  return s;
}

void write_curve(const std::string& path, const std::vector<std::vector<double>>& curve) {
  const std::string temporary = path + ".tmp";
  std::ofstream file(temporary);
  file.precision(17);
  const auto write = [&](const auto& values) {
    for (std::size_t c = 0; c < values.size(); ++c) file << (c > 0 ? "," : "") << values[c];
    file << '\n';
  };
  write(curve_columns);
  for (const auto& row : curve) write(row);
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(temporary, path, error);
  if (!file || error) fail<IoError>(path, "the training curve cannot be written: ", error.message());
}

}  // namespace marea::detail
