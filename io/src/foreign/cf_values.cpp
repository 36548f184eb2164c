// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/cf_values.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <utility>

#include <marea/io/error.hpp>
#include <marea/io/host_array.hpp>

#include "../hdf5/dataset_storage.hpp"
#include "cf_text.hpp"

namespace marea {
namespace {

using detail::lower;
using detail::text_of;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double netcdf_float_fill = 9.9692099683868690e+36;

/// Whether HDF5's own fill value of a dataset stands for what is missing, where no attribute says what does. 0 is what
/// HDF5 takes by itself; bytes have no fill value in netCDF, which yet writes one down (users' guide, "Fill Values").
bool is_missing(double fill, const hdf5::NumberType& type) {
  const bool netcdf_byte = !type.floating && type.bytes == 1 && fill == (type.is_signed ? -127 : 255);
  return fill != 0 && !std::isnan(fill) && !type.flag && !netcdf_byte;
}

/// CF's name of an attribute that says something of values, from one spelled otherwise: "Scale_Factor", "nodata".
const char* cf_name_of(std::string name) {
  std::erase_if(name, [](char c) { return c == '_' || c == '-' || c == ' ' || c == '.'; });
  constexpr std::pair<const char*, const char*> known[] = {
      {"scalefactor", "scale_factor"}, {"scale", "scale_factor"}, {"slope", "scale_factor"},
      {"addoffset", "add_offset"}, {"offset", "add_offset"}, {"intercept", "add_offset"},
      {"fillvalue", "_FillValue"}, {"fill", "_FillValue"}, {"nodata", "_FillValue"}, {"nodatavalue", "_FillValue"},
      {"missingvalue", "missing_value"}, {"missing", "missing_value"}, {"validmin", "valid_min"},
      {"validmax", "valid_max"}, {"validrange", "valid_range"}, {"unsigned", "_Unsigned"}, {"units", "units"},
      {"unit", "units"}, {"positive", "positive"}, {"standardname", "standard_name"}, {"axis", "axis"}};
  name = lower(std::move(name));
  for (const auto& [spelled, cf] : known)
    if (name == spelled) return cf;
  return nullptr;
}

bool say_the_same(const hdf5::Dataset& dataset, const std::string& one, const std::string& other) {
  const bool text = dataset.is_string_attribute(one);
  if (!dataset.has_attribute(other) || dataset.is_string_attribute(other) != text) return false;
  return text ? dataset.read_strings(one) == dataset.read_strings(other)
              : dataset.read_doubles(one) == dataset.read_doubles(other);
}

/// What a file says in other words than CF's would be passed over.
void refuse_other_spellings(const hdf5::Dataset& dataset) {
  for (const std::string& name : dataset.attributes()) {
    const char* cf = cf_name_of(name);
    if (cf == nullptr || name == cf || say_the_same(dataset, name, cf)) continue;
    if (std::string_view(cf) == "_FillValue" && say_the_same(dataset, name, "missing_value")) continue;
    fail<DataError>(dataset.where() + "@" + name, "is not a name that CF knows, so that it would be passed over; ",
                    "rename it to ", cf, " if it means that (ncrename -a ", name, ",", cf, "; h5py: attrs), else ",
                    "take it out");
  }
}

double finite_number(const hdf5::Dataset& dataset, const char* name, double otherwise) {
  if (!dataset.has_attribute(name)) return otherwise;
  const double value = dataset.read_double(name);
  if (!std::isfinite(value)) fail<DataError>(dataset.where() + "@" + name, "= ", value, " must be a finite number");
  return value;
}

/// Whether the file says that values grow downwards. Throws DataError where it says both.
bool points_down(const hdf5::Dataset& dataset) {
  const std::string positive = lower(text_of(dataset, "positive")), name = text_of(dataset, "standard_name");
  const bool depth = name == "depth" || name.starts_with("sea_floor_depth_below_") || name.starts_with("depth_below_");
  if (positive.empty()) return depth;
  if (positive != "up" && positive != "down")
    fail<DataError>(dataset.where() + "@positive", "= \"", positive, "\" must be \"up\" or \"down\"");
  if (depth && positive == "up")
    fail<DataError>(dataset.where(), "has standard_name = \"", name,
                    "\", a depth, but positive = \"up\"; correct one of them");
  return positive == "down";
}

/// 1 where `_Unsigned` turns signed numbers into unsigned ones, -1 for the reverse.
int sign_change(const hdf5::Dataset& dataset, const hdf5::NumberType& type) {
  if (!dataset.has_attribute("_Unsigned") || type.floating) return 0;
  std::string value;
  if (dataset.is_string_attribute("_Unsigned")) value = lower(dataset.read_string("_Unsigned"));
  else value = dataset.read_bool("_Unsigned") ? "true" : "false";
  if (value != "true" && value != "false")
    fail<DataError>(dataset.where() + "@_Unsigned", "= \"", value, "\" must be \"true\" or \"false\"");
  return value == "true" ? (type.is_signed ? 1 : 0) : (type.is_signed ? 0 : -1);
}

bool is_integer_attribute(const hdf5::Dataset& dataset, const char* name) {
  try {
    return !dataset.read_integers(name).empty();
  } catch (const DataError&) {
    return false;
  }
}

}  // namespace

CfValues::CfValues(const hdf5::Dataset& dataset) : low_(-infinity), high_(infinity) {
  const hdf5::NumberType type = hdf5::number_type(dataset);
  refuse_other_spellings(dataset);
  units_ = text_of(dataset, "units");
  down_ = marea::points_down(dataset);
  const int change = sign_change(dataset, type);
  to_signed_ = change < 0;
  if (change != 0) modulus_ = std::ldexp(1.0, 8 * type.bytes);
  const auto as_stored = [&](double v) {
    if (change > 0 && v < 0) return v + modulus_;
    return change < 0 && v >= 0.5 * modulus_ ? v - modulus_ : v;
  };
  // A fill value given in double precision marks the number that the file's own type makes of it.
  fill_tolerance_ = type.floating && type.bytes < 8 ? std::ldexp(1.0, type.bytes == 2 ? -11 : -24) : 0;
  std::ostringstream rule;
  const auto said = [&](const char* name, double value) {
    rule << (rule.tellp() > 0 ? ", " : "") << name << " = " << value;
  };
  for (const char* name : {"_FillValue", "missing_value"}) {
    if (!dataset.has_attribute(name)) continue;
    for (const double value : dataset.read_doubles(name)) {
      fills_.push_back(as_stored(value));
      said(name, value);
    }
  }
  if (double fill = 0; fills_.empty() && hdf5::has_fill_value(dataset, fill) && is_missing(fill, type)) {
    fills_.push_back(as_stored(fill));
    said("HDF5's fill value", fill);
  }
  const auto bound = [&](const char* name, double value, bool low) {
    // The users' guide: bounds of another, wider type than the stored integers are meant for the unpacked values.
    if (!type.floating && !is_integer_attribute(dataset, name)) range_unpacked_ = true;
    (low ? low_ : high_) = range_unpacked_ ? value : as_stored(value);
    said(name, value);
  };
  if (dataset.has_attribute("valid_min")) bound("valid_min", dataset.read_double("valid_min"), true);
  if (dataset.has_attribute("valid_max")) bound("valid_max", dataset.read_double("valid_max"), false);
  if (dataset.has_attribute("valid_range")) {
    const std::vector<double> range = dataset.read_doubles("valid_range");
    if (range.size() != 2)
      fail<DataError>(dataset.where() + "@valid_range", "must have two numbers, has ", range.size());
    bound("valid_range", range[0], true);
    bound("valid_range", range[1], false);
  }
  scale_ = finite_number(dataset, "scale_factor", 1);
  offset_ = finite_number(dataset, "add_offset", 0);
  if (scale_ == 0) fail<DataError>(dataset.where() + "@scale_factor", "= 0 makes all values equal; correct it");
  gap_rule_ = rule.str();
  plain_ = scale_ == 1 && offset_ == 0 && change == 0 && gap_rule_.empty();
  fits_single_ = type.floating ? type.bytes <= 4 : type.bytes <= 2;
}

bool CfValues::is_gap(double stored) const {
  if (std::isnan(stored) || stored == netcdf_float_fill) return true;
  for (const double fill : fills_)
    if (std::abs(stored - fill) <= fill_tolerance_ * std::abs(fill)) return true;
  const double value = range_unpacked_ ? stored * scale_ + offset_ : stored;
  return !(value >= low_ && value <= high_);
}

void CfValues::decode(std::span<double> stored) const {
  for (double& value : stored) {
    if (modulus_ > 0 && !to_signed_ && value < 0) value += modulus_;
    if (to_signed_ && value >= 0.5 * modulus_) value -= modulus_;
    if (is_gap(value)) value = std::nan("");
    else if (scale_ != 1 || offset_ != 0) value = value * scale_ + offset_;
  }
}

std::vector<double> read_cf_values(const hdf5::Dataset& dataset, const CfValues& values) {
  hdf5::check_readable(dataset);
  dataset.check_stored();
  double unwritten = 0;
  if (!hdf5::has_fill_value(dataset, unwritten) || !values.is_gap(unwritten)) hdf5::check_written(dataset);
  std::vector<double> all(static_cast<std::size_t>(dataset.size()));
  dataset.read(make_array_ref(all.data(), DType::f64, dataset.extents()));
  values.decode(all);
  return all;
}

}  // namespace marea
