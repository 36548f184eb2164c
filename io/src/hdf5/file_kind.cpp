// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "file_kind.hpp"

#include <marea/io/error.hpp>

#include "../process/child_process.hpp"

namespace marea::detail {
namespace {

void refuse(const std::string& path, std::string_view kind, std::string_view needed) {
  if (!kind.empty() && kind != needed) fail<DataError>(path, "is a ", kind, " file; a ", needed, " file is needed");
}

}  // namespace

std::string kind_of(const hdf5::File& file) {
  if (file.has_attribute("marea_model")) return "model";
  if (file.has_attribute("marea_checkpoint")) return "checkpoint";
  return file.kind("dimensions") == hdf5::Kind::group ? "snapshot" : "";
}

void refuse_other_kind(const hdf5::File& file, std::string_view needed) { refuse(file.file(), kind_of(file), needed); }

void refuse_other_kind(const std::string& path, std::string_view needed) {
  const ChildResult child = run_in_child(2, [&] { return kind_of(hdf5::File(path, hdf5::Access::read)); });
  if (child.finished) refuse(path, child.text, needed);
}

}  // namespace marea::detail
