// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "hdf5_driver.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <utility>

#include "committed_file.hpp"
#include "hdf5_detail.hpp"

namespace marea::hdf5::detail {
namespace {

/// HDF5 fills the base and calls the functions below with it.
struct DriverFile : H5FD_t {
  std::unique_ptr<marea::detail::CommittedFile> bytes;
  haddr_t end_of_allocation = 0;
  std::pair<dev_t, ino_t> identity;
};

DriverFile& own_part(H5FD_t* file) { return *static_cast<DriverFile*>(file); }
const DriverFile& own_part(const H5FD_t* file) { return *static_cast<const DriverFile*>(file); }

herr_t report(hid_t kind, const char* what, const char* why) {
  H5Epush2(H5E_DEFAULT, __FILE__, __func__, __LINE__, H5E_ERR_CLS, H5E_VFL, kind, "%s: %s", what, why);
  return -1;
}

/// Changes the file; HDF5 is told of success in any case, and no exception passes through its frames.
template <class Change> herr_t change(H5FD_t* file, Change&& work) {
  marea::detail::CommittedFile& bytes = *own_part(file).bytes;
  try {
    work(bytes);
  } catch (const std::exception&) {
    bytes.give_up("out of memory");  // short enough to need none
  }
  return 0;
}

H5FD_t* open(const char* name, unsigned flags, hid_t, haddr_t) {
  int posix = (flags & H5F_ACC_RDWR) != 0 ? O_RDWR : O_RDONLY;
  if ((flags & H5F_ACC_CREAT) != 0) posix |= O_CREAT;
  if ((flags & H5F_ACC_TRUNC) != 0) posix |= O_TRUNC;
  if ((flags & H5F_ACC_EXCL) != 0) posix |= O_EXCL;
  try {
    auto file = std::make_unique<DriverFile>();
    file->bytes = marea::detail::CommittedFile::open(name, posix);
    struct stat status {};
    if (file->bytes && ::fstat(file->bytes->descriptor(), &status) == 0) {
      file->identity = {status.st_dev, status.st_ino};
      return file.release();
    }
    report(H5E_CANTOPENFILE, "unable to open file", std::strerror(errno));
  } catch (const std::exception& error) {
    report(H5E_CANTOPENFILE, "unable to open file", error.what());
  }
  return nullptr;
}

herr_t close(H5FD_t* file) {
  const std::unique_ptr<DriverFile> owner(&own_part(file));
  return change(file, [](auto& bytes) { bytes.commit(); });
}

int compare(const H5FD_t* a, const H5FD_t* b) {
  const auto &x = own_part(a).identity, &y = own_part(b).identity;
  return x < y ? -1 : y < x ? 1 : 0;
}

herr_t read(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t start, size_t count, void* out) {
  try {
    if (own_part(file).bytes->read(start, static_cast<char*>(out), count)) return 0;
    return report(H5E_READERROR, "file read failed", std::strerror(errno));
  } catch (const std::exception& error) {
    return report(H5E_READERROR, "file read failed", error.what());
  }
}

herr_t write(H5FD_t* file, H5FD_mem_t kind, hid_t, haddr_t start, size_t count, const void* in) {
  return change(file, [&](auto& bytes) {
    // After a failure HDF5 may want to read its metadata again; values would only fill the memory.
    if (kind == H5FD_MEM_DRAW && !bytes.failure()->empty()) return;
    bytes.write(start, static_cast<const char*>(in), count);
  });
}

herr_t truncate(H5FD_t* file, hid_t, hbool_t) {
  return change(file, [&](auto& bytes) { bytes.resize(own_part(file).end_of_allocation); });
}

herr_t lock(H5FD_t* file, hbool_t for_writing) {
  if (own_part(file).bytes->lock(for_writing)) return 0;
  return report(H5E_CANTLOCKFILE, "unable to lock file", std::strerror(errno));
}

herr_t unlock(H5FD_t* file) {
  ::flock(own_part(file).bytes->descriptor(), LOCK_UN);
  return 0;
}

H5FD_class_t make_class() {
  H5FD_class_t driver{};
#ifdef H5FD_CLASS_VERSION
  driver.version = H5FD_CLASS_VERSION;
  driver.value = static_cast<H5FD_class_value_t>(511);  // of those that no registered driver has
#endif
  driver.name = "marea";
  driver.maxaddr = HADDR_MAX >> 1;
  driver.fc_degree = H5F_CLOSE_WEAK;
  driver.open = open;
  driver.close = close;
  driver.cmp = compare;
  driver.query = [](const H5FD_t*, unsigned long* flags) -> herr_t {
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
             H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_SUPPORTS_SWMR_IO | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
    return 0;
  };
  driver.get_eoa = [](const H5FD_t* file, H5FD_mem_t) { return own_part(file).end_of_allocation; };
  driver.set_eoa = [](H5FD_t* file, H5FD_mem_t, haddr_t end) -> herr_t {
    own_part(file).end_of_allocation = end;
    return 0;
  };
  driver.get_eof = [](const H5FD_t* file, H5FD_mem_t) -> haddr_t { return own_part(file).bytes->size(); };
  driver.get_handle = [](H5FD_t* file, hid_t, void** handle) -> herr_t {
    *handle = own_part(file).bytes.get();
    return 0;
  };
  driver.read = read;
  driver.write = write;
  driver.truncate = truncate;
  driver.lock = lock;
  driver.unlock = unlock;
  constexpr H5FD_mem_t metadata_apart[] = H5FD_FLMAP_DICHOTOMY;
  std::copy(std::begin(metadata_apart), std::end(metadata_apart), driver.fl_map);
  return driver;
}

marea::detail::CommittedFile& bytes_of(hid_t file) {
  void* handle = nullptr;
  check(H5Fget_vfd_handle(file, H5P_DEFAULT, &handle), "HDF5", "asking the file driver");
  return *static_cast<marea::detail::CommittedFile*>(handle);
}

}  // namespace

void use_committing_driver(hid_t file_access_list) {
  static const H5FD_class_t functions = make_class();
  static const hid_t driver = check(H5FDregister(&functions), "HDF5", "registering the file driver");
  check(H5Pset_driver(file_access_list, driver, nullptr), "HDF5", "choosing the file driver");
}

std::shared_ptr<std::string> write_failure(hid_t file) { return bytes_of(file).failure(); }

void check_writes(hid_t object, const std::string& where) {
  const Handle file = own(H5Iget_file_id(object), where, "asking for its file");
  if (const auto failure = write_failure(file.get()); !failure->empty())
    fail<IoError>(where, "cannot be written: ", *failure);
}

void commit(hid_t file, const std::string& where) {
  bytes_of(file).commit();
  check_writes(file, where);
}

void give_up_writing(hid_t file) { bytes_of(file).give_up("given up"); }

}  // namespace marea::hdf5::detail
