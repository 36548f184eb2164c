// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mpi.h>

#include <marea/io/array_ref.hpp>

/// Thin owning handles over HDF5's C API; needs no hdf5.h.
///
/// Every call takes one lock, because the library is often built without thread safety, and every failure throws
/// IoError or DataError (the file is readable, but not what it should be) that names file, object and HDF5's own
/// innermost message. Reading never trusts a file: class, size, rank and extents are checked before memory is taken.
namespace marea::hdf5 {

using Id = std::int64_t;  ///< hid_t
using Extents = std::vector<std::int64_t>;

inline constexpr std::int64_t unlimited = -1;

/// True when the library can write one file from several MPI ranks.
bool is_parallel();
/// "1.10.8"
std::string version();

/// Owns one HDF5 identifier of any kind.
class Handle {
 public:
  Handle() = default;
  explicit Handle(Id id) : id_(id) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  ~Handle();
  Id get() const { return id_; }
  Id release() { return std::exchange(id_, -1); }
  explicit operator bool() const { return id_ >= 0; }

 private:
  Id id_ = -1;
};

/// What a file, a group and a dataset share: a place in a file, and attributes.
class Object {
 public:
  Id id() const { return handle_.get(); }
  const std::string& file() const { return file_; }
  const std::string& path() const { return path_; }     ///< inside the file: "/t0_fields/h"
  std::string where() const { return file_ + ":" + path_; }  ///< for messages

  bool has_attribute(const std::string& name) const;
  std::vector<std::string> attributes() const;           ///< names, by name
  bool is_string_attribute(const std::string& name) const;

  /// Strings are read whatever their form (fixed or variable length, one or a list of one). Throws DataError when
  /// the attribute is missing or of another class.
  std::string read_string(const std::string& name) const;
  std::vector<std::string> read_strings(const std::string& name) const;
  double read_double(const std::string& name) const;     ///< integers and flags too
  std::vector<double> read_doubles(const std::string& name) const;
  std::int64_t read_integer(const std::string& name) const;
  std::vector<std::int64_t> read_integers(const std::string& name) const;
  bool read_bool(const std::string& name) const;         ///< FALSE/TRUE enum or any integer
  std::vector<bool> read_bools(const std::string& name) const;

  /// Writes or replaces an attribute: variable-length UTF-8, ENUM{FALSE, TRUE} over int8, f64 or i64; scalar or list.
  void write_attribute(const std::string& name, const char* value) { write_attribute(name, std::string_view(value)); }
  void write_attribute(const std::string& name, const std::string& value) {
    write_attribute(name, std::string_view(value));
  }
  void write_attribute(const std::string& name, std::string_view value);
  void write_attribute(const std::string& name, bool value);
  void write_attribute(const std::string& name, double value);
  void write_attribute(const std::string& name, std::int64_t value);
  void write_attribute(const std::string& name, int value) { write_attribute(name, std::int64_t{value}); }
  void write_attribute(const std::string& name, const std::vector<std::string>& values);
  void write_attribute(const std::string& name, const std::vector<bool>& values);
  void write_attribute(const std::string& name, const std::vector<double>& values);
  void write_attribute(const std::string& name, const std::vector<std::int64_t>& values);
  void remove_attribute(const std::string& name);

 protected:
  Object() = default;
  Object(Handle handle, std::string file, std::string path, bool collective)
      : handle_(std::move(handle)), file_(std::move(file)), path_(std::move(path)), collective_(collective) {}

  Handle handle_;
  std::string file_, path_;
  bool collective_ = false;                              ///< transfers are collective over the file's communicator
};

/// How a dataset is stored.
struct Layout {
  Extents extents;                                       ///< zero-length axes allowed; none: a scalar
  Extents maximum{};                                     ///< same rank, `unlimited` allowed; empty: fixed
  Extents chunk{};                                       ///< empty: contiguous
  int deflate = 0;                                       ///< level 0–9, after a byte shuffle; needs chunks
  bool fletcher32 = false;                               ///< HDF5's own checksum of each chunk; needs chunks
  bool fill_nan = false;                                 ///< what was never written reads as NaN, not as 0
};

class Dataset : public Object {
 public:
  Dataset() = default;
  const Extents& extents() const { return extents_; }
  std::int64_t size() const;                             ///< elements
  bool is_number() const;                                ///< integer, float or FALSE/TRUE enum
  DType dtype() const;                                   ///< throws DataError when none of ours
  Extents chunk() const;                                 ///< empty: contiguous
  /// Throws DataError when the extents promise more values than the bytes stored in the file can hold, however
  /// well compressed: ask before taking memory for a file that nobody vouches for.
  void check_stored() const;
  std::int64_t stored_bytes() const;                     ///< 0: never written
  std::vector<std::string> read_strings() const;         ///< the values of a list of strings
  using Object::read_strings;

