// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "dataset_storage.hpp"

#include <hdf5_hl.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "hdf5_detail.hpp"

namespace marea::hdf5 {
namespace {

using detail::check;
using detail::own;
namespace fs = std::filesystem;

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

/// Where HDF5 itself looks for the file of a virtual dataset's source.
std::string source_path(const Dataset& dataset, const std::string& name) {
  if (name == ".") return dataset.file();
  if (fs::path(name).is_absolute()) return name;
  std::vector<fs::path> folders;
  if (const char* prefix = std::getenv("HDF5_VDS_PREFIX")) folders.emplace_back(prefix);
  folders.push_back(fs::path(dataset.file()).parent_path());
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
  }
};

/// What attributes of the source say of its numbers must stand at the virtual dataset too: only those are looked at.
std::string unsaid(const Dataset& dataset, const Dataset& source) {
  for (const char* name : {"scale_factor", "add_offset", "_FillValue", "missing_value", "valid_min", "valid_max",
                           "valid_range", "_Unsigned", "units", "positive"})
    if (source.has_attribute(name) && !dataset.has_attribute(name))
      return "has the attribute '" + std::string(name) + "', which the virtual dataset lacks";
  return "";
}

void check_sources(const Dataset& dataset, const Handle& list) {
  std::size_t mappings = 0;
  check<DataError>(H5Pget_virtual_count(list.get(), &mappings), dataset.where(), "reading its sources");
  hssize_t mapped = 0;
  bool growing = false;
  for (std::size_t n = 0; n < mappings; ++n) {
    const Handle space = own<DataError>(H5Pget_virtual_vspace(list.get(), n), dataset.where(), "reading its sources");
    if (const hssize_t points = H5Sget_select_npoints(space.get()); points >= 0) mapped += points;
    else growing = true;
    const std::string name = mapping_text(list, n, H5Pget_virtual_filename);
    const std::string source = mapping_text(list, n, H5Pget_virtual_dsetname);
    if (name.find('%') != std::string::npos || source.find('%') != std::string::npos) {
      growing = true;  // a pattern of files: as many as there are
      continue;
    }
    const std::string path = source_path(dataset, name);
    const auto refuse = [&](const std::string& what) {
      fail<DataError>(dataset.where(), "is a virtual dataset, and its source ", source, " of ", path, " ", what,
                      "; mend that, or copy the values and their attributes into one file (h5repack, xarray)");
    };
    if (std::error_code none; !fs::exists(path, none)) refuse("is not there");
    try {
      const SourceFile file(dataset, name, path);
      if (file.kind(source) != Kind::dataset) refuse("is not there");
      const Dataset values = file.open_dataset(source);
      if (const std::string what = unsaid(dataset, values); !what.empty()) refuse(what);
      check_readable(values);
      check_written(values);
    } catch (const IoError& error) {
      refuse("cannot be read (" + std::string(error.what()) + ")");
    }
  }
  if (!growing && mapped < dataset.size())
    fail<DataError>(dataset.where(), "is a virtual dataset whose sources give ", mapped, " of its ", dataset.size(),
                    " values only; the rest would read as a fill value");
}

/// Raw files beside the HDF5 file must hold what they promise: HDF5 reads what is missing as 0.
void check_raw_files(const Dataset& dataset, const Handle& list) {
  const int files = H5Pget_external_count(list.get());
  for (int n = 0; n < files; ++n) {
    char name[1024] = {};
    off_t offset = 0;
    hsize_t promised = 0;
    check<DataError>(H5Pget_external(list.get(), static_cast<unsigned>(n), sizeof name - 1, name, &offset, &promised),
                     dataset.where(), "reading the names of its raw files");
    if (promised == H5F_UNLIMITED) promised = static_cast<hsize_t>(dataset.stored_bytes());
    const char* prefix = std::getenv("HDF5_EXTFILE_PREFIX");
    const fs::path path = prefix && !fs::path(name).is_absolute() ? fs::path(prefix) / name : fs::path(name);
    std::error_code missing;
    const auto bytes = fs::file_size(path, missing);
    if (missing || bytes < static_cast<hsize_t>(offset) + promised)
      fail<DataError>(dataset.where(), "lies in the raw file ", path.string(), ", which ",
                      missing ? "is not there (" + missing.message() + ")"
                              : "holds " + std::to_string(bytes) + " bytes",
                      "; it must hold ", static_cast<hsize_t>(offset) + promised,
                      "; put it there, or store the values in the HDF5 file itself (h5repack)");
  }
}

/// The file that an object lies in, where that is not the one which led there.
std::string other_file(const Dataset& dataset) {
  char name[4096] = {};
  if (H5Fget_name(dataset.id(), name, sizeof name - 1) <= 0 || dataset.file() == name) return "";
  std::error_code unknown;
  return fs::equivalent(name, dataset.file(), unknown) && !unknown ? "" : name;
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

bool is_text(const Dataset& dataset) {
  const auto held = detail::lock();
  const Handle type = own<DataError>(H5Dget_type(dataset.id()), dataset.where(), "reading the type");
  return H5Tget_class(type.get()) == H5T_STRING;
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
  const Handle list = creation_list(dataset);
  check_filters(dataset, list);
  check_raw_files(dataset, list);
  if (H5Pget_layout(list.get()) == H5D_VIRTUAL) check_sources(dataset, list);
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
    fail<DataError>(dataset.where(), "is a link into ", other, ", where its axes stay; name that file instead, or copy ",
                    "the dataset and its axes into one file (h5copy, xarray)");
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
