// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <algorithm>
#include <type_traits>

#include <marea/io/array_ref.hpp>
#include <marea/io/queue.hpp>
#include <marea/solvers/grid/grid.hpp>

namespace marea {

/// Any View as an ArrayRef: same memory, strides kept, subviews too; on the device, its memory and number. The View's
/// owner must outlive it.
template <class View> ArrayRef describe(const View& view) {
  static_assert(static_cast<int>(View::rank) <= max_rank, "ArrayRef has six axes at most");
  ArrayRef ref;
  ref.data = const_cast<std::remove_const_t<typename View::value_type>*>(view.data());
  ref.dtype = dtype_of<std::remove_const_t<typename View::value_type>>;
  if constexpr (!lies_on_host<View>) {
    ref.memory = device_memory;
    ref.device = std::max(process_device(), 0);
  }
  ref.rank = static_cast<int>(View::rank);
  for (int a = 0; a < ref.rank; ++a) {
    ref.extent[a] = static_cast<std::int64_t>(view.extent(a));
    ref.stride[a] = static_cast<std::int64_t>(view.stride(a));
  }
  return ref;
}

/// The interior of a state (variable, k, j, i) as (variable, [k,] [j,] i): the grid's own axes, no ghosts.
template <class View> ArrayRef describe_interior(const View& state, const Grid& grid) {
  ArrayRef ref = describe(state);
  for (int a = 0; a < 3; ++a) ref = ref.slice(a + 1, grid.cells.begin[a], grid.cells.end[a]);
  for (int axis = 1; axis <= 3 - grid.dimensions; ++axis) {  // unused axes have one cell: drop them
    --ref.rank;
    for (int a = 1; a < ref.rank; ++a) {
      ref.extent[a] = ref.extent[a + 1];
      ref.stride[a] = ref.stride[a + 1];
    }
  }
  return ref;
}

}  // namespace marea
