// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/snapshot_writer.hpp>

#include <algorithm>

#include <marea/io/collective.hpp>
#include <marea/io/error.hpp>
#include <marea/io/field_extents.hpp>
#include <marea/io/host_array.hpp>
#include <marea/io/log.hpp>
#include <marea/io/mpi_io.hpp>
#include <marea/io/repair.hpp>
#include <marea/io/snapshot_reader.hpp>

#include "../hdf5/free_space.hpp"
#include "../arrays/redistribution.hpp"
#include "../hdf5/replace_file.hpp"
#include "snapshot_layout.hpp"

namespace marea {

using hdf5::Dataset;
using hdf5::Extents;

namespace {

/// Throws DataError unless the file on disk was made for that schema and grid; the configuration may differ.
void check_same(const std::string& path, const SnapshotReader& file, const SnapshotSchema& schema,
                const GridInfo& grid) {
  const auto differs = [&](std::string_view what) {
    fail<DataError>(path, "cannot be continued: it was written with ", what, "; choose another folder or start anew");
  };
  const auto same = [](const std::vector<FieldInfo>& a, const std::vector<FieldInfo>& b) {
    return std::is_permutation(a.begin(), a.end(), b.begin(), b.end(), [](const FieldInfo& x, const FieldInfo& y) {
      return x.name == y.name && x.rank == y.rank;
    });
  };
  const SnapshotSchema& on_disk = file.schema();
  if (on_disk.dataset_name != schema.dataset_name) differs("the solver " + on_disk.dataset_name);
  if (!same(on_disk.fields, schema.fields)) differs("other fields");
  if (!same(on_disk.constants, schema.constants)) differs("other constant fields");
  if (!schema.fields.empty() && on_disk.precision != schema.precision) differs("another precision");
  if (file.grid().axis_names != grid.axis_names || file.grid().centres != grid.centres) differs("another grid");
}

/// Cells of one chunk along each axis of a file that is continued.
Extents chunk_in_file(const std::string& path, const SnapshotSchema& schema, const GridInfo& grid) {
  const hdf5::File file(path, hdf5::Access::read);
  const auto axes = static_cast<std::size_t>(grid.block.rank);
  for (const auto* list : {&schema.fields, &schema.constants})
    for (const FieldInfo& field : *list) {
      const Extents chunk = file.open_dataset(detail::field_path(field)).chunk();
      const std::size_t leading = list == &schema.fields ? 2 : 0;
      if (chunk.size() >= leading + axes) return {chunk.begin() + leading, chunk.begin() + leading + axes};
    }
  return Extents(axes, 1);
}

}  // namespace

struct SnapshotWriter::Impl {
  std::string path;
  SnapshotSchema schema;
  GridInfo grid;
  int rank = 0, ranks = 1;
  bool one_writer = false;
  Extents chunk;              ///< cells along each axis
  std::unique_ptr<detail::Redistribution> to_boxes;
  hdf5::File file;
  Dataset time;
  std::vector<Dataset> fields, constants;
  std::vector<double> times;  ///< committed, on every rank
  bool closed = false, failed = false;

  Impl(const std::string& path_, const SnapshotSchema& schema_, const GridInfo& grid_, Gather how)
      : path(path_), schema(schema_), grid(grid_) {
    MPI_Comm_rank(grid.comm, &rank);
    MPI_Comm_size(grid.comm, &ranks);
    if (how == Gather::collective && !ranks_can_write_together())
      fail<ConfigError>(path, "writer = \"collective\" needs a parallel HDF5 library, and with Open MPI the ",
                        "environment ",
                        "variable OMPI_MCA_io=^ompio; choose \"gather\"");
    constexpr std::int64_t large = std::int64_t{256} << 20;
    one_writer = ranks == 1 || how == Gather::one_writer ||
                 (how == Gather::automatic && (field_bytes() < large || !ranks_can_write_together()));
    if (!one_writer && !has_locks(path, grid.comm)) {
      one_writer = true;
      if (rank == 0)
        log_warning(path, ": this file system has no locks, which writing together needs; one rank writes");
    }
  }
  ~Impl() {
    if (failed || closed) return;
    try {
      file = hdf5::File();
    } catch (...) {  // the last flush stands
    }
  }

  bool writes() const { return !one_writer || rank == 0; }

  /// Runs `work` on the ranks that hold the file open; on an error all ranks throw and nothing is written any more.
  template <class Work> void guarded(Work&& work) {
    if (failed) fail<IoError>(path, "an earlier error ended the writing of this file");
    try {
      run_collectively(grid.comm, [&] {
        if (writes()) work();
      });
    } catch (const IoError&) {
      failed = true;
      drop_datasets();
      if (writes()) file.abandon();
      throw;
    }
  }

  std::int64_t steps() const { return static_cast<std::int64_t>(times.size()); }

  void drop_datasets() {
    time = Dataset();
    fields.clear();
    constants.clear();
  }

