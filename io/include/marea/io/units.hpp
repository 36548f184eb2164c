// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace marea {

/// The factor that turns values in `from` into values in `to`; nothing where none is known.
///
/// Understood are products of powers in UDUNITS form ("m s-1", "km/h", "cm.s^-1", "0.01 m") of lengths, times, angles,
/// masses, temperatures, their SI prefixes, a few derived units, knots, and plain numbers ("1", "percent"); words in
/// any case and as GIS programs write them ("Meters", "US survey foot", "us-ft", "Degree"). "days since 2000-01-01"
/// counts as days: marea's times are relative. Anything else is the same only as the same text.
std::optional<double> units_factor(std::string_view from, std::string_view to);

/// The same, where a file that says nothing ("") is taken to be in `to`, and nothing is asked where `to` is empty.
/// Throws DataError that begins with `where` when there is no factor.
double require_units(const std::string& where, const std::string& from, const std::string& to);

}  // namespace marea
