// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "scaled_samples.hpp"

#include <algorithm>

#include <marea/io/error.hpp>

namespace marea::detail {

const HostArray& weight(const ModelFile& model, const std::string& name, DType dtype, int rank) {
  for (const auto& [held, array] : model.weights) {
    if (held != name) continue;
    if (array.dtype() != dtype || std::ssize(array.extents()) != rank)
      fail<DataError>(model.info.name, "'", name, "' = ", to_string(array.ref()), " must be ", to_string(dtype), " of rank ", rank);
    return array;
  }
  fail<DataError>(model.info.name, "array '", name, "' is missing");
}

HostArray channel_array(const std::vector<int>& channels) {
  HostArray array(DType::i64, {std::ssize(channels)});
  std::ranges::copy(channels, array.values<std::int64_t>().begin());
  return array;
}

std::vector<int> channel_list(const ModelFile& model) {
  std::vector<int> channels;
  for (const std::int64_t c : weight(model, "channels", DType::i64, 1).values<std::int64_t>()) {
    if (c < 0 || c >= std::ssize(model.info.input_channels))
      fail<DataError>(model.info.name, "channel ", c, " lies outside the ", model.info.input_channels.size(), " inputs");
    channels.push_back(static_cast<int>(c));
  }
  return channels;
}

std::int64_t cells_of(const ModelInfo& info) {
  std::int64_t cells = 1;
  for (std::int64_t n : info.extents) cells *= n;
  return cells;
}

}  // namespace marea::detail
