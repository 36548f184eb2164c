// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/units.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <numbers>

#include <marea/io/error.hpp>

namespace marea {
namespace {

/// A unit as a multiple of powers of m, s, kg, K and rad.
struct Unit {
  double factor = 1;
  std::array<int, 5> powers{};
};

struct Name {
  std::string_view text;
  Unit unit;
  bool prefixed = false;  ///< takes SI prefixes
};

constexpr Unit metre(double factor) { return {factor, {1}}; }
constexpr Unit second(double factor) { return {factor, {0, 1}}; }
constexpr Unit radian(double factor) { return {factor, {0, 0, 0, 0, 1}}; }
constexpr double degree = std::numbers::pi / 180;

/// Values: BIPM, The International System of Units, 9th edition (2019); foot, yard and mile of 1959, the survey foot
/// that the United States kept until 2022 (Federal Register 85 FR 62698), the knot as defined internationally. Names as
/// UDUNITS has them, and as GIS programs write them: in any case, "US survey foot", "Foot_US", "us-ft".
constexpr double survey_foot = 1200.0 / 3937;
constexpr Name names[] = {
    {"m", metre(1), true}, {"metre", metre(1), true}, {"meter", metre(1), true}, {"ft", metre(0.3048)},
    {"foot", metre(0.3048)}, {"feet", metre(0.3048)}, {"international_foot", metre(0.3048)},
    {"international_feet", metre(0.3048)}, {"us_survey_foot", metre(survey_foot)},
    {"us_survey_feet", metre(survey_foot)}, {"us_ft", metre(survey_foot)}, {"us_foot", metre(survey_foot)},
    {"us_feet", metre(survey_foot)}, {"foot_us", metre(survey_foot)}, {"feet_us", metre(survey_foot)},
    {"ftus", metre(survey_foot)}, {"survey_foot", metre(survey_foot)}, {"survey_feet", metre(survey_foot)},
    {"yd", metre(0.9144)}, {"yard", metre(0.9144)}, {"mi", metre(1609.344)}, {"mile", metre(1609.344)},
    {"fathom", metre(1.8288)}, {"nautical_mile", metre(1852)}, {"nmi", metre(1852)}, {"s", second(1), true},
    {"sec", second(1)}, {"second", second(1), true}, {"min", second(60)}, {"minute", second(60)}, {"h", second(3600)},
    {"hr", second(3600)}, {"hour", second(3600)}, {"d", second(86400)}, {"day", second(86400)},
    {"rad", radian(1), true}, {"radian", radian(1)}, {"deg", radian(degree)}, {"degree", radian(degree)},
    {"decimal_degree", radian(degree)}, {"arc_degree", radian(degree)}, {"arcmin", radian(degree / 60)},
    {"arcminute", radian(degree / 60)}, {"arc_minute", radian(degree / 60)}, {"arcsec", radian(degree / 3600)},
    {"arcsecond", radian(degree / 3600)}, {"arc_second", radian(degree / 3600)}, {"degree_north", radian(degree)},
    {"degree_east", radian(degree)}, {"degree_n", radian(degree)}, {"degree_e", radian(degree)},
    {"degreen", radian(degree)}, {"degreee", radian(degree)}, {"\u00b0", radian(degree)},
    {"degrees_north", radian(degree)}, {"degrees_east", radian(degree)}, {"degrees_n", radian(degree)},
    {"degrees_e", radian(degree)}, {"degreesn", radian(degree)}, {"degreese", radian(degree)},
    {"g", {1e-3, {0, 0, 1}}, true}, {"gram", {1e-3, {0, 0, 1}}, true}, {"K", {1, {0, 0, 0, 1}}, true},
    {"kelvin", {1, {0, 0, 0, 1}}}, {"Hz", {1, {0, -1}}, true}, {"N", {1, {1, -2, 1}}, true},
    {"Pa", {1, {-1, -2, 1}}, true}, {"J", {1, {2, -2, 1}}, true}, {"W", {1, {2, -3, 1}}, true},
    {"knot", {1852.0 / 3600, {1, -1}}}, {"kt", {1852.0 / 3600, {1, -1}}}, {"kn", {1852.0 / 3600, {1, -1}}},
    {"percent", {0.01, {}}}, {"%", {0.01, {}}}, {"dimensionless", {}}};

struct Prefix {
  std::string_view symbol, word;
  double factor;
};
constexpr Prefix prefixes[] = {{"k", "kilo", 1e3}, {"c", "centi", 1e-2}, {"m", "milli", 1e-3}, {"d", "deci", 1e-1},
                               {"h", "hecto", 1e2}, {"u", "micro", 1e-6}, {"\u00b5", "micro", 1e-6},
                               {"M", "mega", 1e6}, {"G", "giga", 1e9}};

const Name* named(std::string_view text) {
  const auto* found = std::find_if(std::begin(names), std::end(names), [&](const Name& n) { return n.text == text; });
  return found == std::end(names) ? nullptr : found;
}

std::optional<Unit> unit_of_symbol(std::string_view word) {
  if (const Name* name = named(word)) return name->unit;
  for (const Prefix& prefix : prefixes)
    for (const std::string_view start : {prefix.word, prefix.symbol}) {
      if (!word.starts_with(start)) continue;
      const Name* name = named(word.substr(start.size()));
      if (!name || !name->prefixed || (name->text.size() > 3) != (start.size() > 2)) continue;
      Unit unit = name->unit;
      unit.factor *= prefix.factor;
      return unit;
    }
  if (word.size() > 2 && word.ends_with('s')) return unit_of_symbol(word.substr(0, word.size() - 1));
  return {};
}

/// Symbols are what their letters' case says (mm, Mm); words of four letters and more are the same in any.
std::optional<Unit> unit_of_word(std::string_view word) {
  if (const std::optional<Unit> unit = unit_of_symbol(word)) return unit;
  if (word.size() < 4) return {};
  std::string plain(word);
  for (char& c : plain) c = c == ' ' || c == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return unit_of_symbol(plain);
}

template <class Number> std::optional<Number> number_of(std::string_view text) {
  Number value{};
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

/// "s-1", "m2", "m^2", "m**2"
std::optional<Unit> unit_of_power(std::string_view text) {
  const std::size_t digits = text.find_last_not_of("0123456789") + 1;
  std::size_t word = digits;
  if (word > 0 && digits < text.size() && (text[word - 1] == '-' || text[word - 1] == '+')) --word;
  int power = 1;
  if (digits < text.size()) {
    const auto given = number_of<int>(text.substr(word));
    if (!given) return {};
    power = *given;
  }
  std::string_view base = text.substr(0, word);
  if (word < text.size())
    for (const std::string_view mark : {"**", "^"})
      if (base.ends_with(mark)) {
        base.remove_suffix(mark.size());
        break;
      }
  std::optional<Unit> unit = unit_of_word(base);
  if (!unit || std::abs(power) > 9) return {};
  Unit result;
  for (int n = 0; n < std::abs(power); ++n) result.factor *= power > 0 ? unit->factor : 1 / unit->factor;
  for (std::size_t k = 0; k < result.powers.size(); ++k) result.powers[k] = power * unit->powers[k];
  return result;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

/// Without the reference of "days since 2000-01-01".
std::string_view without_reference(std::string_view text) { return trimmed(text.substr(0, text.find(" since "))); }

std::optional<Unit> parse(std::string_view text) {
  if (const std::optional<Unit> whole = unit_of_word(text)) return whole;  // "US survey foot"
  Unit product;
  bool first = true, divide = false;
  while (!text.empty()) {
    std::size_t end = text.find_first_of(" ./*");
    while (end != std::string_view::npos && text.substr(end).starts_with("**"))
      end = text.find_first_of(" ./*", end + 2);
    // The point of "0.01 m" is none of a product.
    if (first && end != std::string_view::npos && text[end] == '.' && end > 0 && text[end - 1] >= '0' &&
        text[end - 1] <= '9' && number_of<double>(text.substr(0, text.find_first_of(" /*"))))
      end = text.find_first_of(" /*");
    const std::string_view word = text.substr(0, end);
    if (!word.empty()) {
      std::optional<Unit> unit;
      if (const auto number = first ? number_of<double>(word) : std::nullopt; number && *number > 0)
        unit = Unit{*number, {}};
      else
        unit = unit_of_power(word);
      if (!unit) return {};
      product.factor *= divide ? 1 / unit->factor : unit->factor;
      for (std::size_t k = 0; k < product.powers.size(); ++k) product.powers[k] += (divide ? -1 : 1) * unit->powers[k];
      first = divide = false;
    }
    if (end == std::string_view::npos) break;
    if (text[end] == '/') {
      if (divide) return {};
      divide = true;
    }
    text.remove_prefix(end + 1);
  }
  if (first || divide) return {};
  return product;
}

}  // namespace

std::optional<double> units_factor(std::string_view from, std::string_view to) {
  from = without_reference(trimmed(from));
  to = without_reference(trimmed(to));
  if (from == to) return 1.0;
  const std::optional<Unit> a = parse(from), b = parse(to);
  if (!a || !b || a->powers != b->powers) return {};
  return a->factor / b->factor;
}

double require_units(const std::string& where, const std::string& from, const std::string& to) {
  if (trimmed(from).empty() || to.empty()) return 1;
  const std::optional<double> factor = units_factor(from, to);
  if (!factor)
    fail<DataError>(where, "units = \"", from, "\" cannot be turned into \"", to,
                    "\", which marea needs here; convert the values, or correct the attribute units");
  return *factor;
}

}  // namespace marea
