// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/field_file.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>

#include <marea/io/cf_values.hpp>
#include <marea/io/error.hpp>
#include <marea/io/grid_info.hpp>
#include <marea/io/hdf5.hpp>
#include <marea/io/log.hpp>
#include <marea/io/units.hpp>

#include "../foreign/cf_axes.hpp"
#include "../foreign/cf_text.hpp"
#include "../foreign/standard_names.hpp"
#include "../hdf5/dataset_storage.hpp"
#include "../hdf5/file_kind.hpp"

namespace marea {
namespace {

using detail::CfAxis;

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

/// Fields that stand in groups, by their paths. What belongs to the layout of a snapshot file is none.
std::vector<std::string> in_groups(const hdf5::Group& group, const std::string& prefix, int depth) {
  constexpr int deepest = 4;  // hard links may go in a circle
  std::vector<std::string> names;
  for (const std::string& name : group.children()) {
    if (group.kind(name) == hdf5::Kind::group && depth < deepest) {
      const auto below = in_groups(group.open_group(name), prefix + name + "/", depth + 1);
      names.insert(names.end(), below.begin(), below.end());
    }
    if (prefix.empty() || group.kind(name) != hdf5::Kind::dataset) continue;
    const hdf5::Dataset dataset = group.open_dataset(name);
    if (dataset.is_number() && !dataset.extents().empty()) names.push_back(prefix + name);
  }
  return names;
}

hdf5::Dataset open_field(const hdf5::File& file, const std::string& name) {
  if (file.kind(name) == hdf5::Kind::dataset) return file.open_dataset(name);
  if (const std::string broken = hdf5::broken_link(file, name); !broken.empty())
    fail<DataError>(file.file() + ":/" + name, broken);
  std::vector<std::string> known;
  for (const std::string& child : file.children()) {
    if (const std::string broken = hdf5::broken_link(file, child); !broken.empty())
      fail<DataError>(file.file() + ":/" + child, broken);
    if (file.kind(child) == hdf5::Kind::dataset) known.push_back(child);
  }
  const std::vector<std::string> below = in_groups(file, "", 0);
  fail<DataError>(file.file(), "has no dataset ", name, "; it holds ", listed(known),
                  below.empty() ? "" : ", and in groups, where no field is looked for, " + listed(below));
}

/// Whether lists of coordinates stand at the root of a file.
bool holds_coordinates(const hdf5::File& file) {
  return std::ranges::any_of(file.children(), [&](const std::string& name) {
    if (file.kind(name) != hdf5::Kind::dataset) return false;
    const hdf5::Dataset list = file.open_dataset(name);
    return list.extents().size() == 1 && list.is_number() && detail::cf_axis_of(name, &list).letter != 0;
  });
}

constexpr const char* one_state = "; select one state of axes like time, and write it without them";

std::string text_of(const CfAxis& axis) {
  return (axis.name.empty() ? std::string("an axis") : "axis " + axis.name) + " of " +
         std::to_string(axis.cells);
}

/// The axis of a vector's components, and which of them is wanted.
struct Component {
  std::size_t axis = 0;
  std::int64_t index = 0;
};

/// The names of components along an axis of a field, wherever the file says them: in a list of text that is the axis'
/// scale, stands along it or is called so, or in an attribute of the field. Throws DataError where these differ.
std::vector<std::string> said_components(const hdf5::File& file, const hdf5::Dataset& stored, std::size_t axis,
                                         std::int64_t count) {
  std::vector<std::string> names;
  std::string said_by;
  const auto take = [&](std::vector<std::string> found, const std::string& where) {
    if (std::ssize(found) != count) return;
    if (!names.empty() && found != names)
      fail<DataError>(stored.where(), "has the components ", listed(names), " by ", said_by, " and ", listed(found),
                      " by ", where, "; correct one of them");
    names = std::move(found);
    said_by = where;
  };
  const std::vector<hdf5::Scale> along = hdf5::axis_labels(stored)[axis].scales;
  const std::vector<std::string> coordinates = detail::words_of(stored, "coordinates");
  for (const std::string& name : file.children()) {
    if (file.kind(name) != hdf5::Kind::dataset) continue;
    const hdf5::Dataset list = file.open_dataset(name);
    if (list.is_number() || list.extents().empty() || list.extents()[0] != count) continue;
    const auto is_mine = [&](const hdf5::Scale& scale) {
      const std::vector<hdf5::Scale> own = hdf5::axis_labels(list)[0].scales;
      return scale.path == list.path() ||
             std::ranges::any_of(own, [&](const hdf5::Scale& o) { return o.path == scale.path; });
    };
    if (name == "component" || name == "components" || std::ranges::find(coordinates, name) != coordinates.end() ||
        std::ranges::any_of(along, is_mine))
      take(list.read_strings(), list.where());
  }
  for (const char* name : {"component", "components"})
    if (stored.is_string_attribute(name)) {
      const std::vector<std::string> words = stored.read_strings(name);
      take(words.size() == 1 ? detail::words_of(stored, name) : words, stored.where() + "@" + name);
    }
  return names;
}

Component find_component(const hdf5::File& file, const hdf5::Dataset& stored, const std::vector<CfAxis>& axes,
                         const FieldExpectation& expected) {
  const std::string where = stored.where();
  const auto count = static_cast<std::int64_t>(expected.axis_names.size());
  const auto named = std::ranges::find_if(
      axes, [](const CfAxis& a) { return a.name == "component" || a.name == "components"; });
  const auto axis = named != axes.end() ? named : axes.end() - 1;
  if (axis->cells != count || axis->letter != 0 || axes.size() <= expected.axis_names.size())
    fail<DataError>(where, "must have ", count, " components along its last axis or one named component; it has ",
                    text_of(*axis), " there");
  std::vector<std::string> names = said_components(file, stored, static_cast<std::size_t>(axis - axes.begin()), count);
  if (names.empty()) {
    names = component_names(expected.axis_names);
    if (expected.component == names.front())
      log_warning(where, ": does not say which component is which; taken as ", listed(names),
                  " (a dimension scale `component` of these names would say it)");
  }
  const auto found = std::ranges::find(names, expected.component);
  if (found == names.end())
    fail<DataError>(where, "has the components ", listed(names), ", none along ", expected.component);
  return {static_cast<std::size_t>(axis - axes.begin()), found - names.begin()};
}

/// The axes that stand for those of the grid: others, of length 1, are dropped, the leading ones first.
std::vector<std::size_t> kept_axes(const std::string& where, const std::vector<CfAxis>& axes,
                                   const std::vector<std::string>& wanted, std::size_t component) {
  const auto belongs = [&](const CfAxis& axis) {
    return std::ranges::any_of(wanted, [&](const std::string& name) {
      return axis.name == name || (name.size() == 1 && axis.letter == name[0]);
    });
  };
  std::vector<std::size_t> kept;
  for (std::size_t a = 0; a < axes.size(); ++a)
    if (a != component) kept.push_back(a);
  for (const bool unnamed_too : {false, true})
    for (std::size_t k = 0; k < kept.size() && kept.size() > wanted.size();) {
      const CfAxis& axis = axes[kept[k]];
      const bool drop = axis.cells == 1 && !belongs(axis) && (unnamed_too || axis.letter != 0 || !axis.name.empty());
      if (drop) kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(k));
      else ++k;
    }
  if (kept.size() == wanted.size()) return kept;
  std::string found;
  for (const CfAxis& axis : axes) found += (found.empty() ? "" : ", ") + text_of(axis);
  fail<DataError>(where, "has ", found, "; the grid has ", wanted.size(), wanted.size() == 1 ? " axis: " : " axes: ",
                  listed(wanted), one_state);
}

/// For each axis of the grid, the file's. Where the file names none, they stand in the grid's order.
std::vector<std::size_t> order_of(const std::string& where, const std::vector<CfAxis>& axes,
                                  const std::vector<std::size_t>& kept, const std::vector<std::string>& wanted) {
  const auto is = [&](std::size_t a, const std::string& name) {
    return axes[a].name == name || (name.size() == 1 && axes[a].letter == name[0]);
  };
  std::vector<std::size_t> order;
  std::vector<std::size_t> open;  // axes of the file of which it does not say what they are
  for (const std::size_t a : kept) {
    const bool known = std::ranges::any_of(wanted, [&](const std::string& name) { return is(a, name); });
    if (!known && axes[a].letter != 0)
      fail<DataError>(where, "has ", text_of(axes[a]), ", which is ", axes[a].letter, "; the grid has ", listed(wanted),
                      one_state);
    if (!known) open.push_back(a);
  }
  const bool none_named = open.size() == kept.size();
  for (const std::size_t a : open)
    if (kept.size() > 1 && !axes[a].centres.empty())
      fail<DataError>(where, "has coordinates along ", text_of(axes[a]), ", and which axis that is cannot be known; ",
                      "name it one of ", listed(wanted), ", or give it the attribute axis = \"X\", \"Y\" or \"Z\"");
  if (!none_named && open.size() > 1)
    fail<DataError>(where, "names some of its axes only: ", text_of(axes[open[0]]), " and ", text_of(axes[open[1]]),
                    " could be any; name them ", listed(wanted));
  for (std::size_t n = 0; n < wanted.size(); ++n) {
    std::vector<std::size_t> candidates;
    for (const std::size_t a : kept)
      if (is(a, wanted[n])) candidates.push_back(a);
    if (candidates.size() > 1)
      fail<DataError>(where, "has two axes along ", wanted[n], ": ", axes[candidates[0]].name, " and ",
                      axes[candidates[1]].name);
    if (!candidates.empty()) order.push_back(candidates[0]);
    else order.push_back(none_named ? open[n] : open.at(0));
  }
  return order;
}

void take_axis(FieldFile& field, const CfAxis& axis, const std::string& name, const FieldExpectation& expected) {
  const bool grid_is_geographic = detail::cf_axis_of(name, nullptr).geographic;
  if (axis.geographic && !grid_is_geographic)
    fail<DataError>(field.where, "stands on longitude and latitude (", axis.name, "), but the grid is Cartesian, in ",
                    expected.length_unit, "; project it first: python -m marea.prepare, or prepare in Python");
  std::vector<double> centres = axis.centres;
  const double factor = require_units(axis.where, axis.units, expected.length_unit);
  if (factor != 1)
    for (double& x : centres) x *= factor;
  const bool falls = centres.size() > 1 && centres.back() < centres.front();
  if (falls) std::ranges::reverse(centres);
  field.turned.push_back(falls);
  if (!centres.empty()) field.centres.push_back(std::move(centres));
}

/// Values in the grid's order, from the file's.
HostArray turned_values(const FieldFile& field, const hdf5::Extents& stored, const std::vector<double>& values) {
  std::vector<std::int64_t> stride(stored.size(), 1), extents, step;
  for (std::size_t a = stored.size() - 1; a-- > 0;) stride[a] = stride[a + 1] * stored[a + 1];
  std::int64_t start = 0;
  for (std::size_t a = 0; a < stored.size(); ++a) start += stride[a] * field.origin[a];
  for (std::size_t a = 0; a < field.stored_axis.size(); ++a) {
    const std::size_t from = field.stored_axis[a];
    extents.push_back(stored[from]);
    step.push_back(field.turned[a] ? -stride[from] : stride[from]);
    if (field.turned[a]) start += stride[from] * (stored[from] - 1);
  }
  HostArray result(DType::f64, extents);
  const auto out = result.values<double>();
  std::vector<std::int64_t> index(extents.size(), 0);
  for (std::size_t n = 0; n < out.size(); ++n) {
    std::int64_t at = start;
    for (std::size_t a = 0; a < index.size(); ++a) at += index[a] * step[a];
    out[n] = values[static_cast<std::size_t>(at)];
    for (std::size_t a = index.size(); a-- > 0 && ++index[a] == extents[a];) index[a] = 0;
  }
  return result;
}

/// Units, sense and filled gaps of values that are `what` to marea.
void finish_values(std::vector<double>& values, const CfValues& cf, const hdf5::Dataset& stored,
                   const std::string& what, const FieldExpectation& expected) {
  detail::require_meaning(stored, what);
  const bool turned = cf.points_down() && !detail::is_depth_of_water(what);
  const double factor = require_units(stored.where(), cf.units(), expected.units) * (turned ? -1.0 : 1.0);
  for (double& value : values) {
    if (factor != 1) value *= factor;
    if (expected.missing && std::isnan(value)) value = *expected.missing;
  }
}

}  // namespace

