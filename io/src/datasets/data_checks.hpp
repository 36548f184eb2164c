// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <vector>

#include <marea/io/dataset.hpp>
#include <marea/io/snapshot_reader.hpp>

namespace marea::detail {

/// Throws DataError naming file, axis and index unless the coordinates of every axis are finite and rise (or fall)
/// strictly, and the times of the run are finite and rise strictly.
void require_ordered(const SnapshotReader& reader, const Run& run);

/// Throws DataError naming both files unless order and names of their axes, units, kinds of boundaries and cells are
/// the same.
void require_same_grid(const std::string& path, const SnapshotReader& reader, const std::string& first_path,
                       const SnapshotReader& first);

/// Likewise for rank, time axis and standard name of the fields of that name, and where no factor is known between
/// their units.
void require_same_field(const std::string& path, const SnapshotReader& reader, const std::string& first_path,
                        const SnapshotReader& first, const std::string& field);

/// Throws DataError where the file says that the values of a field grow downwards: models have no such mark.
void require_upward(const SnapshotReader& reader, const std::string& path, const std::string& field);

/// Throws DataError naming file, step and index where a scalar field of the run is neither 0 nor 1.
void require_mask(const SnapshotReader& reader, const Run& run, const std::string& field);

}  // namespace marea::detail
