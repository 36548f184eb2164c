// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/units.hpp>

#include <numbers>

#include <doctest/doctest.h>

#include <marea/io/error.hpp>

using namespace marea;
using doctest::Approx;

TEST_CASE("lengths, times, speeds, angles and plain numbers convert by known factors") {
  const auto is = [](const char* from, const char* to, double factor) {
    INFO(from, " to ", to);
    REQUIRE(units_factor(from, to).has_value());
    CHECK(*units_factor(from, to) == Approx(factor));
  };
  is("km", "m", 1000);
  is("kilometers", "m", 1000);
  is("metres", "m", 1);
  is("cm", "m", 0.01);
  is("mm", "m", 0.001);
  is("ft", "m", 0.3048);
  is("0.01 m", "m", 0.01);
  is("min", "s", 60);
  is("hours", "s", 3600);
  is("days since 2000-01-01 00:00:00", "s", 86400);
  is("seconds since 2011-03-11T05:46:00Z", "s", 1);
  is("ms", "s", 0.001);
  is("cm/s", "m s-1", 0.01);
  is("km h-1", "m s-1", 1 / 3.6);
  is("km/hour", "m.s^-1", 1 / 3.6);
  is("knots", "m s-1", 1852.0 / 3600);
  is("m**2 s**-1", "m2 s-1", 1);
  is("cm2/s", "m2 s-1", 1e-4);
  is("degrees_north", "radian", std::numbers::pi / 180);
  is("percent", "1", 0.01);
  is("hPa", "kg m-1 s-2", 100);
  is(" m ", "m", 1);
}

TEST_CASE("units are known as GIS programs write them, in any case but that of symbols") {
  const auto is = [](const char* from, const char* to, double factor) {
    INFO(from, " to ", to);
    REQUIRE(units_factor(from, to).has_value());
    CHECK(*units_factor(from, to) == Approx(factor).epsilon(1e-15));
  };
  for (const char* metre : {"Meters", "METERS", "Meter", "metre", "Metres"}) is(metre, "m", 1);
  for (const char* foot : {"foot", "feet", "Foot", "Feet", "FEET", "international foot"}) is(foot, "m", 0.3048);
  for (const char* foot : {"US_survey_foot", "US survey foot", "us-ft", "US_FT", "Foot_US", "ftUS", "US survey feet",
                           "survey_foot"})
    is(foot, "m", 1200.0 / 3937);
  for (const char* degree : {"Degree", "degrees", "DEGREES", "decimal degrees", "Degrees_North"})
    is(degree, "radian", std::numbers::pi / 180);
  is("Kilometers", "m", 1000);
  is("kilometre", "m", 1000);
  is("Yard", "m", 0.9144);
  is("miles", "m", 1609.344);
  is("Meters/Second", "m s-1", 1);
  is("feet s-1", "m s-1", 0.3048);
  is("arc-seconds", "degree", 1 / 3600.0);
  CHECK_FALSE(units_factor("MM", "m").has_value());  // of megametres and millimetres, which?
  CHECK_FALSE(units_factor("M", "m").has_value());
}

TEST_CASE("what is of another kind, or not known, has no factor") {
  for (const auto& [from, to] : {std::pair{"s", "m"}, {"m", "m s-1"}, {"years", "s"}, {"degC", "K"}, {"m/3", "m"},
                                 {"psu", "1"}, {"1", "m"}, {"m above geoid", "m"}, {"min", "m"}, {"m//s", "m s-1"}})
    CHECK_FALSE(units_factor(from, to).has_value());
  CHECK(units_factor("psu", "psu") == 1.0);
}

TEST_CASE("a file that says nothing is taken in the units wanted; what cannot be turned is named with both") {
  CHECK(require_units("f.h5:/b", "", "m") == 1);
  CHECK(require_units("f.h5:/b", "weird", "") == 1);
  CHECK_THROWS_WITH_AS(require_units("f.h5:/b", "s", "m"),
                       doctest::Contains("f.h5:/b: units = \"s\" cannot be turned into \"m\""), DataError);
}
