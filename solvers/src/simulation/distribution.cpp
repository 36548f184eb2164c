// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "distribution.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <sstream>
#include <utility>
#include <vector>

#include <marea/io/case_file.hpp>
#include <marea/io/options.hpp>
#include <marea/solvers/numerics/quantiles.hpp>

namespace marea {
namespace {

/// The keys of one entry, with its name for messages.
class Entry {
 public:
  Entry(const OptionTree& table, const std::string& name) : table_(table), name_(name) {}

  template <class... What> [[noreturn]] void refuse(What&&... what) const {
    fail<ConfigError>(table_.where(), "'", name_, "': ", std::forward<What>(what)...);
  }
  const OptionTree* find(const char* key) {
    known_.emplace_back(key);
    return table_.find(key);
  }
  double number(const char* key) {
    const OptionTree* value = find(key);
    if (!value) refuse("key ", key, " is missing");
    return finite(*value, key);
  }
  double number(const char* key, double otherwise) {
    const OptionTree* value = find(key);
    return value ? finite(*value, key) : otherwise;
  }
  std::vector<double> numbers(const char* key, const OptionTree& value) const {
    std::vector<double> all;
    for (const OptionTree& one : value.as_array()) all.push_back(finite(one, key));
    return all;
  }
  double positive(const char* key) {
    const double value = number(key);
    if (!(value > 0)) refuse(key, " = ", value, " must be > 0");
    return value;
  }
  std::pair<double, double> rising(double low, double high) const {
    if (!(low < high)) refuse("low = ", low, ", high = ", high, ": low must lie below high");
    return {low, high};
  }
  std::pair<double, double> ends() {
    const double low = number("low");
    return rising(low, number("high"));
  }
  const std::string& name() const { return name_; }
  /// A key that no look-up has asked for is a mistake.
  void done() const {
    for (const auto& [key, value] : table_.as_table()) {
      if (std::ranges::find(known_, key) != known_.end()) continue;
      const std::string near = nearest_name(key, known_);
      std::string list;
      for (const std::string& known : known_) list += (list.empty() ? "" : ", ") + known;
      refuse("unknown key '", key, "'", near.empty() ? "" : ", did you mean '" + near + "'?", " known: ", list);
    }
  }

