// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/hybrid/field_channels.hpp>

namespace marea::hybrid {
namespace {

int components(const FieldInfo& field, int axes) { return field.rank == 0 ? 1 : axes; }

/// Each field's part of the channels, as the solver takes it.
std::vector<NamedArray> parts(const std::vector<FieldInfo>& fields, int axes, const ArrayRef& channels) {
  std::vector<NamedArray> named;
  std::int64_t first = 0;
  for (const FieldInfo& field : fields) {
    const ArrayRef part = channels.slice(0, first, first + components(field, axes));
    named.push_back({field.name, field.rank == 0 ? part[0] : channels_last(part)});
    first += components(field, axes);
  }
  return named;
}

}  // namespace

FieldChannels::FieldChannels(std::vector<FieldInfo> fields, const GridInfo& grid)
    : fields_(std::move(fields)), gather_(grid), axes_(grid.block.rank), extents_{0} {
  for (const auto& field : fields_) extents_.front() += components(field, axes_);
  extents_.insert(extents_.end(), grid.block.extent.begin(), grid.block.extent.begin() + axes_);
}

void FieldChannels::read(SolverInterface& solver, const ArrayRef& channels) const {
  for (const NamedArray& field : parts(fields_, axes_, channels)) solver.read(field.name, field.array);
}

void FieldChannels::write(SolverInterface& solver, const ArrayRef& channels) const {
  solver.write(parts(fields_, axes_, channels));
}

HostArray FieldChannels::read_whole(SolverInterface& solver) const {
  const HostArray mine(DType::f64, extents_);
  read(solver, mine.ref());
  return gather_.gather(mine.ref());
}

std::vector<int> FieldChannels::scalars() const {
  std::vector<int> indices;
  int channel = 0;
  for (const auto& field : fields_) {
    if (field.rank == 0) indices.push_back(channel);
    channel += components(field, axes_);
  }
  return indices;
}

}  // namespace marea::hybrid