std::string FieldFile::place(std::span<const std::int64_t> index) const {
  std::vector<std::int64_t> stored = origin;
  std::ostringstream at, indices;
  for (std::size_t a = 0; a < index.size(); ++a) {
    stored[stored_axis[a]] = turned[a] ? values.extents()[a] - 1 - index[a] : index[a];
    if (centres.empty()) continue;
    at << (a == 0 ? " (" : ", ") << axis_names[a] << " = " << centres[a][static_cast<std::size_t>(index[a])];
  }
  for (std::size_t a = 0; a < stored.size(); ++a) indices << (a == 0 ? "[" : ", ") << stored[a];
  return indices.str() + "]" + at.str() + (centres.empty() ? "" : ")");
}

FieldFile read_field_file(const std::string& path, const std::string& dataset, const FieldExpectation& expected) {
  const hdf5::File file(path, hdf5::Access::read);
  const hdf5::Dataset stored = open_field(file, dataset);
  // Dimension scales of the other file are refused wherever a dataset's are asked for.
  if (const std::string home = hdf5::other_file(stored);
      !home.empty() && !holds_coordinates(file) && holds_coordinates(hdf5::File(home, hdf5::Access::read)))
    fail<DataError>(stored.where(), "is a link into ", home, ", whose coordinates would be passed over; name that ",
                    "file instead, or copy the dataset and its axes into one file (h5copy, xarray)");
  FieldFile field{.axis_names = expected.axis_names, .where = stored.where()};
  if (stored.size() == 0 || stored.extents().empty())
    fail<DataError>(field.where, "must have values on the axes ", listed(expected.axis_names));
  const CfValues cf(stored);
  field.gap_rule = cf.gap_rule();
  std::vector<double> values = read_cf_values(stored, cf);
  finish_values(values, cf, stored, dataset, expected);

  const std::vector<CfAxis> axes = detail::cf_axes(file, stored, expected.axis_names, !expected.component.empty());
  field.origin.assign(axes.size(), 0);
  std::size_t component_axis = axes.size();
  if (!expected.component.empty()) {
    const Component component = find_component(file, stored, axes, expected);
    component_axis = component.axis;
    field.origin[component.axis] = component.index;
  }
  const std::vector<std::size_t> kept = kept_axes(field.where, axes, expected.axis_names, component_axis);
  field.stored_axis = order_of(field.where, axes, kept, expected.axis_names);
  for (std::size_t a = 0; a < expected.axis_names.size(); ++a)
    take_axis(field, axes[field.stored_axis[a]], expected.axis_names[a], expected);
  if (!field.centres.empty() && field.centres.size() != expected.axis_names.size())
    fail<DataError>(path, "holds coordinates of some axes of ", dataset, " only; give all or none");
  if (const std::string source = hdf5::source_with_axes(stored); !source.empty() && field.centres.empty())
    fail<DataError>(field.where, "is a virtual dataset without axes, and those of its source ", source,
                    " would be passed over; give it dimension scales (h5py: make_scale and attach_scale)");
  field.values = turned_values(field, stored.extents(), values);
  return field;
}

