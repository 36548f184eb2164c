// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/model_file.hpp>

#include <filesystem>
#include <set>

#include <marea/io/case_file.hpp>
#include <marea/io/error.hpp>
#include <marea/io/hdf5.hpp>

#include "../hdf5/file_kind.hpp"
#include "../hdf5/replace_file.hpp"
#include "../hdf5/seal.hpp"

namespace marea {
namespace {

constexpr const char* schema = "1.3";

/// The whole dataset. A size that the file cannot hold is refused before memory is taken.
HostArray read_array(const hdf5::Group& group, const std::string& name) {
  const hdf5::Dataset dataset = group.open_dataset(name);
  const auto held = static_cast<std::int64_t>(std::filesystem::file_size(group.file()));
  if (dataset.size() > held / static_cast<std::int64_t>(element_size(dataset.dtype())))
    fail<DataError>(dataset.where(), "claims ", dataset.size(), " elements in a file of ", held, " bytes");
  HostArray array(dataset.dtype(), dataset.extents());
  dataset.read(array.ref());
  return array;
}

hdf5::File open_checked(const std::string& path) {
  detail::check_seal(path, "model");
  hdf5::File file(path, hdf5::Access::read);
  detail::refuse_other_kind(file, "model");
  if (!file.has_attribute("marea_model"))
    fail<DataError>(path, "is not a model file: attribute 'marea_model' is missing");
  if (const std::string version = file.read_string("marea_model"); !version.starts_with("1."))
    fail<DataError>(path, "has schema ", version, "; this version of marea reads 1.x: use a newer one");
  return file;
}

ModelInfo read_info(const hdf5::File& file) {
  const std::string where = file.file() + ": info";
  try {
    ModelInfo info = model_info_of(parse_toml(file.read_string("info"), where), where);
    // Before 1.3 these were hashes of all fields of a run, whatever the model takes of it.
    if (const std::string version = file.read_string("marea_model"); version == "1.1" || version == "1.2")
      for (auto* list : {&info.training_runs, &info.validation_runs, &info.training_states, &info.validation_states})
        list->clear();
    return info;
  } catch (const ConfigError& e) {
    fail<DataError>(where, "is not readable: ", e.what());
  }
}

void write_arrays(hdf5::File& file, const char* group_name, const Weights& arrays) {
  hdf5::Group group = file.create_group(group_name);
  std::set<std::string> names;
  for (const auto& [name, array] : arrays) {
    if (name.empty() || name.find('/') != name.npos || !names.insert(name).second)
      fail<DataError>(file.file(), "array '", name, "' needs a name of its own without '/' among the ", group_name);
    group.write_dataset(name, array.ref());
  }
}

Weights read_arrays(const hdf5::File& file, const char* group_name) {
  const hdf5::Group group = file.open_group(group_name);
  Weights arrays;
  for (const std::string& name : group.children()) arrays.emplace_back(name, read_array(group, name));
  return arrays;
}

void write_content(const std::string& path, const ModelFile& model) {
  hdf5::File file(path, hdf5::Access::create);
  file.write_attribute("marea_model", schema);
  file.write_attribute("info", to_toml(to_tree(model.info)));

  write_arrays(file, "weights", model.weights);
  if (!model.trust.empty()) write_arrays(file, "trust", model.trust);
  if (!model.band.empty()) write_arrays(file, "band", model.band);

  const auto rows = static_cast<std::int64_t>(model.curve.size());
  const auto columns = static_cast<std::int64_t>(model.curve_columns.size());
  const HostArray curve(DType::f64, {rows, columns});
  for (std::int64_t r = 0; r < rows; ++r) {
    if (std::ssize(model.curve[r]) != columns)
      fail<DataError>(path, "row ", r, " of the curve has ", model.curve[r].size(), " values for ", columns,
                      " columns");
    copy(make_array_ref(model.curve[r].data(), {columns}), curve.ref()[r]);
  }
  file.write_dataset("curve", curve.ref()).write_attribute("columns", model.curve_columns);

  hdf5::Group golden = file.create_group("golden");
  golden.write_dataset("input", model.golden_input.ref());
  golden.write_dataset("output", model.golden_output.ref());
  file.close();
}

}  // namespace

void write_model_file(const std::string& path, const ModelFile& model) {
  const std::string temporary = path + ".tmp";
  try {
    write_content(temporary, model);
    detail::seal_file(temporary);
    detail::replace_file(temporary, path);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    throw;
  }
}

ModelFile read_model_file(const std::string& path) {
  const hdf5::File file = open_checked(path);
  ModelFile model;
  model.info = read_info(file);

  model.weights = read_arrays(file, "weights");
  if (file.kind("trust") == hdf5::Kind::group) model.trust = read_arrays(file, "trust");
  if (file.kind("band") == hdf5::Kind::group) model.band = read_arrays(file, "band");

  model.curve_columns = file.open_dataset("curve").read_strings("columns");
  const HostArray curve = read_array(file, "curve");
  if (curve.extents().size() != 2 || curve.extents()[1] != std::ssize(model.curve_columns))
    fail<DataError>(path, "curve ", to_string(curve.ref()), " must have ", model.curve_columns.size(), " columns");
  const auto values = curve.values<double>();
  for (std::int64_t r = 0, n = curve.extents()[1]; r < curve.extents()[0]; ++r)
    model.curve.emplace_back(values.begin() + r * n, values.begin() + (r + 1) * n);

  const hdf5::Group golden = file.open_group("golden");
  model.golden_input = read_array(golden, "input");
  model.golden_output = read_array(golden, "output");
  return model;
}

ModelInfo read_model_info(const std::string& path) { return read_info(open_checked(path)); }

}  // namespace marea
