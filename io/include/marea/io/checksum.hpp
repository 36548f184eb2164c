// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <marea/io/array_ref.hpp>

namespace marea {

/// SHA-256 of bytes that arrive in pieces. Source: NIST FIPS 180-4, section 6.2.
class Sha256 {
 public:
  void update(std::span<const std::byte> bytes);
  void update(std::span<const char> text) { update(std::as_bytes(text)); }
  /// 64 hexadecimal digits of everything so far; further updates go on from there.
  std::string hex() const;

 private:
  void block(const std::byte* bytes);

  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::byte, 64> pending_{};
  std::uint64_t length_ = 0;  ///< bytes so far
};

std::string sha256(std::span<const std::byte> bytes);
/// Of the elements in C order, as they lie in memory. Host memory, any strides.
std::string sha256(const ArrayRef& array);
/// Of the first `bytes` bytes of a file (-1: all). Throws IoError when it cannot be read or is shorter.
std::string sha256_of_file(const std::string& path, std::int64_t bytes = -1);

}  // namespace marea
