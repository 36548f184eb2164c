// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <bit>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include <marea/io/error.hpp>
#include <marea/io/model_file.hpp>

#include "../snapshots/export_target.hpp"

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

/// What made a file: the entry marea_export_of of its header.
std::string source_of_safetensors(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::uint64_t length = 0;
  file.read(reinterpret_cast<char*>(&length), sizeof length);
  if (!file || length > std::filesystem::file_size(path)) return "";
  std::string text(length, ' ');
  file.read(text.data(), std::ssize(text));
  const auto header = nlohmann::json::parse(text, nullptr, false);
  const auto source = nlohmann::json::json_pointer("/__metadata__/marea_export_of");
  return file && header.is_object() && header.contains(source) ? header.at(source).get<std::string>() : "";
}

}  // namespace

void export_safetensors(const std::string& model_path, const std::string& out_path) {
  static_assert(std::endian::native == std::endian::little, "safetensors are little-endian");
  const ModelFile model = read_model_file(model_path);
  nlohmann::ordered_json header;
  // The format allows texts only.
  detail::ExportTarget target(model_path, out_path, source_of_safetensors);
  header["__metadata__"] = {
      {"format", "pt"}, {"marea_info", to_json(to_tree(model.info))}, {"marea_export_of", target.source()}};
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

  std::ofstream out(target.temporary(), std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(&length), sizeof length).write(text.data(), std::ssize(text));
  for (const auto& [name, array] : model.weights)
    out.write(static_cast<const char*>(array.ref().data), static_cast<std::streamsize>(bytes_of(array)));
  out.close();
  if (!out) fail<IoError>(out_path, "cannot be written: ", std::strerror(errno));
  target.commit();
}

}  // namespace marea
