// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "committed_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <span>
#include <string_view>
#include <utility>

#include <marea/io/checksum.hpp>
#include <marea/io/error.hpp>

namespace marea::detail {
namespace {

constexpr std::uint64_t page_size = 512;
constexpr std::string_view mark = "marea journal 1\n";
constexpr std::size_t digest_size = 64;

bool write_all(int descriptor, std::uint64_t start, const char* in, std::size_t count) {
  while (count > 0) {
    const ssize_t done = ::pwrite(descriptor, in, count, static_cast<off_t>(start));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return false;
    start += static_cast<std::uint64_t>(done);
    in += done;
    count -= static_cast<std::size_t>(done);
  }
  return true;
}

/// The bytes that there are; -1 on an error.
ssize_t read_some(int descriptor, std::uint64_t start, char* out, std::size_t count) {
  std::size_t have = 0;
  while (have < count) {
    const ssize_t got = ::pread(descriptor, out + have, count - have, static_cast<off_t>(start + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return static_cast<ssize_t>(have);
}

std::uint64_t size_of(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

void append_number(std::string& text, std::uint64_t value) {
  text.append(reinterpret_cast<const char*>(&value), sizeof value);
}

std::uint64_t take_number(std::string_view& text) {
  std::uint64_t value = 0;
  if (text.size() < sizeof value) return 0;
  std::memcpy(&value, text.data(), sizeof value);
  text.remove_prefix(sizeof value);
  return value;
}

using Pages = std::map<std::uint64_t, std::vector<char>>;

std::string digest_of(std::string_view text) { return sha256(std::as_bytes(std::span<const char>(text))); }

std::string journal_text(const Pages& pages, std::uint64_t file_size) {
  std::string text(mark);
  append_number(text, file_size);
  append_number(text, pages.size());
  for (const auto& [start, page] : pages) {
    append_number(text, start);
    append_number(text, page.size());
    text.append(page.data(), page.size());
  }
  return text + digest_of(text);
}

/// Nothing unless the journal is whole and was written when the file had that size.
Pages pages_of(std::string_view journal, std::uint64_t file_size) {
  Pages pages;
  if (journal.size() < mark.size() + digest_size || !journal.starts_with(mark)) return pages;
  std::string_view text = journal.substr(0, journal.size() - digest_size);
  if (digest_of(text) != journal.substr(text.size())) return pages;
  text.remove_prefix(mark.size());
  if (take_number(text) != file_size) return pages;
  for (std::uint64_t left = take_number(text); left > 0; --left) {
    const std::uint64_t start = take_number(text), count = take_number(text);
    pages[start].assign(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(count));
    text.remove_prefix(count);
  }
  return pages;
}

}  // namespace

CommittedFile::CommittedFile(std::string path, int descriptor, int flags)
    : path_(std::move(path)),
      descriptor_(descriptor),
      writable_((flags & O_RDWR) != 0),
      is_new_((flags & O_TRUNC) != 0),
      taken_up_(is_new_) {}

std::unique_ptr<CommittedFile> CommittedFile::open(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
  if (descriptor < 0) return nullptr;
  if ((flags & O_TRUNC) != 0) ::unlink(journal_of(path).c_str());
  return std::unique_ptr<CommittedFile>(new CommittedFile(path, descriptor, flags));
}

CommittedFile::~CommittedFile() {
  if (journal_ >= 0) {
    ::close(journal_);
    if (!journal_holds_changes_) ::unlink(journal_of(path_).c_str());
  }
  ::close(descriptor_);
}

std::uint64_t CommittedFile::size() const { return size_of(descriptor_); }

/// From here on everything is held: who goes on reading finds what was written, and nothing reaches the disk.
void CommittedFile::give_up(std::string reason) {
  take_up_journal();
  if (!failure_->empty()) return;
  *failure_ = std::move(reason);
  committed_end_ = std::numeric_limits<std::uint64_t>::max();
}

bool CommittedFile::read(std::uint64_t start, char* out, std::size_t count) {
  take_up_journal();
  const ssize_t have = read_some(descriptor_, start, out, count);
  if (have < 0) return false;
  std::fill(out + have, out + count, 0);
  const std::uint64_t end = start + count;
  for (auto page = held_.lower_bound(start / page_size * page_size); page != held_.end() && page->first < end; ++page) {
    const std::uint64_t from = std::max(start, page->first), to = std::min(end, page->first + page->second.size());
    if (from < to) std::memcpy(out + (from - start), page->second.data() + (from - page->first), to - from);
  }
  return true;
}

/// The page as it will be, as far as its bytes are committed.
std::vector<char>& CommittedFile::page_at(std::uint64_t start) {
  std::vector<char>& page = held_[start];
  const std::size_t known = page.size(), wanted = std::min(page_size, committed_end_ - start);
  if (known < wanted) {
    page.resize(wanted);
    read_some(descriptor_, start + known, page.data() + known, wanted - known);
  }
  return page;
}

void CommittedFile::write(std::uint64_t start, const char* in, std::size_t count) {
  take_up_journal();
  const std::uint64_t end = start + count;
  end_ = std::max(end_, end);
  const auto hold = [&] {
    while (start < std::min(end, committed_end_)) {
      const std::uint64_t page_start = start / page_size * page_size;
      std::vector<char>& page = page_at(page_start);
      const std::uint64_t size = std::min(end, page_start + page.size()) - start;
      std::memcpy(page.data() + (start - page_start), in, size);
      start += size;
      in += size;
    }
  };
  hold();
  if (start == end || write_all(descriptor_, start, in, end - start)) return;
  give_up(std::strerror(errno));
  hold();
}

void CommittedFile::resize(std::uint64_t size) {
  take_up_journal();
  if (!writable_ || !failure_->empty()) return;
  end_ = size;
  if (size > this->size() && ::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) give_up(std::strerror(errno));
}

void CommittedFile::commit() {
  if (!writable_ || !failure_->empty()) return;
  if (held_.empty() || write_journal())
    put_in_place();
  else
    give_up(std::strerror(errno));
}

bool CommittedFile::write_journal() {
  const std::string text = journal_text(held_, size());
  if (journal_ < 0) journal_ = ::open(journal_of(path_).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (journal_ < 0) return false;
  if (write_all(journal_, 0, text.data(), text.size())) return journal_holds_changes_ = true;
  const int reason = errno;
  if (::ftruncate(journal_, 0) != 0) ::unlink(journal_of(path_).c_str());
  errno = reason;
  return false;
}

/// From here on the changes count as made, though the process die or the disk fill up.
void CommittedFile::put_in_place() {
  for (const auto& [start, page] : held_)
    if (!write_all(descriptor_, start, page.data(), page.size())) return give_up(std::strerror(errno));
  held_.clear();
  if (end_ < size() && ::ftruncate(descriptor_, static_cast<off_t>(end_)) != 0) return give_up(std::strerror(errno));
  if (!is_new_) committed_end_ = size();
  end_ = size();
  if (journal_ >= 0 && ::ftruncate(journal_, 0) == 0) journal_holds_changes_ = false;
}

/// Not before HDF5 has locked the file: the journal of a living writer is its own affair.
void CommittedFile::take_up_journal() {
  if (std::exchange(taken_up_, true)) return;
  committed_end_ = end_ = size();
  const std::string path = journal_of(path_);
  const int journal = ::open(path.c_str(), (writable_ ? O_RDWR : O_RDONLY) | O_CLOEXEC);
  if (journal < 0) return;
  std::string bytes(size_of(journal), '\0');
  if (read_some(journal, 0, bytes.data(), bytes.size()) == std::ssize(bytes)) held_ = pages_of(bytes, size());
  if (!writable_) {
    ::close(journal);
    return;
  }
  journal_ = journal;
  journal_holds_changes_ = !held_.empty();
  put_in_place();
}

bool CommittedFile::finish(const std::string& path) {
  if (::access(journal_of(path).c_str(), F_OK) != 0) return false;
  const auto file = open(path, O_RDWR);
  if (!file || ::flock(file->descriptor(), LOCK_EX | LOCK_NB) != 0)
    fail<IoError>(path, "cannot be opened for mending: ", std::strerror(errno));
  file->take_up_journal();
  if (!file->failure()->empty()) fail<IoError>(path, "cannot be mended: ", *file->failure());
  return true;
}

}  // namespace marea::detail
