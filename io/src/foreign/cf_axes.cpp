// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "cf_axes.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include <marea/io/cf_values.hpp>
#include <marea/io/error.hpp>
#include <marea/io/units.hpp>

#include "../hdf5/dataset_storage.hpp"
#include "cf_text.hpp"
#include "stray_coordinates.hpp"

namespace marea::detail {
namespace {

using hdf5::Dataset;
using hdf5::Kind;

/// What a word says an axis is.
struct Meaning {
  char letter = 0;
  bool geographic = false;
};

Meaning of_name(const std::string& text) {
  const std::string name = lower(text);
  if (one_of(name, {"x", "xc", "x_coord", "easting", "eastings", "i", "ni", "nx"})) return {'x'};
  if (one_of(name, {"y", "yc", "y_coord", "northing", "northings", "j", "nj", "ny"})) return {'y'};
  if (one_of(name, {"z", "zc", "z_coord", "k", "nk", "nz", "depth", "height", "altitude", "lev", "level"}))
    return {'z'};
  if (one_of(name, {"t", "time"})) return {'t'};
  if (one_of(name, {"lon", "lons", "long", "longitude", "longitudes", "rlon", "nav_lon"})) return {'x', true};
  if (one_of(name, {"lat", "lats", "latitude", "latitudes", "rlat", "nav_lat"})) return {'y', true};
  return {};
}

Meaning of_standard_name(const std::string& name) {
  if (one_of(name, {"longitude", "grid_longitude"})) return {'x', true};
  if (one_of(name, {"latitude", "grid_latitude"})) return {'y', true};
  if (name == "projection_x_coordinate") return {'x'};
  if (name == "projection_y_coordinate") return {'y'};
  if (one_of(name, {"depth", "height", "altitude"})) return {'z'};
  if (name == "time") return {'t'};
  return {};
}

Meaning of_units(const std::string& units) {
  const std::string name = lower(units);
  if (one_of(name, {"degrees_east", "degree_east", "degrees_e", "degree_e", "degreese", "degreee"})) return {'x', true};
  if (one_of(name, {"degrees_north", "degree_north", "degrees_n", "degree_n", "degreesn", "degreen"}))
    return {'y', true};
  if (units_factor(units, "radian")) return {0, true};
  return units.find(" since ") != std::string::npos ? Meaning{'t'} : Meaning{};
}

Meaning of_axis(const std::string& axis) {
  if (axis.size() != 1 || std::string("XYZTxyzt").find(axis[0]) == std::string::npos) return {};
  return {static_cast<char>(std::tolower(static_cast<unsigned char>(axis[0])))};
}

/// Coordinates as values, z upwards. Throws DataError unless they are finite and rise or fall strictly.
void read_coordinates(CfAxis& axis, const Dataset& coordinates) {
  const CfValues values(coordinates);
  axis.centres = read_cf_values(coordinates, values);
  axis.units = values.units();
  axis.where = coordinates.where();
  const std::vector<double>& x = axis.centres;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (!std::isfinite(x[i])) fail<DataError>(axis.where, "coordinate ", i, " is missing or not finite");
  const bool falls = x.back() < x.front();
  for (std::size_t i = 1; i < x.size(); ++i)
    if (falls ? x[i] >= x[i - 1] : x[i] <= x[i - 1])
      fail<DataError>(axis.where, "coordinates must rise or fall strictly, but do not at index ", i);
  const bool depth = lower(axis.name) == "depth" && text_of(coordinates, "positive").empty();
  if (axis.letter == 'z' && (values.points_down() || depth))
    for (double& z : axis.centres) z = -z;
}

std::optional<Dataset> open_if_list(const hdf5::File& file, const std::string& path) {
  if (path.empty() || file.kind(path) != Kind::dataset) return {};
  Dataset dataset = file.open_dataset(path);
  if (dataset.extents().size() != 1 || dataset.size() == 0 || !dataset.is_number()) return {};
  return dataset;
}

/// An axis that the file names by scales or a label; false where it does not.
bool describe(const hdf5::File& file, const hdf5::AxisLabels& labels, CfAxis& axis) {
  for (const hdf5::Scale& scale : labels.scales) {
    const std::optional<Dataset> coordinates =
        scale.coordinates ? open_if_list(file, scale.path) : std::optional<Dataset>();
    CfAxis found = cf_axis_of(base_name(scale.path), coordinates ? &*coordinates : nullptr);
    if (coordinates && coordinates->size() != axis.cells)
      fail<DataError>(coordinates->where(), "must have ", axis.cells,
                      " coordinates, as the axis it is attached to has cells, but has ", coordinates->size());
    found.cells = axis.cells;
    if (coordinates) read_coordinates(found, *coordinates);
    const bool better = axis.name.empty() || (axis.centres.empty() && !found.centres.empty()) ||
                        (axis.geographic && !found.geographic && !found.centres.empty());
    if (better) axis = std::move(found);
  }
  if (axis.name.empty() && !labels.label.empty()) {
    const std::optional<Dataset> coordinates = open_if_list(file, labels.label);
    const std::int64_t cells = axis.cells;
    const bool fits = coordinates && coordinates->size() == cells;
    axis = cf_axis_of(labels.label, fits ? &*coordinates : nullptr);
    axis.cells = cells;
    if (fits) read_coordinates(axis, *coordinates);
  }
  return !axis.name.empty();
}

/// Coordinates along `letter` among the lists of numbers beside a dataset of a file without dimension scales; those in
/// length units first.
std::optional<CfAxis> beside(const hdf5::File& file, const std::string& wanted, std::int64_t cells) {
  std::optional<CfAxis> best;
  std::optional<Dataset> of_best;
  for (const std::string& name : file.children()) {
    std::optional<Dataset> coordinates = open_if_list(file, name);
    if (!coordinates) continue;
    CfAxis axis = cf_axis_of(name, &*coordinates);
    if (axis.letter != wanted[0] && lower(name) != wanted) continue;
    if (best && (!best->geographic || axis.geographic) && best->cells == cells) continue;
    axis.cells = coordinates->size();
    best = std::move(axis);
    of_best = std::move(coordinates);
  }
  if (!best) return {};
  if (best->cells != cells)
    fail<DataError>(of_best->where(), "must have ", cells, " coordinates, as the field has cells along ", wanted,
                    ", but has ", best->cells, "; without dimension scales fields are stored as [y, x], with x last");
  read_coordinates(*best, *of_best);
  return best;
}

/// In a file that names no axes: the last ones are those of the grid, in marea's order.
void describe_by_place(const hdf5::File& file, const Dataset& dataset, const std::vector<std::string>& order,
                       bool vector, std::vector<CfAxis>& axes) {
  const std::size_t end = axes.size() - (vector ? 1 : 0);
  const std::size_t extra = end > order.size() ? end - order.size() : 0;
  std::size_t found = 0;
  for (std::size_t a = extra; a < end; ++a) {
    const std::string& wanted = order[order.size() - end + a];
    if (auto axis = beside(file, wanted, axes[a].cells)) {
      axes[a] = std::move(*axis);
      ++found;
    }
  }
  if (found != 0 && found != end - extra)
    fail<DataError>(file.file(), "holds coordinates of some axes of ", dataset.path().substr(1),
                    " only; give all or none");
}

}  // namespace

CfAxis cf_axis_of(const std::string& name, const Dataset* coordinates) {
  CfAxis axis{.name = name};
  const Meaning by_name = of_name(name);
  axis.letter = by_name.letter;
  axis.geographic = by_name.geographic;
  if (!coordinates) return axis;
  const std::string units = text_of(*coordinates, "units");
  const Meaning by_standard_name = of_standard_name(text_of(*coordinates, "standard_name"));
  const std::pair<const char*, Meaning> said[] = {{"axis", of_axis(text_of(*coordinates, "axis"))},
                                                  {"standard_name", by_standard_name},
                                                  {"units", of_units(units)}};
  for (const auto& [attribute, meaning] : said) {
    if (meaning.letter != 0 && axis.letter != 0 && meaning.letter != axis.letter)
      fail<DataError>(coordinates->where(), "its ", attribute, " = \"", text_of(*coordinates, attribute),
                      "\" makes it a ", meaning.letter, " axis, but its name or another attribute a ", axis.letter,
                      " axis; correct one of them");
    if (meaning.letter != 0) axis.letter = meaning.letter;
    axis.geographic = axis.geographic || meaning.geographic;
  }
  // "lon" in metres is a length: the units decide.
  if (by_name.geographic && !units.empty() && !of_units(units).geographic && !by_standard_name.geographic)
    axis.geographic = false;
  return axis;
}

std::vector<CfAxis> cf_axes(const hdf5::File& file, const Dataset& dataset, const std::vector<std::string>& order,
                            bool vector) {
  const std::vector<hdf5::AxisLabels> labels = hdf5::axis_labels(dataset);
  std::vector<CfAxis> axes;
  bool named = false;
  for (std::size_t a = 0; a < labels.size(); ++a) {
    axes.push_back({.cells = dataset.extents()[a]});
    named = describe(file, labels[a], axes.back()) || named;
  }
  if (!named) describe_by_place(file, dataset, order, vector, axes);
  refuse_stray_coordinates(file, dataset, labels, axes);
  return axes;
}

std::set<std::string> named_by(const hdf5::Group& group, std::initializer_list<const char*> attributes) {
  std::set<std::string> names;
  for (const std::string& child : group.children()) {
    if (group.kind(child) != Kind::dataset) continue;
    const Dataset dataset = group.open_dataset(child);
    for (const char* attribute : attributes)
      for (const std::string& word : words_of(dataset, attribute)) names.insert(word);
  }
  return names;
}

bool is_description(const hdf5::File& file, const std::string& name) {
  const Dataset dataset = file.open_dataset(name);
  if (!dataset.is_number() || dataset.extents().empty() || hdf5::is_scale(dataset)) return true;
  if (dataset.extents().size() == 1 && cf_axis_of(name, &dataset).letter != 0) return true;
  return named_by(file, {"bounds", "coordinates", "grid_mapping", "ancillary_variables"}).contains(name);
}

}  // namespace marea::detail
