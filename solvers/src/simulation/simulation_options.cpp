// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/simulation_options.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include <marea/io/error.hpp>
#include <marea/io/where_of.hpp>

namespace marea {

double parse_duration(const std::string& text, const std::string& where) {
  if (text.empty()) return std::numeric_limits<double>::infinity();
  double seconds = 0;
  for (const char* at = text.c_str(); *at;) {
    char* unit = nullptr;
    const double number = std::strtod(at, &unit);
    const double scale = *unit == 's' ? 1 : *unit == 'm' ? 60 : *unit == 'h' ? 3600 : *unit == 'd' ? 86400 : 0;
    if (unit == at || scale == 0 || !(number >= 0) || !std::isfinite(number))
      fail<ConfigError>(where, "wall_limit = '", text, "' must be numbers with units d, h, m, s, as 1h30m");
    seconds += number * scale;
    at = unit + 1;
  }
  return seconds;
}

std::vector<double> snapshot_times(const OutputOptions& output, double end_time, const OptionTree& case_file) {
  const auto where = [&](const char* key) { return where_of(case_file, std::string("output.") + key); };
  if (end_time <= 0) fail<ConfigError>("run", "end_time is missing; give the physical time to reach");
  if (!output.times.empty()) {
    if (output.every > 0) fail<ConfigError>(where("times"), "every and times exclude each other; give one of them");
    std::vector<double> times;
    for (std::size_t i = 0; i < output.times.size(); ++i) {
      if (i > 0 && !(output.times[i] > output.times[i - 1]))
        fail<ConfigError>(where("times"), "times must rise; ", output.times[i], " follows ", output.times[i - 1]);
      if (output.times[i] <= end_time) times.push_back(output.times[i]);
    }
    return times;
  }
  if (output.every == 0) return {0, end_time};
  const double count = std::floor(end_time / output.every + 1e-9);  // an end that is a multiple but for round-off counts
  if (count > 1e7)
    fail<ConfigError>(where("every"), "every = ", output.every, " makes ", count, " snapshots; use a longer one");
  std::vector<double> times;
  for (double k = 0; k <= count; ++k) times.push_back(std::min(k * output.every, end_time));
  return times;
}

}  // namespace marea
