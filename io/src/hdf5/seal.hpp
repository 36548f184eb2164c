// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <string_view>

namespace marea::detail {

/// Appends the line "marea seal sha256 <64 digits>" over all bytes before it. HDF5 ignores what follows its own end.
/// Throws IoError.
void seal_file(const std::string& path);

/// Throws IoError when the file cannot be read, DataError when it has no seal or other bytes than were sealed:
/// so no library parses damaged data. `kind` is what it should be, "model" or "checkpoint": a file of marea of another
/// kind is named as such.
void check_seal(const std::string& path, std::string_view kind);

}  // namespace marea::detail
