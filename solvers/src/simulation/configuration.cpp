// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "configuration.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <marea/io/collective.hpp>
#include <marea/io/error.hpp>
#include <marea/io/option_text.hpp>
#include <marea/io/options.hpp>

namespace marea::detail {
namespace {

constexpr std::array<std::string_view, 5> without_effect{"output.folder", "output.writer", "run.wall_limit",
                                                         "output.checkpoint_every", "grid.ranks"};

std::string text(const OptionTree* node) { return node ? to_json(*node) : "absent"; }

constexpr const char* remedy = "; use another output.folder, or --restart never to overwrite";

const InputFile* find(const std::vector<InputFile>& files, const std::string& option) {
  const auto found = std::ranges::find(files, option, &InputFile::option);
  return found == files.end() ? nullptr : &*found;
}

/// Throws at the first file of the present run whose content is not what the stored one read.
/// \return the options whose files have the same content
std::set<std::string> compare_files(const Ingredients& stored, const Ingredients& present, const std::string& file) {
  std::set<std::string> same;
  for (const InputFile& now : present.files) {
    const InputFile* was = find(stored.files, now.option);
    if (!was && !stored.config.at_path(now.option)) continue;  // the configurations differ
    if (!was)
      fail<ConfigError>(file, "does not say what ", now.option, " held: an earlier version of marea wrote it", remedy);
    if (was->sha256 != now.sha256)
      fail<ConfigError>(file, "holds a run of another content of ", now.option, " = \"", now.name, "\": its SHA-256 was ",
                        was->sha256, " and is ", now.sha256, "; put the old file back, use another output.folder, or ",
                        "--restart never to overwrite");
    same.insert(now.option);
  }
  return same;
}

/// Throws at the first leaf that differs.
void compare(const OptionTree* stored, const OptionTree* present, const std::string& path,
             const std::set<std::string>& same_files, const std::string& file) {
  if (std::find(without_effect.begin(), without_effect.end(), path) != without_effect.end()) return;
  if (same_files.contains(path)) return;
  const bool tables = (stored && stored->is_table()) || (present && present->is_table());
  if (tables && (!stored || stored->is_table()) && (!present || present->is_table())) {
    std::set<std::string> keys;
    for (const OptionTree* side : {stored, present})
      if (side)
        for (const auto& [key, value] : side->as_table()) keys.insert(key);
    for (const auto& key : keys)
      compare(stored ? stored->find(key) : nullptr, present ? present->find(key) : nullptr,
              join_path(path, key), same_files, file);
    return;
  }
  if (stored && present && *stored == *present) return;
  fail<ConfigError>(file, "holds a run of another configuration: ", path, " was ", text(stored), " and is ",
                    text(present), remedy);
}

}  // namespace

OptionTree resolved_configuration(const SolverInterface& solver, const OutputOptions& output, const RunOptions& run) {
  OptionTree config = solver.options();
  config["output"] = write_options(output);
  config["run"] = write_options(run);
  return config;
}

std::vector<std::string> stamps_of(const OptionTree& case_file, MPI_Comm comm) {
  std::vector<std::string> stamps;
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  if (rank == 0)
    for (const InputFile& file : named_files(case_file)) stamps.push_back(FileHashes::stamp(file.name));
  return stamps;
}

std::vector<InputFile> hashed_files(const OptionTree& case_file, const std::vector<std::string>& before,
                                    FileHashes& hashes, MPI_Comm comm) {
  std::vector<InputFile> files = named_files(case_file);
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  run_collectively(comm, [&] {
    if (rank != 0) return;
    for (std::size_t n = 0; n < files.size(); ++n) files[n].sha256 = hashes.of(files[n].name, before[n]);
  });
  for (InputFile& file : files) broadcast(comm, file.sha256);
  return files;
}

void require_same_run(const Ingredients& stored, const Ingredients& present, const std::string& file) {
  const auto same_files = compare_files(stored, present, file);
  compare(&stored.config, &present.config, "", same_files, file);
}

}  // namespace marea::detail
