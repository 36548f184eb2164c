// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <marea/io/field_info.hpp>
#include <marea/io/host_array.hpp>
#include <marea/io/input_files.hpp>
#include <marea/io/option_tree.hpp>

namespace marea {

/// Range of one channel over the training states, for "is this state like the training data?".
struct ChannelStatistics {
  std::string channel;                       ///< "eta", "velocity_x"
  double mean = 0, standard_deviation = 0, rms = 0, minimum = 0, maximum = 0;
};

/// What a model is for and where it comes from. Everything but the numbers of its weights.
struct ModelInfo {
  std::string name;                          ///< registry name: fno, unet, persistence, …
  OptionTree options;                        ///< architecture options, resolved
  std::string task;                          ///< "step" or "map"
  std::vector<FieldInfo> inputs, outputs;
  std::vector<std::string> input_channels, output_channels;  ///< one a component and history step
  int history = 1;
  std::vector<std::int64_t> extents;         ///< training grid in storage order (…, ny, nx)
  std::vector<std::vector<double>> centres;  ///< cell centres per axis
  std::vector<std::string> axis_names;       ///< in storage order: {"y", "x"}
  std::vector<std::array<std::string, 2>> boundary;  ///< boundary kinds per axis
  std::string length_unit = "m", time_unit = "s";    ///< of centres and interval
  double interval = 0;                       ///< step: physical time between input and output; 0 for maps
  OptionTree normaliser;                     ///< kind and options
  std::vector<ChannelStatistics> input_statistics, output_statistics;
  std::vector<std::pair<std::string, double>> envelope;  ///< named bounds of the training states
  std::vector<std::string> training_files, training_hashes;
  std::vector<std::string> training_runs, validation_runs;      ///< RunFingerprint::sha256 of each
  std::vector<std::string> training_states, validation_states;  ///< its state_text(); none in files before 1.2
  std::vector<InputFile> input_files;        ///< that the runs read, with their hashes
  OptionTree training;                       ///< resolved configuration of the training
  OptionTree card;                           ///< intended use, limits, data, licence, energy [J], time [s]
};

/// Named arrays in a fixed order: what a model has learnt.
using Weights = std::vector<std::pair<std::string, HostArray>>;

/// The whole content of a model file: HDF5, data only, never executable code.
struct ModelFile {
  ModelInfo info;
  Weights weights;
  Weights trust, band;                       ///< what calls are judged by and error bands come from; may be empty
  std::vector<std::string> curve_columns;                    ///< "epoch", "train_loss", …
  std::vector<std::vector<double>> curve;                    ///< one row an epoch
  HostArray golden_input, golden_output;                     ///< (1, C, …), checked on every load
};

/// Writes through a temporary file, fsync and rename, under a seal: a SHA-256 of all bytes at the end of the file.
/// The layout is docs/model-file.md. Throws IoError; DataError for a weight without a name of its own.
void write_model_file(const std::string& path, const ModelFile& model);

/// Checks the seal before the HDF5 library sees a byte, then reads. Throws IoError when unreadable, DataError when
/// truncated, corrupted, foreign or of a newer schema.
ModelFile read_model_file(const std::string& path);
/// Only the information, without weights; as thoroughly checked.
ModelInfo read_model_info(const std::string& path);

/// The information as a tree, and back: what the file holds as TOML, and `marea inspect --json` prints.
OptionTree to_tree(const ModelInfo& info);
/// Throws DataError "where: …" naming the entry that is missing or of another kind.
ModelInfo model_info_of(const OptionTree& tree, const std::string& where);

/// Writes the weights of a model file for other tools: 8-byte length, JSON header, raw data
/// (https://github.com/huggingface/safetensors). Throws as read_model_file, IoError, ConfigError where a file stands
/// there that no export of the same model made.
void export_safetensors(const std::string& model_path, const std::string& out_path);

}  // namespace marea
