// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "dataset_storage.hpp"

#include <hdf5_hl.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>

#include "hdf5_detail.hpp"

namespace marea::hdf5 {
namespace {

using detail::check;
using detail::own;
namespace fs = std::filesystem;

void check_readable(const Dataset& dataset, int depth);

Handle creation_list(const Dataset& dataset) {
  return own<DataError>(H5Dget_create_plist(dataset.id()), dataset.where(), "reading how it is stored");
}

void check_filters(const Dataset& dataset, const Handle& list) {
  const int filters = H5Pget_nfilters(list.get());
  for (int n = 0; n < filters; ++n) {
    unsigned flags = 0;
    std::size_t values = 0;
    char name[64] = {};
    const H5Z_filter_t filter =
        H5Pget_filter2(list.get(), static_cast<unsigned>(n), &flags, &values, nullptr, sizeof name, name, nullptr);
    if (filter < 0 || H5Zfilter_avail(filter) > 0) continue;
    H5Eclear2(H5E_DEFAULT);
    fail<DataError>(dataset.where(), "is packed by HDF5 filter ", filter, name[0] ? " (" + std::string(name) + ")" : "",
                    ", which this HDF5 ", version(), " does not have; repack it where the filter is installed: "
                    "`h5repack -f GZIP=4 IN.h5 OUT.h5`, or let HDF5_PLUGIN_PATH name the folder of the filter");
  }
}

/// The file that a dataset lives in, behind external links.
std::string home_file(const Dataset& dataset) {
  char name[4096] = {};
  const ssize_t length = H5Fget_name(dataset.id(), name, sizeof name - 1);
  H5Eclear2(H5E_DEFAULT);
  return length > 0 ? name : dataset.file();
}

/// Where HDF5 itself looks for the file of a virtual dataset's source.
std::string source_path(const Dataset& dataset, const std::string& name) {
  const std::string home = home_file(dataset);
  if (name == ".") return home;
  if (fs::path(name).is_absolute()) return name;
  std::vector<fs::path> folders;
  if (const char* prefix = std::getenv("HDF5_VDS_PREFIX")) folders.emplace_back(prefix);
  folders.push_back(fs::path(home).parent_path());
  std::error_code none;
  for (const fs::path& folder : folders)
    if (fs::exists(folder / name, none)) return (folder / name).string();
  return name;
}

/// Text of a mapping's source: its file or its dataset.
template <class Get> std::string mapping_text(const Handle& list, std::size_t mapping, Get get) {
  const ssize_t length = get(list.get(), mapping, nullptr, std::size_t{0});
  if (length <= 0) return "";
  std::string text(static_cast<std::size_t>(length) + 1, '\0');
  get(list.get(), mapping, text.data(), text.size());
  text.pop_back();
  return text;
}

/// A source's file, opened as HDF5 itself opens those of a virtual dataset: where this fails, so does reading, and fill
/// values come in place of the source's.
class SourceFile : public Group {
 public:
  SourceFile(const Dataset& dataset, const std::string& name, const std::string& path) {
    const Handle list(H5Pcreate(H5P_FILE_ACCESS));
    H5Pset_fclose_degree(list.get(), H5F_CLOSE_WEAK);
    const Id file = name == "." ? H5Iget_file_id(dataset.id()) : H5Fopen(path.c_str(), H5F_ACC_RDONLY, list.get());
    handle_ = own<IoError>(file, path, "opening");
    file_ = path;
    path_ = "/";
  }
};

/// Calls `look(source dataset)` for each source of a virtual dataset that is named, not a pattern of files; what is not
/// there goes to `refuse(source, path, why)`. \return whether all were named, and how many values they give
struct Mapped {
  hssize_t values = 0;
  bool growing = false;                  ///< as many sources as there are files, or extents
};
template <class Look, class Refuse>
Mapped visit_sources(const Dataset& dataset, const Handle& list, const Look& look, const Refuse& refuse) {
  std::size_t mappings = 0;
  check<DataError>(H5Pget_virtual_count(list.get(), &mappings), dataset.where(), "reading its sources");
  Mapped mapped;
  for (std::size_t n = 0; n < mappings; ++n) {
    const Handle space = own<DataError>(H5Pget_virtual_vspace(list.get(), n), dataset.where(), "reading its sources");
    if (const hssize_t points = H5Sget_select_npoints(space.get()); points >= 0) mapped.values += points;
    else mapped.growing = true;
    const std::string name = mapping_text(list, n, H5Pget_virtual_filename);
    const std::string source = mapping_text(list, n, H5Pget_virtual_dsetname);
    if (name.find('%') != std::string::npos || source.find('%') != std::string::npos) {
      mapped.growing = true;
      continue;
    }
    const std::string path = source_path(dataset, name);
    if (std::error_code none; !fs::exists(path, none)) {
      refuse(source, path, "is not there");
      continue;
    }
    std::optional<SourceFile> file;
    try {
      file.emplace(dataset, name, path);
    } catch (const IoError& error) {
      refuse(source, path, "cannot be read (" + std::string(error.what()) + ")");
      continue;
    }
    if (file->kind(source) == Kind::dataset) look(file->open_dataset(source));
    else refuse(source, path, "is not there");
  }
  return mapped;
}

bool same_attribute(const Dataset& one, const Dataset& other, const char* name) {
  if (!one.has_attribute(name) || one.is_string_attribute(name) != other.is_string_attribute(name)) return false;
  return one.is_string_attribute(name) ? one.read_strings(name) == other.read_strings(name)
                                       : one.read_doubles(name) == other.read_doubles(name);
}

/// HDF5 gives the numbers of a source and nothing that it says of them.
void check_meaning(const Dataset& dataset, const Dataset& source) {
  for (const char* name : {"scale_factor", "add_offset", "_FillValue", "missing_value", "valid_min", "valid_max",
                           "valid_range", "_Unsigned", "units", "positive", "standard_name"})
    if (source.has_attribute(name) && !same_attribute(dataset, source, name))
      fail<DataError>(dataset.where(), "is a virtual dataset, and its source ", source.where(), " has the attribute ",
                      name, ", which the virtual dataset does not repeat; give it the same attribute (h5py: attrs), ",
                      "or copy the values into one file (xarray)");
}

void check_all_written(const Dataset& source) {
  constexpr double netcdf_fill = 9.9692099683868690e+36;  // a gap for every reader
  double fill = 0;
  if (has_fill_value(source, fill) && std::abs(fill - netcdf_fill) <= 1e-6 * netcdf_fill) return;
  check_written(source);
  if (H5Pget_layout(creation_list(source).get()) != H5D_VIRTUAL && source.size() > 0) source.check_stored();
}

void check_sources(const Dataset& dataset, const Handle& list, int depth) {
  constexpr int deepest = 16;
  const auto refuse = [&](const std::string& source, const std::string& path, const std::string& what) {
    fail<DataError>(dataset.where(), "is a virtual dataset, and its source ", source, " of ", path, " ", what,
                    "; put the file there, or copy the values into one file (h5repack, xarray)");
  };
  if (depth > deepest) fail<DataError>(dataset.where(), "is a virtual dataset whose sources go in a circle");
  const auto look = [&](const Dataset& source) {
    check_readable(source, depth + 1);
    check_all_written(source);
    check_meaning(dataset, source);
  };
  const Mapped mapped = visit_sources(dataset, list, look, refuse);
  if (!mapped.growing && mapped.values < dataset.size())
    fail<DataError>(dataset.where(), "is a virtual dataset whose sources give ", mapped.values, " of its ",
                    dataset.size(), " values only; the rest would read as a fill value");
}

/// Where HDF5 itself looks for a raw data file.
fs::path raw_path(const Dataset& dataset, const std::string& name) {
  const char* prefix = std::getenv("HDF5_EXTFILE_PREFIX");
  if (fs::path(name).is_absolute() || !prefix) return name;
  const std::string text = prefix;
  constexpr std::string_view origin = "${ORIGIN}";
  if (!text.starts_with(origin)) return fs::path(text) / name;
  return fs::path(fs::absolute(home_file(dataset)).parent_path().string() + text.substr(origin.size())) / name;
}

/// Raw data files that end early read as zeros.
void check_raw_files(const Dataset& dataset, const Handle& list) {
  const int files = H5Pget_external_count(list.get());
  const Handle type = own<DataError>(H5Dget_type(dataset.id()), dataset.where(), "reading the type");
  double left = static_cast<double>(dataset.size()) * static_cast<double>(H5Tget_size(type.get()));
  for (int n = 0; n < files; ++n) {
    char name[4096] = {};
    off_t offset = 0;
    hsize_t size = 0;
    check<DataError>(H5Pget_external(list.get(), static_cast<unsigned>(n), sizeof name - 1, name, &offset, &size),
                     dataset.where(), "reading its raw data files");
    const fs::path path = raw_path(dataset, name);
    std::error_code missing;
    const auto there = fs::file_size(path, missing);
    const double wanted = size == H5F_UNLIMITED ? left : std::min(left, static_cast<double>(size));
    left -= wanted;
    if (missing)
      fail<DataError>(dataset.where(), "is stored in the raw data file ", path.string(), ": ", missing.message(),
                      "; put the file there, or set HDF5_EXTFILE_PREFIX to its folder");
    if (static_cast<double>(there) < static_cast<double>(offset) + wanted)
      fail<DataError>(dataset.where(), "is stored in the raw data file ", path.string(), ", which has ", there,
                      " bytes and needs ", static_cast<double>(offset) + wanted,
                      ": the rest would read as 0; write it whole");
  }
}

void check_readable(const Dataset& dataset, int depth) {
  const Handle list = creation_list(dataset);
  check_filters(dataset, list);
  if (H5Pget_external_count(list.get()) > 0) check_raw_files(dataset, list);
  if (H5Pget_layout(list.get()) == H5D_VIRTUAL) check_sources(dataset, list, depth);
}

}  // namespace

NumberType number_type(const Dataset& dataset) {
  const auto held = detail::lock();
  const Handle type = own<DataError>(H5Dget_type(dataset.id()), dataset.where(), "reading the type");
  NumberType number;
  number.flag = detail::is_flag_type(type.get());
  number.floating = H5Tget_class(type.get()) == H5T_FLOAT;
  if (!number.flag && !number.floating && H5Tget_class(type.get()) != H5T_INTEGER)
    fail<DataError>(dataset.where(), "must hold numbers: integers, floating-point numbers or booleans");
  number.bytes = static_cast<int>(H5Tget_size(type.get()));
  number.is_signed = number.floating || number.flag || H5Tget_sign(type.get()) == H5T_SGN_2;
  return number;
}

bool has_fill_value(const Dataset& dataset, double& value) {
  const auto held = detail::lock();
  const Handle list = creation_list(dataset);
  H5D_fill_value_t state = H5D_FILL_VALUE_UNDEFINED;
  const bool said = H5Pfill_value_defined(list.get(), &state) >= 0 && state == H5D_FILL_VALUE_USER_DEFINED &&
                    H5Pget_fill_value(list.get(), H5T_NATIVE_DOUBLE, &value) >= 0;
  H5Eclear2(H5E_DEFAULT);
  return said;
}

void check_readable(const Dataset& dataset) {
  const auto held = detail::lock();
  check_readable(dataset, 0);
}

std::string source_with_axes(const Dataset& dataset) {
  const auto held = detail::lock();
  const Handle list = creation_list(dataset);
  std::string found;
  if (H5Pget_layout(list.get()) != H5D_VIRTUAL) return found;
  const auto look = [&](const Dataset& source) {
    for (const AxisLabels& labels : axis_labels(source))
      if (found.empty() && !labels.scales.empty()) found = source.where();
  };
  visit_sources(dataset, list, look, [](const auto&...) {});
  return found;
}

std::string other_file(const Dataset& dataset) {
  const auto held = detail::lock();
  const std::string home = home_file(dataset);
  std::error_code unknown;
  return home == dataset.file() || fs::equivalent(home, dataset.file(), unknown) ? "" : home;
}

void check_written(const Dataset& dataset) {
  const auto held = detail::lock();
  const Extents chunk = dataset.chunk();
  if (chunk.empty() || dataset.size() == 0) return;
  std::int64_t chunks = 1;
  for (std::size_t a = 0; a < chunk.size(); ++a) chunks *= (dataset.extents()[a] + chunk[a] - 1) / chunk[a];
  const std::int64_t layers = (dataset.extents()[0] + chunk[0] - 1) / chunk[0];
  hsize_t written = 0;
  const Handle space = own<DataError>(H5Dget_space(dataset.id()), dataset.where(), "reading the dataspace");
  check<DataError>(H5Dget_num_chunks(dataset.id(), space.get(), &written), dataset.where(), "counting its chunks");
  if (static_cast<std::int64_t>(written) >= chunks) return;
  std::map<hsize_t, std::int64_t> of_layer;
  for (hsize_t n = 0; n < written; ++n) {
    std::vector<hsize_t> offset(chunk.size());
    haddr_t address = 0;
    hsize_t bytes = 0;
    unsigned mask = 0;
    check<DataError>(H5Dget_chunk_info(dataset.id(), space.get(), n, offset.data(), &mask, &address, &bytes),
                     dataset.where(), "looking at its chunks");
    ++of_layer[offset[0] / static_cast<hsize_t>(chunk[0])];
  }
  std::int64_t whole = 0;
  for (const auto& [layer, count] : of_layer)
    if (count == chunks / layers)
      whole += std::min(chunk[0], dataset.extents()[0] - static_cast<std::int64_t>(layer) * chunk[0]);
  fail<DataError>(dataset.where(), chunks - static_cast<std::int64_t>(written), " of ", chunks,
                  " chunks were never written (along the first axis ", whole, " of ", dataset.extents()[0],
                  " were written); finish the program that wrote the file, or shorten the dataset to what is there");
}

std::vector<AxisLabels> axis_labels(const Dataset& dataset) {
  const auto held = detail::lock();
  std::vector<AxisLabels> labels(dataset.extents().size());
  if (H5DSis_scale(dataset.id()) > 0) return labels;
  for (std::size_t a = 0; a < labels.size(); ++a) {
    const auto axis = static_cast<unsigned>(a);
    char text[256] = {};
    if (H5DSget_label(dataset.id(), axis, text, sizeof text - 1) > 0) labels[a].label = text;
    const auto visit = [](hid_t, unsigned, hid_t scale, void* out) -> herr_t {
      char path[1024] = {}, name[256] = {};
      H5Iget_name(scale, path, sizeof path - 1);
      H5DSget_scale_name(scale, name, sizeof name - 1);
      constexpr std::string_view bare = "This is a netCDF dimension but not a netCDF variable";
      static_cast<std::vector<Scale>*>(out)->push_back({path, !std::string_view(name).starts_with(bare)});
      return 0;
    };
    if (H5DSget_num_scales(dataset.id(), axis) > 0)
      H5DSiterate_scales(dataset.id(), axis, nullptr, visit, &labels[a].scales);
  }
  H5Eclear2(H5E_DEFAULT);
  const bool named = std::ranges::any_of(labels, [](const AxisLabels& axis) { return !axis.scales.empty(); });
  if (const std::string other = named ? other_file(dataset) : ""; !other.empty())
    fail<DataError>(dataset.where(), "is a link into ", other, ", where its axes stay; name that file instead, or ",
                    "copy the dataset and its axes into one file (h5copy, xarray)");
  return labels;
}

bool is_scale(const Dataset& dataset) {
  const auto held = detail::lock();
  return H5DSis_scale(dataset.id()) > 0;
}

std::string broken_link(const Group& group, const std::string& name) {
  const auto held = detail::lock();
  if (H5Lexists(group.id(), name.c_str(), H5P_DEFAULT) <= 0 || group.kind(name) != Kind::missing) return "";
  H5L_info_t info{};
  if (H5Lget_info(group.id(), name.c_str(), &info, H5P_DEFAULT) < 0) return "cannot be opened: " + detail::last_error();
  if (info.type == H5L_TYPE_HARD) {
    const Handle object(H5Oopen(group.id(), name.c_str(), H5P_DEFAULT));
    return "cannot be opened by HDF5 " + version() + ": " + detail::last_error() +
           "; where it was written for a newer HDF5, rewrite it with that one: h5repack --low=0 --high=2 IN.h5 OUT.h5, "
           "or h5py's libver=(\"earliest\", \"v110\")";
  }
  std::vector<char> value(info.u.val_size + 1, '\0');
  std::string target = "what cannot be read";
  if (H5Lget_val(group.id(), name.c_str(), value.data(), info.u.val_size, H5P_DEFAULT) >= 0) {
    unsigned flags = 0;
    const char *file = nullptr, *path = nullptr;
    if (info.type == H5L_TYPE_SOFT) target = value.data();
    else if (H5Lunpack_elink_val(value.data(), info.u.val_size, &flags, &file, &path) >= 0)
      target = std::string(path) + " of " + file;
  }
  return "links to " + target + ", which is not there; put it there, or copy it into this file";
}

}  // namespace marea::hdf5
