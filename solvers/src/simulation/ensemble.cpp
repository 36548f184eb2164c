// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/ensemble.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <marea/io/case_file.hpp>
#include <marea/io/error.hpp>
#include <marea/io/random.hpp>
#include <marea/solvers/registry.hpp>

#include "sampling.hpp"

namespace marea {
namespace {

struct Varied {
  std::string name;
  double low, high;
  std::string units;
  bool integer;  ///< every whole number of the range is equally likely
  SourceLocation location;
  OptionTree at(double share) const {
    if (!integer) return low + share * (high - low);
    return static_cast<std::int64_t>(std::min(std::floor(low + share * (high - low + 1)), high));
  }
};

/// An option of the solver or of a profile by its dotted name, as `marea list` shows it; empty for any other.
OptionRow row_of(const std::string& name, const OptionTree& case_file) {
  const std::string option = name.substr(0, name.find('['));
  const auto says = [&](const std::string& path, const std::string& value) {
    const OptionTree* node = case_file.at_path(path);
    return node && node->is_string() && node->as_string() == value;
  };
  OptionRow found;
  const auto look = [&](const std::string& table, const std::vector<OptionRow>& rows) {
    for (const OptionRow& row : rows)
      if (found.key.empty() && table + "." + row.key == option) found = row;
  };
  for (const SolverEntry& solver : solver_registry()) {
    if (!says("solver.name", solver.name)) continue;
    look("solver", solver.options());
    for (const ProfileEntry& profile : solver.profiles())
      if (says(profile.table + ".profile", profile.name)) look(profile.table, profile.options);
  }
  return found;
}

std::vector<Varied> varied_parameters(const OptionTree& vary, const OptionTree& case_file) {
  std::vector<Varied> varied;
  if (vary.empty()) return varied;
  for (const auto& [name, range] : vary.as_table()) {
    const auto& ends = range.as_array();
    if (ends.size() != 2) fail<ConfigError>(range.where(), "'", name, "' must be [low, high]");
    const OptionRow row = row_of(name, case_file);
    varied.push_back({name, ends[0].as_double(), ends[1].as_double(), row.units.empty() ? "1" : row.units,
                      row.type.find("integer") != std::string::npos, range.location});
    if (!(varied.back().low <= varied.back().high))
      fail<ConfigError>(range.where(), "'", name, "' = [", varied.back().low, ", ", varied.back().high,
                        "] must not fall");
  }
  return varied;
}

/// Splits by a shuffled order, so that neighbours in a sequence part; a share above 0 gets one member at least.
std::vector<std::string> split_members(const EnsembleOptions& o) {
  const SplitOptions& s = o.split;
  if (std::fabs(s.train + s.valid + s.test - 1) > 1e-9)
    fail<ConfigError>("ensemble.split", "train + valid + test = ", s.train + s.valid + s.test, " must be 1");
  const auto count = [&](double share) {
    const auto n = static_cast<std::int64_t>(std::llround(share * static_cast<double>(o.members)));
    return share > 0 && o.members >= 3 ? std::max<std::int64_t>(n, 1) : n;
  };
  const std::int64_t test = count(s.test), valid = std::min(count(s.valid), o.members - test);
  const auto order = Random(static_cast<std::uint64_t>(o.seed), "ensemble.split").permutation(o.members);
  std::vector<std::string> splits(o.members, "train");
  for (std::int64_t n = 0; n < test + valid; ++n) splits[order[n]] = n < test ? "test" : "valid";
  return splits;
}

std::string stem_of(std::int64_t index) {
  char stem[32];
  std::snprintf(stem, sizeof stem, "run_%04lld", static_cast<long long>(index));
  return stem;
}

}  // namespace

std::vector<EnsembleMember> ensemble_members(const OptionTree& case_file) {
  EnsembleOptions options;
  if (const OptionTree* table = case_file.find("ensemble")) read_options(options, *table, "ensemble");
  const auto varied = varied_parameters(options.vary, case_file);
  const auto points = sample_unit_cube(options.sampling, options.members, static_cast<int>(varied.size()),
                                       static_cast<std::uint64_t>(options.seed));
  const auto splits = split_members(options);

  OptionTree base = case_file;
  std::erase_if(base.as_table(), [](const auto& entry) { return entry.first == "ensemble"; });
  std::vector<EnsembleMember> members;
  for (std::int64_t n = 0; n < options.members; ++n) {
    EnsembleMember member{stem_of(n), splits[n], {}, base};
    for (std::size_t d = 0; d < varied.size(); ++d) {
      OptionTree option = varied[d].at(points[n][d]);
      member.parameters.push_back({varied[d].name, option.as_double(), varied[d].units});
      option.location = varied[d].location;
      member.case_file.set_path(varied[d].name, std::move(option));
    }
    if (n == 0) check_case_tables(member.case_file);
    members.push_back(std::move(member));
  }
  return members;
}

}  // namespace marea
