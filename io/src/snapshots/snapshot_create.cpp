// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <set>

#include <marea/io/error.hpp>
#include <marea/io/host_array.hpp>
#include <marea/io/role_names.hpp>

#include "snapshot_layout.hpp"

namespace marea::detail {
namespace {

using hdf5::Dataset;
using hdf5::Extents;
using hdf5::File;
using hdf5::Group;

/// The dimension scales at the root, and their places in The Well's group.
struct Scales {
  Dataset sample, time, component;
  std::vector<Dataset> axes;
};

void check_names(const SnapshotSchema& schema, const GridInfo& grid, const std::string& path) {
  std::set<std::string> taken{"sample", "time", "component", "dimensions", "boundary_conditions", "scalars", "tables",
                              "t0_fields", "t1_fields", "t2_fields"};
  taken.insert(grid.axis_names.begin(), grid.axis_names.end());
  for (const auto* list : {&schema.fields, &schema.constants})
    for (const FieldInfo& field : *list)
      if (field.name.empty() || field.name.find('/') != std::string::npos || !taken.insert(field.name).second)
        fail<ConfigError>(path, "field '", field.name, "' must have a name of its own, without '/'; reserved are the ",
                          "names of axes and groups");
}

void write_root(File& file, const SnapshotSchema& schema, const GridInfo& grid) {
  file.write_attribute("Conventions", "CF-1.10");
  file.write_attribute("marea_schema", snapshot_schema_version);
  file.write_attribute("marea_version", MAREA_VERSION);
  file.write_attribute("complete", false);
  file.write_attribute("dataset_name", schema.dataset_name);
  file.write_attribute("grid_type", "cartesian");
  file.write_attribute("n_spatial_dims", static_cast<std::int64_t>(grid.axis_names.size()));
  file.write_attribute("n_trajectories", 1);
  if (!schema.split.empty()) file.write_attribute("split", schema.split);
  file.write_attribute("config_toml", to_toml(schema.config));
  write_input_files(file, schema.files);
  std::vector<std::string> names;
  for (const NamedScalar& parameter : schema.parameters) names.push_back(parameter.name);
  file.write_attribute("simulation_parameters", names);
  for (const NamedScalar& parameter : schema.parameters) file.write_attribute(parameter.name, parameter.value);
}

Dataset write_axis(File& file, const GridInfo& grid, std::size_t axis) {
  const std::string& name = grid.axis_names[axis];
  const std::vector<double>& centres = grid.centres.at(axis);
  Dataset scale =
      file.write_dataset(name, make_array_ref(centres.data(), {static_cast<std::int64_t>(centres.size())}));
  scale.make_scale(name);
  scale.write_attribute("units", grid.length_unit);
  if (name == "member") {
    scale.write_attribute("long_name", "number of the member");
    scale.write_attribute("standard_name", "realization");
  } else {
    scale.write_attribute("long_name", "cell centres along " + name);
  }
  if (name.size() == 1 && name >= "x" && name <= "z")
    scale.write_attribute("axis", std::string(1, static_cast<char>(name[0] - 'x' + 'X')));
  if (axis < grid.spacing.size()) scale.write_attribute("spacing", grid.spacing[axis]);
  scale.write_attribute("sample_varying", false);
  scale.write_attribute("time_varying", false);
  return scale;
}

Scales write_scales(File& file, const GridInfo& grid, bool vectors) {
  Scales scales;
  const std::int64_t zero = 0;
  scales.sample = file.write_dataset("sample", make_array_ref(&zero, {1}));
  scales.sample.make_scale("sample");
  scales.sample.write_attribute("long_name", "trajectory");
  scales.time = file.create_dataset(
      "time", DType::f64, {.extents = {0}, .maximum = {hdf5::unlimited}, .chunk = {512}});
  scales.time.make_scale("time");
  scales.time.write_attribute("units", grid.time_unit);
  scales.time.write_attribute("calendar", "none");
  scales.time.write_attribute("long_name", "time since the start of the run");
  scales.time.write_attribute("axis", "T");
  scales.time.write_attribute("sample_varying", false);
  scales.time.write_attribute("time_varying", true);
  for (std::size_t axis = 0; axis < grid.axis_names.size(); ++axis) scales.axes.push_back(write_axis(file, grid, axis));
  if (vectors) {
    scales.component = file.write_strings("component", grid.axis_names);
    scales.component.make_scale("component");
    scales.component.write_attribute("long_name", "axis that a component points along");
  }
  Group dimensions = file.create_group("dimensions");
  dimensions.write_attribute("spatial_dims", grid.axis_names);
  file.hard_link("time", "dimensions/time");
  for (const std::string& name : grid.axis_names) file.hard_link(name, "dimensions/" + name);
  return scales;
}

void create_field(File& file, const SnapshotSchema& schema, const FieldInfo& field, bool varies, const Scales& scales,
                  const GridInfo& grid, const Extents& chunk) {
  const auto axes = scales.axes.size();
  if (field.rank < 0 || field.rank > 2 || static_cast<int>(axes) + field.rank > max_rank)
    fail<ConfigError>(file.file(), "field ", field.name, ": tensor rank = ", field.rank, " is not supported in ", axes,
                      "-D");
  hdf5::Layout layout{.extents = {}, .deflate = schema.compression, .fletcher32 = true, .fill_nan = true};
  std::vector<const Dataset*> attached;
  const auto add = [&](const Dataset& scale, std::int64_t extent, std::int64_t maximum, std::int64_t chunk_extent) {
    attached.push_back(&scale);
    layout.extents.push_back(extent);
    layout.maximum.push_back(maximum);
    layout.chunk.push_back(chunk_extent);
  };
  if (varies) {
    add(scales.sample, 1, 1, 1);
    add(scales.time, 0, hdf5::unlimited, 1);
  }
  for (std::size_t a = 0; a < axes; ++a) add(scales.axes[a], scales.axes[a].size(), scales.axes[a].size(), chunk[a]);
  const auto components = static_cast<std::int64_t>(axes);
  for (int r = 0; r < field.rank; ++r) add(scales.component, components, components, components);

  Dataset dataset = file.open_group(field_group(field.rank)).create_dataset(field.name, schema.precision, layout);
  for (std::size_t a = 0; a < attached.size(); ++a) dataset.attach_scale(*attached[a], static_cast<int>(a));
  dataset.write_attribute("units", field.units);
  dataset.write_attribute("long_name", field.long_name.empty() ? field.name : field.long_name);
  if (!field.standard_name.empty()) dataset.write_attribute("standard_name", field.standard_name);
  if (!field.lower_bound.empty()) dataset.write_attribute("lower_bound", field.lower_bound);
  if (!field.upper_bound.empty()) dataset.write_attribute("upper_bound", field.upper_bound);
  write_cell_value(dataset, field.cell_value, grid.axis_names);
  dataset.write_attribute("role", to_string(field.role));
  if (!field.running.empty()) dataset.write_attribute("running", field.running);
  dataset.write_attribute("dim_varying", std::vector<bool>(axes, true));
  dataset.write_attribute("sample_varying", varies);
  dataset.write_attribute("time_varying", varies);
  if (!varies) dataset.write_attribute("written", false);
  file.hard_link(field_path(field), field.name);
}

void write_scalars(File& file, const SnapshotSchema& schema) {
  Group scalars = file.create_group("scalars");
  std::vector<std::string> names;
  for (const NamedScalar& parameter : schema.parameters) {
    std::string name = parameter.name;
    std::replace(name.begin(), name.end(), '/', '_');
    const auto value = static_cast<float>(parameter.value);
    Dataset dataset = scalars.write_dataset(name, make_array_ref(&value, {}));
    dataset.write_attribute("units", parameter.units);
    dataset.write_attribute("sample_varying", false);
    dataset.write_attribute("time_varying", false);
    names.push_back(name);
  }
  scalars.write_attribute("field_names", names);
}

}  // namespace

void create_snapshot_file(const std::string& path, const SnapshotSchema& schema, const GridInfo& grid,
                          const Extents& chunk) {
  check_names(schema, grid, path);
  File file(path, hdf5::Access::create);
  write_root(file, schema, grid);
  bool vectors = false;
  std::vector<std::string> all;
  for (const auto* list : {&schema.fields, &schema.constants})
    for (const FieldInfo& field : *list) {
      vectors = vectors || field.rank > 0;
      all.push_back(field.name);
    }
  const Scales scales = write_scales(file, grid, vectors);
  for (int rank = 0; rank < 3; ++rank) {
    std::vector<std::string> names;
    for (const auto* list : {&schema.fields, &schema.constants})
      for (const FieldInfo& field : *list)
        if (field.rank == rank) names.push_back(field.name);
    file.create_group(field_group(rank)).write_attribute("field_names", names);
  }
  for (const FieldInfo& field : schema.fields) create_field(file, schema, field, true, scales, grid, chunk);
  for (const FieldInfo& field : schema.constants) create_field(file, schema, field, false, scales, grid, chunk);
  write_boundaries(file, grid, all);
  write_scalars(file, schema);
  file.close();
}

}  // namespace marea::detail
