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
/// journal. A journal that is whole is one of a process that died in between: the next reader sees its bytes in their
/// places, the next writer puts them there. It says so by the file's size, which no change to the places alters.
///
/// A call that changes the file does not fail: the first error is noted in failure(), and nothing is written after it.
/// A file opened with O_TRUNC is written as it comes: it is nobody's before it is closed. For one thread. Protects against
/// the death of the process, not of the machine: nothing is synchronised with the disk.
class CommittedFile {
 public:
  /// Opens as open(2) does; nullptr, and errno says why, when it cannot.
  static std::unique_ptr<CommittedFile> open(const std::string& path, int flags);
  CommittedFile(const CommittedFile&) = delete;
  /// Without a commit.
  ~CommittedFile();

  /// False, and errno says why, when the file cannot be read. Zeros beyond its end.
  bool read(std::uint64_t start, char* out, std::size_t count);
  void write(std::uint64_t start, const char* in, std::size_t count);
  /// Makes the file that long at the next commit, or now where it grows.
  void resize(std::uint64_t size);
  void commit();
  /// Notes a reason why nothing more is to be written; the first one stands.
  void give_up(std::string reason);

  int descriptor() const { return descriptor_; }
  std::uint64_t size() const;                            ///< bytes, of the file as it lies on the disk
  /// Why a change failed; empty as long as none did. Outlives the file.
  const std::shared_ptr<std::string>& failure() const { return failure_; }

  static std::string journal_of(const std::string& path) { return path + ".journal"; }
  /// Does what a dead process left in the journal, and removes it; true when there was anything.
  static bool finish(const std::string& path);

 private:
  CommittedFile(std::string path, int descriptor, int flags);
  std::vector<char>& page_at(std::uint64_t start);
  void take_up_journal();
  bool write_journal();
  void put_in_place();

  std::string path_;
  int descriptor_ = -1, journal_ = -1;
  bool writable_, is_new_, taken_up_;
  bool journal_holds_changes_ = false;
  std::uint64_t committed_end_ = 0;
  std::uint64_t end_ = 0;                                ///< the size that the next commit gives to the file
  std::map<std::uint64_t, std::vector<char>> held_;  ///< pages as they will be, by their start
  std::shared_ptr<std::string> failure_ = std::make_shared<std::string>();
};

}  // namespace marea::detail
