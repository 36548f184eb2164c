// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/snapshot_reader.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

#include <marea/io/case_file.hpp>
#include <marea/io/cf_values.hpp>
#include <marea/io/error.hpp>
#include <marea/io/field_extents.hpp>
#include <marea/io/hdf5.hpp>
#include <marea/io/units.hpp>
#include <marea/io/unknown_name.hpp>

#include "../foreign/cf_axes.hpp"
#include "../foreign/cf_text.hpp"
#include "../hdf5/dataset_storage.hpp"
#include "../hdf5/file_kind.hpp"
#include "snapshot_layout.hpp"

namespace marea {

using hdf5::Dataset;
using hdf5::Extents;

namespace detail {

/// One field as it lies in the file: which of its axes are there.
struct StoredField {
  FieldInfo info;
  Dataset dataset;
  std::optional<CfValues> packing;  ///< set once the dataset may be read
  bool by_sample = false, by_time = false;
  std::vector<bool> by_axis;  ///< storage order of the grid
};

}  // namespace detail

namespace {

using detail::StoredField;

bool flag_or(const hdf5::Object& object, const std::string& name, bool otherwise) {
  return object.has_attribute(name) ? object.read_bool(name) : otherwise;
}

/// Values by the attributes of their dataset, and in `si` where its units can be turned into that.
std::string decode(const Dataset& dataset, std::vector<double>& values, const std::string& si) {
  const CfValues packing(dataset);
  if (!packing.is_plain()) packing.decode(values);
  const auto factor = units_factor(packing.units(), si);
  if (!factor) return packing.units();
  if (*factor != 1)
    for (double& value : values) value *= *factor;
  return si;
}

/// Coordinates of one axis; those of the first trajectory or time where they vary.
std::vector<double> read_axis(const hdf5::Group& dimensions, const std::string& name) {
  const Dataset dataset = dimensions.open_dataset(name);
  if (dataset.extents().empty()) fail<DataError>(dataset.where(), "must be a list of coordinates");
  dataset.check_stored();
  std::vector<double> centres(static_cast<std::size_t>(dataset.extents().back()));
  Extents start(dataset.extents().size(), 0), count(dataset.extents().size(), 1);
  count.back() = dataset.extents().back();
  dataset.read(start, count, make_array_ref(centres.data(), {count.back()}));
  return centres;
}

/// A cache that holds the chunks of one snapshot pays where a chunk spans several snapshots.
std::size_t cache_for(const Dataset& dataset, const StoredField& field) {
  const Extents chunk = dataset.chunk();
  if (chunk.empty() || !field.by_time || chunk[field.by_sample ? 1 : 0] == 1) return 0;
  double bytes = static_cast<double>(element_size(dataset.dtype()));
  for (std::size_t a = 0; a < chunk.size(); ++a) {
    const bool in_snapshot = a >= (field.by_sample ? 2u : 1u);
    bytes *= static_cast<double>(chunk[a]) *
             (in_snapshot ? static_cast<double>((dataset.extents()[a] + chunk[a] - 1) / chunk[a]) : 1.0);
  }
  return static_cast<std::size_t>(std::min(bytes * 1.1, 256.0 * 1024 * 1024));
}

}  // namespace

struct SnapshotReader::Impl {
  hdf5::File file;
  SnapshotSchema schema;
  GridInfo grid;
  std::vector<double> times;
  bool times_by_sample = false, complete = true, own = false;  ///< own: written by marea
  std::int64_t trajectories = 1, torn = 0;
  std::map<std::string, detail::StoredField> fields;

  explicit Impl(const std::string& path) : file(path, hdf5::Access::read) {
    detail::refuse_other_kind(file, "snapshot");
    for (const char* group : {"dimensions", "t0_fields"})
      if (file.kind(group) != hdf5::Kind::group)
        fail<DataError>(path, "is not a snapshot file: it has no group /", group);
    read_root();
    read_grid();
    read_times();
    for (int rank = 0; rank < 3; ++rank)
      if (file.kind(detail::field_group(rank)) == hdf5::Kind::group) read_fields(rank);
  }

