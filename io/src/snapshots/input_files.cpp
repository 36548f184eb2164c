// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/input_files.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include <marea/io/case_file.hpp>
#include <marea/io/checksum.hpp>
#include <marea/io/error.hpp>
#include <marea/io/option_text.hpp>

#include "snapshot_layout.hpp"

namespace marea {
namespace {

namespace fs = std::filesystem;

fs::path working_folder() {
  std::error_code error;
  const fs::path folder = fs::current_path(error);
  if (error) fail<IoError>("working folder", "cannot be found: ", error.message());
  return folder;
}

struct Search {
  std::string folder;
  std::vector<InputFile> found;

  void add(const OptionTree& node, const std::string& option) {
    if (node.is_string() && !node.as_string().empty()) found.push_back({option, node.as_string(), folder, ""});
    if (!node.is_array()) return;
    for (std::size_t i = 0; i < node.as_array().size(); ++i)
      add(node.as_array()[i], option + "[" + std::to_string(i) + "]");
  }
  void walk(const OptionTree& node, const std::string& path) {
    if (node.is_table())
      for (const auto& [key, child] : node.as_table()) {
        const std::string option = join_path(path, key);
        if (key == "file" || option == "surrogate.model") add(child, option);
        walk(child, option);
      }
    if (node.is_array())
      for (std::size_t i = 0; i < node.as_array().size(); ++i)
        walk(node.as_array()[i], path + "[" + std::to_string(i) + "]");
  }
};

/// Where a file may be now, the likeliest first.
std::vector<fs::path> places_of(const InputFile& file, const std::string& kept_in) {
  const fs::path name = file.name, run = fs::absolute(kept_in).parent_path();
  const fs::path beside = name.is_absolute() ? name.filename() : name;
  std::vector<fs::path> places;
  for (const fs::path& path :
       {working_folder() / name, fs::path(file.folder) / name, run / beside, run.parent_path() / beside}) {
    const fs::path place = path.lexically_normal();
    if (std::ranges::find(places, place) == places.end()) places.push_back(place);
  }
  return places;
}

std::string locate(const InputFile& file, const std::string& kept_in) {
  std::string looked;
  for (const fs::path& place : places_of(file, kept_in)) {
    std::error_code none;
    if (!fs::is_regular_file(place, none)) {
      looked += (looked.empty() ? "" : "; ") + place.string() + " is missing";
      continue;
    }
    const std::string digest = sha256_of_file(place.string());
    if (digest == file.sha256) return place.string();
    looked += (looked.empty() ? "" : "; ") + place.string() + " has SHA-256 " + digest;
  }
  fail<DataError>(kept_in, "its run read ", file.option, " = \"", file.name, "\" of SHA-256 ", file.sha256,
                  ", which is not there any more: ", looked, "; put that file back, or name one by --case");
}

}  // namespace

std::vector<InputFile> named_files(const OptionTree& case_file) {
  Search search{working_folder().string(), {}};
  search.walk(case_file, "");
  return search.found;
}

std::string FileHashes::stamp(const std::string& path) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) return "";
  std::string text;
  for (const auto number : {static_cast<std::int64_t>(status.st_dev), static_cast<std::int64_t>(status.st_ino),
                            static_cast<std::int64_t>(status.st_size), static_cast<std::int64_t>(status.st_mtim.tv_sec),
                            static_cast<std::int64_t>(status.st_mtim.tv_nsec)})
    text += std::to_string(number) + ' ';
  return text;
}

std::string FileHashes::of(const std::string& path, const std::string& before) {
  auto& [of_stamp, digest] = known_[path];
  if (digest.empty() || of_stamp != before) {
    digest = sha256_of_file(path);
    of_stamp = before;
  }
  if (stamp(path) != before) fail<DataError>(path, "was changed while a run read it; start the run again");
  return digest;
}

OptionTree input_files_tree(const std::vector<InputFile>& files) {
  OptionTree::Array list;
  for (const InputFile& file : files)
    list.push_back(OptionTree::Table{
        {"option", file.option}, {"name", file.name}, {"folder", file.folder}, {"sha256", file.sha256}});
  return list;
}

std::vector<InputFile> input_files_of(const OptionTree& tree) {
  std::vector<InputFile> files;
  for (const OptionTree& entry : tree.as_array()) {
    const auto text = [&](const char* key) {
      const OptionTree* value = entry.find(key);
      if (!value) fail<ConfigError>("input files", "entry '", key, "' is missing");
      return value->as_string();
    };
    files.push_back({text("option"), text("name"), text("folder"), text("sha256")});
  }
  return files;
}

void detail::write_input_files(hdf5::Object& root, const std::vector<InputFile>& files) {
  if (files.empty()) return;
  root.write_attribute("input_files", to_toml(OptionTree::Table{{"files", input_files_tree(files)}}));
}

std::vector<InputFile> detail::read_input_files(const hdf5::Object& root) {
  if (!root.is_string_attribute("input_files")) return {};
  try {
    OptionTree tree = parse_toml(root.read_string("input_files"), root.file() + "@input_files");
    return input_files_of(tree["files"]);
  } catch (const ConfigError& error) {
    fail<DataError>(root.file(), "its list of input files cannot be read: ", error.what());
  }
}

OptionTree locate_input_files(OptionTree case_file, const std::vector<InputFile>& files, const std::string& kept_in) {
  for (const InputFile& file : files)
    if (case_file.at_path(file.option)) case_file.set_path(file.option, locate(file, kept_in));
  return case_file;
}

}  // namespace marea