  /// Closes the file, which stays as it is.
  void release() {
    drop_datasets();
    guarded([&] { file.close(); });
  }

  void open() {
    to_boxes = std::make_unique<detail::Redistribution>(
        one_writer ? detail::Redistribution::to_one_rank(grid.comm, grid.block)
                   : detail::Redistribution::to_chunks(grid.comm, grid.block, chunk));
    guarded([&] {
      file = one_writer ? hdf5::File(path, hdf5::Access::write) : hdf5::File(path, hdf5::Access::write, grid.comm);
      time = file.open_dataset("time");
      for (const FieldInfo& field : schema.fields) fields.push_back(file.open_dataset(detail::field_path(field)));
      for (const FieldInfo& field : schema.constants) constants.push_back(file.open_dataset(detail::field_path(field)));
    });
  }

  /// Bytes of a scalar field of the whole grid.
  std::int64_t field_bytes() const {
    auto bytes = static_cast<std::int64_t>(element_size(schema.precision));
    for (int a = 0; a < grid.block.rank; ++a) bytes *= grid.block.global[static_cast<std::size_t>(a)];
    return bytes;
  }

  /// Bytes of one snapshot as it lies in memory: more than it takes on the disk.
  std::int64_t snapshot_bytes() const {
    std::int64_t total = 0;
    for (const FieldInfo& field : schema.fields) {
      std::int64_t bytes = field_bytes();
      for (int r = 0; r < field.rank; ++r) bytes *= grid.block.rank;
      total += bytes;
    }
    return total;
  }

  void check_space(std::int64_t bytes) {
    guarded([&] {
      if (rank == 0) detail::check_free_space(path, bytes);
    });
  }

  /// This rank's block of a field in the file's precision and order of components, or on a single writer the whole.
  HostArray staged(const FieldInfo& field, const ArrayRef& block) const {
    const Extents extents = block_extents(grid.block, field);
    if (!std::equal(extents.begin(), extents.end(), block.extents().begin(), block.extents().end()))
      fail<ShapeError>(path, "field ", field.name, ": ", to_string(block), " must have the extents ",
                       to_string(make_array_ref(nullptr, block.dtype, extents)), " of this rank's block");
    if (block.dtype != DType::f32 && block.dtype != DType::f64)
      fail<ShapeError>(path, "field ", field.name, ": ", to_string(block), " must be f32 or f64");
    HostArray mine(schema.precision, extents);
    detail::copy_components(block, mine.ref(), grid.axis_names, field.rank, true);
    return mine;
  }

  /// Writes staged blocks at `leading` (trajectory and step, or nothing).
  void write(Dataset* dataset, const Extents& leading, HostArray mine) {
    const Block& box = to_boxes->box();
    if (!to_boxes->identity()) {
      Extents extents(box.extent.begin(), box.extent.begin() + box.rank);
      extents.insert(extents.end(), mine.extents().begin() + box.rank, mine.extents().end());
      HostArray moved(mine.dtype(), extents);
      run_collectively(grid.comm, [&] { to_boxes->move(mine.ref(), moved.ref()); });
      mine = std::move(moved);
    }
    Extents start = leading, count(leading.size(), 1);
    start.insert(start.end(), box.offset.begin(), box.offset.begin() + box.rank);
    start.resize(leading.size() + mine.extents().size(), 0);
    count.insert(count.end(), mine.extents().begin(), mine.extents().end());
    guarded([&] { dataset->write(start, count, mine.ref()); });
  }

