// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include <marea/io/host_array.hpp>

#include "dataset_files.hpp"

namespace marea::detail {

/// Where the channels of one field come from.
struct FieldSource {
  FieldInfo field;
  bool constant = false;  ///< no time axis in the files
  bool parameter = false; ///< a number of the run, the same in all cells
  int components = 1;     ///< one plane each
  int states = 1;         ///< history steps
  int channels() const { return components * states; }
};

/// Channels of one state: "velocity_x" and "velocity_y", "stress_xx" and so on, or the name of a scalar field.
std::vector<std::string> channel_names(const FieldInfo& field, const GridInfo& grid);

/// True when the file holds the field without a time axis.
bool is_constant(const SnapshotReader& reader, const std::string& field);

/// A number that the run was made with: among the file's simulation_parameters, or else at that path of its
/// configuration, as "initial.height".
std::optional<NamedScalar> parameter_of(const SnapshotReader& reader, const std::string& name);

/// Reads fields of snapshot files as planes in single precision, one a component, means over blocks of cells.
/// Constants stay in memory. Not thread-safe.
class FieldPlanes {
 public:
  /// `fine`: grid of the files; `coarsen` divides each extent. Keeps the reference to `files`.
  FieldPlanes(ReaderPool& files, std::vector<std::int64_t> fine, int coarsen);

  /// One state of a field, (component, [k,] [j,] i). Throws DataError naming file, field, step and index of the
  /// first value that is not finite.
  void read(const Run& run, const FieldSource& source, std::int64_t step, std::span<float> planes);

 private:
  void load(const Run& run, const FieldSource& source, std::int64_t step, std::span<float> planes);
  [[noreturn]] void report(const Run& run, const FieldSource& source, std::int64_t step);
  HostArray read_fine(const Run& run, const FieldSource& source, std::int64_t step, DType dtype);

  static constexpr std::size_t cache_limit = std::size_t{64} << 20;  // floats: 256 MiB

  ReaderPool& files_;
  const std::vector<std::int64_t> fine_;
  const int coarsen_;
  std::map<std::tuple<std::string, std::int64_t, std::string>, std::vector<float>>
      constants_;  // file, trajectory, field
  std::size_t cached_ = 0;
};

}  // namespace marea::detail
