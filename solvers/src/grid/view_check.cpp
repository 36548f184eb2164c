// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/view_check.hpp>

#include <algorithm>
#include <utility>
#include <vector>

#include <Kokkos_Core.hpp>

// Compiled into marea::solvers, and alone by cmake/MareaViewCheck.cmake.
namespace marea {
namespace view_check {

using Space = Kokkos::DefaultExecutionSpace::memory_space;
using Numbers = Kokkos::View<std::uint64_t*, Space>;
using Field = Kokkos::View<double****, Kokkos::LayoutRight, Space>;

/// Views among other members, alone and in an array, as solvers and kernels hold them.
struct Holder {
  std::uint64_t before = 0;
  Field field;
  int between = 0;
  Field pair[2];
  Numbers numbers;
  std::uint64_t after = 0;
};

constexpr int looks = 19;

KOKKOS_INLINE_FUNCTION std::uint64_t* look(const Field& view, std::uint64_t* out) {
  *out++ = reinterpret_cast<std::uintptr_t>(view.data());
  for (int axis = 0; axis < 3; ++axis) *out++ = view.extent(axis);
  *out++ = view.stride(0);
  return out;
}

/// Writes down what the class holds.
KOKKOS_INLINE_FUNCTION void look(const Holder& holder, std::uint64_t* out) {
  *out++ = holder.before;
  out = look(holder.field, out);
  *out++ = static_cast<std::uint64_t>(holder.between);
  for (const Field& field : holder.pair) out = look(field, out);
  *out++ = reinterpret_cast<std::uintptr_t>(holder.numbers.data());
  *out++ = holder.after;
}

struct Look {
  std::uint64_t* out;  ///< first, where every layout has it
  Holder holder;
  KOKKOS_INLINE_FUNCTION void operator()(int) const { look(holder, out); }
};

Holder make_holder(int n, const Numbers& numbers) {
  Holder holder;
  holder.before = 11, holder.between = 12, holder.after = 13;
  holder.field = Field("view_check", 2, n, 3, 4);
  holder.pair[0] = Field("view_check", 1, 2, n, 2);
  holder.pair[1] = holder.field;
  holder.numbers = numbers;
  return holder;
}

/// Whether the host itself finds what make_holder(n) put in, and the Views own their memory.
bool is_whole(const Holder& holder, int n) {
  const Field& first = holder.field;
  return holder.before == 11 && holder.between == 12 && holder.after == 13 && first.data() != nullptr &&
         first.data() == holder.pair[1].data() && first.data() != holder.pair[0].data() &&
         first.extent(1) == static_cast<std::size_t>(n) && holder.pair[0].extent(2) == static_cast<std::size_t>(n) &&
         first.use_count() >= 2 && holder.pair[0].use_count() >= 1;
}

}  // namespace view_check

std::string detail::view_fault(std::span<const std::uint64_t> given, std::span<const std::uint64_t> seen) {
  if (std::ranges::equal(given, seen)) return {};
  return "Views that are members of a class lose their memory: build Kokkos " +
         std::to_string(KOKKOS_VERSION / 10000) + "." + std::to_string(KOKKOS_VERSION / 100 % 100) + "." +
         std::to_string(KOKKOS_VERSION % 100) + " with Kokkos_ENABLE_IMPL_VIEW_LEGACY=ON, or take 4.7.2 or newer";
}

std::string view_fault() {
  using namespace view_check;
  const Numbers seen("view_check.seen", looks);
  std::vector<Holder> holders;
  for (int n = 1; n <= 3; ++n) holders.push_back(make_holder(n, seen));  // moved as the vector grows
  const Holder moved = std::move(holders[1]);
  std::uint64_t given[looks];
  look(moved, given);
  if (!is_whole(moved, 2)) return detail::view_fault(given, {});
  Kokkos::parallel_for("view_check", Kokkos::RangePolicy<Kokkos::DefaultExecutionSpace>(0, 1), Look{seen.data(), moved});
  Kokkos::fence();
  const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), seen);
  return detail::view_fault(given, {host.data(), host.size()});
}

}  // namespace marea
