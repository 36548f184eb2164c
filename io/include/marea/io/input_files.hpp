// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <marea/io/option_tree.hpp>

namespace marea {

/// A file that a case names: its content is part of what the run is.
struct InputFile {
  std::string option;  ///< "solver.bathymetry.file"
  std::string name;    ///< as the case writes it
  std::string folder;  ///< that a relative name began from: the working folder of the run
  std::string sha256;  ///< of its bytes

  bool operator==(const InputFile&) const = default;
};

/// A list of files as a tree, and back. Throws ConfigError for an entry that is missing or of another kind.
OptionTree input_files_tree(const std::vector<InputFile>& files);
std::vector<InputFile> input_files_of(const OptionTree& tree);

/// The files that a case names: what stands under a key `file` at any depth of its tables, and `surrogate.model`.
/// Without hashes.
std::vector<InputFile> named_files(const OptionTree& case_file);

/// SHA-256 of files, each read once as long as it stays as it is (size, time of change and place on the disk).
class FileHashes {
 public:
  /// Tells one state of a file from another; empty where there is no such file.
  static std::string stamp(const std::string& path);

  /// Throws DataError where the file is no longer in the state of `stamp`, IoError where it cannot be read.
  std::string of(const std::string& path, const std::string& stamp);

 private:
  std::map<std::string, std::pair<std::string, std::string>> known_;  ///< path -> stamp and hash
};

/// The case that a file keeps, with the name of each input file replaced by where it is now: as named from the working
/// folder or from the folder of the run, or (of an absolute one: its last part) in the folder of `kept_in` or above it.
///
/// Throws DataError that names `kept_in`, the option and every place where it looked, or the file whose content has
/// changed. A case without hashes is left as it is.
OptionTree locate_input_files(OptionTree case_file, const std::vector<InputFile>& files, const std::string& kept_in);

}  // namespace marea
