// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/trust.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

#include <marea/io/error.hpp>

#include "measures.hpp"
#include "trust_data.hpp"

namespace marea {
namespace {

constexpr double same_constant = 1e-3;  // relative L2 distance of a channel from the training's

std::vector<float> single(const ArrayRef& in) {
  const HostArray copy(DType::f32, in.extents());
  copy_converting(in, copy.ref());
  return {copy.values<float>().begin(), copy.values<float>().end()};
}

bool all_finite(const std::vector<float>& values) {
  return std::ranges::all_of(values, [](float v) { return std::isfinite(v); });
}

double relative_distance(std::span<const float> a, std::span<const float> b) {
  double difference = 0, norm = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference += (static_cast<double>(a[i]) - b[i]) * (static_cast<double>(a[i]) - b[i]);
    norm += static_cast<double>(b[i]) * b[i];
  }
  return std::sqrt(difference / (norm > 0 ? norm : 1));
}

}  // namespace

TrustJudge::TrustJudge(const ModelInfo& info, const Weights& data) : info_(info), plan_(plan_normaliser(info)) {
  const auto array = [&](const char* name, DType dtype, int rank) {
    const auto found = std::ranges::find(data, name, [](const auto& entry) { return entry.first; });
    if (found == data.end() || found->second.dtype() != dtype || std::ssize(found->second.extents()) != rank)
      fail<DataError>("trust", "array '", name, "' is missing or of another kind; train again");
    HostArray copy(dtype, found->second.extents());
    copy_converting(found->second.ref(), copy.ref());
    return copy;
  };
  const auto list = [&](const char* name) {
    const HostArray values = array(name, DType::f64, 1);
    return std::vector<int>(values.values<double>().begin(), values.values<double>().end());
  };
  varying_ = list(detail::trust_varying);
  constant_ = list(detail::trust_constant);
  constants_ = array(detail::trust_constants, DType::f32, 2);
  mean_ = array(detail::trust_mean, DType::f32, 1);
  modes_ = array(detail::trust_modes, DType::f32, 2);
  scale_ = array(detail::trust_scale, DType::f64, 1);
  neighbours_ = array(detail::trust_neighbours, DType::f32, 2);
  const HostArray ranges = array(detail::trust_ranges, DType::f64, 2);
  limits_ = array(detail::trust_limits, DType::f64, 1);
  const auto channels = std::ssize(info.input_channels);
  const auto known = [&](const std::vector<int>& list) {
    return std::ranges::all_of(list, [&](int c) { return c >= 0 && c < channels; });
  };
  const std::int64_t values = mean_.size(), features = ranges.extents()[0];
  const auto varying = std::ssize(varying_);
  if (!known(varying_) || !known(constant_) || modes_.extents()[1] != values || scale_.size() != modes_.extents()[0] ||
      (features != 4 * varying && features != 4 * varying + 2) || ranges.extents()[1] != 2 || limits_.size() != 4 ||
      neighbours_.extents()[1] != scale_.size() ||
      constants_.extents()[0] != std::ssize(constant_))
    fail<DataError>("trust", "its arrays do not fit the model; train again");
  for (std::int64_t f = 0; f < features; ++f)
    ranges_.push_back({ranges.values<double>()[2 * f], ranges.values<double>()[2 * f + 1]});
}

Trust TrustJudge::operator()(const ArrayRef& in) const {
  const std::vector<float> values = single(in);
  constexpr double infinite = std::numeric_limits<double>::infinity();
  if (!all_finite(values)) return {infinite, Trust::Reason::not_finite};
  const std::int64_t cells = std::ssize(values) / std::ssize(info_.input_channels);
  const auto limits = limits_.values<double>();
  const auto features = detail::features_of(values, cells, varying_, plan_.amplitude_channel);
  const auto excess = detail::largest_excess(features, ranges_);
  const int of = excess.feature / 4;
  Trust trust{excess.share / limits[0], Trust::Reason::envelope,
              excess.feature >= 0 && of < std::ssize(varying_) ? varying_[static_cast<std::size_t>(of)] : -1};
  if (cells * std::ssize(varying_) != mean_.size()) return trust;

  for (std::size_t c = 0; c < constant_.size(); ++c) {
    const std::span own(&values[static_cast<std::size_t>(constant_[c] * cells)], static_cast<std::size_t>(cells));
    const std::span known(constants_.values<float>().subspan(c * static_cast<std::size_t>(cells), own.size()));
    if (const double distance = relative_distance(own, known); distance / same_constant > trust.score)
      trust = {distance / same_constant, Trust::Reason::constant, constant_[c]};
  }
  const auto distance = detail::pod_distance(detail::encoded(values, cells, varying_, plan_), mean_.values<float>(),
                                             modes_.values<float>(), scale_.values<double>(),
                                             neighbours_.values<float>());
  if (const double score = distance.mahalanobis / limits[1]; score > trust.score)
    trust = {score, Trust::Reason::distance};
  if (const double score = distance.nearest / limits[2]; score > trust.score)
    trust = {score, Trust::Reason::neighbour};
  if (const double score = distance.residual / limits[3]; score > trust.score) trust = {score, Trust::Reason::basis};
  return trust;
}

std::string TrustJudge::text(const Trust& trust) const {
  std::ostringstream out;
  out.precision(3);
  const std::string channel = trust.channel >= 0 ? info_.input_channels[static_cast<std::size_t>(trust.channel)] : "";
  switch (trust.reason) {
    case Trust::Reason::not_finite: out << "it is not finite"; break;
    case Trust::Reason::constant: out << channel << " is not the training's"; break;
    case Trust::Reason::envelope:
      out << (channel.empty() ? "its amplitude" : channel) << " leaves the range of the training's";
      break;
    case Trust::Reason::distance: out << "it lies far from the training's in their own modes"; break;
    case Trust::Reason::neighbour: out << "no input of the training is like it"; break;
    case Trust::Reason::basis: out << "it has shapes that the training's do not have"; break;
  }
  out << " (score " << trust.score << ", 1 is passed by 1 % of inputs like the training's)";
  return out.str();
}

}  // namespace marea
