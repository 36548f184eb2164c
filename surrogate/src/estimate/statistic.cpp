// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <fmt/format.h>

#include <marea/io/error.hpp>

#include "sobol.hpp"
#include "study.hpp"

namespace marea::detail {

std::string Statistic::name() const {
  switch (kind) {
    case Kind::mean: return "mean";
    case Kind::std: return "std";
    case Kind::exceedance: return fmt::format("exceedance_{:g}", level);
    case Kind::quantile: return fmt::format("quantile_{:g}", level);
    case Kind::sobol_first: return "sobol_first_" + input_name;
    case Kind::sobol_total: return "sobol_total_" + input_name;
  }
  return "";
}

Estimate Statistic::of(const std::vector<Samples>& runs) const {
  const Samples& samples = runs.front();
  switch (kind) {
    case Kind::mean: return estimate_mean(samples);
    case Kind::std: return estimate_std(samples);
    case Kind::exceedance: return estimate_exceedance(samples, level);
    case Kind::quantile: return estimate_quantile(samples, level);
    case Kind::sobol_first: return estimate_sobol_first({samples, runs[1], runs[2 + input]});
    case Kind::sobol_total: return estimate_sobol_total({samples, runs[1], runs[2 + input]});
  }
  return {};
}

std::vector<Statistic> read_statistics(const OptionTree* list, const std::vector<std::string>& inputs) {
  using Kind = Statistic::Kind;
  if (!list) return {{Kind::mean}};
  constexpr const char* rule =
      "must be \"mean\", \"std\", \"sobol\", { exceedance = THRESHOLD } or { quantile = SHARE }";
  std::vector<Statistic> statistics;
  for (const OptionTree& entry : list->as_array()) {
    if (entry.is_string() && entry.as_string() == "mean") {
      statistics.push_back({Kind::mean});
    } else if (entry.is_string() && entry.as_string() == "std") {
      statistics.push_back({Kind::std});
    } else if (entry.is_string() && entry.as_string() == "sobol") {
      for (const Kind kind : {Kind::sobol_first, Kind::sobol_total})
        for (std::size_t input = 0; input < inputs.size(); ++input)
          statistics.push_back({.kind = kind, .input = input, .input_name = inputs[input]});
    } else if (entry.is_table() && entry.as_table().size() == 1 && entry.find("exceedance")) {
      statistics.push_back({Kind::exceedance, entry.find("exceedance")->as_double()});
    } else if (entry.is_table() && entry.as_table().size() == 1 && entry.find("quantile")) {
      const double share = entry.find("quantile")->as_double();
      if (!(share > 0 && share < 1)) fail<ConfigError>(entry.where(), "quantile = ", share, " must lie in (0, 1)");
      statistics.push_back({Kind::quantile, share});
    } else {
      fail<ConfigError>(entry.where(), "statistic ", rule);
    }
  }
  if (statistics.empty()) fail<ConfigError>(list->where(), "statistics is empty; each ", rule);
  return statistics;
}

}  // namespace marea::detail