 private:
  double finite(const OptionTree& value, const char* key) const {
    const double number = value.as_double();
    if (!std::isfinite(number)) refuse(key, " = ", number, " must be finite");
    return number;
  }
  const OptionTree& table_;
  const std::string& name_;
  std::vector<std::string> known_{"distribution"};
};

/// normal_quantile needs a share above 0: the first point of a sequence may be 0.
double inside(double share) { return std::clamp(share, 0x1p-54, 1 - 0x1p-53); }

Distribution uniform(Entry& e) {
  const auto [low, high] = e.ends();
  return {[=](double share) { return low + share * (high - low); }};
}

Distribution normal(Entry& e) {
  const double mean = e.number("mean"), std = e.positive("std");
  return {[=](double share) { return mean + std * normal_quantile(inside(share)); }};
}

Distribution lognormal(Entry& e) {
  const double mean = e.positive("mean"), std = e.positive("std");
  const double variance = std::log1p(std * std / (mean * mean)), mu = std::log(mean) - 0.5 * variance;
  return {[=](double share) { return std::exp(mu + std::sqrt(variance) * normal_quantile(inside(share))); }};
}

Distribution truncated(Entry& e) {
  const double mean = e.number("mean"), std = e.positive("std");
  const auto [low, high] = e.ends();
  const auto below = [=](double x) { return 0.5 * std::erfc((mean - x) / (std * std::sqrt(2.0))); };
  const bool upper = low > mean;  // tails are resolved on the side where shares are small
  const double from = upper ? below(2 * mean - high) : below(low), to = upper ? below(2 * mean - low) : below(high);
  if (!(to > from)) e.refuse("[low, high] = [", low, ", ", high, "] holds no part of a normal distribution of mean ",
                             mean, " and std ", std);
  return {[=, low = low, high = high](double share) {
    const double z = normal_quantile(from + (upper ? 1 - share : share) * (to - from));
    return std::clamp(mean + std * (upper ? -z : z), low, high);
  }};
}

Distribution triangular(Entry& e) {
  const auto [low, high] = e.ends();
  const double mode = e.number("mode");
  if (!(mode >= low && mode <= high)) e.refuse("mode = ", mode, " must lie in [", low, ", ", high, "]");
  return {[=, low = low, high = high](double share) {
    const double turn = (mode - low) / (high - low);
    return share < turn ? low + std::sqrt(share * (high - low) * (mode - low))
                        : high - std::sqrt((1 - share) * (high - low) * (high - mode));
  }};
}

Distribution beta(Entry& e) {
  const double a = e.positive("a"), b = e.positive("b");
  const double from = e.number("low", 0);
  const auto [low, high] = e.rising(from, e.number("high", 1));
  return {[=, low = low, high = high](double share) { return low + (high - low) * beta_quantile(a, b, share); }};
}

/// Values in the order given, each with its weight.
Distribution weighted(std::vector<double> values, std::vector<double> weights) {
  double sum = 0;
  for (double& weight : weights) weight = sum += weight;
  return {[values = std::move(values), weights = std::move(weights), sum](double share) {
    const auto at = std::ranges::upper_bound(weights, share * sum) - weights.begin();
    return values[std::min<std::size_t>(static_cast<std::size_t>(at), values.size() - 1)];
  }};
}

Distribution discrete(Entry& e) {
  const OptionTree* list = e.find("values");
  if (!list) e.refuse("key values is missing");
  std::vector<double> values = e.numbers("values", *list), weights(values.size(), 1.0);
  if (const OptionTree* given = e.find("weights")) weights = e.numbers("weights", *given);
  if (values.empty() || weights.size() != values.size())
    e.refuse(values.size(), " values with ", weights.size(), " weights; give one weight a value, and one value at least");
  double sum = 0;
  for (double weight : weights) {
    if (weight < 0) e.refuse("weight ", weight, " must be >= 0");
    sum += weight;
  }
  if (!(sum > 0)) e.refuse("all weights are 0; one must be > 0");
  return weighted(std::move(values), std::move(weights));
}

Distribution samples(Entry& e) {
  const OptionTree* file = e.find("file");
  if (!file) e.refuse("key file is missing");
  const double column = e.number("column", 0);
  if (!(column >= 0) || column != std::floor(column)) e.refuse("column = ", column, " must be a whole number >= 0");
  const std::string& path = file->as_string();
  std::istringstream lines(read_text_file(path));
  std::vector<double> values;
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    std::ranges::replace(line, ',', ' ');
    std::istringstream words(line);
    std::string word;
    if (!(words >> word) || word.front() == '#') continue;
    for (int skip = 0; skip < static_cast<int>(column); ++skip)
      if (!(words >> word)) word.clear();
    char* end = nullptr;
    const double value = std::strtod(word.c_str(), &end);
    if (word.empty() || *end || !std::isfinite(value))
      fail<DataError>(path, "line ", number, ": '", word, "' in column ", column, " must be a finite number, for '",
                      e.name(), "'; mend the line, or begin it with # to leave it out");
    values.push_back(value);
  }
  if (values.empty()) fail<DataError>(path, "holds no sample for '", e.name(), "'; write one number a line");
  std::ranges::sort(values);  // so that a share is a quantile
  const std::size_t count = values.size();
  return weighted(std::move(values), std::vector<double>(count, 1.0));
}

using Reader = Distribution (*)(Entry&);
const std::vector<std::pair<std::string, Reader>> readers{
    {"uniform", uniform},       {"normal", normal}, {"lognormal", lognormal}, {"truncated", truncated},
    {"triangular", triangular}, {"beta", beta},     {"discrete", discrete},   {"samples", samples}};

}  // namespace

Distribution read_distribution(const OptionTree& entry, const std::string& name) {
  if (entry.is_array()) {
    const auto& ends = entry.as_array();
    if (ends.size() != 2) fail<ConfigError>(entry.where(), "'", name, "' must be [low, high]");
    const double low = ends[0].as_double(), high = ends[1].as_double();
    if (!(low <= high)) fail<ConfigError>(entry.where(), "'", name, "' = [", low, ", ", high, "] must not fall");
    return {[=](double share) { return low + share * (high - low); }};
  }
  if (!entry.is_table())
    fail<ConfigError>(entry.where(), "'", name, "' must be [low, high] or { distribution = \"…\", … }");
  Entry e(entry, name);
  const OptionTree* kind = entry.find("distribution");
  std::vector<std::string> names;
  for (const auto& [known, reader] : readers) names.push_back(known);
  if (!kind) e.refuse("key distribution is missing; ", to_string(one_of(names)));
  for (const auto& [known, reader] : readers) {
    if (known != kind->as_string()) continue;
    Distribution distribution = reader(e);
    e.done();
    return distribution;
  }
  e.refuse("distribution = '", kind->as_string(), "' ", to_string(one_of(names)));
}

}  // namespace marea
