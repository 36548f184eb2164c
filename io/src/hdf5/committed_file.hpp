// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace marea::detail {

/// A file whose changes take place all together or not at all, whenever the process is killed or the disk fills up.
///
/// Until commit() new bytes are written behind the end that the file had at the last commit, and changes before that
/// end are held in memory. commit() writes those to a journal, `<file>.journal`, then to their places, and empties the
/// journal. A whole journal that is not empty is that of a process which died in between: the next reader sees its
/// bytes in their places, the next writer puts them there. The journal records the file's size and the bytes that
/// it replaces; where the file has neither those nor the new ones, it belongs to another of that name and is ignored.
///
/// A call that changes the file does not fail: the first error is noted in failure(), and nothing is written after it.
/// A file opened with O_TRUNC is written as it comes: nobody relies on it before it is closed. For one thread. Protects
/// against the death of the process, not of the machine: nothing is synchronised with the disk.
class CommittedFile {
 public:
  /// Opens as open(2) does; nullptr, and errno says why, when it cannot. Lock the file before anything else: a journal
  /// is taken up at the first read or write.
  static std::unique_ptr<CommittedFile> open(const std::string& path, int flags);
  CommittedFile(const CommittedFile&) = delete;
  /// Without a commit. After a failure what lies behind the last commit is cut off.
  ~CommittedFile();

  /// False, with EWOULDBLOCK, when another process has the file. True also where the file system knows no locks.
  bool lock(bool exclusive);
  /// False, and errno says why, when file or journal cannot be read. Zeros beyond the file's end.
  bool read(std::uint64_t start, char* out, std::size_t count);
  void write(std::uint64_t start, const char* in, std::size_t count);
  /// Makes the file that long at the next commit, or now where it grows.
  void resize(std::uint64_t size);
  /// Nothing where nothing was read or written before.
  void commit();
  /// Notes a reason why nothing more is to be written; the first one stands.
  void give_up(std::string reason);

  int descriptor() const { return descriptor_; }
  std::uint64_t size() const;                            ///< bytes of the file as it lies on the disk
  /// Why a change failed; empty as long as none did. Outlives the file.
  const std::shared_ptr<std::string>& failure() const { return failure_; }

  static std::string journal_of(const std::string& path) { return path + ".journal"; }
  /// Puts in place what a dead process left in the journal; true when there was anything. Throws IoError.
  static bool apply_left_journal(const std::string& path);
  /// Copies a file as its readers see it. Throws IoError.
  static void copy(const std::string& from, const std::string& to);

 private:
  struct Page {
    std::vector<char> bytes, before;                     ///< as they will be; as they are on the disk
  };
  using Pages = std::map<std::uint64_t, Page>;           ///< by their start

  CommittedFile(int descriptor, int flags);
  bool prepare();
  bool read_journal();
  std::size_t hold(std::uint64_t start, const char* in, std::size_t count);
  Page& page_at(std::uint64_t start, std::uint64_t limit);
  bool write_journal();
  bool write_pages();
  void make_changes();

  std::string path_;                                     ///< without links, for the journal's
  int descriptor_ = -1, journal_ = -1;
  bool writable_, is_new_, ready_ = false, journal_holds_changes_ = false;
  bool applied_left_journal_ = false;
  std::uint64_t size_ = 0;                               ///< of the file on the disk
  std::uint64_t committed_end_ = 0;                      ///< its size at the last commit; 0 for a new file
  std::uint64_t end_ = 0;                                ///< its size after the next commit
  Pages held_;
  std::shared_ptr<std::string> failure_ = std::make_shared<std::string>();
};

}  // namespace marea::detail
