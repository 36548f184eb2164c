// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cmath>

#include <marea/io/error.hpp>
#include <marea/io/hdf5.hpp>
#include <marea/io/snapshot_reader.hpp>

namespace marea {
namespace {

/// "[3, 17]" for the position of an element in C order.
std::string position_text(std::int64_t index, const hdf5::Extents& extents) {
  std::string text;
  for (std::size_t a = extents.size(); a-- > 0; index /= extents[a])
    text = std::to_string(index % extents[a]) + (text.empty() ? "" : ", ") + text;
  return "[" + text + "]";
}

void check_finite(const hdf5::Dataset& dataset, std::span<const double> values) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i]))
      fail<DataError>(dataset.where(), "value ", values[i], " at ",
                      position_text(static_cast<std::int64_t>(i), dataset.extents()), " must be finite");
}

}  // namespace

FieldFile read_field_file(const std::string& path, const std::string& dataset) {
  const hdf5::File file(path, hdf5::Access::read);
  if (file.kind(dataset) != hdf5::Kind::dataset) {
    std::string known;
    for (const std::string& name : file.children())
      if (file.kind(name) == hdf5::Kind::dataset) known += (known.empty() ? "" : ", ") + name;
    fail<DataError>(path, "has no dataset ", dataset, "; it holds ", known.empty() ? "none" : known);
  }
  const hdf5::Dataset stored = file.open_dataset(dataset);
  const hdf5::Extents& extents = stored.extents();
  if (extents.empty() || extents.size() > 3 || stored.size() == 0)
    fail<DataError>(stored.where(), "must have 1 to 3 axes, [ny, nx] in two dimensions, and values");
  stored.check_stored();
  FieldFile field{.values = HostArray(DType::f64, extents)};
  stored.read(field.values.ref());
  check_finite(stored, field.values.values<double>());

  constexpr const char* names[] = {"z", "y", "x"};
  std::size_t there = 0;
  for (std::size_t a = 0; a < extents.size(); ++a) {
    const std::string name = names[3 - extents.size() + a];
    if (file.kind(name) != hdf5::Kind::dataset) continue;
    const hdf5::Dataset axis = file.open_dataset(name);
    if (axis.extents() != hdf5::Extents{extents[a]})
      fail<DataError>(axis.where(), "must have ", extents[a], " coordinates, as ", dataset, " has cells");
    axis.check_stored();
    std::vector<double> centres(static_cast<std::size_t>(extents[a]));
    axis.read(make_array_ref(centres.data(), {extents[a]}));
    check_finite(axis, centres);
    const bool falls = centres.back() < centres.front();
    for (std::size_t i = 1; i < centres.size(); ++i)
      if (falls ? centres[i] >= centres[i - 1] : centres[i] <= centres[i - 1])
        fail<DataError>(axis.where(), "coordinates must rise or fall strictly, but do not at index ", i);
    field.centres.push_back(std::move(centres));
    ++there;
  }
  if (there != 0 && there != extents.size())
    fail<DataError>(path, "holds coordinates of some axes of ", dataset, " only; give all or none");
  return field;
}

}  // namespace marea