  void read_root() {
    own = file.has_attribute("marea_schema");
    if (own)
      if (const std::string version = file.read_string("marea_schema"); !version.starts_with("1."))
        fail<DataError>(file.file(), "has schema ", version, "; this version of marea reads 1.x: use a newer one");
    const auto text = [&](const char* name) { return detail::text_of(file, name); };
    schema.dataset_name = text("dataset_name");
    schema.split = text("split");
    complete = flag_or(file, "complete", true);
    if (file.has_attribute("n_trajectories")) trajectories = file.read_integer("n_trajectories");
    if (trajectories < 1) fail<DataError>(file.file(), "n_trajectories = ", trajectories, " must be at least 1");
    if (const std::string config = text("config_toml"); !config.empty()) {
      try {
        schema.config = parse_toml(config, file.file() + "@config_toml");
      } catch (const ConfigError& error) {
        fail<DataError>(file.file(), "its configuration cannot be read: ", error.what());
      }
    }
    schema.files = detail::read_input_files(file);
    if (file.has_attribute("simulation_parameters"))
      for (const std::string& name : file.read_strings("simulation_parameters"))
        if (file.has_attribute(name) && !file.is_string_attribute(name))
          if (const std::vector<double> values = file.read_doubles(name); values.size() == 1)
            schema.parameters.push_back({name, values[0], units_of_scalar(name)});
  }

  std::string units_of_scalar(const std::string& name) const {
    if (file.kind("scalars/" + name) != hdf5::Kind::dataset) return "1";
    const Dataset scalar = file.open_dataset("scalars/" + name);
    return scalar.is_string_attribute("units") ? scalar.read_string("units") : "1";
  }

  void read_grid() {
    const hdf5::Group dimensions = file.open_group("dimensions");
    if (!dimensions.has_attribute("spatial_dims"))
      fail<DataError>(dimensions.where(), "has no attribute spatial_dims; name the axes in the order of the arrays, "
                      "such as [\"y\", \"x\"]");
    grid.axis_names = dimensions.read_strings("spatial_dims");
    const auto rank = grid.axis_names.size();
    if (rank < 1 || rank > 3) fail<DataError>(dimensions.where(), "spatial_dims must name 1 to 3 axes, not ", rank);
    grid.block.rank = static_cast<int>(rank);
    for (std::size_t a = 0; a < rank; ++a) {
      const std::string& name = grid.axis_names[a];
      grid.centres.push_back(read_axis(dimensions, name));
      std::vector<double>& x = grid.centres.back();
      if (x.empty()) fail<DataError>(dimensions.where(), "axis ", name, " has no cells");
      grid.block.global[a] = grid.block.extent[a] = static_cast<std::int64_t>(x.size());
      const Dataset dataset = dimensions.open_dataset(name);
      const std::string unit = decode(dataset, x, "m");
      const bool down = detail::lower(detail::text_of(dataset, "positive")) == "down";
      if (down && detail::cf_axis_of(name, nullptr).letter == 'z')
        for (double& z : x) z = -z;
      const double n = static_cast<double>(x.size());
      const double to_metres =
          dataset.is_string_attribute("units") ? units_factor(dataset.read_string("units"), "m").value_or(1) : 1;
      grid.spacing.push_back(dataset.has_attribute("spacing") ? dataset.read_double("spacing") * to_metres
                             : x.size() > 1                   ? (x.back() - x.front()) / (n - 1)
                                                              : 1.0);
      if (a + 1 == rank && !unit.empty()) grid.length_unit = unit;
    }
    grid.boundary = detail::read_boundaries(file, grid.axis_names);
  }

  void read_times() {
    const Dataset dataset = file.open_group("dimensions").open_dataset("time");
    if (dataset.extents().empty() || dataset.extents().size() > 2)
      fail<DataError>(dataset.where(), "must have one axis, or two with trajectories");
    times_by_sample = dataset.extents().size() == 2;
    if (dataset.size() > 0) dataset.check_stored();
    times = times_of(0);
    std::vector<double> none;
    if (const std::string unit = decode(dataset, none, "s"); !unit.empty()) grid.time_unit = unit;
  }

  std::vector<double> times_of(std::int64_t trajectory) const {
    const Dataset dataset = file.open_group("dimensions").open_dataset("time");
    const std::int64_t count = dataset.extents().back();
    std::vector<double> values(static_cast<std::size_t>(count));
    if (count == 0) return values;
    check_trajectory(trajectory);
    const Extents start = times_by_sample ? Extents{trajectory, 0} : Extents{0};
    dataset.read(start, times_by_sample ? Extents{1, count} : Extents{count}, make_array_ref(values.data(), {count}));
    decode(dataset, values, "s");
    return values;
  }

