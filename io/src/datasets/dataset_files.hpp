// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstddef>
#include <list>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <marea/io/dataset.hpp>
#include <marea/io/snapshot_reader.hpp>

namespace marea::detail {

struct DataFile {
  std::string path, split;  ///< the split of the folder it stands in, or empty
};

/// The .h5 and .hdf5 files of a folder by name, or those of The Well's data/train, data/valid, data/test below it.
/// Throws ConfigError when the folder is missing or holds none, DataError for a link to nowhere and for a folder in
/// `data` of another name that holds such files.
std::vector<DataFile> find_data_files(const std::string& folder);

/// Gives the runs that have no split one: shuffled by a hash of seed, file name and trajectory, an eighth (at least
/// one run of three) goes to valid, as many to test, the rest to train.
void split_runs(std::vector<Run>& runs, int seed);

class ReaderPool;

/// Every run of the data, each with its split. Throws DataError for files that are no finished snapshot files and for
/// splits of other names, as find_data_files otherwise.
std::vector<Run> find_runs(const DatasetOptions& options, ReaderPool& files);

/// What a run is known by, whatever the file around it: by these fields and parameters, those of a data set's inputs and
/// outputs, in single precision, as models see them.
RunFingerprint fingerprint_of_run(const SnapshotReader& reader, std::int64_t trajectory,
                                  const std::set<std::string>& names);
std::set<std::string> used_names(const DatasetOptions& options);

/// Keeps the files that were used last open.
class ReaderPool {
 public:
  const SnapshotReader& get(const std::string& path);

 private:
  static constexpr std::size_t capacity = 256;  // well below the usual limit of 1024 open files
  using Open = std::list<std::pair<std::string, SnapshotReader>>;
  Open open_;  // the last used first
  std::unordered_map<std::string, Open::iterator> by_path_;
};

}  // namespace marea::detail
