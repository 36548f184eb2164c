// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "data_checks.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include <marea/io/error.hpp>
#include <marea/io/field_extents.hpp>
#include <marea/io/host_array.hpp>
#include <marea/io/units.hpp>

#include "../foreign/cf_text.hpp"
#include "field_planes.hpp"

namespace marea::detail {
namespace {

std::string text(std::span<const std::string> words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return "(" + out + ")";
}

/// "[3, 17]" for the position of an element in C order.
std::string position_text(std::int64_t index, std::span<const std::int64_t> extents) {
  std::string out;
  for (std::size_t a = extents.size(); a-- > 0; index /= extents[a])
    out = std::to_string(index % extents[a]) + (out.empty() ? "" : ", ") + out;
  return "[" + out + "]";
}

std::string cells(const SnapshotReader& reader) {
  std::string out;
  for (const auto& axis : reader.grid().centres) out += (out.empty() ? "" : " x ") + std::to_string(axis.size());
  return out;
}

/// Throws at the first value that is not finite, equals the one before, or turns back.
void require_monotone(const std::string& where, std::span<const double> x, bool may_fall) {
  const bool falls = may_fall && x.size() > 1 && x[1] < x[0];
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!std::isfinite(x[i])) fail<DataError>(where, "value ", x[i], " at index ", i, " must be finite");
    if (i == 0 || (falls ? x[i] < x[i - 1] : x[i] > x[i - 1])) continue;
    fail<DataError>(where, "must rise strictly", may_fall ? " or fall strictly" : "", ", but ", x[i], " at index ", i,
                    " follows ", x[i - 1], "; sort the data, without repeats, and write them again");
  }
}

/// The Well's name of the coordinates that the axes are; files that say nothing are Cartesian.
std::string grid_type(const std::string& path) {
  const std::string type = lower(text_of(hdf5::File(path, hdf5::Access::read), "grid_type"));
  return type.empty() ? "cartesian" : type;
}

[[noreturn]] void fail_unlike(const std::string& path, const std::string& what, const std::string& mine,
                              const std::string& first_path, const std::string& others) {
  fail<DataError>(path, what, " ", mine, " differs from ", others, " of ", first_path,
                  "; the files of one data set must agree: convert one of them, or keep them in folders of their own");
}

}  // namespace

void require_ordered(const SnapshotReader& reader, const Run& run) {
  for (std::size_t a = 0; a < reader.grid().axis_names.size(); ++a)
    require_monotone(run.file + ":/dimensions/" + reader.grid().axis_names[a], reader.grid().centres[a], true);
  require_monotone(run.file + ":/dimensions/time", run.time, false);
}

void require_same_grid(const std::string& path, const SnapshotReader& reader, const std::string& first_path,
                       const SnapshotReader& first) {
  const GridInfo &mine = reader.grid(), &others = first.grid();
  const auto same = [&](const char* what, const std::string& a, const std::string& b) {
    if (a != b) fail_unlike(path, what, a, first_path, b);
  };
  if (path != first_path) same("grid_type", grid_type(path), grid_type(first_path));
  same("order of axes", text(mine.axis_names), text(others.axis_names));
  same("grid", cells(reader), cells(first));
  same("unit of length", "'" + mine.length_unit + "'", "'" + others.length_unit + "'");
  same("unit of time", "'" + mine.time_unit + "'", "'" + others.time_unit + "'");
  for (std::size_t axis = 0; axis < mine.axis_names.size(); ++axis) {
    const std::string& name = mine.axis_names[axis];
    same(("boundary of " + name).c_str(), text(mine.boundary[axis]), text(others.boundary[axis]));
    const auto &a = mine.centres[axis], &b = others.centres[axis];
    const double tolerance = 1e-4 * std::abs(b.back() - b.front()) / static_cast<double>(b.size());
    for (std::size_t i = 0; i < a.size(); ++i)
      if (!(std::abs(a[i] - b[i]) <= tolerance))
        fail<DataError>(path, "cell centre ", i, " of axis ", name, " is ", a[i], " but in ", first_path, " ", b[i],
                        "; runs of one data set need one grid");
  }
}

void require_same_field(const std::string& path, const SnapshotReader& reader, const std::string& first_path,
                        const SnapshotReader& first, const std::string& field) {
  const FieldInfo &mine = reader.field(field), &others = first.field(field);
  if (mine.rank != others.rank || is_constant(reader, field) != is_constant(first, field))
    fail<DataError>(path, "field '", field, "' has another rank or time axis than in ", first_path);
  // What a file does not say counts as 1.
  const auto said = [](const std::string& units) { return "\"" + units + "\"" + (units == "1" ? " (or none)" : ""); };
  if (!units_factor(mine.units, others.units))
    fail_unlike(path, "field '" + field + "': units =", said(mine.units), first_path, said(others.units));
  const auto named = [](const std::string& name) { return name.empty() ? std::string("none") : name; };
  if (mine.standard_name != others.standard_name)
    fail_unlike(path, "field '" + field + "': standard_name =", named(mine.standard_name), first_path,
                named(others.standard_name));
}

void require_upward(const SnapshotReader& reader, const std::string& path, const std::string& field) {
  if (reader.points_down(field))
    fail<DataError>(path, "field '", field, "' has positive = \"down\", and a model of it would not say so; turn ",
                    "values and attribute, or take the attribute out of every file");
}

void require_mask(const SnapshotReader& reader, const Run& run, const std::string& field) {
  const bool constant = is_constant(reader, field);
  const HostArray values(DType::f64, grid_extents(reader.grid().block, reader.field(field)));
  for (std::int64_t step = 0; step < (constant ? 1 : run.steps); ++step) {
    reader.read(field, run.trajectory, step, values.ref());
    const auto list = values.values<double>();
    const auto bad = std::ranges::find_if(list, [](double v) { return v != 0 && v != 1; });
    if (bad == list.end()) continue;
    fail<DataError>(run.file, "field '", field, "', trajectory ", run.trajectory,
                    constant ? "" : ", step " + std::to_string(step), ", index ",
                    position_text(bad - list.begin(), values.extents()), ": the mask is ", *bad,
                    ", must be 0 or 1; write such a field, or leave [normalise] mask out");
  }
}

}  // namespace marea::detail
