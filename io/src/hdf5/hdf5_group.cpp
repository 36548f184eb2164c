// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <limits>

#include "dataset_storage.hpp"
#include "hdf5_detail.hpp"

namespace marea::hdf5 {
namespace {

using detail::check;
using detail::own;

/// Links carry no creation order by default; netCDF-4 wants it.
void track_order(const Handle& list, const std::string& where) {
  check(H5Pset_link_creation_order(list.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), where,
        "tracking the order of links");
  check(H5Pset_attr_creation_order(list.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), where,
        "tracking the order of attributes");
}

}  // namespace

Kind Group::kind(const std::string& name) const {
  const auto held = detail::lock();
  for (std::size_t slash = name.find('/', 1); slash != std::string::npos; slash = name.find('/', slash + 1))
    if (H5Lexists(id(), name.substr(0, slash).c_str(), H5P_DEFAULT) <= 0 ||
        H5Oexists_by_name(id(), name.substr(0, slash).c_str(), H5P_DEFAULT) <= 0)
      return Kind::missing;
  if (H5Lexists(id(), name.c_str(), H5P_DEFAULT) <= 0) return Kind::missing;
  const Handle object(H5Oopen(id(), name.c_str(), H5P_DEFAULT));
  if (!object) {
    H5Eclear2(H5E_DEFAULT);
    return Kind::missing;
  }
  switch (H5Iget_type(object.get())) {
    case H5I_GROUP: return Kind::group;
    case H5I_DATASET: return Kind::dataset;
    default: return Kind::other;
  }
}

std::vector<std::string> Group::children() const {
  const auto held = detail::lock();
  const auto collect = [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
    static_cast<std::vector<std::string>*>(out)->emplace_back(name);
    return 0;
  };
  std::vector<std::string> names;
  if (H5Literate(id(), H5_INDEX_CRT_ORDER, H5_ITER_INC, nullptr, collect, &names) >= 0) return names;
  H5Eclear2(H5E_DEFAULT);
  names.clear();
  check<DataError>(H5Literate(id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, collect, &names), where(), "listing");
  return names;
}

Group Group::open_group(const std::string& name) const {
  const auto held = detail::lock();
  if (kind(name) != Kind::group) fail<DataError>(file_ + ":" + child_path(name), "the group is missing");
  return Group(own<DataError>(H5Gopen2(id(), name.c_str(), H5P_DEFAULT), where(), "opening the group " + name), file_,
               child_path(name), collective_);
}

Group Group::create_group(const std::string& name) {
  const auto held = detail::lock();
  const Handle list = own(H5Pcreate(H5P_GROUP_CREATE), where(), "preparing a group");
  check(H5Pset_obj_track_times(list.get(), false), where(), "preparing a group");
  track_order(list, where());
  Handle group = own(H5Gcreate2(id(), name.c_str(), H5P_DEFAULT, list.get(), H5P_DEFAULT), where(),
                     "creating the group " + name);
  return Group(std::move(group), file_, child_path(name), collective_);
}

Dataset Group::open_dataset(const std::string& name, std::size_t cache_bytes) const {
  const auto held = detail::lock();
  const std::string here = file_ + ":" + child_path(name);
  switch (kind(name)) {
    case Kind::missing: {
      const std::string broken = broken_link(*this, name);
      fail<DataError>(here, broken.empty() ? "the dataset is missing" : broken);
    }
    case Kind::dataset: break;
    default: fail<DataError>(here, "is not a dataset");
  }
  const Handle list = own(H5Pcreate(H5P_DATASET_ACCESS), here, "preparing to open");
  if (cache_bytes > 0)
    check(H5Pset_chunk_cache(list.get(), 10007, cache_bytes, 1.0), here, "sizing the chunk cache");
  Dataset dataset(own<DataError>(H5Dopen2(id(), name.c_str(), list.get()), here, "opening"), file_, child_path(name),
                  collective_);
  const Handle space = own<DataError>(H5Dget_space(dataset.id()), here, "reading the dataspace");
  if (H5Sget_simple_extent_type(space.get()) == H5S_NULL) fail<DataError>(here, "holds no values");
  const int rank = check<DataError>(H5Sget_simple_extent_ndims(space.get()), here, "reading the extents");
  if (rank > 8) fail<DataError>(here, "has ", rank, " axes; at most 8 are supported");
  std::vector<hsize_t> extents(static_cast<std::size_t>(rank));
  check<DataError>(H5Sget_simple_extent_dims(space.get(), extents.data(), nullptr), here, "reading the extents");
  constexpr hsize_t most = hsize_t{1} << 60;
  hsize_t elements = 1;
  for (const hsize_t extent : extents) {
    if (extent > 0 && elements > most / extent) fail<DataError>(here, "its extents exceed 2^60 elements");
    elements *= std::max<hsize_t>(extent, 1);
  }
  dataset.extents_.assign(extents.begin(), extents.end());
  return dataset;
}

Dataset Group::create(const std::string& name, Id type, const Layout& layout) {
  const std::string here = file_ + ":" + child_path(name);
  const Handle list = own(H5Pcreate(H5P_DATASET_CREATE), here, "preparing a dataset");
  check(H5Pset_obj_track_times(list.get(), false), here, "preparing a dataset");
  check(H5Pset_attr_creation_order(list.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), here,
        "tracking the order of attributes");
  if (!layout.chunk.empty()) {
    const std::vector<hsize_t> chunk(layout.chunk.begin(), layout.chunk.end());
    check(H5Pset_chunk(list.get(), static_cast<int>(chunk.size()), chunk.data()), here, "setting the chunk");
    // Ranks that write together need the chunks' addresses before: HDF5 1.10 tells filtered chunks apart by them, and
    // writes others to no address at all.
    const bool grows = std::find(layout.maximum.begin(), layout.maximum.end(), unlimited) != layout.maximum.end();
    if (grows || layout.deflate > 0 || layout.fletcher32)
      check(H5Pset_alloc_time(list.get(), H5D_ALLOC_TIME_EARLY), here, "setting the time of allocation");
    if (layout.deflate > 0) {
      check(H5Pset_shuffle(list.get()), here, "setting the byte shuffle");
      check(H5Pset_deflate(list.get(), static_cast<unsigned>(layout.deflate)), here, "setting the compression");
    }
    if (layout.fletcher32) check(H5Pset_fletcher32(list.get()), here, "setting the checksum");
  }
  if (layout.fill_nan) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    check(H5Pset_fill_value(list.get(), H5T_NATIVE_DOUBLE, &nan), here, "setting the fill value");
  }
  const Handle space = detail::dataspace(layout.extents, layout.maximum, here);
  Dataset dataset(
      own(H5Dcreate2(id(), name.c_str(), type, space.get(), H5P_DEFAULT, list.get(), H5P_DEFAULT), here, "creating"),
      file_, child_path(name), collective_);
  dataset.extents_ = layout.extents;
  return dataset;
}

