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
constexpr std::pair<const char*, double ChannelScore::*> errors[] = {
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

double headline_error(const ArrayRef& forecast, const ArrayRef& reference, const ArrayRef& mask, std::size_t channels) {
  FieldError pooled;
  for (std::int64_t lead = 0; lead < reference.extent[0]; ++lead)
    for (std::size_t c = 0; c < channels; ++c)
      pooled.add(forecast[lead][static_cast<std::int64_t>(c)], reference[lead][static_cast<std::int64_t>(c)], mask);
  return pooled.nrmse();
}

Score::Score(std::vector<std::string> channels, std::int64_t leads)
    : channels_(std::move(channels)), leads_(leads), sums_(static_cast<std::size_t>(leads) * channels_.size()) {}

void Score::add(const ArrayRef& forecast, const ArrayRef& reference, const ArrayRef& mask,
                const std::vector<HostArray>& fronts) {
  for (std::int64_t lead = 0; lead < leads_; ++lead)
    for (std::size_t c = 0; c < channels_.size(); ++c) {
      const auto p = forecast[lead][static_cast<std::int64_t>(c)], r = reference[lead][static_cast<std::int64_t>(c)];
      const ChannelScore one = measure(p, r, mask, fronts.empty() ? nullptr : &fronts[static_cast<std::size_t>(lead)]);
      auto& sum = sums_[static_cast<std::size_t>(lead) * channels_.size() + c];
      for (const auto& [name, error] : errors) sum.*error += one.*error;
    }
  headline_.push_back(headline_error(forecast, reference, mask, headline_channels_));
}

double Score::headline_mean() const {
  return headline_.empty() ? 0 : std::accumulate(headline_.begin(), headline_.end(), 0.0) / static_cast<double>(runs());
}

OptionTree Score::to_tree() const {
  OptionTree tree;
  const double n = static_cast<double>(std::max<std::int64_t>(runs(), 1));
  for (std::size_t c = 0; c < channels_.size(); ++c)
    for (const auto& [name, error] : errors) {
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
