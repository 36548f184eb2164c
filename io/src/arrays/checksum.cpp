// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/checksum.hpp>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include <marea/io/error.hpp>
#include <marea/io/host_array.hpp>

#include "../process/regular_file.hpp"

namespace marea {
namespace {

constexpr std::array<std::uint32_t, 64> round_constants{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

}  // namespace

void Sha256::block(const std::byte* bytes) {
  std::array<std::uint32_t, 64> w;
  for (std::size_t t = 0; t < 16; ++t)
    w[t] = std::to_integer<std::uint32_t>(bytes[4 * t]) << 24 | std::to_integer<std::uint32_t>(bytes[4 * t + 1]) << 16 |
           std::to_integer<std::uint32_t>(bytes[4 * t + 2]) << 8 | std::to_integer<std::uint32_t>(bytes[4 * t + 3]);
  for (std::size_t t = 16; t < 64; ++t) {
    const auto s0 = std::rotr(w[t - 15], 7) ^ std::rotr(w[t - 15], 18) ^ w[t - 15] >> 3;
    const auto s1 = std::rotr(w[t - 2], 17) ^ std::rotr(w[t - 2], 19) ^ w[t - 2] >> 10;
    w[t] = w[t - 16] + s0 + w[t - 7] + s1;
  }
  auto [a, b, c, d, e, f, g, h] = state_;
  for (std::size_t t = 0; t < 64; ++t) {
    const auto s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
    const auto t1 = h + s1 + ((e & f) ^ (~e & g)) + round_constants[t] + w[t];
    const auto s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
    const auto t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
  }
  const std::array<std::uint32_t, 8> added{a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < 8; ++i) state_[i] += added[i];
}

void Sha256::update(std::span<const std::byte> bytes) {
  const std::size_t held = length_ % 64;
  length_ += bytes.size();
  if (held > 0) {
    const std::size_t taken = std::min(bytes.size(), 64 - held);
    std::ranges::copy(bytes.first(taken), pending_.begin() + static_cast<std::ptrdiff_t>(held));
    bytes = bytes.subspan(taken);
    if (held + taken < 64) return;
    block(pending_.data());
  }
  for (; bytes.size() >= 64; bytes = bytes.subspan(64)) block(bytes.data());
  std::ranges::copy(bytes, pending_.begin());
}

std::string Sha256::hex() const {
  Sha256 last = *this;
  // A one bit, zeros, and the length in bits as a big-endian 64-bit number fill up the last block.
  std::vector<std::byte> padding(1 + (119 - length_ % 64) % 64 + 8);
  padding.front() = std::byte{0x80};
  for (std::size_t i = 0; i < 8; ++i) padding[padding.size() - 1 - i] = std::byte(length_ * 8 >> 8 * i & 0xff);
  last.update(padding);
  std::string text;
  for (const std::uint32_t word : last.state_)
    for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[word >> shift & 0xf];
  return text;
}

std::string sha256(std::span<const std::byte> bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.hex();
}

std::string sha256(const ArrayRef& array) {
  if (!array.is_contiguous()) {
    const HostArray compact(array.dtype, array.extents());
    copy(array, compact.ref());
    return sha256(compact.ref());
  }
  return sha256(
      {static_cast<const std::byte*>(array.data), static_cast<std::size_t>(array.size()) * element_size(array.dtype)});
}

std::string sha256_of_file(const std::string& path, std::int64_t bytes) {
  detail::require_regular_file(path);
  std::ifstream file(path, std::ios::binary);
  if (!file) fail<IoError>(path, "cannot be opened for reading: ", std::strerror(errno));
  Sha256 hash;
  std::vector<char> buffer(1 << 18);
  std::int64_t left = bytes;
  while (left != 0) {
    const auto wanted = static_cast<std::int64_t>(buffer.size());
    file.read(buffer.data(), left < 0 ? wanted : std::min(left, wanted));
    if (file.bad()) fail<IoError>(path, "cannot be read: ", std::strerror(errno));
    if (file.gcount() == 0) break;
    hash.update(std::span<const char>(buffer).first(static_cast<std::size_t>(file.gcount())));
    if (left > 0) left -= file.gcount();
  }
  if (left > 0) fail<IoError>(path, "ends ", left, " bytes too early");
  return hash.hex();
}

}  // namespace marea
