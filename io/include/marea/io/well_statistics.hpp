// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>

namespace marea {

/// Writes `folder`/stats.yaml as The Well's loader takes it for normalisation: mean, std and rms of every field by
/// component, and mean_delta, std_delta and rms_delta of the change from one snapshot to the next for fields in time.
/// Over all runs of split train, or all runs where no file has a split; streamed in double precision; replaced
/// atomically.
///
/// \param folder  snapshot files, as for Dataset
/// \return the path written. Throws ConfigError when there is no file or another program's stats.yaml stands there,
/// IoError, and DataError for values that are not finite or fields that differ between files.
std::string write_well_statistics(const std::string& folder);

/// Throws ConfigError where `folder`/stats.yaml was not written by marea.
void require_own_statistics(const std::string& folder);

}  // namespace marea
