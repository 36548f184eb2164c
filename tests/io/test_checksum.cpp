// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <marea/io/checksum.hpp>
#include <marea/io/error.hpp>
#include <marea/io/host_array.hpp>

using namespace marea;

namespace {
std::string of(const std::string& text) { return sha256(std::as_bytes(std::span(text))); }
}  // namespace

TEST_CASE("SHA-256 of the standard's examples") {
  // NIST, Cryptographic Standards and Guidelines, example values for SHA-256.
  CHECK(of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(of(std::string(1000000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("pieces of any length give the hash of the whole") {
  std::string text;
  for (int i = 0; i < 300; ++i) text += static_cast<char>(i);
  for (std::size_t piece = 1; piece < 150; ++piece) {
    Sha256 hash;
    for (std::size_t at = 0; at < text.size(); at += piece)
      hash.update(std::span(text).subspan(at, std::min(piece, text.size() - at)));
    CHECK(hash.hex() == of(text));
  }
}

TEST_CASE("strided arrays hash as their elements in C order") {
  HostArray a(DType::i32, {2, 3}), b(DType::i32, {3, 2});
  for (int i = 0; i < 6; ++i) a.values<std::int32_t>()[i] = i;
  copy(a.ref().permute({1, 0}), b.ref());
  CHECK(sha256(a.ref().permute({1, 0})) == sha256(b.ref()));
  CHECK(sha256(a.ref()) != sha256(b.ref()));
}

TEST_CASE("a file hashes as its bytes, or as its first bytes") {
  const std::string path = "test_checksum.bin";
  std::ofstream(path) << "abcdef";
  CHECK(sha256_of_file(path) == of("abcdef"));
  CHECK(sha256_of_file(path, 3) == of("abc"));
  CHECK_THROWS_AS(sha256_of_file(path, 7), IoError);
  CHECK_THROWS_AS(sha256_of_file("test_checksum.none"), IoError);
  std::remove(path.c_str());
}
