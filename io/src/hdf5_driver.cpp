// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "hdf5_driver.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <tuple>

#include "committed_file.hpp"
#include "hdf5_detail.hpp"

namespace marea::hdf5::detail {
namespace {

/// HDF5 fills the base and calls the functions below with it.
struct DriverFile : H5FD_t {
  std::unique_ptr<marea::detail::CommittedFile> bytes;
  haddr_t end_of_allocation = 0;
};

DriverFile& own_part(H5FD_t* file) { return *static_cast<DriverFile*>(file); }
const DriverFile& own_part(const H5FD_t* file) { return *static_cast<const DriverFile*>(file); }

void report(hid_t kind, const std::string& text) {
  H5Epush2(H5E_DEFAULT, __FILE__, __func__, __LINE__, H5E_ERR_CLS, H5E_VFL, kind, "%s", text.c_str());
}

H5FD_t* open(const char* name, unsigned flags, hid_t, haddr_t) {
  int posix = (flags & H5F_ACC_RDWR) != 0 ? O_RDWR : O_RDONLY;
  if ((flags & H5F_ACC_CREAT) != 0) posix |= O_CREAT;
  if ((flags & H5F_ACC_TRUNC) != 0) posix |= O_TRUNC;
  if ((flags & H5F_ACC_EXCL) != 0) posix |= O_EXCL;
  auto file = std::make_unique<DriverFile>();
  file->bytes = marea::detail::CommittedFile::open(name, posix);
  if (file->bytes) return file.release();
  report(H5E_CANTOPENFILE, std::string("unable to open file: ") + std::strerror(errno));
  return nullptr;
}

herr_t close(H5FD_t* file) {
  const std::unique_ptr<DriverFile> owner(&own_part(file));
  owner->bytes->commit();
  return 0;
}

int compare(const H5FD_t* a, const H5FD_t* b) {
  const auto identity = [](const H5FD_t* file) {
    struct stat status {};
    ::fstat(own_part(file).bytes->descriptor(), &status);
    return std::tuple(status.st_dev, status.st_ino);
  };
  return identity(a) < identity(b) ? -1 : identity(b) < identity(a) ? 1 : 0;
}

herr_t lock(H5FD_t* file, hbool_t for_writing) {
  if (::flock(own_part(file).bytes->descriptor(), (for_writing ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0) return 0;
  if (errno == ENOSYS) return 0;  // a file system without locks
  report(H5E_CANTLOCKFILE, std::string("unable to lock file: ") + std::strerror(errno));
  return -1;
}

herr_t unlock(H5FD_t* file) {
  return ::flock(own_part(file).bytes->descriptor(), LOCK_UN) == 0 || errno == ENOSYS ? 0 : -1;
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
  driver.read = [](H5FD_t* file, H5FD_mem_t, hid_t, haddr_t start, size_t count, void* out) -> herr_t {
    if (own_part(file).bytes->read(start, static_cast<char*>(out), count)) return 0;
    report(H5E_READERROR, std::string("file read failed: ") + std::strerror(errno));
    return -1;
  };
  driver.write = [](H5FD_t* file, H5FD_mem_t, hid_t, haddr_t start, size_t count, const void* in) -> herr_t {
    own_part(file).bytes->write(start, static_cast<const char*>(in), count);
    return 0;
  };
  driver.flush = [](H5FD_t* file, hid_t, hbool_t closing) -> herr_t {
    if (!closing) own_part(file).bytes->commit();  // else more is to come
    return 0;
  };
  driver.truncate = [](H5FD_t* file, hid_t, hbool_t) -> herr_t {
    own_part(file).bytes->resize(own_part(file).end_of_allocation);
    return 0;
  };
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
void give_up_writing(hid_t file) { bytes_of(file).give_up("given up"); }

}  // namespace marea::hdf5::detail