  void resize_time(std::int64_t count) {
    for (Dataset& field : fields) {
      Extents extents = field.extents();
      extents[1] = count;
      field.resize(extents);
    }
  }
};

SnapshotWriter::SnapshotWriter(const std::string& path, const SnapshotSchema& schema, const GridInfo& grid, Mode mode,
                               Gather gather)
    : impl_(std::make_unique<Impl>(path, schema, grid, gather)) {
  Impl& self = *impl_;
  if (mode == Mode::create) {
    self.chunk = detail::chunk_of_blocks(grid.comm, grid.block);
    run_collectively(grid.comm, [&] {
      if (self.rank != 0) return;
      const std::string temporary = path + ".tmp";
      detail::check_free_space(path, 1 << 16);
      detail::create_snapshot_file(temporary, schema, grid, self.chunk);
      detail::replace_file(temporary, path);
    });
    self.open();
    return;
  }
  self.chunk.assign(static_cast<std::size_t>(grid.block.rank), 1);
  run_collectively(grid.comm, [&] {
    if (self.rank != 0) return;
    repair_snapshot(path);
    const SnapshotReader reader(path);
    check_same(path, reader, schema, grid);
    self.times = reader.times();
    self.chunk = chunk_in_file(path, schema, grid);
  });
  MPI_Bcast(self.chunk.data(), grid.block.rank, MPI_INT64_T, 0, grid.comm);
  auto count = static_cast<std::int64_t>(self.times.size());
  MPI_Bcast(&count, 1, MPI_INT64_T, 0, grid.comm);
  self.times.resize(static_cast<std::size_t>(count));
  MPI_Bcast(self.times.data(), static_cast<int>(count), MPI_DOUBLE, 0, grid.comm);
  self.open();
  self.guarded([&] {
    self.file.write_attribute("complete", false);
    self.file.flush();
  });
}

SnapshotWriter::SnapshotWriter(SnapshotWriter&&) noexcept = default;
SnapshotWriter::~SnapshotWriter() = default;

std::int64_t SnapshotWriter::steps() const { return impl_->steps(); }

void SnapshotWriter::append(double time, std::span<const NamedArray> fields) {
  Impl& self = *impl_;
  std::vector<HostArray> staged;
  run_collectively(self.grid.comm, [&] {
    if (self.closed) fail<IoError>(self.path, "is closed");
    if (!self.times.empty() && !(time > self.times.back()))
      fail<DataError>(self.path, "time = ", time, " must be later than the last snapshot at ", self.times.back());
    if (fields.size() != self.schema.fields.size())
      fail<ShapeError>(self.path, fields.size(), " fields are given; the file holds ", self.schema.fields.size());
    for (const FieldInfo& field : self.schema.fields) {
      const auto found =
          std::find_if(fields.begin(), fields.end(), [&](const NamedArray& f) { return f.name == field.name; });
      if (found == fields.end()) fail<ShapeError>(self.path, "field ", field.name, " is not among those given");
      staged.push_back(self.staged(field, found->array));
    }
  });
  const std::int64_t step = self.steps();
  self.check_space(self.snapshot_bytes());
  self.guarded([&] { self.resize_time(step + 1); });
  for (std::size_t f = 0; f < staged.size(); ++f)
    self.write(self.writes() ? &self.fields[f] : nullptr, {0, step}, std::move(staged[f]));
  self.guarded([&] { self.file.flush(); });
  self.guarded([&] {
    self.time.resize({step + 1});
    const std::int64_t mine = self.rank == 0 ? 1 : 0;
    self.time.write({step}, {mine}, make_array_ref(&time, {mine}));
  });
  self.guarded([&] { self.file.flush(); });
  self.times.push_back(time);
}

void SnapshotWriter::write_constant(const std::string& name, const ArrayRef& values) {
  Impl& self = *impl_;
  HostArray staged;
  std::size_t which = 0;
  run_collectively(self.grid.comm, [&] {
    if (self.closed) fail<IoError>(self.path, "is closed");
    const auto& list = self.schema.constants;
    const auto found = std::find_if(list.begin(), list.end(), [&](const FieldInfo& f) { return f.name == name; });
    if (found == list.end()) fail<ConfigError>(self.path, "has no constant field named ", name);
    which = static_cast<std::size_t>(found - list.begin());
    staged = self.staged(*found, values);
  });
  self.check_space(self.snapshot_bytes());
  self.write(self.writes() ? &self.constants[which] : nullptr, {}, std::move(staged));
  self.guarded([&] { self.file.flush(); });
  self.guarded([&] {
    self.constants[which].write_attribute("written", true);
    self.file.flush();
  });
}

void SnapshotWriter::write_table(const Table& table) {
  Impl& self = *impl_;
  self.guarded([&] {
    if (self.closed) fail<IoError>(self.path, "is closed");
  });
  const Table whole = detail::broadcast_table(self.grid.comm, table);
  self.check_space(static_cast<std::int64_t>(whole.values.size() * sizeof(double)));
  self.guarded([&] {
    detail::write_table(self.file, whole);
    self.file.flush();
  });
}

void SnapshotWriter::truncate_after(double time) {
  Impl& self = *impl_;
  const auto end = std::upper_bound(self.times.begin(), self.times.end(), time);
  if (end == self.times.end()) return;
  self.times.erase(end, self.times.end());
  self.release();
  self.guarded([&] {
    if (self.rank != 0) return;
    hdf5::File file(self.path, hdf5::Access::write);
    detail::cut_snapshots(file, self.steps());
    file.close();
  });
  self.open();
}

void SnapshotWriter::add_cost(const RunCost& part) {
  Impl& self = *impl_;
  self.guarded([&] {
    const RunCost before = detail::read_run_cost(self.file).value_or(RunCost{});
    self.file.write_attribute("wall_seconds", before.wall_seconds + part.wall_seconds);
    self.file.write_attribute("cpu_seconds", before.cpu_seconds + part.cpu_seconds);
    self.file.flush();
  });
}

void SnapshotWriter::close() {
  Impl& self = *impl_;
  if (self.closed) return;
  self.guarded([&] {
    self.file.write_attribute("complete", true);
    self.file.flush();
  });
  self.release();
  self.closed = true;
}

}  // namespace marea
