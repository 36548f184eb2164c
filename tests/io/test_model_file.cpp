// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include <marea/io/error.hpp>
#include <marea/io/hdf5.hpp>
#include <marea/io/model_file.hpp>

#include "../../io/src/hdf5/seal.hpp"

using namespace marea;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path = "model_files";
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
  std::string operator/(const char* name) const { return (path / name).string(); }
};

HostArray numbers(DType dtype, std::initializer_list<std::int64_t> extents) {
  HostArray array(dtype, extents);
  for (std::int64_t i = 0; i < array.size(); ++i) {
    if (dtype == DType::f32)
      array.values<float>()[i] = static_cast<float>(i) / 7;
    else if (dtype == DType::f64)
      array.values<double>()[i] = static_cast<double>(i) / 7;
    else
      array.values<std::int64_t>()[i] = i;
  }
  return array;
}

/// A model that uses every member.
ModelFile full_model() {
  ModelFile m;
  m.info.name = "fno";
  m.info.options["width"] = 32;
  m.info.options["modes"] = OptionTree::Array{16, 12};
  m.info.options["dropout"] = 0.0;
  m.info.task = "step";
  m.info.inputs = {{"eta", "m", "surface elevation", "sea_surface_height", 0, Staggering::cell, FieldRole::derived},
                   {"velocity", "m s-1", "", "", 1, Staggering::face_x, FieldRole::prognostic}};
  m.info.outputs = {m.info.inputs[0]};
  m.info.outputs[0].running = "maximum(eta)";
  m.info.input_channels = {"eta", "velocity_x", "velocity_y"};
  m.info.output_channels = {"eta"};
  m.info.history = 2;
  m.info.extents = {2, 3};
  m.info.centres = {{0.1, 0.30000000000000004}, {1, 2, 3}};
  m.info.axis_names = {"y", "x"};
  m.info.boundary = {{"wall", "open"}, {"periodic", "periodic"}};
  m.info.length_unit = "km";
  m.info.time_unit = "min";
  m.info.interval = 120;
  m.info.normaliser["kind"] = "channel";
  m.info.input_statistics = {{"eta", 0.1, 0.2, 0.3, -1, std::numeric_limits<double>::infinity()}};
  m.info.output_statistics = {{"eta", 1e-300, 2, 3, 4, 5}};
  m.info.envelope = {{"eta.maximum", 3.5}};
  m.info.training_files = {"run_0001.h5", "a \"strange\" näme.h5"};
  m.info.training_hashes = {"ab", "cd"};
  m.info.training_runs = {"12", "34"};
  m.info.validation_runs = {"56"};
  m.info.input_files = {{"solver.bathymetry.file", "bed.h5", "/somewhere", "789a"}};
  m.info.training["train"]["epochs"] = 60;
  m.info.card["intended_use"] = "tests\nonly";
  m.weights.emplace_back("lift.weight", numbers(DType::f32, {3, 4}));
  m.weights.emplace_back("a.bias", numbers(DType::f64, {5}));
  m.weights.emplace_back("count", numbers(DType::i64, {}));
  m.curve_columns = {"epoch", "loss"};
  m.curve = {{1, 0.5}, {2, std::nan("")}};
  m.golden_input = numbers(DType::f32, {1, 3, 2, 3});
  m.golden_output = numbers(DType::f32, {1, 1, 2, 3});
  return m;
}