  void read_fields(int rank) {
    const hdf5::Group group = file.open_group(detail::field_group(rank));
    const std::vector<std::string> names =
        group.has_attribute("field_names") ? group.read_strings("field_names") : group.children();
    for (const std::string& name : names) {
      StoredField field;
      Dataset dataset = group.open_dataset(name);
      const auto axes = grid.axis_names.size();
      field.by_sample = flag_or(dataset, "sample_varying", true);
      field.by_time = flag_or(dataset, "time_varying", true);
      field.by_axis = dataset.has_attribute("dim_varying") ? dataset.read_bools("dim_varying")
                                                           : std::vector<bool>(axes, true);
      field.info = detail::read_field_info(dataset, name, rank, field.by_time, grid.axis_names);
      check_extents(dataset, field);
      if (!field.by_time && !flag_or(dataset, "written", true)) {
        schema.constants.push_back(field.info);
        continue;
      }
      if (dataset.size() > 0) dataset.check_stored();
      field.packing.emplace(dataset);
      if (!own) check_foreign(dataset, field);
      if (field.by_time && schema.fields.empty())
        schema.precision = field.packing->fits_single() ? DType::f32 : DType::f64;
      (field.by_time ? schema.fields : schema.constants).push_back(field.info);
      const std::size_t cache = cache_for(dataset, field);
      field.dataset = cache > 0 ? group.open_dataset(name, cache) : std::move(dataset);
      fields.emplace(name, std::move(field));
    }
  }

  /// What only other programs leave behind: chunks that were never written, scales that contradict spatial_dims.
  void check_foreign(const Dataset& dataset, const StoredField& field) const {
    double unwritten = 0;
    if (!hdf5::has_fill_value(dataset, unwritten) || !field.packing->is_gap(unwritten)) hdf5::check_written(dataset);
    const std::vector<hdf5::AxisLabels> labels = hdf5::axis_labels(dataset);
    std::size_t at = (field.by_sample ? 1u : 0u) + (field.by_time ? 1u : 0u);
    for (std::size_t a = 0; a < grid.axis_names.size(); ++a) {
      if (!field.by_axis[a]) continue;
      for (const hdf5::Scale& scale : labels[at].scales) {
        const std::string name = scale.path.substr(scale.path.find_last_of('/') + 1);
        const char found = detail::cf_axis_of(name, nullptr).letter;
        const char wanted = detail::cf_axis_of(grid.axis_names[a], nullptr).letter;
        if (found != 0 && wanted != 0 && found != wanted)
          fail<DataError>(dataset.where(), "its axis ", at, " has the dimension scale ", name,
                          ", but spatial_dims calls it ", grid.axis_names[a], "; correct one of them");
      }
      ++at;
    }
  }

  /// A writer of marea that was killed may leave fields longer than the time axis.
  void check_extents(const Dataset& dataset, const StoredField& field) {
    const auto axes = grid.axis_names.size();
    if (field.by_axis.size() != axes) fail<DataError>(dataset.where(), "dim_varying must have ", axes, " flags");
    Extents expected;
    if (field.by_sample) expected.push_back(trajectories);
    if (field.by_time) expected.push_back(static_cast<std::int64_t>(times.size()));
    for (std::size_t a = 0; a < axes; ++a)
      if (field.by_axis[a]) expected.push_back(grid.block.global[a]);
    expected.insert(expected.end(), static_cast<std::size_t>(field.info.rank), static_cast<std::int64_t>(axes));
    bool same = expected.size() == dataset.extents().size();
    for (std::size_t a = 0; same && a < expected.size(); ++a) {
      const bool time_axis = field.by_time && a == (field.by_sample ? 1u : 0u);
      same = time_axis && own ? dataset.extents()[a] >= expected[a] : dataset.extents()[a] == expected[a];
    }
    if (same && own && field.by_time)
      torn = std::max(torn, dataset.extents()[field.by_sample ? 1 : 0] - std::ssize(times));
    if (same) return;
    std::ostringstream found, wanted;
    for (const std::int64_t extent : dataset.extents()) found << ' ' << extent;
    for (const std::int64_t extent : expected) wanted << ' ' << extent;
    fail<DataError>(dataset.where(), "its extents are", found.str(), "; the grid, times and trajectories of the file ",
                    "want", wanted.str(),
                    file.has_attribute("n_trajectories") ? "" : " (no attribute n_trajectories: 1 taken)");
  }

  void check_trajectory(std::int64_t trajectory) const {
    if (trajectory < 0 || trajectory >= trajectories)
      fail<DataError>(file.file(), "trajectory ", trajectory, " is not among its ", trajectories);
  }

