// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>

namespace marea::cli {

/// Bytes that this process holds.
double resident_bytes();
/// Bytes that processes of this machine may still take.
double available_bytes();
/// "1.2 GB".
std::string bytes_text(double bytes);

}  // namespace marea::cli
