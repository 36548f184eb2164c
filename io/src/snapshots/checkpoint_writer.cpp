// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <filesystem>

#include <marea/io/checkpoint.hpp>
#include <marea/io/collective.hpp>
#include <marea/io/error.hpp>
#include <marea/io/hdf5.hpp>
#include <marea/io/host_array.hpp>

#include "checkpoint_folder.hpp"
#include "../hdf5/free_space.hpp"
#include "../arrays/redistribution.hpp"
#include "../hdf5/replace_file.hpp"
#include "../hdf5/seal.hpp"
#include "snapshot_layout.hpp"

namespace marea {

namespace fs = std::filesystem;

struct CheckpointWriter::Impl {
  std::string folder, path, temporary;
  GridInfo grid;
  int keep = 2, rank = 0;
  bool committed = false;
  hdf5::File file;

  ~Impl() {
    if (committed) return;
    file.abandon();
    std::error_code ignored;
    if (rank == 0) fs::remove(temporary, ignored);
  }

  bool writes() const { return rank == 0; }

  template <class Work> void guarded(Work&& work) {
    run_collectively(grid.comm, [&] {
      if (writes()) work();
    });
  }
};

CheckpointWriter::CheckpointWriter(const std::string& folder, const GridInfo& grid, double time, std::int64_t steps,
                                   const OptionTree& config, const std::vector<InputFile>& files, int keep)
    : impl_(std::make_unique<Impl>()) {
  Impl& self = *impl_;
  self.folder = folder;
  self.grid = grid;
  self.keep = std::max(1, keep);
  MPI_Comm_rank(grid.comm, &self.rank);
  self.path = (fs::path(folder) / detail::checkpoint_name(steps)).string();
  self.temporary = self.path + ".tmp";
  run_collectively(grid.comm, [&] {
    if (self.rank != 0) return;
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) fail<IoError>(folder, "cannot be made: ", error.message());
    detail::check_free_space(self.temporary, 1 << 16);
    self.file = hdf5::File(self.temporary, hdf5::Access::create);
    self.file.write_attribute("marea_checkpoint", "1.0");
    self.file.write_attribute("marea_version", MAREA_VERSION);
    self.file.write_attribute("config_toml", to_toml(config));
    detail::write_input_files(self.file, files);
    self.file.write_attribute("time", time);
    self.file.write_attribute("steps", steps);
    const auto global = grid.block.global.begin();
    self.file.write_attribute("extents", hdf5::Extents(global, global + grid.block.rank));
    self.file.create_group("fields");
  });
}

CheckpointWriter::~CheckpointWriter() = default;

void CheckpointWriter::write(const RestartPiece& piece, const ArrayRef& block) {
  Impl& self = *impl_;
  const Block& own = piece.block;
  const auto axes = static_cast<std::size_t>(own.rank);
  hdf5::Extents whole(own.global.begin(), own.global.begin() + own.rank);
  run_collectively(self.grid.comm, [&] {
    const auto given = block.extents();
    if (given.size() < axes || !std::equal(given.begin(), given.begin() + own.rank, own.extent.begin()))
      fail<ShapeError>(self.path, "field ", piece.name, ": ", to_string(block),
                       " does not have the extents of this rank's block");
    whole.insert(whole.end(), given.begin() + own.rank, given.end());
    if (self.rank == 0) {
      std::int64_t bytes = static_cast<std::int64_t>(element_size(block.dtype));
      for (const std::int64_t extent : whole) bytes *= extent;
      detail::check_free_space(self.temporary, bytes);
    }
  });
  hdf5::Dataset dataset;
  self.guarded([&] {
    dataset = self.file.open_group("fields").create_dataset(piece.name, block.dtype, {.extents = whole});
  });
  const HostArray all(block.dtype, self.rank == 0 ? whole : hdf5::Extents(whole.size(), 0));
  detail::Redistribution::to_one_rank(self.grid.comm, own).move(block, all.ref());
  self.guarded([&] { dataset.write(all.ref()); });
}

void CheckpointWriter::write(const std::string& name, const ArrayRef& block) {
  write(cell_piece(name, impl_->grid.block, block), block);
}

void CheckpointWriter::write(const Table& table) {
  const Table whole = detail::broadcast_table(impl_->grid.comm, table);
  impl_->guarded([&] { detail::write_table(impl_->file, whole); });
}

std::string CheckpointWriter::commit() {
  Impl& self = *impl_;
  self.guarded([&] { self.file.close(); });
  run_collectively(self.grid.comm, [&] {
    if (self.rank != 0) return;
    detail::seal_file(self.temporary);
    detail::replace_file(self.temporary, self.path);
    const std::vector<std::string> all = detail::checkpoints_newest_first(self.folder);
    std::error_code ignored;
    for (std::size_t old = static_cast<std::size_t>(self.keep); old < all.size(); ++old) fs::remove(all[old], ignored);
  });
  self.committed = true;
  return self.path;
}

}  // namespace marea
