// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/classical/dmd.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <marea/io/error.hpp>
#include <marea/surrogate/normaliser.hpp>

#include "pod.hpp"

namespace marea {
namespace {

using namespace detail;

/// Rms of each channel of a field that several input channels and an output hold: of all its channels together.
std::vector<double> unit_of_channels(const ScaledSamples& samples, const ModelInfo& info) {
  const auto table = rows(samples.inputs);
  const Eigen::Index cells = cells_of(info);
  std::vector<double> square(info.input_channels.size(), 0);
  std::vector<int> count(info.input_channels.size(), 0);
  for (std::size_t c = 0; c < samples.channels.size(); ++c) {
    const std::string& name = info.input_channels[static_cast<std::size_t>(samples.channels[c])];
    const auto first = std::ranges::find(info.input_channels, name) - info.input_channels.begin();
    square[static_cast<std::size_t>(first)] +=
        table.middleCols(static_cast<Eigen::Index>(c) * cells, cells).cast<double>().squaredNorm() /
        static_cast<double>(cells * table.rows());
    ++count[static_cast<std::size_t>(first)];
  }
  std::vector<double> unit;
  for (const std::string& name : info.input_channels) {
    const auto first =
        static_cast<std::size_t>(std::ranges::find(info.input_channels, name) - info.input_channels.begin());
    unit.push_back(square[first] > 0 ? std::sqrt(square[first] / count[first]) : 1);
  }
  return unit;
}

/// The samples about one state, and their operators of any rank.
class Decomposition {
 public:
  Decomposition(const ScaledSamples& samples, const ModelInfo& info, bool about_mean) : cells_(cells_of(info)) {
    const std::vector<double> unit = unit_of_channels(samples, info);
    for (const int c : samples.channels) in_unit_.push_back(unit[static_cast<std::size_t>(c)]);
    for (const std::string& output : info.output_channels) {
      const int source = newest_input(info, output);
      out_unit_.push_back(unit[static_cast<std::size_t>(source)]);
      const auto at = std::ranges::find(samples.channels, source);
      state_.push_back(at == samples.channels.end() ? -1 : at - samples.channels.begin());
    }
    const auto inputs = rows(samples.inputs), outputs = rows(samples.outputs);
    in_mean_ = RowsF::Zero(1, inputs.cols());
    out_mean_ = RowsF::Zero(1, outputs.cols());
    if (about_mean) {
      in_mean_ = inputs.cast<double>().colwise().mean().cast<float>();
      out_mean_ = outputs.cast<double>().colwise().mean().cast<float>();
    }
    in_ = inputs.rowwise() - in_mean_.row(0);
    out_ = outputs.rowwise() - out_mean_.row(0);
    scale(in_, in_unit_, true);
    scale(out_, out_unit_, true);
    eigen_ = symmetric_eigen(inner_products(in_));
    while (rank_ < eigen_.values.size() && eigen_.values[rank_] > 1e-12 * eigen_.values[0]) ++rank_;
  }

  Eigen::Index largest_rank() const { return rank_; }

  /// U^T, and S^-1 V^T Y^T, in physical units.
  PodSpaces spaces(Eigen::Index rank) const {
    const Matrix v = right(rank);
    PodSpaces spaces{in_mean_, (v.transpose() * in_.cast<double>()).cast<float>(), Matrix::Ones(1, rank), out_mean_,
                     (v.transpose() * out_.cast<double>()).cast<float>()};
    scale(spaces.in_modes, in_unit_, true);
    scale(spaces.out_modes, out_unit_, false);
    return spaces;
  }

  /// S^-1 V^T Y^T times U of the newest state.
  Matrix reduced(Eigen::Index rank) const {
    const Matrix v = right(rank);
    const Matrix in = v.transpose() * in_.cast<double>(), out = v.transpose() * out_.cast<double>();
    Matrix product = Matrix::Zero(rank, rank);
    for (std::size_t c = 0; c < state_.size(); ++c)
      if (state_[c] >= 0)
        product += out.middleCols(static_cast<Eigen::Index>(c) * cells_, cells_) *
                   in.middleCols(state_[c] * cells_, cells_).transpose();
    return product;
  }

 private:
  /// V S^-1
  Matrix right(Eigen::Index rank) const {
    return eigen_.vectors.leftCols(rank) * eigen_.values.head(rank).cwiseSqrt().cwiseInverse().asDiagonal();
  }
  void scale(RowsF& table, const std::vector<double>& unit, bool divide) const {
    for (std::size_t c = 0; c < unit.size(); ++c)
      table.middleCols(static_cast<Eigen::Index>(c) * cells_, cells_) *=
          static_cast<float>(divide ? 1 / unit[c] : unit[c]);
  }

  Eigen::Index cells_, rank_ = 0;
  std::vector<double> in_unit_, out_unit_;
  std::vector<Eigen::Index> state_;  ///< of each output, among the channels of the samples; -1: never varies
  RowsF in_mean_, out_mean_, in_, out_;
  SymmetricEigen eigen_;
};

SampleFunction predictor(const PodSpaces& spaces) {
  return [=](std::span<const float> x, std::span<float> y) {
    spaces.fields(spaces.coordinates(x).transpose().cast<float>(), y);
  };
}

}  // namespace

Weights fit_dmd(const Dataset& train, const Dataset& valid, const ModelInfo& info) {
  DmdOptions options;
  read_options(options, info.options, "dmd", {"name"});
  if (options.rank.empty()) fail<ConfigError>("dmd", "rank must hold at least one candidate");
  for (const std::string& output : info.output_channels)
    if (newest_input(info, output) < 0)
      fail<ConfigError>("dmd", "output '", output, "' must be an input too: the operator takes a state to the next; ",
                        "add it to [data] inputs");
  const ScaledSamples learn = scaled_samples(train, info, {.limit = options.samples, .units = Units::physical});
  const ScaledSamples test =
      scaled_samples(valid, info, {.limit = validation_samples, .units = Units::physical, .channels = learn.channels});
  Weights weights;
  double least = std::numeric_limits<double>::infinity();
  for (const bool about_mean : {false, true}) {
    if (options.about == (about_mean ? "rest" : "mean")) continue;
    const Decomposition decomposition(learn, info, about_mean);
    Eigen::Index last = 0;
    for (const int candidate : options.rank) {
      const Eigen::Index rank = std::min<Eigen::Index>(candidate, decomposition.largest_rank());
      if (rank == std::exchange(last, rank)) continue;
      const PodSpaces spaces = decomposition.spaces(rank);
      const double error = mean_error(predictor(spaces), test);
      if (!(error < least)) continue;
      least = error;
      weights.clear();
      weights.emplace_back("channels", channel_array(learn.channels));
      spaces.append_to(weights);
      weights.emplace_back("operator", array_of(decomposition.reduced(rank)));
    }
  }
  if (weights.empty()) fail<DataError>("dmd", "no rank gives finite fields on the validation runs");
  return weights;
}

std::unique_ptr<SurrogateInterface> load_dmd(const ModelFile& model) {
  std::vector<int> channels = channel_list(model);
  const PodSpaces spaces = read_pod_spaces(model, channels.size());
  if (spaces.in_modes.rows() != spaces.out_modes.rows())
    fail<DataError>("dmd", spaces.in_modes.rows(), " input modes do not fit ", spaces.out_modes.rows(),
                    " output modes");
  return make_scaled_surrogate(
      model.info, {.channels = std::move(channels), .predict = predictor(spaces), .units = Units::physical});
}

}  // namespace marea