  const StoredField& stored(const std::string& name) const {
    if (const auto found = fields.find(name); found != fields.end()) return found->second;
    for (const FieldInfo& constant : schema.constants)
      if (constant.name == name)
        fail<DataError>(file.file(), "field ", name, " was never written: the run did not come to its end");
    std::vector<std::string> known;
    for (const auto& [field, unused] : fields) known.push_back(field);
    fail_unknown<DataError>(file.file(), "field", name, known);
  }

  void read(const StoredField& field, std::int64_t trajectory, std::int64_t step, const ArrayRef& out) const;
};

void SnapshotReader::Impl::read(const StoredField& field, std::int64_t trajectory, std::int64_t step,
                                const ArrayRef& out) const {
  const Dataset& dataset = field.dataset;
  check_trajectory(trajectory);
  if (field.by_time && (step < 0 || step >= static_cast<std::int64_t>(times.size())))
    fail<DataError>(dataset.where(), "step ", step, " is not among its ", times.size());
  const auto axes = grid.axis_names.size();
  const Extents whole = grid_extents(grid.block, field.info);
  if (!std::equal(whole.begin(), whole.end(), out.extents().begin(), out.extents().end()))
    fail<ShapeError>(dataset.where(), to_string(out), " must be ",
                     to_string(make_array_ref(nullptr, out.dtype, whole)));
  if (out.dtype != DType::f32 && out.dtype != DType::f64)
    fail<ShapeError>(dataset.where(), to_string(out), " must be f32 or f64");

  Extents start, count, box;  // box: as in the file, with one cell along axes that do not vary
  if (field.by_sample) start.push_back(trajectory), count.push_back(1);
  if (field.by_time) start.push_back(step), count.push_back(1);
  for (std::size_t a = 0; a < whole.size(); ++a) {
    const bool there = a >= axes || field.by_axis[a];
    if (there) start.push_back(0), count.push_back(whole[a]);
    box.push_back(there ? whole[a] : 1);
  }
  const bool plain = field.packing->is_plain();
  if (plain && field.info.rank == 0 && box == whole) return dataset.read(start, count, out);
  const HostArray staging(plain ? out.dtype : DType::f64, box);
  dataset.read(start, count, staging.ref());
  if (!plain) field.packing->decode(staging.values<double>());
  ArrayRef spread = staging.ref();
  for (std::size_t a = 0; a < whole.size(); ++a) {
    if (box[a] != whole[a]) spread.stride[a] = 0;  // one cell stands for the whole axis
    spread.extent[a] = whole[a];
  }
  detail::copy_components(spread, out, grid.axis_names, field.info.rank, false);
}

SnapshotReader::SnapshotReader(const std::string& path) : impl_(std::make_unique<Impl>(path)) {}
SnapshotReader::SnapshotReader(SnapshotReader&&) noexcept = default;
SnapshotReader::~SnapshotReader() = default;

const SnapshotSchema& SnapshotReader::schema() const { return impl_->schema; }
const GridInfo& SnapshotReader::grid() const { return impl_->grid; }
const std::vector<double>& SnapshotReader::times() const { return impl_->times; }
std::vector<double> SnapshotReader::times(std::int64_t trajectory) const { return impl_->times_of(trajectory); }
std::int64_t SnapshotReader::trajectories() const { return impl_->trajectories; }
bool SnapshotReader::complete() const { return impl_->complete; }
std::optional<RunCost> SnapshotReader::cost() const { return detail::read_run_cost(impl_->file); }
std::int64_t SnapshotReader::torn_steps() const { return impl_->torn; }
bool SnapshotReader::has(const std::string& field) const { return impl_->fields.contains(field); }
const FieldInfo& SnapshotReader::field(const std::string& name) const { return impl_->stored(name).info; }
DType SnapshotReader::dtype(const std::string& field) const {
  return impl_->stored(field).packing->fits_single() ? DType::f32 : DType::f64;
}
bool SnapshotReader::points_down(const std::string& field) const {
  return detail::lower(detail::text_of(impl_->stored(field).dataset, "positive")) == "down";
}
std::vector<Table> SnapshotReader::tables() const { return detail::read_tables(impl_->file); }

void SnapshotReader::read(const std::string& field, std::int64_t trajectory, std::int64_t step,
                          const ArrayRef& out) const {
  impl_->read(impl_->stored(field), trajectory, step, out);
}

}  // namespace marea
