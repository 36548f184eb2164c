// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/ensemble.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>
#include <utility>

#include <marea/io/case_file.hpp>
#include <marea/io/error.hpp>
#include <marea/io/random.hpp>
#include <marea/solvers/registry.hpp>

#include "distribution.hpp"
#include "sampling.hpp"

namespace marea {
namespace {

struct Varied {
  std::string name;
  Distribution distribution;
  std::string units;
  bool integer;                                      ///< values are rounded, but for those of `whole`
  std::optional<std::pair<double, double>> whole{};  ///< every whole number of [low, high] is equally likely
  SourceLocation location{};
  OptionTree at(double share) const {
    if (!integer) return distribution.at(share);
    if (!whole) return static_cast<std::int64_t>(std::llround(distribution.at(share)));
    const auto [low, high] = *whole;
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
  for (const auto& [name, entry] : vary.as_table()) {
    const OptionRow row = row_of(name, case_file);
    Varied one{name, read_distribution(entry, name), row.units.empty() ? "1" : row.units,
               row.type.find("integer") != std::string::npos};
    if (one.integer && entry.is_array()) one.whole = {entry.as_array()[0].as_double(), entry.as_array()[1].as_double()};
    one.location = entry.location;
    varied.push_back(std::move(one));
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

std::vector<EnsembleMember> ensemble_members_at(const OptionTree& case_file,
                                                const std::vector<std::vector<double>>& points) {
  EnsembleOptions options;
  if (const OptionTree* table = case_file.find("ensemble")) read_options(options, *table, "ensemble");
  const auto varied = varied_parameters(options.vary, case_file);
  OptionTree base = case_file;
  std::erase_if(base.as_table(), [](const auto& entry) { return entry.first == "ensemble"; });
  std::vector<EnsembleMember> members;
  for (std::size_t n = 0; n < points.size(); ++n) {
    EnsembleMember member{stem_of(static_cast<std::int64_t>(n)), "", {}, base};
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

std::vector<EnsembleMember> ensemble_members(const OptionTree& case_file) {
  EnsembleOptions options;
  if (const OptionTree* table = case_file.find("ensemble")) read_options(options, *table, "ensemble");
  const auto dimensions = options.vary.empty() ? 0 : options.vary.as_table().size();
  std::vector<EnsembleMember> members = ensemble_members_at(
      case_file, sample_unit_cube(options.sampling, options.members, static_cast<int>(dimensions),
                                  static_cast<std::uint64_t>(options.seed)));
  const auto splits = split_members(options);
  for (std::size_t n = 0; n < members.size(); ++n) members[n].split = splits[n];
  return members;
}

}  // namespace marea
