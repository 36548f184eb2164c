// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>

namespace marea::detail {

/// Puts a finished temporary file in the place of `path` so that a kill or a power failure leaves the old or the new
/// one: fsync of the file, rename, fsync of the folder. Throws IoError.
void replace_file(const std::string& temporary, const std::string& path);

}  // namespace marea::detail
