// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/surrogate.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <marea/io/error.hpp>
#include <marea/surrogate/registry.hpp>

#include "classical/copy_anywhere.hpp"
#include "torch_surrogate_factory.hpp"

namespace marea {
namespace {

/// The array with a batch axis of one in front.
ArrayRef with_batch(const ArrayRef& ref) {
  ArrayRef out = ref;
  out.rank = ref.rank + 1;
  out.extent[0] = 1;
  out.stride[0] = 0;
  for (int d = 0; d < ref.rank; ++d) {
    out.extent[d + 1] = ref.extent[d];
    out.stride[d + 1] = ref.stride[d];
  }
  return out;
}

/// First and last byte of an array, strides of either sign.
std::pair<std::intptr_t, std::intptr_t> bytes_of(const ArrayRef& ref) {
  std::int64_t low = 0, high = 0;
  for (int d = 0; d < ref.rank; ++d) (ref.stride[d] < 0 ? low : high) += ref.stride[d] * (ref.extent[d] - 1);
  const auto size = static_cast<std::int64_t>(element_size(ref.dtype));
  const auto start = reinterpret_cast<std::intptr_t>(ref.data);
  return {start + low * size, start + (high + 1) * size - 1};
}

bool overlap(const ArrayRef& a, const ArrayRef& b) {
  if (a.memory != b.memory || a.device != b.device) return false;
  const auto [a_low, a_high] = bytes_of(a);
  const auto [b_low, b_high] = bytes_of(b);
  return a_low <= b_high && b_low <= a_high;
}

std::string wanted(const ModelInfo& info, std::size_t channels) {
  std::string text = "([batch,] " + std::to_string(channels);
  for (const std::int64_t n : info.extents) text += ", " + std::to_string(n);
  return text + ")";
}

void check_array(const ArrayRef& ref, const ModelInfo& info, const std::vector<std::string>& channels,
                 const char* side) {
  const int axes = static_cast<int>(info.extents.size()), first = ref.rank - axes - 1;
  const bool fits = (first == 0 || first == 1) && ref.extent[first] == static_cast<std::int64_t>(channels.size());
  if (!fits) {
    fail<ShapeError>("surrogate", side, " = ", to_string(ref), " does not fit the model '", info.name, "', whose ", side,
                     " is ", wanted(info, channels.size()));
  }
  if (ref.dtype != DType::f32 && ref.dtype != DType::f64) {
    fail<ShapeError>("surrogate", side, " = ", to_string(ref), " must be f32 or f64");
  }
  if (ref.data == nullptr) fail<ShapeError>("surrogate", side, " = ", to_string(ref), " has no memory");
}

/// Relative L2 distance of two C-order arrays of the same size.
double relative_distance(const HostArray& a, const HostArray& b) {
  HostArray x(DType::f64, a.extents()), y(DType::f64, b.extents());
  copy_converting(a.ref(), x.ref());
  copy_converting(b.ref(), y.ref());
  double difference = 0, norm = 0;
  for (std::int64_t i = 0; i < x.size(); ++i) {
    const double u = x.values<double>()[i], v = y.values<double>()[i];
    difference += (u - v) * (u - v);
    norm += v * v;
  }
  return std::sqrt(difference / (norm > 0 ? norm : 1));
}

void check_golden(const Surrogate& surrogate, const ModelFile& file) {
  if (file.golden_input.size() == 0) return;
  HostArray out(file.golden_output.dtype(), file.golden_output.extents());
  surrogate.predict(file.golden_input.ref(), out.ref());
  const double distance = relative_distance(out, file.golden_output);
  if (!(distance <= golden_tolerance)) {
    fail<DataError>("model", "the output for the golden input is ", distance, " (relative L2) away from the golden output, ",
                    "must be at most ", golden_tolerance, "; the file was made by an incompatible version: train again");
  }
}

}  // namespace

void SurrogateInterface::deviation(const ArrayRef&, const ArrayRef&, const Queue&) {
  fail<ConfigError>("surrogate", "the model '", info().name, "' does not know how sure it is; pod_gp does");
}

std::pair<ArrayRef, ArrayRef> Surrogate::checked(const ArrayRef& in, const ArrayRef& out) const {
  const ModelInfo& model = info();
  check_array(in, model, model.input_channels, "input");
  check_array(out, model, model.output_channels, "output");
  const ArrayRef x = in.rank == out.rank && in.rank == static_cast<int>(model.extents.size()) + 2 ? in : with_batch(in);
  const ArrayRef y = x.rank == out.rank ? out : with_batch(out);
  bool same = in.rank == out.rank && x.extent[0] == y.extent[0], trained = true;
  for (int d = 2; d < x.rank && same; ++d) {
    same = x.extent[d] == y.extent[d];
    trained = trained && x.extent[d] == model.extents[d - 2];
  }
  if (!same) {
    fail<ShapeError>("surrogate", "input ", to_string(in), " and output ", to_string(out), " must agree in batch and cells");
  }
  if (!trained && !self_->any_extents()) {
    fail<ShapeError>("surrogate", "input = ", to_string(in), ": the model '", model.name, "' runs only on its own grid ",
                     wanted(model, model.input_channels.size()));
  }
  if (x.size() > 0 && overlap(x, y))
    fail<ShapeError>("surrogate", "input ", to_string(in), " and output ", to_string(out), " overlap in memory");
  return {x, y};
}

void Surrogate::predict(const ArrayRef& in, const ArrayRef& out, const Queue& queue) const {
  if (const auto [x, y] = checked(in, out); x.size() > 0) self_->predict(x, y, queue);
}

void Surrogate::deviation(const ArrayRef& in, const ArrayRef& out, const Queue& queue) const {
  if (const auto [x, y] = checked(in, out); x.size() > 0) self_->deviation(x, y, queue);
}

std::vector<Trust> Surrogate::judge(const ArrayRef& in) const {
  check_array(in, info(), info().input_channels, "input");
  const ArrayRef x = in.rank == static_cast<int>(info().extents.size()) + 2 ? in : with_batch(in);
  std::vector<Trust> verdicts;
  if (!judge_) return verdicts;
  HostArray here(x.dtype, x.extents());
  if (x.memory != Memory::host) detail::copy_anywhere(x, here.ref(), {});
  for (std::int64_t b = 0; b < x.extent[0]; ++b)
    verdicts.push_back((*judge_)(x.memory == Memory::host ? x[b] : here.ref()[b]));
  return verdicts;
}

std::string Surrogate::text(const Trust& trust) const {
  if (!judge_) fail<ConfigError>("surrogate", "the model '", info().name, "' does not know its domain; train it again");
  return judge_->text(trust);
}

std::vector<Trust> Surrogate::predict_judged(const ArrayRef& in, const ArrayRef& out, const Queue& queue) const {
  predict(in, out, queue);
  return judge(in);
}

void Surrogate::band(const ArrayRef& in, double share, const ArrayRef& out) const {
  if (!band_) fail<ConfigError>("surrogate", "the model '", info().name, "' has no error band; train it again");
  const auto [x, y] = checked(in, out);
  if (x.memory != Memory::host || y.memory != Memory::host)
    fail<ShapeError>("surrogate", "input ", to_string(in), " and band ", to_string(out), " must be on the host");
  const std::vector<Trust> verdicts = judge(in);
  HostArray unknown(DType::f64, y[0].extents());
  std::ranges::fill(unknown.values<double>(), std::numeric_limits<double>::quiet_NaN());
  for (std::int64_t b = 0; b < x.extent[0]; ++b) {
    if (!verdicts.empty() && verdicts[static_cast<std::size_t>(b)].level() != Trust::Level::inside)
      copy_converting(unknown.ref(), y[b]);
    else
      band_->half_width(x[b], share, y[b]);
  }
}

Surrogate make_surrogate(const ModelFile& file, const std::string& device, const std::string& precision) {
  const ModelEntry& entry = find_model(file.info.name);
  if (!entry.make_net && device != "cpu") {
    fail<ConfigError>("surrogate", "device = '", device, "' must be cpu for the model '", file.info.name, "'");
  }
  Surrogate surrogate(entry.make_net ? make_torch_surrogate(file, device, precision) : entry.load(file));
  check_golden(surrogate, file);
  if (!file.trust.empty()) surrogate.judge_ = std::make_unique<const TrustJudge>(file.info, file.trust);
  if (!file.band.empty()) surrogate.band_ = std::make_unique<const Band>(file.info, file.band);
  return surrogate;
}

Surrogate Surrogate::load(const std::string& path, const std::string& device, const std::string& precision) {
  const ModelFile file = read_model_file(path);
  try {
    return make_surrogate(file, device, precision);
  } catch (const DataError& error) {
    fail<DataError>(path, error.what());
  }
}

}  // namespace marea
