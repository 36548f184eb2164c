// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/hybrid/field_channels.hpp>

#include <marea/io/field_extents.hpp>

namespace marea::hybrid {
namespace {

int components(const FieldInfo& field, const Block& block) { return field.rank == 0 ? 1 : block.rank; }

}  // namespace

FieldChannels::FieldChannels(std::vector<FieldInfo> fields, const GridInfo& grid)
    : fields_(std::move(fields)), gather_(grid), block_(grid.block) {
  for (int axis = 0; axis < block_.rank; ++axis) cells_ *= block_.global[static_cast<std::size_t>(axis)];
  for (const auto& field : fields_) count_ += components(field, block_);
}

HostArray FieldChannels::local(const FieldInfo& field) const {
  return HostArray(DType::f64, block_extents(block_, field));
}

/// The channels of a field as an array with the axes of the grid and, for vectors, the components last.
ArrayRef FieldChannels::whole(const FieldInfo& field, int channel, Channels& channels) const {
  if (!gather_.root()) return {};
  const int n = components(field, block_);
  std::vector<std::int64_t> extents{n};
  extents.insert(extents.end(), block_.global.begin(), block_.global.begin() + block_.rank);
  const ArrayRef first = make_array_ref(channels.data() + channel * cells_, DType::f64, extents);
  if (field.rank == 0) return first[0];
  if (block_.rank == 1) return first.permute({1, 0});
  return block_.rank == 2 ? first.permute({1, 2, 0}) : first.permute({1, 2, 3, 0});
}

Channels FieldChannels::read(SolverInterface& solver) const {
  Channels channels(gather_.root() ? static_cast<std::size_t>(count_ * cells_) : 0);
  int channel = 0;
  for (const auto& field : fields_) {
    const HostArray mine = local(field);
    solver.read(field.name, mine.ref());
    gather_.gather(mine.ref(), whole(field, channel, channels));
    channel += components(field, block_);
  }
  return channels;
}

void FieldChannels::write(SolverInterface& solver, const Channels& channels) const {
  std::vector<HostArray> locals;
  std::vector<NamedArray> named;
  int channel = 0;
  for (const auto& field : fields_) {
    locals.push_back(local(field));
    gather_.scatter(whole(field, channel, const_cast<Channels&>(channels)), locals.back().ref());
    channel += components(field, block_);
  }
  for (std::size_t f = 0; f < fields_.size(); ++f) named.push_back({fields_[f].name, locals[f].ref()});
  solver.write(named);
}

std::vector<int> FieldChannels::scalars() const {
  std::vector<int> indices;
  int channel = 0;
  for (const auto& field : fields_) {
    if (field.rank == 0) indices.push_back(channel);
    channel += components(field, block_);
  }
  return indices;
}

}  // namespace marea::hybrid
