// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/torch/fourier_basis.hpp>

#include <bit>
#include <cmath>
#include <numbers>

#include <marea/io/error.hpp>

namespace marea {
namespace {

/// cos and sin of one axis, (rank, cells) in double.
at::Tensor real_basis(std::int64_t cells, std::int64_t modes, double period) {
  at::Tensor basis = at::empty({2 * modes - 1, cells}, at::kDouble);
  auto value = basis.accessor<double, 2>();
  for (std::int64_t k = 0; k < modes; ++k) {
    for (std::int64_t j = 0; j < cells; ++j) {
      const double turn = static_cast<double>(k * j) / period;
      const double angle = 2 * std::numbers::pi * (turn - std::floor(turn));
      value[k][j] = std::cos(angle);
      if (k > 0) value[modes - 1 + k][j] = std::sin(angle);
    }
  }
  return basis;
}

/// Wave numbers of one axis in the order of the modes.
std::vector<std::int64_t> wave_numbers(std::int64_t modes, bool last) {
  std::vector<std::int64_t> k;
  for (std::int64_t i = 0; i < modes; ++i) k.push_back(i);
  if (!last) {
    for (std::int64_t i = modes - 1; i > 0; --i) k.push_back(-i);
  }
  return k;
}

/// One entry of a signed gather while it is built.
struct Entry {
  std::int64_t row, column, sign;
};

/// exp(-i theta) of each mode written in the product basis: (-i)^(number of sines), negative wave numbers odd.
std::vector<Entry> mode_entries(std::span<const std::int64_t> modes) {
  const int axes = static_cast<int>(modes.size());
  std::vector<std::vector<std::int64_t>> k;
  for (int d = 0; d < axes; ++d) k.push_back(wave_numbers(modes[d], d == axes - 1));
  const std::int64_t total = count_modes(modes);
  std::vector<Entry> entries;
  for (std::int64_t mode = 0; mode < total; ++mode) {
    std::vector<std::int64_t> wave(axes);
    for (std::int64_t d = axes - 1, rest = mode; d >= 0; --d) {
      const auto size = static_cast<std::int64_t>(k[d].size());
      wave[d] = k[d][rest % size];
      rest /= size;
    }
    for (unsigned sines = 0; sines < (1u << axes); ++sines) {
      std::int64_t column = 0, sign = 1;
      for (int d = 0; d < axes; ++d) {
        const bool sine = (sines >> d & 1) != 0;
        const std::int64_t size = std::abs(wave[d]);
        if (sine && size == 0) sign = 0;
        if (sine && wave[d] < 0) sign = -sign;
        column = column * (2 * modes[d] - 1) + (sine ? modes[d] - 1 + size : size);
      }
      const int count = std::popcount(sines);
      if (count == 1 || count == 2) sign = -sign;
      if (sign != 0) entries.push_back({2 * mode + count % 2, column, sign});
    }
  }
  return entries;
}

SignedGather make_gather(const std::vector<Entry>& entries, std::int64_t rows, int terms, bool transposed,
                         const at::TensorOptions& options) {
  at::Tensor index = at::zeros({rows, terms}, at::kLong), sign = at::zeros({rows, terms}, at::kDouble);
  std::vector<int> filled(rows, 0);
  for (const Entry& entry : entries) {
    const std::int64_t row = transposed ? entry.column : entry.row, column = transposed ? entry.row : entry.column;
    const int t = filled[row]++;
    index.data_ptr<std::int64_t>()[row * terms + t] = column;
    sign.data_ptr<double>()[row * terms + t] = static_cast<double>(entry.sign);
  }
  return {rows, terms, index.to(options.device()), sign.to(options)};
}

}  // namespace

std::int64_t count_modes(std::span<const std::int64_t> modes) {
  std::int64_t count = modes.back();
  for (std::size_t d = 0; d + 1 < modes.size(); ++d) count *= 2 * modes[d] - 1;
  return count;
}

FourierBasis::FourierBasis(std::span<const std::int64_t> cells, std::span<const std::int64_t> kept,
                           std::span<const double> padding, const at::TensorOptions& options)
    : extents(cells.begin(), cells.end()), modes(count_modes(kept)), coefficients(1) {
  for (int d = 0; d < axes(); ++d) {
    if (2 * kept[d] - 1 > extents[d]) {
      fail<ConfigError>("fno", "modes[", d, "] = ", kept[d], " needs at least ", 2 * kept[d] - 1,
                        " cells on that axis, the grid has ", extents[d], "; use fewer modes");
    }
    const double period = static_cast<double>(extents[d]) * (1 + padding[d]);
    const at::Tensor basis = real_basis(extents[d], kept[d], period);
    at::Tensor weighted = basis.clone();
    if (d == axes() - 1) weighted.narrow(0, 1, 2 * kept[d] - 2).mul_(2);  // k > 0 stands for k and -k
    analysis.push_back((basis / period).to(options));
    synthesis.push_back(weighted.t().contiguous().to(options));
    analysis_adjoint.push_back(analysis.back().t().contiguous());
    synthesis_adjoint.push_back(synthesis.back().t().contiguous());
    ranks.push_back(2 * kept[d] - 1);
    coefficients *= ranks.back();
  }
  const std::vector<Entry> entries = mode_entries(kept);
  const int terms = 1 << (axes() - 1);
  to_modes = make_gather(entries, 2 * modes, terms, false, options);
  from_modes = make_gather(entries, coefficients, terms, true, options);
}

}  // namespace marea
