// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <nlohmann/json.hpp>

#include <marea/io/error.hpp>
#include <marea/io/model_file.hpp>

#include "../hdf5/replace_file.hpp"

namespace marea {
namespace {

const char* dtype_name(DType dtype) {
  switch (dtype) {
    case DType::f32:
      return "F32";
    case DType::f64:
      return "F64";
    case DType::i32:
      return "I32";
    case DType::i64:
      return "I64";
    case DType::u8:
      return "U8";
  }
  return "";
}

std::size_t bytes_of(const HostArray& array) {
  return static_cast<std::size_t>(array.size()) * element_size(array.dtype());
}

}  // namespace

void export_safetensors(const std::string& model_path, const std::string& out_path) {
  static_assert(std::endian::native == std::endian::little, "safetensors are little-endian");
  const ModelFile model = read_model_file(model_path);
  nlohmann::ordered_json header;
  // The format allows texts only.
  header["__metadata__"] = {{"format", "pt"}, {"marea_info", to_json(to_tree(model.info))}};
  std::size_t offset = 0;
  for (const auto& [name, array] : model.weights) {
    const std::size_t bytes = bytes_of(array);
    header[name] = {
        {"dtype", dtype_name(array.dtype())}, {"shape", array.extents()}, {"data_offsets", {offset, offset + bytes}}};
    offset += bytes;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // data start aligned
  const std::uint64_t length = text.size();

  const std::string temporary = out_path + ".tmp";
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(&length), sizeof length).write(text.data(), std::ssize(text));
  for (const auto& [name, array] : model.weights)
    out.write(static_cast<const char*>(array.ref().data), static_cast<std::streamsize>(bytes_of(array)));
  out.close();
  if (!out) fail<IoError>(out_path, "cannot be written: ", std::strerror(errno));
  detail::replace_file(temporary, out_path);
}

}  // namespace marea
