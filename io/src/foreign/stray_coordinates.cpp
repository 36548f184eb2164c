// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "stray_coordinates.hpp"

#include <algorithm>
#include <string>

#include <marea/io/error.hpp>

#include "cf_text.hpp"

namespace marea::detail {
namespace {

using hdf5::Dataset;
using hdf5::Kind;

bool has_coordinates(const CfAxis& axis) { return !axis.centres.empty(); }
bool is_horizontal(char letter) { return letter == 'x' || letter == 'y'; }

/// 0, 1, 2, … or 1, 2, 3, … without units: indices, written as coordinates.
bool counts_cells(const CfAxis& axis) {
  if (axis.centres.size() < 2 || !axis.units.empty()) return false;
  const double first = axis.centres.front();
  for (std::size_t i = 0; i < axis.centres.size(); ++i)
    if (axis.centres[i] != first + static_cast<double>(i)) return false;
  return first == 0 || first == 1;
}

[[noreturn]] void fail_curvilinear(const Dataset& field, const std::string& name, const Dataset& coordinates) {
  std::string extents;
  for (const std::int64_t n : coordinates.extents()) extents += (extents.empty() ? "" : " x ") + std::to_string(n);
  fail<DataError>(field.where(), "stands on a curvilinear grid: its coordinates ", name, " are ", extents,
                  "; where every row of them is alike, write them as lists along their axes (x[0, :] and y[:, 0]); ",
                  "else bring the field to a local Cartesian grid first: python -m marea.prepare");
}

/// Whether a list stands along an axis of the field that could be its own: by its dimension scale or, where it has
/// none, by its length.
bool stands_along(const Dataset& list, char letter, const std::vector<hdf5::AxisLabels>& labels,
                  const std::vector<CfAxis>& axes) {
  const std::vector<hdf5::Scale> mine = hdf5::axis_labels(list)[0].scales;
  for (std::size_t a = 0; a < axes.size(); ++a) {
    if (has_coordinates(axes[a]) || (axes[a].letter != 0 && axes[a].letter != letter)) continue;
    const bool shared = std::ranges::any_of(labels[a].scales, [&](const hdf5::Scale& scale) {
      return std::ranges::any_of(mine, [&](const hdf5::Scale& other) { return other.path == scale.path; });
    });
    if (shared || (mine.empty() && axes[a].letter == letter && list.size() == axes[a].cells)) return true;
  }
  return false;
}

void refuse_list(const Dataset& field, const std::string& name, const Dataset& list, bool along) {
  if (along && list.size() > 1)
    fail<DataError>(field.where(), "has the coordinate ", name, " along a dimension of another name; give the ",
                    "dimension the coordinate's name (xarray: swap_dims; h5py: make_scale and attach_scale)");
}

/// Those that the field names itself, whatever they are called.
void refuse_named(const hdf5::File& file, const Dataset& field) {
  for (const std::string& word : words_of(field, "coordinates")) {
    if (file.kind(word) != Kind::dataset) continue;
    const Dataset coordinates = file.open_dataset(word);
    const char letter = cf_axis_of(base_name(word), &coordinates).letter;
    if (coordinates.extents().size() > 1) fail_curvilinear(field, word, coordinates);
    refuse_list(field, word, coordinates, coordinates.extents().size() == 1 && letter != 0 && letter != 't');
  }
}

/// Those beside it.
void refuse_beside(const hdf5::File& file, const Dataset& field, const std::vector<hdf5::AxisLabels>& labels,
                   const std::vector<CfAxis>& axes, bool lists_too) {
  const std::set<std::string> bounds = named_by(file, {"bounds"});
  for (const std::string& name : file.children()) {
    if (file.kind(name) != Kind::dataset || bounds.contains(name)) continue;
    const Dataset dataset = file.open_dataset(name);
    if (dataset.path() == field.path() || !dataset.is_number() || dataset.extents().empty()) continue;
    const char letter = cf_axis_of(name, &dataset).letter;
    if (is_horizontal(letter) && dataset.extents().size() > 1) fail_curvilinear(field, name, dataset);
    // A scale names a dimension: this field's, which is known, or another one.
    if (lists_too && letter != 0 && letter != 't' && dataset.extents().size() == 1 && !hdf5::is_scale(dataset))
      refuse_list(field, name, dataset, stands_along(dataset, letter, labels, axes));
  }
}

/// Where the cells lie, said by attributes as GDAL and ESRI grids say it, on the field, its grid mapping or the file.
void refuse_georeference(const hdf5::File& file, const Dataset& field) {
  const auto look = [&](const hdf5::Object& object) {
    for (const std::string& name : object.attributes())
      if (one_of(lower(name), {"geotransform", "geo_transform", "affine", "transform", "xllcorner", "yllcorner",
                               "xllcenter", "yllcenter"}))
        fail<DataError>(object.where() + "@" + name, "says where the cells of ", field.path(), " lie, which has no ",
                        "coordinates, and would be passed over; write them as dimension scales y and x (rioxarray: ",
                        "open_rasterio and to_netcdf), or take the attribute out");
  };
  look(field);
  look(file);
  for (const std::string& word : words_of(field, "grid_mapping"))
    if (file.kind(word) == Kind::dataset) look(file.open_dataset(word));
}

void refuse_in_groups(const hdf5::Group& group, const Dataset& field, const std::string& prefix, int depth) {
  constexpr int deepest = 4;  // hard links may go in a circle
  for (const std::string& name : group.children()) {
    if (group.kind(name) == Kind::group && depth < deepest)
      refuse_in_groups(group.open_group(name), field, prefix + name + "/", depth + 1);
    if (prefix.empty() || group.kind(name) != Kind::dataset) continue;
    const Dataset dataset = group.open_dataset(name);
    if (dataset.is_number() && dataset.size() > 1 && is_horizontal(cf_axis_of(name, &dataset).letter))
      fail<DataError>(field.where(), "has no coordinates, and ", prefix, name,
                      " in a group of the file would be passed over; move it to the root, beside the field");
  }
}

}  // namespace

void refuse_stray_coordinates(const hdf5::File& file, const Dataset& field,
                              const std::vector<hdf5::AxisLabels>& labels, const std::vector<CfAxis>& axes) {
  const bool known = std::ranges::any_of(axes, has_coordinates);
  const bool counted = known && std::ranges::all_of(axes, [](const CfAxis& axis) {
    return !is_horizontal(axis.letter) || !has_coordinates(axis) || counts_cells(axis);
  });
  if (known && !counted) return;
  if (!known) refuse_named(file, field);
  refuse_beside(file, field, labels, axes, !known);
  if (known) return;
  refuse_georeference(file, field);
  refuse_in_groups(file, field, "", 0);
}

}  // namespace marea::detail
