// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <string_view>

#include <marea/io/hdf5.hpp>

namespace marea::detail {

/// "model", "checkpoint" or "snapshot"; "" for any other HDF5 file.
std::string kind_of(const hdf5::File& file);

/// Throws DataError "run.h5: is a snapshot file; a model file is needed" for a file of marea of another kind.
void refuse_other_kind(const hdf5::File& file, std::string_view needed);

/// The same for a file that may be damaged: HDF5 opens it in a process of its own. Passes over what is no HDF5 file.
void refuse_other_kind(const std::string& path, std::string_view needed);

}  // namespace marea::detail