void require_all_used(const std::string& path, const std::vector<std::string>& used, const std::string& user) {
  const hdf5::File file(path, hdf5::Access::read);
  const auto refuse = [&](const std::string& name, const char* how) {
    fail<DataError>(path + ":/" + name, "is not used: ", user, " ", listed(used), "; ", how);
  };
  for (const std::string& name : file.children()) {
    if (std::ranges::find(used, name) != used.end()) continue;
    if (const std::string broken = hdf5::broken_link(file, name); !broken.empty())
      fail<DataError>(path + ":/" + name, broken);
    if (file.kind(name) == hdf5::Kind::dataset && !detail::is_description(file, name))
      refuse(name, "rename it, or take it out");
  }
  if (detail::kind_of(file) == "snapshot") return;  // its groups hold what its root does
  if (const std::vector<std::string> below = in_groups(file, "", 0); !below.empty())
    refuse(below.front(), "fields stand at the root of the file: move it there, or take it out");
}

namespace {

/// The dimension scale of a series would be passed over where others than its numbers are read with it.
void refuse_other_scale(const hdf5::File& file, const hdf5::Dataset& stored, const std::string& along) {
  const auto numbers = [&](const std::string& name) {
    const hdf5::Dataset list = open_field(file, name);
    const CfValues cf(list);
    return std::pair{read_cf_values(list, cf), cf.units()};
  };
  for (const hdf5::AxisLabels& axis : hdf5::axis_labels(stored))
    for (const hdf5::Scale& scale : axis.scales) {
      const std::string name = scale.path.empty() ? "" : scale.path.substr(1);
      if (!scale.coordinates || name == along || file.kind(name) != hdf5::Kind::dataset) continue;
      if (!file.open_dataset(name).is_number() || numbers(name) == numbers(along)) continue;
      fail<DataError>(stored.where(), "stands along its dimension scale ", name, ", but ", along, " is read with it, ",
                      "and they differ; name the one that counts (", along, " = …), or correct the file");
    }
}

}  // namespace

std::vector<double> read_series(const std::string& path, const std::string& dataset, const std::string& units,
                                const std::string& what, const std::string& along) {
  const hdf5::File file(path, hdf5::Access::read);
  const hdf5::Dataset stored = open_field(file, dataset);
  const hdf5::Extents& extents = stored.extents();
  if (extents.empty() || stored.size() < 1 || std::ranges::count_if(extents, [](auto n) { return n > 1; }) > 1)
    fail<DataError>(stored.where(), "must be a series of at least one number");
  if (!along.empty()) refuse_other_scale(file, stored, along);
  const CfValues cf(stored);
  std::vector<double> values = read_cf_values(stored, cf);
  const auto gaps = std::ranges::count_if(values, [](double v) { return !std::isfinite(v); });
  if (gaps > 0) {
    const auto bad = std::ranges::find_if(values, [](double v) { return !std::isfinite(v); });
    fail<DataError>(stored.where(), gaps, " of ", values.size(), " values are missing or not finite; value ",
                    bad - values.begin(), " is not finite");
  }
  finish_values(values, cf, stored, what, {.units = units});
  return values;
}

}  // namespace marea
