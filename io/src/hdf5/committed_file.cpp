// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "committed_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include <marea/io/error.hpp>
#include <marea/io/file_lock.hpp>

namespace marea::detail {
namespace {

constexpr std::uint64_t page_size = 512;
constexpr std::size_t block_size = std::size_t{1} << 20;  ///< of one write or copy
constexpr std::string_view mark = "marea journal 1\n";
constexpr std::size_t checksum_size = sizeof(std::uint64_t);

bool write_all(int descriptor, std::uint64_t start, const char* in, std::size_t count) {
  while (count > 0) {
    const ssize_t done = ::pwrite(descriptor, in, count, static_cast<off_t>(start));
    if (done < 0 && errno == EINTR) continue;
    if (done == 0) errno = ENOSPC;
    if (done <= 0) return false;
    start += static_cast<std::uint64_t>(done);
    in += done;
    count -= static_cast<std::size_t>(done);
  }
  return true;
}

/// The number of bytes that there are, at most `count`; -1 on an error.
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

/// Against journals cut short, not against forgers. FNV-1a of words instead of bytes.
/// Source: http://www.isthe.com/chongo/tech/comp/fnv/
std::uint64_t checksum(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325, word = 0;
  for (; !text.empty(); text.remove_prefix(std::min(text.size(), sizeof word))) {
    word = 0;
    std::memcpy(&word, text.data(), std::min(text.size(), sizeof word));
    hash = (hash ^ word) * 0x100000001b3;
  }
  return hash;
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

std::optional<std::uint64_t> size_of(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return std::nullopt;
  return static_cast<std::uint64_t>(status.st_size);
}

std::string resolved(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), std::free);
  return real ? real.get() : path;
}

}  // namespace

CommittedFile::CommittedFile(int descriptor, int flags)
    : descriptor_(descriptor), writable_((flags & O_RDWR) != 0), is_new_((flags & O_TRUNC) != 0) {}

std::unique_ptr<CommittedFile> CommittedFile::open(const std::string& path, int flags) {
  // A file to be truncated is so when it is locked: it may be somebody's.
  const int descriptor = ::open(path.c_str(), (flags & ~O_TRUNC) | O_CLOEXEC, 0666);
  if (descriptor < 0) return nullptr;
  std::unique_ptr<CommittedFile> file(new CommittedFile(descriptor, flags));
  file->path_ = resolved(path);
  return file;
}

CommittedFile::~CommittedFile() {
  const bool cut = ready_ && writable_ && !is_new_ && !failure_->empty() && !journal_holds_changes_;
  if (cut && ::ftruncate(descriptor_, static_cast<off_t>(committed_end_)) != 0) errno = 0;  // needless bytes stay
  if (journal_ >= 0) ::close(journal_);
  if (journal_ >= 0 && writable_ && ready_ && !journal_holds_changes_) ::unlink(journal_of(path_).c_str());
  // Some file systems tell of a full disk here.
  if (::close(descriptor_) != 0 && errno != EINTR && writable_) give_up(std::strerror(errno));
}

