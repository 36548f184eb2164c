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
#include <marea/io/stop_signal.hpp>

#include "../hdf5/committed_file.hpp"
#include "export_target.hpp"
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

/// One snapshot of a field with all its components as one last axis: (cells…, channels).
HostArray read_channels(const SnapshotReader& reader, const FieldInfo& field, std::int64_t trajectory,
                        std::int64_t step, DType dtype) {
  Extents extents = cells(reader);
  extents.insert(extents.end(), static_cast<std::size_t>(field.rank), reader.grid().block.rank);
  HostArray values(dtype, extents);
  reader.read(field.name, trajectory, step, values.ref());
  return values;
}

/// Such an array with the components of a tensor in one axis.
ArrayRef flat(const HostArray& values, Extents grid, std::int64_t count) {
  grid.push_back(count);
  return make_array_ref(values.ref().data, values.dtype(), grid);
}

/// Component `c` of such an array as (cells…).
ArrayRef channel(const HostArray& values, const Extents& grid, std::int64_t count, std::int64_t c) {
  const ArrayRef all = flat(values, grid, count);
  ArrayRef one = all.slice(all.rank - 1, c, c + 1);
  --one.rank;
  return one;
}

/// The axes of the grid in the order x, y, z, which is PDEBench's.
std::vector<std::size_t> axes_from_x(const GridInfo& grid) {
  std::vector<std::size_t> order;
  for (const std::string& name : component_names(grid.axis_names))
    order.push_back(static_cast<std::size_t>(std::ranges::find(grid.axis_names, name) - grid.axis_names.begin()));
  return order;
}

/// (cells…, channels) with the cells in that order.
ArrayRef reordered(const ArrayRef& values, const std::vector<std::size_t>& order) {
  ArrayRef out = values;
  for (std::size_t a = 0; a < order.size(); ++a) {
    out.extent[a] = values.extent[order[a]];
    out.stride[a] = values.stride[order[a]];
  }
  return out;
}

void write_single(hdf5::Group& group, const std::string& name, const std::vector<double>& values) {
  const std::vector<float> single(values.begin(), values.end());
  group.write_dataset(name, make_array_ref(single.data(), {std::ssize(single)}));
}

void go_on() {
  if (StopSignal::requested()) fail<Stopped>("export", "stopped; nothing was written");
}

/// Source: M. Takamoto et al. (2022), PDEBench, doi:10.48550/arXiv.2210.07182; 2-D shallow water as its generator
/// writes it (github.com/pdebench/PDEBench, pdebench/data_gen/src/sim_radial_dam_break.py): groups 0000, 0001, … with
/// `data` f32 [t, x, y, v] and `grid/x`, `grid/y`, `grid/t`; its readers take every key of the root for a trajectory.
void write_pdebench(const SnapshotReader& reader, File& file) {
  const std::vector<std::size_t> order = axes_from_x(reader.grid());
  const Extents grid = cells(reader);
  std::vector<std::string> names;
  for (const FieldInfo& field : reader.schema().fields)
    for (const std::string& name : channels(field, reader.grid())) names.push_back(name);
  for (std::int64_t trajectory = 0; trajectory < reader.trajectories(); ++trajectory) {
    std::ostringstream group_name;
    group_name << std::setw(4) << std::setfill('0') << trajectory;
    hdf5::Group group = file.create_group(group_name.str());
    const auto steps = std::ssize(reader.times());
    Extents extents{steps};
    for (const std::size_t axis : order) extents.push_back(grid[axis]);
    extents.push_back(std::ssize(names));
    Dataset data = group.create_dataset("data", DType::f32, {.extents = extents});
    data.write_attribute("channels", names);
    for (std::int64_t step = 0; step < steps; ++step) {
      go_on();
      std::int64_t position = 0;
      for (const FieldInfo& field : reader.schema().fields) {
        const HostArray values = read_channels(reader, field, trajectory, step, DType::f32);
        const auto count = std::ssize(channels(field, reader.grid()));
        Extents start(extents.size(), 0), box = extents;
        start.front() = step, start.back() = position;
        box.front() = 1, box.back() = count;
        data.write(start, box, reordered(flat(values, grid, count), order));
        position += count;
      }
    }
    hdf5::Group coordinates = group.create_group("grid");
    for (const std::size_t axis : order)
      write_single(coordinates, reader.grid().axis_names[axis], reader.grid().centres[axis]);
    write_single(coordinates, "t", reader.times(trajectory));
  }
}

