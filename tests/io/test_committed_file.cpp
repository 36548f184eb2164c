// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <string>

#include <doctest/doctest.h>

#include "../../io/src/hdf5/committed_file.hpp"
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

TEST_CASE("a file that is opened and closed stays as it is") {
  const marea::test::SharedFolder folder("committed_file_untouched");
  const std::string path = folder.file("bytes");
  std::ofstream(path, std::ios::binary) << "0123456789";
  CommittedFile::open(path, O_RDWR)->commit();
  CHECK(bytes_of(path) == "0123456789");
  const auto holder = CommittedFile::open(path, O_RDWR), other = CommittedFile::open(path, O_RDWR);
  CHECK(holder->lock(true));
  CHECK(!other->lock(false));
}

TEST_CASE("after an error what lies behind the last commit is cut off") {
  const marea::test::SharedFolder folder("committed_file_cut");
  const std::string path = folder.file("bytes");
  std::ofstream(path, std::ios::binary) << "0123456789";
  {
    const auto file = CommittedFile::open(path, O_RDWR);
    file->write(10, "abc", 3);
    file->commit();
    file->write(13, "def", 3);
    CHECK(bytes_of(path) == "0123456789abcdef");
    file->give_up("no reason");
  }
  CHECK(bytes_of(path) == "0123456789abc");
}

namespace {

void put(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

std::string seen(const std::string& path) { return read_all(*CommittedFile::open(path, O_RDONLY), 10); }

/// Leaves the journal of a commit that wants to make 01ab456789 of 0123456789, and could not.
std::string leave_journal(const std::string& path) {
  put(path, "0123456789");
  const auto file = CommittedFile::open(path, O_RDWR);
  file->write(2, "ab", 2);
  const int read_only = ::open(path.c_str(), O_RDONLY);
  REQUIRE(::dup2(read_only, file->descriptor()) >= 0);
  ::close(read_only);
  file->commit();
  CHECK(*file->failure() == "Bad file descriptor");
  return bytes_of(CommittedFile::journal_of(path));
}

}  // namespace

TEST_CASE("a journal that was left is seen by readers, through links too, and put in place by a writer") {
  const marea::test::SharedFolder folder("committed_file_left");
  const std::string path = folder.file("bytes"), link = folder.file("link"), copy = folder.file("copy");
  leave_journal(path);
  std::filesystem::create_symlink(path, link);
  CHECK(bytes_of(path) == "0123456789");
  CHECK(seen(path) == "01ab456789");
  CHECK(seen(link) == "01ab456789");
  CommittedFile::copy(link, copy);
  CHECK(bytes_of(copy) == "01ab456789");
  CHECK(bytes_of(path) == "0123456789");
  CHECK(CommittedFile::apply_left_journal(link));
  CHECK(bytes_of(path) == "01ab456789");
  CHECK(!std::filesystem::exists(CommittedFile::journal_of(path)));
  CHECK(!CommittedFile::apply_left_journal(path));
}

TEST_CASE("a journal counts only when it is whole and belongs to the file") {
  const marea::test::SharedFolder folder("committed_file_journal");
  const std::string path = folder.file("bytes"), journal = CommittedFile::journal_of(path);
  const std::string left = leave_journal(path);
  REQUIRE(!left.empty());
  for (std::size_t position = 0; position < left.size(); ++position) {
    std::string bytes = left;
    bytes[position] ^= 1;
    put(journal, bytes);
    CHECK(seen(path) == "0123456789");
    put(journal, left.substr(0, position));
    CHECK(seen(path) == "0123456789");
  }
  put(journal, left);
  for (const char* other : {"0123456789+", "012345678", "0123456780"}) {  // files of that name that it knows nothing of
    put(path, other);
    CHECK(seen(path).starts_with(std::string(other).substr(0, 9)));
  }
  CHECK(!CommittedFile::apply_left_journal(path));
  CHECK(bytes_of(path) == "0123456780");
}

TEST_CASE("what stood in a journal before does not spoil the next one") {
  const marea::test::SharedFolder folder("committed_file_junk");
  const std::string path = folder.file("bytes");
  put(CommittedFile::journal_of(path), std::string(5000, 'x'));
  leave_journal(path);
  CHECK(seen(path) == "01ab456789");
}

TEST_CASE("a file whose name leaves no room for a journal's can be read") {
  const marea::test::SharedFolder folder("committed_file_name");
  const std::string path = folder.file(std::string(252, 'n'));
  put(path, "0123456789");
  CHECK(seen(path) == "0123456789");
}

TEST_CASE("a journal that cannot be read is no empty one") {
  const marea::test::SharedFolder folder("committed_file_unreadable");
  const std::string path = folder.file("bytes"), journal = CommittedFile::journal_of(path);
  put(path, "0123456789");
  std::filesystem::create_directory(journal);
  char byte = 0;
  CHECK(!CommittedFile::open(path, O_RDONLY)->read(0, &byte, 1));
  const auto file = CommittedFile::open(path, O_RDWR);
  file->write(0, "a", 1);
  file->commit();
  CHECK(*file->failure() == "Is a directory");
  CHECK(bytes_of(path) == "0123456789");
}

TEST_CASE("a journal that somebody removed is made anew") {
  const marea::test::SharedFolder folder("committed_file_removed");
  const std::string path = folder.file("bytes"), journal = CommittedFile::journal_of(path);
  put(path, "0123456789");
  const auto file = CommittedFile::open(path, O_RDWR);
  for (const char* text : {"a", "b"}) {
    file->write(0, text, 1);
    file->commit();
    CHECK(bytes_of(path) == text + std::string("123456789"));
    CHECK(std::filesystem::remove(journal));
  }
}