Dataset Group::create_dataset(const std::string& name, DType dtype, const Layout& layout) {
  const auto held = detail::lock();
  return create(name, detail::native_type(dtype), layout);
}

Dataset Group::write_dataset(const std::string& name, const ArrayRef& values) {
  Dataset dataset = create_dataset(name, values.dtype, {.extents = {values.extents().begin(), values.extents().end()}});
  dataset.write(values);
  return dataset;
}

Dataset Group::write_flags(const std::string& name, const std::vector<bool>& values) {
  const auto held = detail::lock();
  const auto count = static_cast<std::int64_t>(values.size());
  Dataset dataset = create(name, detail::flag_type().get(), {.extents = {count}});
  std::vector<std::uint8_t> flags(values.begin(), values.end());
  dataset.write(make_array_ref(flags.data(), {count}));
  return dataset;
}

Dataset Group::write_strings(const std::string& name, const std::vector<std::string>& values) {
  const auto held = detail::lock();
  std::vector<const char*> pointers;
  for (const std::string& value : values) pointers.push_back(value.c_str());
  const Handle type = detail::text_type();
  Dataset dataset = create(name, type.get(), {.extents = {static_cast<std::int64_t>(values.size())}});
  if (!values.empty())
    check(H5Dwrite(dataset.id(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()), dataset.where(),
          "writing");
  return dataset;
}

void Group::hard_link(const std::string& existing, const std::string& name) {
  const auto held = detail::lock();
  check(H5Lcreate_hard(id(), existing.c_str(), id(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), where(),
        "linking " + name + " to " + existing);
}

void Group::remove(const std::string& name) {
  const auto held = detail::lock();
  check(H5Ldelete(id(), name.c_str(), H5P_DEFAULT), where(), "removing " + name);
}

}  // namespace marea::hdf5