bool same(const HostArray& a, const HostArray& b) {
  return a.dtype() == b.dtype() && std::ranges::equal(a.extents(), b.extents()) &&
         std::memcmp(a.ref().data, b.ref().data, static_cast<std::size_t>(a.size()) * element_size(a.dtype())) == 0;
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_bytes(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

}  // namespace

TEST_CASE("a model file gives back everything that was written, to the bit") {
  const Folder folder;
  const ModelFile written = full_model();
  write_model_file(folder / "model.h5", written);
  const ModelFile read = read_model_file(folder / "model.h5");

  CHECK(to_tree(read.info) == to_tree(written.info));
  CHECK(read.info.outputs[0].running == "maximum(eta)");
  REQUIRE(read.weights.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(read.weights[i].first == written.weights[i].first);
    CHECK(same(read.weights[i].second, written.weights[i].second));
  }
  CHECK(read.curve_columns == written.curve_columns);
  CHECK(read.curve[0] == written.curve[0]);
  CHECK(std::isnan(read.curve[1][1]));
  CHECK(same(read.golden_input, written.golden_input));
  CHECK(same(read.golden_output, written.golden_output));
  CHECK(read.info.centres[0][1] == 0.30000000000000004);
  CHECK(read.info.inputs[1].staggering == Staggering::face_x);
  CHECK(read.info.training_files[1] == "a \"strange\" näme.h5");
  CHECK(to_tree(read_model_info(folder / "model.h5")) == to_tree(written.info));
}

TEST_CASE("a model without what schema 1.1 added is read, its axes unknown") {
  OptionTree tree = to_tree(full_model().info);
  std::erase_if(tree.as_table(), [](const auto& entry) {
    return std::set<std::string>{"axis_names",      "length_unit", "time_unit",       "training_runs",
                                 "validation_runs", "input_files", "training_states", "validation_states"}
        .contains(entry.first);
  });
  const ModelInfo info = model_info_of(tree, "old");
  CHECK(info.axis_names.empty());
  CHECK(info.training_runs.empty());
  CHECK(info.training_hashes.size() == 2);
}

TEST_CASE("a model without what schema 1.2 added is read, and knows whole runs") {
  ModelInfo written = full_model().info;
  written.training_runs = {"0123"};
  written.training_states = {"3 4567 89ab"};
  OptionTree tree = to_tree(written);
  CHECK(model_info_of(tree, "new").training_states == written.training_states);
  std::erase_if(tree.as_table(), [](const auto& entry) { return entry.first.ends_with("_states"); });
  const ModelInfo info = model_info_of(tree, "old");
  CHECK(info.training_states.empty());
  CHECK(info.training_runs == written.training_runs);
}

TEST_CASE("an empty model survives too, and equal models are equal bytes") {
  const Folder folder;
  write_model_file(folder / "a.h5", {});
  CHECK(read_model_file(folder / "a.h5").weights.empty());

  write_model_file(folder / "a.h5", full_model());
  write_model_file(folder / "b.h5", full_model());
  CHECK(bytes_of(folder / "a.h5") == bytes_of(folder / "b.h5"));
}

TEST_CASE("every single flipped bit of a model file is found") {
  const Folder folder;
  write_model_file(folder / "model.h5", full_model());
  const std::string whole = bytes_of(folder / "model.h5");
  // A step coprime to 8 visits each bit position; about 400 files are tried.
  const std::size_t step = whole.size() * 8 / 400 | 1;
  int missed = 0;
  for (std::size_t bit = 0; bit < whole.size() * 8; bit += step) {
    std::string damaged = whole;
    damaged[bit / 8] ^= static_cast<char>(1 << bit % 8);
    write_bytes(folder / "damaged.h5", damaged);
    try {
      read_model_file(folder / "damaged.h5");
      // The last byte is a line end that carries nothing.
      if (bit / 8 + 1 < whole.size()) ++missed;
    } catch (const DataError& e) {
      if (!std::string_view(e.what()).starts_with(folder / "damaged.h5")) ++missed;
    }
  }
  CHECK(missed == 0);
}

TEST_CASE("a truncated model file of any length is a DataError") {
  const Folder folder;
  write_model_file(folder / "model.h5", full_model());
  const std::string whole = bytes_of(folder / "model.h5");
  for (std::size_t length = 0; length < whole.size(); length += whole.size() / 50) {
    write_bytes(folder / "short.h5", whole.substr(0, length));
    CHECK_THROWS_AS(read_model_file(folder / "short.h5"), DataError);
  }
  write_bytes(folder / "short.h5", whole.substr(0, whole.size() / 2));
  CHECK_THROWS_WITH_AS(read_model_file(folder / "short.h5"), doctest::Contains("truncated"), DataError);
}

TEST_CASE("foreign files and other schemas are told apart") {
  const Folder folder;
  CHECK_THROWS_WITH_AS(read_model_file(folder / "none.h5"), doctest::Contains("No such file"), IoError);
  write_bytes(folder / "text.h5", "this is no model");
  CHECK_THROWS_WITH_AS(read_model_file(folder / "text.h5"), doctest::Contains("not written by marea"), DataError);

  hdf5::File(folder / "snapshot.h5", hdf5::Access::create).write_attribute("marea_schema", "1.0");
  CHECK_THROWS_WITH_AS(read_model_file(folder / "snapshot.h5"), doctest::Contains("has no seal"), DataError);
  detail::seal_file(folder / "snapshot.h5");
  CHECK_THROWS_WITH_AS(read_model_file(folder / "snapshot.h5"), doctest::Contains("'marea_model' is missing"),
                       DataError);
  for (const bool sealed : {false, true}) {
    hdf5::File(folder / "run.h5", hdf5::Access::create).create_group("dimensions");
    hdf5::File(folder / "step.h5", hdf5::Access::create).write_attribute("marea_checkpoint", "1.0");
    if (sealed) detail::seal_file(folder / "run.h5"), detail::seal_file(folder / "step.h5");
    CHECK_THROWS_WITH_AS(read_model_file(folder / "run.h5"),
                         doctest::Contains("run.h5: is a snapshot file; a model file is needed"), DataError);
    CHECK_THROWS_WITH_AS(read_model_file(folder / "step.h5"),
                         doctest::Contains("step.h5: is a checkpoint file; a model file is needed"), DataError);
  }
  CHECK_THROWS_WITH_AS(read_model_file(folder / ""), doctest::Contains("is a folder; a model file is needed"), IoError);

  hdf5::File(folder / "new.h5", hdf5::Access::create).write_attribute("marea_model", "2.3");
  detail::seal_file(folder / "new.h5");
  CHECK_THROWS_WITH_AS(read_model_file(folder / "new.h5"), doctest::Contains("schema 2.3"), DataError);
}

TEST_CASE("a dataset that claims more than the file holds is refused before memory is taken") {
  const Folder folder;
  {
    hdf5::File file(folder / "huge.h5", hdf5::Access::create);
    file.write_attribute("marea_model", "1.0");
    file.write_attribute("info", to_toml(to_tree({})));
    file.create_group("weights").create_dataset("bomb", DType::f64, {.extents = {1 << 20, 1 << 20, 1 << 10}});
  }
  detail::seal_file(folder / "huge.h5");
  CHECK_THROWS_WITH_AS(read_model_file(folder / "huge.h5"), doctest::Contains("weights/bomb: claims 1125899906842624"),
                       DataError);
}

TEST_CASE("information that lacks an entry or holds another kind is a DataError that names it") {
  OptionTree tree = to_tree(full_model().info);
  tree["history"] = "two";
  CHECK_THROWS_WITH_AS(model_info_of(tree, "m.h5"), doctest::Contains("entry 'history' is of another kind"), DataError);
  CHECK_THROWS_WITH_AS(model_info_of(OptionTree::Table{{"name", "fno"}}, "m.h5"), "m.h5: entry 'task' is missing",
                       DataError);
}

TEST_CASE("a model that cannot be written leaves the older file as it was and no temporary one") {
  const Folder folder;
  write_model_file(folder / "model.h5", full_model());
  ModelFile twins = full_model();
  twins.weights[1].first = twins.weights[0].first;
  CHECK_THROWS_WITH_AS(write_model_file(folder / "model.h5", twins), doctest::Contains("'lift.weight' needs a name"),
                       DataError);
  CHECK(read_model_file(folder / "model.h5").weights.size() == 3);
  CHECK_FALSE(fs::exists(folder / "model.h5.tmp"));
  CHECK_THROWS_AS(write_model_file(folder / "no folder/model.h5", full_model()), IoError);
}

TEST_CASE("safetensors hold the length, the header and the raw weights") {
  const Folder folder;
  write_model_file(folder / "model.h5", full_model());
  export_safetensors(folder / "model.h5", folder / "model.safetensors");
  const std::string bytes = bytes_of(folder / "model.safetensors");
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);

  CHECK(length % 8 == 0);
  CHECK(bytes.size() == 8 + length + 12 * 4 + 5 * 8 + 8);
  const std::string header = bytes.substr(8, length);
  CHECK(header.find(R"("lift.weight":{"dtype":"F32","shape":[3,4],"data_offsets":[0,48]})") != header.npos);
  CHECK(header.find(R"("count":{"dtype":"I64","shape":[],"data_offsets":[88,96]})") != header.npos);
  float second = 0;
  std::memcpy(&second, bytes.data() + 8 + length + 4, 4);
  CHECK(second == 1.0f / 7);
}
