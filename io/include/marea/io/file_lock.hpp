// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>

namespace marea {

/// Keeps a second process (or another lock of this one) from writing the same output: flock on a small file of its own,
/// which names the holder. A file that is left behind says that its holder was killed, or ended by an error: what it
/// wrote may be torn. On a file system without locks nothing is locked.
class FileLock {
 public:
  /// Throws IoError "… is in use by process 4711 on node7" where it is held, or where `path` cannot be made.
  explicit FileLock(const std::string& path);
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();  ///< lets go; the file stays unless remove_at_end() was called

  bool left_behind() const { return left_behind_; }
  void remove_at_end() { remove_ = true; }

 private:
  std::string path_;
  int descriptor_ = -1;
  bool left_behind_ = false, remove_ = false;
};

/// The process that is writing a run, a model or an export, by the lock file beside it: "process 4711 on node7"; "" for
/// nobody.
std::string writer_of(const std::string& path);

/// Who holds a lock on a file, "process 4711 (python3)", as far as this machine knows: "another process" otherwise.
std::string lock_holder(const std::string& path);

}  // namespace marea
