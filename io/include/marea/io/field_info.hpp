// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <string>
#include <utility>

namespace marea {

/// Where on the grid the values of a field live.
enum class Staggering : std::uint8_t { cell, face_x, face_y, face_z, node };

/// What the value of a cell in files and tables stands for.
enum class CellValue : std::uint8_t {
  mean,        ///< over the cell: finite volumes
  sample,      ///< at its centre: finite differences, points
  truncation   ///< at its centre, of a series without the modes above the grid's: spectral methods
};

/// What a field is to the solver that owns it.
enum class FieldRole : std::uint8_t {
  prognostic,  ///< part of the state
  derived,     ///< computed from the state on demand
  fixed,       ///< static input, as bathymetry
  diagnostic   ///< running diagnostic, kept from the start of the run
};

/// Name, units and meaning of one field.
struct FieldInfo {
  std::string name;                         ///< as in TOML files, HDF5 and Python
  std::string units = "1";                  ///< UDUNITS form: "m", "m s-1"
  std::string long_name;                    ///< one phrase for people
  std::string standard_name;                ///< CF standard name, empty where CF has none
  int rank = 0;                             ///< tensor rank: 0 scalar, 1 vector, 2 tensor
  Staggering staggering = Staggering::cell;
  FieldRole role = FieldRole::prognostic;
  CellValue cell_value = CellValue::mean;
  std::string running{};                    ///< of a running diagnostic: "maximum(eta)" (running.hpp); empty: not said
  /// No value is less or greater: a number, the name of another field (of its state at the start, for a diagnostic), or
  /// "end_time", the last time of the run; empty where nothing is known.
  std::string lower_bound{}, upper_bound{};
};

/// `field` between these bounds.
inline FieldInfo bounded(FieldInfo field, std::string lower, std::string upper = "") {
  field.lower_bound = std::move(lower);
  field.upper_bound = std::move(upper);
  return field;
}

}  // namespace marea
