// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <fcntl.h>

#include <algorithm>
#include <random>
#include <string>

#include <doctest/doctest.h>

#include "../../io/src/committed_file.hpp"
#include "support/shared_folder.hpp"

using marea::detail::CommittedFile;
using marea::test::bytes_of;

namespace {

std::string read_all(CommittedFile& file, std::size_t count) {
  std::string bytes(count, '?');
  REQUIRE(file.read(0, bytes.data(), count));
  return bytes;
}

std::string random_text(std::mt19937& random, std::size_t count) {
  std::string text(count, ' ');
  for (char& c : text) c = static_cast<char>('a' + random() % 26);
  return text;
}

}  // namespace

TEST_CASE("random writes are seen at once, and on the disk after a commit only") {
  const marea::test::SharedFolder folder("committed_file");
  const std::string path = folder.file("bytes");
  std::mt19937 random(7);
  std::string committed = random_text(random, 3000);
  std::ofstream(path, std::ios::binary) << committed;
  for (int opening = 0; opening < 20; ++opening) {
    const auto file = CommittedFile::open(path, O_RDWR);
    REQUIRE(file);
    std::string now = committed;
    for (int step = 0; step < 60; ++step) {
      const std::size_t start = random() % (now.size() + 40);
      const std::string piece = random_text(random, 1 + random() % 900);
      file->write(start, piece.data(), piece.size());
      now.resize(std::max(now.size(), start + piece.size()), '\0');
      now.replace(start, piece.size(), piece);
      CHECK(read_all(*file, now.size() + 10) == now + std::string(10, '\0'));
      CHECK(bytes_of(path).starts_with(committed));
      if (random() % 8 == 0) {
        if (random() % 2 == 0) {
          now.resize(now.size() - random() % 500);
          file->resize(now.size());
        }
        file->commit();
        committed = now;
        CHECK(bytes_of(path) == committed);
        CHECK(bytes_of(CommittedFile::journal_of(path)).empty());
      }
      if (now.size() > 20000) break;
    }
    REQUIRE(bytes_of(path).starts_with(committed));
    committed = bytes_of(path);  // with what was new and never committed
  }
  CHECK(!std::filesystem::exists(CommittedFile::journal_of(path)));
}

TEST_CASE("what is written after an error is seen, but never reaches the disk") {
  const marea::test::SharedFolder folder("committed_file_given_up");
  const std::string path = folder.file("bytes");
  std::ofstream(path, std::ios::binary) << "0123456789";
  {
    const auto file = CommittedFile::open(path, O_RDWR);
    file->give_up("no reason");
    file->give_up("another");
    CHECK(*file->failure() == "no reason");
    file->write(8, "abcd", 4);
    file->resize(3);
    file->commit();
    CHECK(read_all(*file, 12) == "01234567abcd");
  }
  CHECK(bytes_of(path) == "0123456789");
  CHECK(!CommittedFile::open(folder.file("none"), O_RDONLY));
}

TEST_CASE("a journal counts only when it is whole and belongs to the file") {
  const marea::test::SharedFolder folder("committed_file_journal");
  const std::string path = folder.file("bytes"), journal = CommittedFile::journal_of(path);
  const auto put = [](const std::string& to, const std::string& bytes) {
    std::ofstream(to, std::ios::binary) << bytes;
  };
  // The journal of a commit that could not be carried out: the file is read-only underneath.
  put(path, "0123456789");
  std::string left;
  {
    const auto file = CommittedFile::open(path, O_RDWR);
    file->write(2, "ab", 2);
    REQUIRE(::dup2(::open(path.c_str(), O_RDONLY), file->descriptor()) >= 0);
    file->commit();
    CHECK(*file->failure() == "Bad file descriptor");
    left = bytes_of(journal);
    REQUIRE(!left.empty());
  }
  CHECK(bytes_of(path) == "0123456789");
  CHECK(read_all(*CommittedFile::open(path, O_RDONLY), 10) == "01ab456789");
  CHECK(bytes_of(path) == "0123456789");
  for (const std::size_t damaged : {std::size_t{0}, std::size_t{20}, left.size() / 2, left.size() - 1}) {
    std::string bytes = left;
    bytes[damaged] ^= 1;
    put(journal, bytes);
    CHECK(read_all(*CommittedFile::open(path, O_RDONLY), 10) == "0123456789");
  }
  for (std::size_t size = 0; size < left.size(); ++size) {
    put(journal, left.substr(0, size));
    CHECK(read_all(*CommittedFile::open(path, O_RDONLY), 10) == "0123456789");
  }
  put(journal, left);
  put(path, "0123456789+");  // another file of that name
  CHECK(read_all(*CommittedFile::open(path, O_RDONLY), 10) == "0123456789");
  put(path, "0123456789");
  CHECK(CommittedFile::finish(path));
  CHECK(bytes_of(path) == "01ab456789");
  CHECK(!CommittedFile::finish(path));
}
