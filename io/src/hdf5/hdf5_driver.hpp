// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <hdf5.h>

#include <memory>
#include <string>

namespace marea::hdf5::detail {

/// Opens files through CommittedFile: commit() after H5Fflush commits, and H5Fclose.
///
/// HDF5 never hears of a write that failed; who writes, flushes or closes asks write_failure(). HDF5 frees an object
/// whose last bytes cannot be written when it is closed, but keeps its identifier and frees it again at the latest when
/// the program ends (H5I_dec_ref of HDF5 1.10), so that a full disk would end in a crash. And the changes of one flush
/// hang together: a file with half of them may have lost all that was in it.
void use_committing_driver(hid_t file_access_list);

/// Why a write to an open file failed, empty as long as none did; outlives the file. For files of this driver only.
std::shared_ptr<std::string> write_failure(hid_t file);

/// Makes the changes of a file that HDF5 has flushed without an error. Throws IoError.
void commit(hid_t file, const std::string& where);

/// Throws IoError when a write to the file of that object failed.
void check_writes(hid_t object, const std::string& where);

/// What is not committed yet goes nowhere.
void give_up_writing(hid_t file);

}  // namespace marea::hdf5::detail
