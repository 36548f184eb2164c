// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/classical/persistence.hpp>

#include <marea/io/error.hpp>
#include <marea/surrogate/normaliser.hpp>

#include "copy_anywhere.hpp"
#include "scaled_samples.hpp"

namespace marea {
namespace {

/// The input channel that an output keeps, or -1.
int source_of(const ModelInfo& info, const std::string& output) {
  const int same = newest_input(info, output);
  return same < 0 && output.starts_with("max_") ? newest_input(info, output.substr(4)) : same;
}

class Persistence : public SurrogateInterface {
 public:
  explicit Persistence(const ModelFile& model)
      : info_(model.info),
        mean_(detail::weight(model, "mean", DType::f32, static_cast<int>(model.info.extents.size()) + 1)) {
    for (const std::string& output : info_.output_channels) source_.push_back(source_of(info_, output));
  }

  const ModelInfo& info() const override { return info_; }

  void predict(const ArrayRef& in, const ArrayRef& out, const Queue& queue) override {
    for (std::int64_t b = 0; b < in.extent[0]; ++b)
      for (std::int64_t c = 0; c < std::ssize(source_); ++c)
        detail::copy_anywhere(source_[c] < 0 ? mean_.ref()[c] : in[b][source_[c]], out[b][c], queue);
  }

 private:
  ModelInfo info_;
  HostArray mean_;
  std::vector<int> source_;
};

}  // namespace

Weights fit_persistence(const Dataset& train, const Dataset&, const ModelInfo& info) {
  const auto array = [&](DType dtype, const std::vector<std::string>& channels) {
    std::vector<std::int64_t> shape{std::ssize(channels)};
    shape.insert(shape.end(), info.extents.begin(), info.extents.end());
    return HostArray(dtype, shape);
  };
  HostArray mean = array(DType::f32, info.output_channels);
  const HostArray sum = array(DType::f64, info.output_channels);
  const HostArray in = array(DType::f32, info.input_channels), out = array(DType::f32, info.output_channels);
  bool needed = false;
  for (const std::string& output : info.output_channels) needed = needed || source_of(info, output) < 0;
  for (std::int64_t sample = 0; needed && sample < train.size(); ++sample) {
    train.read(sample, in.ref(), out.ref());
    for (std::int64_t i = 0; i < sum.size(); ++i) sum.values<double>()[i] += out.values<float>()[i];
  }
  for (std::int64_t i = 0; i < sum.size(); ++i)
    mean.values<float>()[i] = static_cast<float>(sum.values<double>()[i] / static_cast<double>(train.size()));
  Weights weights;
  weights.emplace_back("mean", std::move(mean));
  return weights;
}

std::unique_ptr<SurrogateInterface> load_persistence(const ModelFile& model) {
  return std::make_unique<Persistence>(model);
}

}  // namespace marea