  /// Reads everything, or the box start + count (both of the dataset's rank), into `out`: as many elements, any
  /// strides; f32 and f64 and integers convert to a floating `out`. Host memory. Throws ShapeError, IoError, DataError.
  void read(const ArrayRef& out) const;
  void read(const Extents& start, const Extents& count, const ArrayRef& out) const;
  /// Writes likewise. With a parallel file every rank calls; a rank with an empty `in` writes nothing.
  void write(const ArrayRef& in);
  void write(const Extents& start, const Extents& count, const ArrayRef& in);
  void resize(const Extents& extents);

  /// Makes this a dimension scale, and attaches a scale to an axis of this dataset.
  void make_scale(const std::string& name);
  void attach_scale(const Dataset& scale, int axis);

 private:
  friend class Group;
  Dataset(Handle handle, std::string file, std::string path, bool collective)
      : Object(std::move(handle), std::move(file), std::move(path), collective) {}
  void transfer(const Extents& start, const Extents& count, const ArrayRef& array, bool writing) const;
  Extents extents_;
};

enum class Kind : std::uint8_t { missing, group, dataset, other };

class Group : public Object {
 public:
  Group() = default;
  /// What stands at a relative path; dangling links and missing parents are `missing`.
  Kind kind(const std::string& name) const;
  bool has(const std::string& name) const { return kind(name) != Kind::missing; }
  std::vector<std::string> children() const;             ///< names, in the order of creation where tracked

  Group open_group(const std::string& name) const;
  Group create_group(const std::string& name);
  /// `cache_bytes` sizes the chunk cache; 0: the library's 1 MiB. Throws DataError when missing, not a dataset, of
  /// more than eight axes, or larger than 2^60 elements.
  Dataset open_dataset(const std::string& name, std::size_t cache_bytes = 0) const;
  Dataset create_dataset(const std::string& name, DType dtype, const Layout& layout);
  /// A contiguous dataset with these values, written at once.
  Dataset write_dataset(const std::string& name, const ArrayRef& values);
  /// A dataset of FALSE/TRUE flags, as `ENUM{FALSE=0, TRUE=1}` over int8.
  Dataset write_flags(const std::string& name, const std::vector<bool>& values);
  Dataset write_strings(const std::string& name, const std::vector<std::string>& values);
  void hard_link(const std::string& existing, const std::string& name);
  void remove(const std::string& name);

 protected:
  Group(Handle handle, std::string file, std::string path, bool collective)
      : Object(std::move(handle), std::move(file), std::move(path), collective) {}
  std::string child_path(const std::string& name) const { return path_ == "/" ? "/" + name : path_ + "/" + name; }
  Dataset create(const std::string& name, Id type, const Layout& layout);
};

enum class Access : std::uint8_t { read, write, create };  ///< create: truncates

/// A file, which is its root group. Written with library bounds V18 and no object times, so that equal content is
/// equal bytes. A serial file opened with Access::write holds after a kill or a full
/// disk what it held at its last flush.
class File : public Group {
 public:
  File() = default;
  /// Serial, or parallel over the ranks of `comm` (then all calls that change the file are collective).
  File(const std::string& path, Access access);
  File(const std::string& path, Access access, MPI_Comm comm);
  File(File&&) = default;
  File& operator=(File&&) = default;
  ~File();

  std::int64_t size_on_disk() const;                     ///< bytes of the file as the operating system sees it
  /// Gives up a serial file after an error: what HDF5 still holds back goes nowhere, so that the bytes of a file opened
  /// with Access::write stay those of the last flush.
  void abandon() noexcept;
  void flush();                                          ///< to the operating system, not to the disk; throws IoError
  void close();                                          ///< closes all objects of the file; throws IoError
  bool is_open() const { return static_cast<bool>(file_handle_); }

 private:
  Handle file_handle_;
};

}  // namespace marea::hdf5