void describe(Dataset& dataset, const FieldInfo& field, const std::string& name, const GridInfo& grid) {
  dataset.write_attribute("units", field.units);
  dataset.write_attribute("long_name", name == field.name ? field.long_name : field.long_name + ", " + name);
  if (!field.standard_name.empty() && name == field.name) dataset.write_attribute("standard_name", field.standard_name);
  detail::write_cell_value(dataset, field.cell_value, grid.axis_names);
}

void write_netcdf(const SnapshotReader& reader, File& file) {
  file.write_attribute("Conventions", "CF-1.10");
  file.write_attribute("title", reader.schema().dataset_name);
  file.write_attribute("config_toml", to_toml(reader.schema().config));
  const auto scale = [&](const std::string& name, const std::vector<double>& values, const std::string& units) {
    Dataset dataset = file.write_dataset(name, make_array_ref(values.data(), {std::ssize(values)}));
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
    const auto count = std::ssize(names);
    const DType dtype = reader.dtype(field.name);
    Extents extents = grid, chunk = grid;
    if (varies) extents.insert(extents.begin(), steps), chunk.insert(chunk.begin(), 1);
    std::vector<Dataset> datasets;
    for (const std::string& name : names) {
      datasets.push_back(file.create_dataset(name, dtype, {.extents = extents, .chunk = chunk, .deflate = 1}));
      for (std::size_t a = 0; a < extents.size(); ++a)
        datasets.back().attach_scale(scales[a + (varies ? 0 : 1)], static_cast<int>(a));
      describe(datasets.back(), field, name, reader.grid());
    }
    for (std::int64_t step = 0; step < (varies ? steps : 1); ++step) {
      go_on();
      const HostArray values = read_channels(reader, field, 0, step, dtype);
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
}

/// Takes the links at the root away, where The Well's tools look for nothing.
void unlink_fields(const SnapshotReader& reader, File& file) {
  for (const auto* list : {&reader.schema().fields, &reader.schema().constants})
    for (const FieldInfo& field : *list)
      if (file.has(field.name)) file.remove(field.name);
}

}  // namespace

void require_whole_run(const std::string& path) {
  const SnapshotReader reader(path);
  if (reader.torn_steps() > 0)
    fail<DataError>(path, "holds ", reader.torn_steps(), " torn step(s) after the last whole one; ",
                    "trim them by `marea repair`, finish the run, then export it");
  if (!reader.complete())
    fail<DataError>(path, "the run has not come to its end, ", reader.times().size(), " of its snapshots are there; ",
                    "finish it by `marea simulate`, then export it");
}

std::string export_snapshot(const std::string& path, const std::string& out, std::string_view layout) {
  if (layout != "well" && layout != "pdebench" && layout != "netcdf")
    fail<ConfigError>("export", "layout = ", layout, " must be one of well, pdebench, netcdf");
  require_whole_run(path);
  const SnapshotReader reader(path);
  std::string place = out;
  if (layout == "well") {
    const std::string split = reader.schema().split.empty() ? "train" : reader.schema().split;
    place = detail::ExportTarget::free_place(
        path, (fs::path(out) / "data" / split / fs::path(path).filename()).string(), detail::source_of_hdf5);
  }
  if (layout == "netcdf" && reader.trajectories() != 1)
    fail<DataError>(path, "holds ", reader.trajectories(), " trajectories, and a netCDF export holds one; export it ",
                    "--to well or --to pdebench, which keep all");
  detail::ExportTarget target(path, place, detail::source_of_hdf5);
  if (layout == "well") detail::CommittedFile::copy(path, target.temporary());
  File file(target.temporary(), layout == "well" ? hdf5::Access::write : hdf5::Access::create);
  try {
    file.write_attribute("marea_export_of", target.source());
    if (layout == "well") unlink_fields(reader, file);
    if (layout == "pdebench") write_pdebench(reader, file);
    if (layout == "netcdf") write_netcdf(reader, file);
    file.close();
  } catch (...) {
    file.abandon();
    throw;
  }
  target.commit();
  return place;
}

}  // namespace marea
