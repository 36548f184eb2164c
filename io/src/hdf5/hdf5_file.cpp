// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <marea/io/file_lock.hpp>

#include "../process/regular_file.hpp"
#include "hdf5_detail.hpp"
#include "hdf5_driver.hpp"

namespace marea::hdf5 {
namespace {

using detail::check;
using detail::own;

/// What a file that is no HDF5 is by its first bytes, and what to do: "", or text that follows "is not an HDF5 file".
std::string other_format(const std::string& path) {
  char bytes[8] = {};
  std::ifstream(path, std::ios::binary).read(bytes, sizeof bytes);
  const std::string_view start(bytes, sizeof bytes);
  if (start.starts_with("CDF\x01") || start.starts_with("CDF\x02") || start.starts_with("CDF\x05"))
    return ", but classic netCDF (CDF-" + std::to_string(static_cast<int>(bytes[3])) +
           "); turn it into netCDF-4: nccopy -k netCDF-4 IN.nc OUT.nc";
  using namespace std::string_view_literals;
  if (start.starts_with("II*\0"sv) || start.starts_with("MM\0*"sv) || start.starts_with("II+\0"sv))
    return ", but a TIFF image; python -m marea.prepare reads GeoTIFF";
  if (start.starts_with("\x93NUMPY")) return ", but a NumPy array; write it with h5py";
  if (start.starts_with("GRIB")) return ", but GRIB; turn it into netCDF-4: cdo -f nc4 copy IN.grib OUT.nc";
  if (start.starts_with("PK\x03\x04")) return ", but a ZIP archive (perhaps .npz); write its arrays with h5py";
  return "";
}

Handle open(const std::string& path, Access access, bool parallel, MPI_Comm comm) {
  const Handle list = own(H5Pcreate(H5P_FILE_ACCESS), path, "preparing to open");
  // Written is what every reader since HDF5 1.8 reads; read is what the library can.
  const H5F_libver_t newest = access == Access::read ? H5F_LIBVER_LATEST : H5F_LIBVER_V18;
  check(H5Pset_libver_bounds(list.get(), H5F_LIBVER_V18, newest), path, "setting the file format's version");
  // HDF5 opens the sources of virtual datasets and links so, and takes no file in two ways at once.
  const H5F_close_degree_t degree = access == Access::read ? H5F_CLOSE_WEAK : H5F_CLOSE_STRONG;
  check(H5Pset_fclose_degree(list.get(), degree), path, "preparing to open");
  if (!parallel) detail::use_committing_driver(list.get());
#ifdef H5_HAVE_PARALLEL
  if (parallel) {
    check(H5Pset_fapl_mpio(list.get(), comm, MPI_INFO_NULL), path, "preparing parallel access");
    check(H5Pset_all_coll_metadata_ops(list.get(), true), path, "preparing parallel access");
    check(H5Pset_coll_metadata_write(list.get(), true), path, "preparing parallel access");
  }
#endif
  if (access != Access::create) {
    // H5Fopen says little about a missing file or a folder: ask the operating system first.
    if (::access(path.c_str(), access == Access::read ? R_OK : R_OK | W_OK) != 0)
      fail<IoError>(path, "cannot be opened: ", std::strerror(errno));
    if (std::filesystem::is_directory(path)) fail<IoError>(path, "is a folder; name one file in it");
    marea::detail::require_regular_file(path);
    const unsigned mode = access == Access::read ? H5F_ACC_RDONLY : H5F_ACC_RDWR;
    Handle opened(H5Fopen(path.c_str(), mode, list.get()));
    if (!opened && access == Access::read) {  // this process writes it
      H5Pset_fclose_degree(list.get(), H5F_CLOSE_STRONG);
      opened = Handle(H5Fopen(path.c_str(), mode, list.get()));
    }
    if (opened) {
      // A killed writer may leave parts past the end that the header states, where HDF5 would put new ones.
      if (access == Access::write && !parallel)
        check(H5Fincrement_filesize(opened.get(), 0), path, "setting the end of the file");
      return opened;
    }
    const std::string reason = detail::last_error();
    if (reason.find("unable to lock file") != std::string::npos)
      fail<IoError>(path, "is in use by ", lock_holder(path), ": ", reason,
                    "; close it there (in Python data.close()), or end that process");
    if (reason.find("file read failed") != std::string::npos) fail<IoError>(path, "cannot be read: ", reason);
    if (H5Fis_hdf5(path.c_str()) == 0) fail<DataError>(path, "is not an HDF5 file", other_format(path));
    if (reason.find("bad superblock version number") != std::string::npos)
      fail<DataError>(path, "was written for a newer HDF5 than ", version(), "; rewrite it with that HDF5's `h5repack ",
                      "--low=0 --high=2 IN.h5 OUT.h5`, or h5py's libver=(\"earliest\", \"v110\")");
    fail<DataError>(path, "opening it as HDF5 failed: ", reason);
  }
  const Handle creation = own(H5Pcreate(H5P_FILE_CREATE), path, "preparing to create");
  check(H5Pset_obj_track_times(creation.get(), false), path, "preparing to create");
  const unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
  check(H5Pset_link_creation_order(creation.get(), order), path, "preparing to create");
  check(H5Pset_attr_creation_order(creation.get(), order), path, "preparing to create");
  return own(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.get(), list.get()), path, "creating");
}

}  // namespace

File::File(const std::string& path, Access access) : File(path, access, MPI_COMM_NULL) {}

File::File(const std::string& path, Access access, MPI_Comm comm) {
  const auto held = detail::lock();
  const bool parallel = comm != MPI_COMM_NULL;
  if (parallel && !is_parallel())
    fail<IoError>(path, "this HDF5 library is serial; let one rank write (SnapshotWriter::Gather::one_writer)");
  file_handle_ = open(path, access, parallel, comm);
  file_ = path;
  path_.assign(1, '/');
  collective_ = parallel;
  handle_ = own<DataError>(H5Gopen2(file_handle_.get(), "/", H5P_DEFAULT), path, "opening the root group");
}

File::~File() = default;

std::int64_t File::size_on_disk() const {
  std::error_code none;
  const auto bytes = std::filesystem::file_size(file_, none);
  return none ? 0 : static_cast<std::int64_t>(bytes);
}

void File::abandon() noexcept {
  const auto held = detail::lock();
  if (!file_handle_) return;
  if (!collective_) detail::give_up_writing(file_handle_.get());
  handle_ = Handle();
  H5Fclose(file_handle_.release());
  H5Eclear2(H5E_DEFAULT);
}

void File::flush() {
  const auto held = detail::lock();
  const hid_t file = file_handle_.get();
  if (H5Fflush(file, H5F_SCOPE_GLOBAL) < 0) {
    const std::string reason = detail::last_error();
    if (!collective_) detail::give_up_writing(file);  // half of the changes are worse than none
    fail<IoError>(file_, "flushing failed: ", reason);
  }
  if (!collective_) detail::commit(file, file_);
}

void File::close() {
  const auto held = detail::lock();
  handle_ = Handle();
  if (!file_handle_) return;
  const auto failure = collective_ ? nullptr : detail::write_failure(file_handle_.get());
  check(H5Fclose(file_handle_.release()), file_, "closing");
  if (failure && !failure->empty()) fail<IoError>(file_, "cannot be written: ", *failure);
}

}  // namespace marea::hdf5
