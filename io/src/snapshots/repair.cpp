// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/repair.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>

#include <marea/io/error.hpp>
#include <marea/io/hdf5.hpp>
#include <marea/io/host_array.hpp>

#include "../hdf5/committed_file.hpp"
#include "snapshot_layout.hpp"

namespace marea {
namespace {

namespace fs = std::filesystem;

/// The end of the file that a superblock of version 2 or 3 states; 0 when there is none.
/// Source: HDF5 File Format Specification 3.0, section II.A, "Version 2 and 3 Superblock".
std::uint64_t stated_end(const std::string& path) {
  std::array<unsigned char, 36> head{};
  std::ifstream in(path, std::ios::binary);
  if (!in.read(reinterpret_cast<char*>(head.data()), head.size())) return 0;
  constexpr std::string_view signature("\x89HDF\r\n\x1a\n", 8);
  const bool known =
      std::memcmp(head.data(), signature.data(), 8) == 0 && (head[8] == 2 || head[8] == 3) && head[9] == 8;
  std::uint64_t end = 0;
  for (int byte = 7; byte >= 0; --byte) end = end << 8 | head[28 + static_cast<std::size_t>(byte)];
  return known ? end : 0;
}

/// Extends a file that ends before its stated end, which HDF5 refuses to open. After a kill nothing committed lies
/// there; of a truncated copy what is missing is lost, and `readable` finds out.
std::int64_t extend(const std::string& path) {
  std::error_code error;
  const std::uint64_t size = fs::file_size(path, error), end = error ? 0 : stated_end(path);
  constexpr std::uint64_t most = std::uint64_t{1} << 34;  // a corrupted header must not ask for more
  if (end <= size || end - size > most) return 0;
  fs::resize_file(path, end, error);
  if (error) fail<IoError>(path, "cannot be extended to ", end, " bytes: ", error.message());
  return static_cast<std::int64_t>(end - size);
}

std::int64_t bytes_past_end(const std::string& path) {
  std::error_code error;
  const std::uint64_t size = fs::file_size(path, error), end = error ? 0 : stated_end(path);
  return end == 0 || end >= size ? 0 : static_cast<std::int64_t>(size - end);
}

struct Tail {
  std::int64_t steps = 0, longest = 0;
};

Tail measure(const hdf5::File& file) {
  const hdf5::Dataset time = file.open_dataset("time");
  if (time.extents().size() != 1) fail<DataError>(time.where(), "must have one axis");
  Tail tail{time.extents()[0], time.extents()[0]};
  for (const std::string& path : detail::varying_fields(file)) {
    const hdf5::Dataset field = file.open_dataset(path);
    if (field.extents().size() < 3) fail<DataError>(field.where(), "must have axes for trajectory, time and space");
    tail.steps = std::min(tail.steps, field.extents()[1]);
    tail.longest = std::max(tail.longest, field.extents()[1]);
  }
  return tail;
}

/// Snapshots from the first on of which every field can be read and passes its checksums; at most `steps`.
std::int64_t readable(const hdf5::File& file, std::int64_t steps) {
  for (const std::string& path : detail::varying_fields(file)) {
    const hdf5::Dataset field = file.open_dataset(path);
    hdf5::Extents start(field.extents().size(), 0), count = field.extents();
    count[1] = 1;
    const HostArray values(field.dtype(), count);
    for (start[1] = 0; start[1] < steps; ++start[1]) {
      try {
        field.read(start, count, values.ref());
      } catch (const IoError&) {
        steps = start[1];
      }
    }
  }
  return steps;
}

}  // namespace

RepairResult repair_snapshot(const std::string& path) {
  RepairResult result;
  if (!fs::exists(path)) fail<IoError>(path, "cannot be opened: ", std::strerror(ENOENT));
  result.finished_flush = detail::CommittedFile::apply_left_journal(path);
  result.extended_bytes = extend(path);
  result.stray_bytes = bytes_past_end(path);
  {
    const hdf5::File file(path, hdf5::Access::read);
    if (!file.has_attribute("marea_schema")) fail<DataError>(path, "is not one of marea's snapshot files");
    const Tail tail = measure(file);
    result.steps = readable(file, tail.steps);
    result.lost_steps = tail.steps - result.steps;
    result.torn_steps = tail.longest - tail.steps;
  }
  if (result.torn_steps == 0 && result.lost_steps == 0 && result.stray_bytes == 0) return result;
  hdf5::File file(path, hdf5::Access::write);  // moves the stated end
  if (result.lost_steps > 0) file.write_attribute("complete", false);
  detail::cut_snapshots(file, result.steps);
  file.close();
  return result;
}

}  // namespace marea
