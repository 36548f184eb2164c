// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "snapshot_layout.hpp"

#include <algorithm>
#include <sstream>

#include <marea/io/error.hpp>
#include <marea/io/host_array.hpp>
#include <marea/io/role_names.hpp>

#include "../foreign/cf_text.hpp"

namespace marea::detail {
namespace {

constexpr const char* truncation_comment = "at the cell's centre, of a series without the modes above the grid's";

/// The Well knows three kinds of boundary; every other one lets something through.
std::string well_kind(const std::string& kind) {
  if (kind == "periodic") return "PERIODIC";
  return kind == "wall" ? "WALL" : "OPEN";
}

std::string text_or(const hdf5::Object& object, const std::string& attribute, const std::string& otherwise) {
  return object.has_attribute(attribute) ? text_of(object, attribute.c_str()) : otherwise;
}

}  // namespace

std::string field_group(int tensor_rank) { return "t" + std::to_string(tensor_rank) + "_fields"; }
std::string field_path(const FieldInfo& field) { return field_group(field.rank) + "/" + field.name; }

FieldRole field_role(const std::string& name, FieldRole otherwise) {
  const auto found = std::ranges::find(role_names, name);
  return found == role_names.end() ? otherwise : static_cast<FieldRole>(found - role_names.begin());
}

void write_cell_value(hdf5::Dataset& dataset, CellValue value, const std::vector<std::string>& axis_names) {
  if (axis_names.front() == "member") return;
  std::string methods;
  for (const std::string& axis : axis_names) methods += axis + ": ";
  dataset.write_attribute("cell_methods", methods + (value == CellValue::mean ? "mean" : "point"));
  if (value == CellValue::truncation) dataset.write_attribute("comment", truncation_comment);
}

CellValue read_cell_value(const hdf5::Dataset& dataset, const std::vector<std::string>& axis_names) {
  std::istringstream words(text_or(dataset, "cell_methods", ""));
  bool of_space = false, after_name = false;
  for (std::string word; words >> word;) {
    if (word.ends_with(':')) {
      word.pop_back();
      of_space = (after_name && of_space) || word == "area" || std::ranges::find(axis_names, word) != axis_names.end();
      after_name = true;
      continue;
    }
    if (after_name && of_space && word == "point")
      return text_or(dataset, "comment", "") == truncation_comment ? CellValue::truncation : CellValue::sample;
    after_name = false;
  }
  return CellValue::mean;
}

FieldInfo read_field_info(const hdf5::Dataset& dataset, const std::string& name, int tensor_rank, bool varies,
                          const std::vector<std::string>& axis_names) {
  FieldInfo info{.name = name, .units = text_or(dataset, "units", "1")};
  info.long_name = text_or(dataset, "long_name", name);
  info.standard_name = text_or(dataset, "standard_name", "");
  info.lower_bound = text_or(dataset, "lower_bound", "");
  info.upper_bound = text_or(dataset, "upper_bound", "");
  info.rank = tensor_rank;
  info.role = field_role(text_or(dataset, "role", ""), varies ? FieldRole::prognostic : FieldRole::fixed);
  info.cell_value = read_cell_value(dataset, axis_names);
  info.running = text_or(dataset, "running", "");
  return info;
}

void write_boundaries(hdf5::Group& root, const GridInfo& grid, const std::vector<std::string>& fields) {
  hdf5::Group conditions = root.create_group("boundary_conditions");
  for (std::size_t axis = 0; axis < grid.axis_names.size(); ++axis) {
    const std::string& name = grid.axis_names[axis];
    const std::array<std::string, 2> ends =
        axis < grid.boundary.size() ? grid.boundary[axis] : std::array<std::string, 2>{"open", "open"};
    for (int end = 0; end < 2; ++end) {
      const std::string& kind = ends[static_cast<std::size_t>(end)];
      if (end == 1 && kind == ends[0]) continue;
      hdf5::Group condition = conditions.create_group(name + "_" + kind);
      condition.write_attribute("bc_type", well_kind(kind));
      condition.write_attribute("kind", kind);
      condition.write_attribute("associated_dims", std::vector<std::string>{name});
      condition.write_attribute("associated_fields", fields);
      condition.write_attribute("sample_varying", false);
      condition.write_attribute("time_varying", false);
      std::vector<std::string> which;
      std::vector<bool> mask(grid.centres.at(axis).size(), false);
      if (ends[0] == kind) mask.front() = true, which.push_back("low");
      if (ends[1] == kind) mask.back() = true, which.push_back("high");
      condition.write_attribute("ends", which);
      condition.write_flags("mask", mask);
    }
  }
}

namespace {

/// "low", "high" or both, as marea's attribute says, or The Well's mask of one axis; both where neither does.
std::vector<std::string> ends_of(const hdf5::Group& condition) {
  if (condition.has_attribute("ends")) return condition.read_strings("ends");
  std::vector<std::string> ends{"low", "high"};
  if (condition.kind("mask") != hdf5::Kind::dataset) return ends;
  const hdf5::Dataset mask = condition.open_dataset("mask");
  if (mask.extents().size() != 1 || mask.size() < 2 || !mask.is_number()) return ends;
  const HostArray values(DType::f64, mask.extents());
  mask.read(values.ref());
  const auto flags = values.values<double>();
  const bool low = flags.front() != 0, high = flags.back() != 0;
  if (low != high) ends = {low ? "low" : "high"};
  return ends;
}

}  // namespace

std::vector<std::array<std::string, 2>> read_boundaries(const hdf5::Group& root,
                                                        const std::vector<std::string>& axis_names) {
  std::vector<std::array<std::string, 2>> boundary(axis_names.size());
  if (root.kind("boundary_conditions") != hdf5::Kind::group) return boundary;
  const hdf5::Group conditions = root.open_group("boundary_conditions");
  for (const std::string& name : conditions.children()) {
    if (conditions.kind(name) != hdf5::Kind::group) continue;
    const hdf5::Group condition = conditions.open_group(name);
    if (!condition.has_attribute("bc_type") || !condition.has_attribute("associated_dims")) continue;
    const std::string type = lower(text_of(condition, "bc_type"));
    if (type != "periodic" && type != "wall" && type != "open")
      fail<DataError>(condition.where(), "bc_type = \"", condition.read_string("bc_type"),
                      "\" must be PERIODIC, WALL or OPEN; correct it, or leave the group out and say [data] boundary");
    const std::string kind = text_or(condition, "kind", type);
    const std::vector<std::string> ends = ends_of(condition);
    for (const std::string& axis : condition.read_strings("associated_dims")) {
      const auto found = std::find(axis_names.begin(), axis_names.end(), axis);
      if (found == axis_names.end()) continue;
      auto& pair = boundary[static_cast<std::size_t>(found - axis_names.begin())];
      for (const std::string& end : ends) {
        std::string& known = pair[end == "high"];
        if (!known.empty() && known != kind)
          fail<DataError>(condition.where(), "says that the ", end, " end of ", axis, " is ", kind,
                          ", another group that it is ", known, "; remove one of them");
        known = kind;
      }
    }
  }
  return boundary;
}

std::vector<std::string> varying_fields(const hdf5::File& file) {
  std::vector<std::string> paths;
  for (int rank = 0; rank < 3; ++rank) {
    const std::string group = field_group(rank);
    for (const std::string& name : file.open_group(group).read_strings("field_names"))
      if (file.open_dataset(group + "/" + name).read_bool("time_varying")) paths.push_back(group + "/" + name);
  }
  return paths;
}

void cut_snapshots(hdf5::File& file, std::int64_t steps) {
  file.open_dataset("time").resize({steps});
  file.flush();  // first: fields longer than the time axis are a torn tail, the reverse is damage
  for (const std::string& path : varying_fields(file)) {
    hdf5::Dataset field = file.open_dataset(path);
    hdf5::Extents extents = field.extents();
    extents[1] = steps;
    field.resize(extents);
  }
  file.flush();
}

namespace {

/// Position in marea's component order of each axis.
std::vector<std::int64_t> component_order(const std::vector<std::string>& axis) {
  const std::vector<std::string> names = component_names(axis);
  std::vector<std::int64_t> order;
  for (const std::string& name : axis) order.push_back(std::find(names.begin(), names.end(), name) - names.begin());
  return order;
}

}  // namespace

std::optional<RunCost> read_run_cost(const hdf5::Object& root) {
  const auto known = [&](const char* name) { return root.has_attribute(name) && !root.is_string_attribute(name); };
  if (!known("wall_seconds") || !known("cpu_seconds")) return {};
  return RunCost{root.read_double("wall_seconds"), root.read_double("cpu_seconds")};
}

void copy_components(const ArrayRef& from, const ArrayRef& to, const std::vector<std::string>& axis, int tensor_rank,
                     bool to_file) {
  if (tensor_rank == 0) return copy_converting(from, to);
  const std::vector<std::int64_t> order = component_order(axis);
  const int last = from.rank - tensor_rank;
  const auto one = [&](const ArrayRef& array, std::int64_t a, std::int64_t b, bool in_file) {
    const auto place = [&](std::int64_t i) { return in_file ? i : order[static_cast<std::size_t>(i)]; };
    ArrayRef part = array.slice(last, place(a), place(a) + 1);
    return tensor_rank == 2 ? part.slice(last + 1, place(b), place(b) + 1) : part;
  };
  const auto n = static_cast<std::int64_t>(axis.size());
  for (std::int64_t a = 0; a < n; ++a)
    for (std::int64_t b = 0; b < (tensor_rank == 2 ? n : 1); ++b)
      copy_converting(one(from, a, b, !to_file), one(to, a, b, to_file));
}

}  // namespace marea::detail