bool CommittedFile::lock(bool exclusive) {
  return ::flock(descriptor_, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

std::uint64_t CommittedFile::size() const {
  if (ready_ || is_new_) return size_;
  return size_of(descriptor_).value_or(0);
}

/// Before the first read or write, when the file is locked. False, and errno says why, when it cannot be.
bool CommittedFile::prepare() {
  if (ready_) return true;
  if (is_new_) {
    ::unlink(journal_of(path_).c_str());
    return ready_ = ::ftruncate(descriptor_, 0) == 0;
  }
  const auto size = size_of(descriptor_);
  if (!size) return false;
  size_ = end_ = committed_end_ = *size;
  ready_ = read_journal();
  applied_left_journal_ = ready_ && journal_holds_changes_;
  if (applied_left_journal_) make_changes();
  return ready_;
}

/// False, and errno says why, when there is a journal that cannot be read.
bool CommittedFile::read_journal() {
  if (journal_ < 0) journal_ = ::open(journal_of(path_).c_str(), (writable_ ? O_RDWR : O_RDONLY) | O_CLOEXEC);
  if (journal_ < 0) return errno == ENOENT || errno == ENAMETOOLONG;
  std::string head(mark.size(), '\0'), bytes;
  const auto size = size_of(journal_);
  if (!size || read_some(journal_, 0, head.data(), head.size()) < 0) return false;
  if (head != mark || *size < mark.size() + checksum_size) return true;
  bytes.resize(*size);
  if (read_some(journal_, 0, bytes.data(), bytes.size()) != std::ssize(bytes)) return false;

  std::string_view text(bytes.data(), bytes.size() - checksum_size), end(text.end(), checksum_size);
  if (take_number(end) != checksum(text)) return true;
  text.remove_prefix(mark.size());
  if (take_number(text) != size_) return true;
  Pages pages;
  for (std::uint64_t left = take_number(text); left > 0; --left) {
    Page& page = pages[take_number(text)];
    const std::uint64_t count = take_number(text);
    if (count > page_size || text.size() < 2 * count) return true;
    for (std::vector<char>* part : {&page.before, &page.bytes}) {
      part->assign(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(count));
      text.remove_prefix(count);
    }
  }
  for (const auto& [start, page] : pages) {
    std::vector<char> there(page.bytes.size());
    const ssize_t have = read_some(descriptor_, start, there.data(), there.size());
    if (have < 0) return false;
    // Every byte is still as it was, or already as it will be; else the journal is another file's.
    for (std::size_t i = 0; i < there.size(); ++i)
      if (there[i] != page.before[i] && there[i] != page.bytes[i]) return true;
  }
  held_ = std::move(pages);
  journal_holds_changes_ = writable_ && !held_.empty();
  return true;
}

bool CommittedFile::read(std::uint64_t start, char* out, std::size_t count) {
  if (!prepare()) return false;
  const ssize_t have = read_some(descriptor_, start, out, count);
  if (have < 0) return false;
  std::fill(out + have, out + count, 0);
  const std::uint64_t end = start + count;
  const auto first = held_.lower_bound(start / page_size * page_size);
  for (auto entry = first; entry != held_.end() && entry->first < end; ++entry) {
    const auto& [page_start, page] = *entry;
    const std::uint64_t from = std::max(start, page_start), to = std::min(end, page_start + page.bytes.size());
    if (from < to) std::memcpy(out + (from - start), page.bytes.data() + (from - page_start), to - from);
  }
  return true;
}

void CommittedFile::give_up(std::string reason) {
  if (failure_->empty()) *failure_ = std::move(reason);
}

/// The page as it will be, as far as it lies before `limit`.
CommittedFile::Page& CommittedFile::page_at(std::uint64_t start, std::uint64_t limit) {
  Page& page = held_[start];
  const std::size_t known = page.bytes.size(), wanted = std::min(page_size, limit - start);
  if (known < wanted) {
    page.bytes.resize(wanted);
    if (read_some(descriptor_, start + known, page.bytes.data() + known, wanted - known) < 0)
      give_up(std::strerror(errno));
    if (known == 0) page.before = page.bytes;
  }
  return page;
}

/// Holds what must not be written yet: bytes before the committed end, after a failure all. Gives their number.
std::size_t CommittedFile::hold(std::uint64_t start, const char* in, std::size_t count) {
  std::size_t done = 0;
  while (done < count) {
    const std::uint64_t limit = failure_->empty() ? committed_end_ : std::numeric_limits<std::uint64_t>::max();
    const std::uint64_t here = start + done, page_start = here / page_size * page_size;
    if (here >= limit) break;
    Page& page = page_at(page_start, limit);
    const std::size_t size = std::min(count - done, page_start + page.bytes.size() - here);
    std::memcpy(page.bytes.data() + (here - page_start), in + done, size);
    done += size;
  }
  return done;
}

void CommittedFile::write(std::uint64_t start, const char* in, std::size_t count) {
  if (!prepare()) give_up(std::strerror(errno));
  end_ = std::max(end_, start + count);
  const std::size_t held = hold(start, in, count);
  if (held == count) return;
  if (write_all(descriptor_, start + held, in + held, count - held)) {
    size_ = std::max(size_, start + count);
  } else {
    give_up(std::strerror(errno));
    hold(start + held, in + held, count - held);
  }
}

void CommittedFile::resize(std::uint64_t size) {
  if (!prepare()) give_up(std::strerror(errno));
  if (!writable_ || !failure_->empty()) return;
  end_ = size;
  if (size <= size_) return;
  if (::ftruncate(descriptor_, static_cast<off_t>(size)) == 0) size_ = size;
  else give_up(std::strerror(errno));
}

void CommittedFile::commit() {
  if (!writable_ || !ready_ || !failure_->empty()) return;
  std::erase_if(held_, [](const auto& entry) { return entry.second.bytes == entry.second.before; });
  if (held_.empty() || write_journal()) make_changes();
}

bool CommittedFile::write_journal() {
  std::string text(mark);
  append_number(text, size_);
  append_number(text, held_.size());
  for (const auto& [start, page] : held_) {
    append_number(text, start);
    append_number(text, page.bytes.size());
    text.append(page.before.data(), page.before.size());
    text.append(page.bytes.data(), page.bytes.size());
  }
  append_number(text, checksum(text));

  const std::string path = journal_of(path_);
  struct stat status {};
  if (journal_ >= 0 && ::fstat(journal_, &status) == 0 && status.st_nlink == 0) ::close(std::exchange(journal_, -1));
  if (journal_ < 0) journal_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (journal_ >= 0 && ::ftruncate(journal_, 0) == 0 && write_all(journal_, 0, text.data(), text.size()))
    return journal_holds_changes_ = true;
  give_up(path + ": " + std::strerror(errno));
  if (journal_ >= 0 && ::ftruncate(journal_, 0) != 0) ::unlink(path.c_str());
  return false;
}

/// From here on the changes count as made, though the process die or the disk fill up.
void CommittedFile::make_changes() {
  if (!write_pages()) return give_up(std::strerror(errno));
  held_.clear();
  if (end_ < size_) {
    if (::ftruncate(descriptor_, static_cast<off_t>(end_)) != 0) return give_up(std::strerror(errno));
    size_ = end_;
  }
  if (!is_new_) committed_end_ = size_;
  if (!journal_holds_changes_) return;
  if (::ftruncate(journal_, 0) != 0) return give_up(journal_of(path_) + ": " + std::strerror(errno));
  journal_holds_changes_ = false;
}

/// Neighbouring pages in one write.
bool CommittedFile::write_pages() {
  std::vector<char> block;
  std::uint64_t block_start = 0;
  for (auto entry = held_.begin(); entry != held_.end();) {
    const auto& [start, page] = *entry;
    if (block.empty()) block_start = start;
    block.insert(block.end(), page.bytes.begin(), page.bytes.end());
    ++entry;
    const bool neighbours = entry != held_.end() && entry->first == block_start + block.size();
    if (neighbours && block.size() < block_size) continue;
    if (!write_all(descriptor_, block_start, block.data(), block.size())) return false;
    block.clear();
  }
  return true;
}

bool CommittedFile::apply_left_journal(const std::string& path) {
  struct stat status {};
  if (::stat(journal_of(resolved(path)).c_str(), &status) != 0 || status.st_size == 0) return false;
  const auto file = open(path, O_RDWR);
  if (!file) fail<IoError>(path, "cannot be opened for mending: ", std::strerror(errno));
  const char* locking = std::getenv("HDF5_USE_FILE_LOCKING");
  const bool locks = !locking || (std::string_view(locking) != "FALSE" && std::string_view(locking) != "0");
  if (locks && !file->lock(true)) fail<IoError>(path, "is in use by ", lock_holder(path), "; close it there");
  if (!file->prepare()) fail<IoError>(path, "cannot be mended: ", std::strerror(errno));
  if (!file->failure()->empty()) fail<IoError>(path, "cannot be mended: ", *file->failure());
  return file->applied_left_journal_;
}

void CommittedFile::copy(const std::string& from, const std::string& to) {
  const auto in = open(from, O_RDONLY);
  if (!in || !in->prepare()) fail<IoError>(from, "cannot be read: ", std::strerror(errno));
  const auto out = open(to, O_RDWR | O_CREAT | O_TRUNC);
  if (!out || !out->prepare()) fail<IoError>(to, "cannot be written: ", std::strerror(errno));
  std::vector<char> block(block_size);
  for (std::uint64_t start = 0; start < in->size_; start += block.size()) {
    block.resize(std::min<std::uint64_t>(block.size(), in->size_ - start));
    if (!in->read(start, block.data(), block.size())) fail<IoError>(from, "cannot be read: ", std::strerror(errno));
    out->write(start, block.data(), block.size());
    if (!out->failure()->empty()) fail<IoError>(to, "cannot be written: ", *out->failure());
  }
}

}  // namespace marea::detail
