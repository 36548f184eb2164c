// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>

#include <marea/io/case_file.hpp>
#include <marea/io/checkpoint.hpp>
#include <marea/io/collective.hpp>
#include <marea/io/error.hpp>
#include <marea/io/hdf5.hpp>

#include "../hdf5/file_kind.hpp"
#include "../hdf5/seal.hpp"
#include "snapshot_layout.hpp"

namespace marea {

struct CheckpointReader::Impl {
  std::string path;
  GridInfo grid;
  hdf5::File file;
  double time = 0;
  std::int64_t steps = 0;
  OptionTree config;
  std::vector<InputFile> files;
};

CheckpointReader::CheckpointReader(const std::string& path, const GridInfo& grid) : impl_(std::make_unique<Impl>()) {
  Impl& self = *impl_;
  self.path = path;
  self.grid = grid;
  int rank = 0;
  MPI_Comm_rank(grid.comm, &rank);
  run_collectively(grid.comm, [&] {
    if (rank == 0) detail::check_seal(path, "checkpoint");
  });
  // Each rank reads its own block for itself: any rank count may read.
  run_collectively(grid.comm, [&] {
    self.file = hdf5::File(path, hdf5::Access::read);
    detail::refuse_other_kind(self.file, "checkpoint");
    if (!self.file.has_attribute("marea_checkpoint")) fail<DataError>(path, "is not a checkpoint");
    if (const std::string version = self.file.read_string("marea_checkpoint"); !version.starts_with("1."))
      fail<DataError>(path, "has version ", version, "; this version of marea reads 1.x: use a newer one");
    self.time = self.file.read_double("time");
    self.steps = self.file.read_integer("steps");
    self.config = parse_toml(self.file.read_string("config_toml"), path + "@config_toml");
    self.files = detail::read_input_files(self.file);
    const hdf5::Extents extents = self.file.read_integers("extents");
    const auto global = grid.block.global.begin();
    if (!std::equal(extents.begin(), extents.end(), global, global + grid.block.rank))
      fail<DataError>(path, "was written on another grid; choose another folder or start anew");
  });
}

CheckpointReader::CheckpointReader(CheckpointReader&&) noexcept = default;
CheckpointReader::~CheckpointReader() = default;

double CheckpointReader::time() const { return impl_->time; }
std::int64_t CheckpointReader::steps() const { return impl_->steps; }
const OptionTree& CheckpointReader::config() const { return impl_->config; }
const std::vector<InputFile>& CheckpointReader::files() const { return impl_->files; }

void CheckpointReader::read(const RestartPiece& piece, const ArrayRef& block) const {
  const Impl& self = *impl_;
  run_collectively(self.grid.comm, [&] {
    const hdf5::Dataset dataset = self.file.open_group("fields").open_dataset(piece.name);
    const Block& own = piece.block;
    if (dataset.dtype() != block.dtype)
      fail<DataError>(dataset.where(), "holds ", to_string(dataset.dtype()), ", but ", to_string(block),
                      " is wanted: the precision of the solver has changed");
    hdf5::Extents start(own.offset.begin(), own.offset.begin() + own.rank);
    start.resize(dataset.extents().size(), 0);
    const hdf5::Extents count(block.extents().begin(), block.extents().end());
    hdf5::Extents whole(own.global.begin(), own.global.begin() + own.rank);
    whole.insert(whole.end(), piece.components.begin(), piece.components.end());
    if (count.size() != start.size() || whole != dataset.extents())
      fail<DataError>(dataset.where(), "does not fit ", to_string(block));
    dataset.read(start, count, block);
  });
}

void CheckpointReader::read(const std::string& name, const ArrayRef& block) const {
  read(cell_piece(name, impl_->grid.block, block), block);
}

std::vector<Table> CheckpointReader::tables() const { return detail::read_tables(impl_->file); }

}  // namespace marea
