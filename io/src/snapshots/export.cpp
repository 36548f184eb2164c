// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/export.hpp>

#include <algorithm>
#include <filesystem>
#include <iomanip>
#include <sstream>

#include <marea/io/error.hpp>
#include <marea/io/hdf5.hpp>
#include <marea/io/host_array.hpp>
#include <marea/io/snapshot_reader.hpp>

#include "../hdf5/committed_file.hpp"
#include "../hdf5/replace_file.hpp"
#include "snapshot_layout.hpp"

namespace marea {
namespace {

namespace fs = std::filesystem;
using hdf5::Dataset;
using hdf5::Extents;
using hdf5::File;

Extents cells(const SnapshotReader& reader) {
  const Block& block = reader.grid().block;
  return {block.global.begin(), block.global.begin() + block.rank};
}

/// "velocity_x", …: one name a component of a field.
std::vector<std::string> channels(const FieldInfo& field, const GridInfo& grid) {
  std::vector<std::string> names{field.name};
  for (int r = 0; r < field.rank; ++r) {
    std::vector<std::string> longer;
    for (const std::string& name : names)
      for (const std::string& component : component_names(grid.axis_names))
        longer.push_back(name + (r == 0 ? "_" : "") + component);
    names = std::move(longer);
  }
  return names;
}

/// One snapshot of a field with all its components as one last axis: f32 (cells…, channels).
HostArray read_channels(const SnapshotReader& reader, const FieldInfo& field, std::int64_t trajectory, std::int64_t step) {
  Extents extents = cells(reader);
  extents.insert(extents.end(), static_cast<std::size_t>(field.rank), reader.grid().block.rank);
  HostArray values(DType::f32, extents);
  reader.read(field.name, trajectory, step, values.ref());
  return values;
}

/// Component `c` of such an array as (cells…).
ArrayRef channel(const HostArray& values, const Extents& grid, std::int64_t count, std::int64_t c) {
  Extents flat = grid;
  flat.push_back(count);
  const ArrayRef all = make_array_ref(values.ref().data, values.dtype(), flat);
  ArrayRef one = all.slice(all.rank - 1, c, c + 1);
  --one.rank;
  return one;
}

void write_pdebench(const SnapshotReader& reader, const std::string& out) {
  File file(out, hdf5::Access::create);
  const Extents grid = cells(reader);
  std::vector<std::string> names;
  for (const FieldInfo& field : reader.schema().fields)
    for (const std::string& name : channels(field, reader.grid())) names.push_back(name);
  for (std::int64_t trajectory = 0; trajectory < reader.trajectories(); ++trajectory) {
    std::ostringstream group_name;
    group_name << std::setw(4) << std::setfill('0') << trajectory;
    hdf5::Group group = file.create_group(group_name.str());
    const auto steps = static_cast<std::int64_t>(reader.times().size());
    Extents extents{steps};
    extents.insert(extents.end(), grid.begin(), grid.end());
    extents.push_back(static_cast<std::int64_t>(names.size()));
    Dataset data = group.create_dataset("data", DType::f32, {.extents = extents});
    data.write_attribute("channels", names);
    for (std::int64_t step = 0; step < steps; ++step) {
      std::int64_t position = 0;
      for (const FieldInfo& field : reader.schema().fields) {
        const HostArray values = read_channels(reader, field, trajectory, step);
        const auto count = static_cast<std::int64_t>(channels(field, reader.grid()).size());
        Extents start(extents.size(), 0), box = extents;
        start.front() = step, start.back() = position;
        box.front() = 1, box.back() = count;
        data.write(start, box, values.ref());
        position += count;
      }
    }
    hdf5::Group coordinates = group.create_group("grid");
    const auto write = [&](const std::string& name, const std::vector<double>& values) {
      const std::vector<float> single(values.begin(), values.end());
      coordinates.write_dataset(name, make_array_ref(single.data(), {static_cast<std::int64_t>(single.size())}));
    };
    for (std::size_t a = 0; a < grid.size(); ++a) write(reader.grid().axis_names[a], reader.grid().centres[a]);
    write("t", reader.times(trajectory));
  }
  file.close();
}

void describe(Dataset& dataset, const FieldInfo& field, const std::string& name, const GridInfo& grid) {
  dataset.write_attribute("units", field.units);
  dataset.write_attribute("long_name", name == field.name ? field.long_name : field.long_name + ", " + name);
  if (!field.standard_name.empty() && name == field.name) dataset.write_attribute("standard_name", field.standard_name);
  detail::write_cell_value(dataset, field.cell_value, grid.axis_names);
}

void write_netcdf(const SnapshotReader& reader, const std::string& out) {
  if (reader.trajectories() != 1)
    fail<DataError>(out, "a netCDF export holds one trajectory; this file has ", reader.trajectories());
  File file(out, hdf5::Access::create);
  file.write_attribute("Conventions", "CF-1.10");
  file.write_attribute("title", reader.schema().dataset_name);
  file.write_attribute("config_toml", to_toml(reader.schema().config));
  const auto scale = [&](const std::string& name, const std::vector<double>& values, const std::string& units) {
    Dataset dataset = file.write_dataset(name, make_array_ref(values.data(), {static_cast<std::int64_t>(values.size())}));
    dataset.make_scale(name);
    dataset.write_attribute("units", units);
    return dataset;
  };
  const Extents grid = cells(reader);
  std::vector<Dataset> scales;
  scales.push_back(scale("time", reader.times(), reader.grid().time_unit));
  for (std::size_t a = 0; a < grid.size(); ++a)
    scales.push_back(scale(reader.grid().axis_names[a], reader.grid().centres[a], reader.grid().length_unit));
  const auto steps = static_cast<std::int64_t>(reader.times().size());
  const auto write = [&](const FieldInfo& field, bool varies) {
    const std::vector<std::string> names = channels(field, reader.grid());
    const auto count = static_cast<std::int64_t>(names.size());
    Extents extents = grid, chunk = grid;
    if (varies) extents.insert(extents.begin(), steps), chunk.insert(chunk.begin(), 1);
    std::vector<Dataset> datasets;
    for (const std::string& name : names) {
      datasets.push_back(file.create_dataset(name, DType::f32, {.extents = extents, .chunk = chunk, .deflate = 1}));
      for (std::size_t a = 0; a < extents.size(); ++a)
        datasets.back().attach_scale(scales[a + (varies ? 0 : 1)], static_cast<int>(a));
      describe(datasets.back(), field, name, reader.grid());
    }
    for (std::int64_t step = 0; step < (varies ? steps : 1); ++step) {
      const HostArray values = read_channels(reader, field, 0, step);
      for (std::int64_t c = 0; c < count; ++c) {
        Extents start(extents.size(), 0), box = extents;
        if (varies) start.front() = step, box.front() = 1;
        datasets[static_cast<std::size_t>(c)].write(start, box, channel(values, grid, count, c));
      }
    }
  };
  if (steps > 0)
    for (const FieldInfo& field : reader.schema().fields) write(field, true);
  for (const FieldInfo& field : reader.schema().constants)
    if (reader.has(field.name)) write(field, false);
  file.close();
}

void write_well(const SnapshotReader& reader, const std::string& path, const std::string& out) {
  detail::CommittedFile::copy(path, out);
  File file(out, hdf5::Access::write);
  for (const auto* list : {&reader.schema().fields, &reader.schema().constants})
    for (const FieldInfo& field : *list)
      if (file.has(field.name)) file.remove(field.name);
  file.close();
}

}  // namespace

std::string export_snapshot(const std::string& path, const std::string& out, std::string_view layout) {
  if (layout != "well" && layout != "pdebench" && layout != "netcdf")
    fail<ConfigError>("export", "layout = ", layout, " must be one of well, pdebench, netcdf");
  const SnapshotReader reader(path);
  fs::path target = out;
  if (layout == "well") {
    const std::string split = reader.schema().split.empty() ? "train" : reader.schema().split;
    target = fs::path(out) / "data" / split / fs::path(path).filename();
  }
  std::error_code error;
  if (target.has_parent_path()) fs::create_directories(target.parent_path(), error);
  if (error) fail<IoError>(target.string(), "its folder cannot be made: ", error.message());
  if (fs::exists(target, error) && fs::equivalent(path, target, error))
    fail<ConfigError>("export", "out = ", target.string(), " is the file itself; name another one");
  const std::string temporary = target.string() + ".tmp";
  try {
    if (layout == "pdebench") write_pdebench(reader, temporary);
    if (layout == "netcdf") write_netcdf(reader, temporary);
    if (layout == "well") write_well(reader, path, temporary);
    detail::replace_file(temporary, target.string());
  } catch (...) {
    fs::remove(temporary, error);
    fs::remove(detail::CommittedFile::journal_of(temporary), error);
    throw;
  }
  return target.string();
}

}  // namespace marea
