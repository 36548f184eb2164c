// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "standard_names.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include <marea/io/error.hpp>

#include "cf_text.hpp"

namespace marea::detail {
namespace {

enum Quantity : std::uint8_t { other = 0, surface = 1, height = 2, depth = 4, thickness = 8, velocity = 16, flux = 32 };

/// What a standard name says as far as marea's fields go.
struct Meaning {
  Quantity quantity = other;
  char direction = 0;                    ///< 'x', 'y', 'z', or 0
};

/// What marea's field of a name may be.
struct Field {
  std::string_view name;
  unsigned quantities;                   ///< any of these
  char direction;
  std::string_view words;                ///< for messages
};
constexpr std::array fields{
    Field{"bathymetry", height | depth, 0, "the bed's elevation, or its depth"},
    Field{"eta", surface, 0, "the elevation of the water's surface"},
    Field{"h", depth | thickness, 0, "the depth of the water"},
    Field{"u", velocity, 'x', "a velocity along x"},
    Field{"v", velocity, 'y', "a velocity along y"},
    Field{"velocity", velocity, 0, "a velocity with all its components"},
    Field{"hu", flux, 'x', "depth times a velocity along x"},
    Field{"hv", flux, 'y', "depth times a velocity along y"}};

Meaning meaning_of(const std::string& standard_name) {
  const std::string padded = "_" + standard_name + "_";
  const auto says = [&](std::string_view words) { return padded.find(words) != std::string::npos; };
  Meaning meaning;
  if (says("_eastward_") || says("_x_")) meaning.direction = 'x';
  if (says("_northward_") || says("_y_")) meaning.direction = 'y';
  if (says("_upward_") || says("_downward_")) meaning.direction = 'z';
  if (says("_transport_") || says("_momentum_")) meaning.quantity = flux;
  else if (says("_velocity_") || says("_wind_")) meaning.quantity = velocity;
  else if (says("_thickness_")) meaning.quantity = thickness;
  else if (says("_depth_")) meaning.quantity = depth;
  else if ((says("_sea_surface_") || says("_water_surface_")) && (says("_height_") || says("_elevation_")))
    meaning.quantity = surface;
  else if (says("_altitude_") || says("_height_")) meaning.quantity = height;
  return meaning;
}

}  // namespace

void require_meaning(const hdf5::Dataset& dataset, const std::string& field) {
  const std::string name = text_of(dataset, "standard_name");
  const auto* known = std::ranges::find(fields, field, &Field::name);
  if (name.empty() || known == fields.end()) return;
  const Meaning found = meaning_of(name);
  const bool along = found.direction == 0 || found.direction == known->direction;
  if (along && (known->quantities & found.quantity) != 0) return;
  fail<DataError>(dataset.where() + "@standard_name", "= \"", name, "\", but ", field, " must be ", known->words,
                  "; correct the attribute, or rename the dataset to what it is");
}

bool is_depth_of_water(const std::string& field) { return field == "h"; }

}  // namespace marea::detail
