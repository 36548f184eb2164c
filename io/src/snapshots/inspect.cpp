// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/inspect.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <marea/io/case_file.hpp>
#include <marea/io/cf_values.hpp>
#include <marea/io/error.hpp>
#include <marea/io/file_lock.hpp>
#include <marea/io/hdf5.hpp>
#include <marea/io/host_array.hpp>
#include <marea/io/model_file.hpp>
#include <marea/io/role_names.hpp>
#include <marea/io/snapshot_reader.hpp>

#include "../process/child_process.hpp"
#include "../process/regular_file.hpp"
#include "../hdf5/dataset_storage.hpp"
#include "../hdf5/file_kind.hpp"
#include "../hdf5/seal.hpp"

namespace marea {
namespace {

template <class Range> OptionTree list(const Range& values) {
  OptionTree::Array array;
  for (const auto& value : values) array.emplace_back(value);
  return array;
}

OptionTree names(const std::vector<FieldInfo>& fields) {
  OptionTree::Array array;
  for (const FieldInfo& field : fields) array.emplace_back(field.name + " [" + field.units + "]");
  return array;
}

/// Reads every value, so that HDF5 checks the checksum of every chunk.
void read_everything(const SnapshotReader& reader) {
  const Block& block = reader.grid().block;
  hdf5::Extents extents(block.global.begin(), block.global.begin() + block.rank);
  const auto read = [&](const FieldInfo& field, std::int64_t steps) {
    hdf5::Extents whole = extents;
    whole.insert(whole.end(), static_cast<std::size_t>(field.rank), static_cast<std::int64_t>(extents.size()));
    const HostArray values(DType::f32, whole);
    for (std::int64_t trajectory = 0; trajectory < reader.trajectories(); ++trajectory)
      for (std::int64_t step = 0; step < steps; ++step) reader.read(field.name, trajectory, step, values.ref());
  };
  for (const FieldInfo& field : reader.schema().fields) read(field, static_cast<std::int64_t>(reader.times().size()));
  for (const FieldInfo& field : reader.schema().constants)
    if (reader.has(field.name)) read(field, 1);
}

void inspect_snapshot(const std::string& path, FileReport& report) {
  report.kind = "snapshot";
  const SnapshotReader reader(path);
  const SnapshotSchema& schema = reader.schema();
  OptionTree& content = report.content;
  content["dataset_name"] = schema.dataset_name;
  if (!schema.split.empty()) content["split"] = schema.split;
  content["complete"] = reader.complete();
  content["trajectories"] = reader.trajectories();
  content["steps"] = static_cast<std::int64_t>(reader.times().size());
  const std::vector<double>& times = reader.times();
  if (!times.empty()) content["time"] = list(std::vector<double>{times.front(), times.back()});
  for (std::size_t a = 0; a < reader.grid().axis_names.size(); ++a)
    content["cells"][reader.grid().axis_names[a]] = reader.grid().block.global[a];
  content["fields"] = names(schema.fields);
  content["constants"] = names(schema.constants);
  for (const auto* list : {&schema.fields, &schema.constants})
    for (const FieldInfo& field : *list)
      if (field.cell_value != CellValue::mean) content["cell_values"][field.name] = to_string(field.cell_value);
  content["precision"] = std::string(to_string(schema.precision));
  for (const InputFile& file : schema.files)
    content["input_files"][file.option] = file.name + ", SHA-256 " + file.sha256;
  for (const NamedScalar& parameter : schema.parameters) content["parameters"][parameter.name] = parameter.value;
  read_everything(reader);
  OptionTree::Array tables;
  for (const Table& table : reader.tables()) tables.emplace_back(table.name);
  if (!tables.empty()) content["tables"] = tables;
  const std::int64_t torn = reader.torn_steps();
  report.whole = torn == 0 && reader.complete();
  if (torn > 0)
    report.problem = std::to_string(torn) + " torn step(s) after the last whole one; marea repair trims them";
  else if (!reader.complete())
    report.problem = "the run has not come to its end; every snapshot listed is whole";
}

void inspect_model(const std::string& path, FileReport& report) {
  report.kind = "model";
  const ModelInfo info = read_model_info(path);
  OptionTree& content = report.content;
  content["name"] = info.name;
  content["task"] = info.task;
  content["inputs"] = names(info.inputs);
  content["outputs"] = names(info.outputs);
  content["extents"] = list(info.extents);
  content["interval"] = info.interval;
  content["training_files"] = static_cast<std::int64_t>(info.training_files.size());
  if (!info.card.empty()) content["card"] = info.card;
  report.whole = true;
}

void inspect_checkpoint(const std::string& path, FileReport& report) {
  report.kind = "checkpoint";
  detail::check_seal(path, "checkpoint");
  const hdf5::File file(path, hdf5::Access::read);
  report.content["time"] = file.read_double("time");
  report.content["steps"] = file.read_integer("steps");
  report.content["extents"] = list(file.read_integers("extents"));
  report.content["fields"] = list(file.open_group("fields").children());
  report.whole = true;
}

/// Reads every value, a part of the first axis at a time.
void read_everything(const hdf5::Dataset& dataset) {
  const CfValues cf(dataset);  // refuses attributes that no reader could apply
  dataset.check_stored();
  double unwritten = 0;
  if (!hdf5::has_fill_value(dataset, unwritten) || !cf.is_gap(unwritten)) hdf5::check_written(dataset);
  hdf5::Extents start(dataset.extents().size(), 0), count = dataset.extents();
  constexpr std::int64_t most = std::int64_t{1} << 23;  // values at a time
  const std::int64_t rows = count[0], row = dataset.size() / std::max<std::int64_t>(rows, 1);
  for (start[0] = 0; start[0] < rows; start[0] += count[0]) {
    count[0] = std::min(rows - start[0], std::max<std::int64_t>(most / std::max<std::int64_t>(row, 1), 1));
    dataset.read(start, count, HostArray(DType::f64, count).ref());
  }
}

/// Adds the fields of a group and of the groups in it; throws DataError at the first that cannot be read.
void inspect_group(const hdf5::Group& group, const std::string& prefix, int depth, OptionTree& content) {
  constexpr int deepest = 8;  // hard links may go in a circle
  for (const std::string& name : group.children()) {
    if (const std::string broken = hdf5::broken_link(group, name); !broken.empty())
      fail<DataError>(group.file() + ":/" + prefix + name, broken);
    const hdf5::Kind kind = group.kind(name);
    if (kind == hdf5::Kind::group && depth < deepest)
      inspect_group(group.open_group(name), prefix + name + "/", depth + 1, content);
    if (kind != hdf5::Kind::dataset) continue;
    const hdf5::Dataset dataset = group.open_dataset(name);
    if (!dataset.is_number() || dataset.extents().empty()) continue;
    content["fields"][prefix + name] = list(dataset.extents());
    read_everything(dataset);
  }
}

void inspect_fields(const hdf5::File& file, FileReport& report) {
  inspect_group(file, "", 0, report.content);
  if (report.content.empty()) {
    report.problem = "is HDF5, but holds no snapshots, model, checkpoint or plain fields";
    return;
  }
  report.kind = "fields";
  report.whole = true;
}

FileReport inspect_here(const std::string& path) {
  FileReport report{.kind = "foreign"};
  try {
    std::string kind;
    {
      const hdf5::File file(path, hdf5::Access::read);
      kind = detail::kind_of(file);
      if (kind.empty()) inspect_fields(file, report);
    }
    if (kind == "model") inspect_model(path, report);
    if (kind == "checkpoint") inspect_checkpoint(path, report);
    if (kind == "snapshot") inspect_snapshot(path, report);
  } catch (const Error& error) {
    report.whole = false;
    report.problem = error.what();
  }
  return report;
}

OptionTree to_tree(const FileReport& report) {
  OptionTree tree;
  tree["kind"] = report.kind;
  tree["whole"] = report.whole;
  tree["problem"] = report.problem;
  if (!report.content.empty()) tree["content"] = report.content;
  return tree;
}

/// What is being written is neither foreign nor damaged. Only snapshots are written where they stand: models and
/// checkpoints take their place when they are whole.
void name_writer(const std::string& path, FileReport& report) {
  const std::string writer = report.whole ? "" : writer_of(path);
  if (writer.empty()) return;
  report.kind = "snapshot";
  report.problem = "is being written by " + writer +
                   "; inspect it when the run has ended, or stop that process (a run goes on from its checkpoint)";
}

}  // namespace

FileReport inspect_file(const std::string& path) {
  if (::access(path.c_str(), R_OK) != 0) fail<IoError>(path, "cannot be opened: ", std::strerror(errno));
  if (std::filesystem::is_directory(path)) fail<IoError>(path, "is a folder; name one file in it");
  detail::require_regular_file(path);
  const int seconds = 2 + static_cast<int>(std::filesystem::file_size(path) >> 24);  // it unpacks 16 MiB in far less
  const detail::ChildResult child = detail::run_in_child(seconds, [&] { return to_toml(to_tree(inspect_here(path))); });
  FileReport report{.kind = "foreign",
                    .problem = "is damaged: the HDF5 library " + child.problem + " while reading it"};
  if (child.finished) {
    OptionTree tree = parse_toml(child.text, path);
    report.kind = tree["kind"].as_string();
    report.whole = tree["whole"].as_bool();
    report.problem = tree["problem"].as_string();
    if (const OptionTree* content = tree.find("content")) report.content = *content;
  }
  name_writer(path, report);
  return report;
}

}  // namespace marea
