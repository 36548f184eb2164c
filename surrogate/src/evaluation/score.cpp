// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "score.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include <marea/surrogate/evaluation/metrics.hpp>

namespace marea::detail {
namespace {

/// The one list of the errors and their names in a report.
constexpr std::pair<const char*, double ChannelScore::*> kinds[] = {
    {"nrmse", &ChannelScore::nrmse},
    {"vrmse", &ChannelScore::vrmse},
    {"mean_absolute_error", &ChannelScore::mean_absolute_error},
    {"maximum_error", &ChannelScore::maximum_error},
    {"conservation", &ChannelScore::conservation},
    {"boundary", &ChannelScore::boundary},
    {"front", &ChannelScore::front},
    {"spectral_low", &ChannelScore::spectral_low},
    {"spectral_middle", &ChannelScore::spectral_middle},
    {"spectral_high", &ChannelScore::spectral_high}};

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

ChannelScore measure(const ArrayRef& forecast, const ArrayRef& reference, const ArrayRef& mask,
                     const HostArray* fronts) {
  FieldError everywhere, boundary, front;
  everywhere.add(forecast, reference, mask);
  boundary.add(forecast, reference, boundary_cells(reference.extents(), 1, mask).ref());
  if (fronts) front.add(forecast, reference, fronts->ref());
  const auto spectral = spectral_error(forecast, reference, mask);
  return {.nrmse = everywhere.nrmse(),
          .vrmse = everywhere.vrmse(),
          .mean_absolute_error = everywhere.mean_absolute(),
          .maximum_error = everywhere.maximum(),
          .conservation = everywhere.conservation(),
          .boundary = boundary.cells() > 0 ? boundary.relative_to(everywhere) : undefined,
          .front = front.cells() > 0 ? front.relative_to(everywhere) : undefined,
          .spectral_low = spectral.relative[0],
          .spectral_middle = spectral.relative[1],
          .spectral_high = spectral.relative[2]};
}

}  // namespace

std::vector<OutputField> output_fields(const ModelInfo& info) {
  std::vector<OutputField> fields;
  std::int64_t next = 0;
  for (const auto& output : info.outputs) {
    std::int64_t components = 1;
    for (int r = 0; r < output.rank; ++r) components *= std::ssize(info.extents);
    fields.push_back({output.name, next, components});
    next += components;
  }
  return fields;
}

double field_error(const ArrayRef& forecast, const ArrayRef& reference, const ArrayRef& mask,
                   const OutputField& field) {
  FieldError pooled;
  for (std::int64_t lead = 0; lead < reference.extent[0]; ++lead)
    for (std::int64_t c = field.first; c < field.first + field.count; ++c)
      pooled.add(forecast[lead][c], reference[lead][c], mask);
  return pooled.nrmse();
}

Score::Score(std::vector<std::string> channels, std::vector<OutputField> fields, std::int64_t leads)
    : channels_(std::move(channels)),
      fields_(std::move(fields)),
      leads_(leads),
      sums_(static_cast<std::size_t>(leads) * channels_.size()),
      errors_(fields_.size()) {}

void Score::add(const ArrayRef& forecast, const ArrayRef& reference, const ArrayRef& mask,
                const std::vector<HostArray>& fronts) {
  for (std::int64_t lead = 0; lead < leads_; ++lead)
    for (std::size_t c = 0; c < channels_.size(); ++c) {
      const auto p = forecast[lead][static_cast<std::int64_t>(c)], r = reference[lead][static_cast<std::int64_t>(c)];
      const ChannelScore one = measure(p, r, mask, fronts.empty() ? nullptr : &fronts[static_cast<std::size_t>(lead)]);
      auto& sum = sums_[static_cast<std::size_t>(lead) * channels_.size() + c];
      for (const auto& [name, error] : kinds) sum.*error += one.*error;
    }
  for (std::size_t f = 0; f < fields_.size(); ++f)
    errors_[f].push_back(field_error(forecast, reference, mask, fields_[f]));
  ++runs_;
}

double Score::mean_error(std::size_t field) const {
  return runs_ == 0 ? 0 : std::reduce(errors_[field].begin(), errors_[field].end()) / static_cast<double>(runs_);
}

OptionTree Score::to_tree() const {
  OptionTree tree;
  const double n = static_cast<double>(std::max<std::int64_t>(runs(), 1));
  for (std::size_t c = 0; c < channels_.size(); ++c)
    for (const auto& [name, error] : kinds) {
      OptionTree::Array leads;
      double sum = 0;
      int defined = 0;
      for (std::int64_t lead = 0; lead < leads_; ++lead) {
        const double value = sums_[static_cast<std::size_t>(lead) * channels_.size() + c].*error / n;
        leads.push_back(value);
        if (std::isnan(value)) continue;
        sum += value;
        ++defined;
      }
      if (defined == 0) continue;
      tree[channels_[c]][name] = sum / defined;
      if (leads_ > 1) tree[channels_[c]]["leads"][name] = std::move(leads);
    }
  return tree;
}

}  // namespace marea::detail
