// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/evaluation/metrics.hpp>

#include <algorithm>
#include <cmath>
#include <complex>
#include <functional>
#include <limits>
#include <numeric>
#include <vector>

#include <marea/io/error.hpp>
#include <unsupported/Eigen/FFT>

namespace marea {
namespace {

using Complex = std::complex<double>;

constexpr double infinity = std::numeric_limits<double>::infinity();

double ratio(double error, double scale) { return error == 0 ? 0 : scale == 0 ? infinity : error / scale; }

/// The larger one, and NaN when either is.
double larger(double a, double b) { return std::isnan(b) || b > a ? b : a; }

void require_extents(const ArrayRef& a, const ArrayRef& b, const char* what) {
  if (!std::ranges::equal(a.extents(), b.extents()))
    fail<ShapeError>("metrics", what, " ", to_string(b), " must have the extents of ", to_string(a));
}

/// The elements in C order as doubles.
std::vector<double> to_doubles(const ArrayRef& ref) {
  std::vector<double> values(static_cast<std::size_t>(ref.size()));
  const ArrayRef out = make_array_ref(values.data(), DType::f64, ref.extents());
  if (ref.dtype == DType::u8) {
    const HostArray compact(DType::u8, ref.extents());
    copy(ref, compact.ref());
    std::ranges::copy(compact.values<std::uint8_t>(), values.begin());
  } else {
    copy_converting(ref, out);
  }
  return values;
}

/// Which cells count, in C order.
std::vector<bool> selection(const ArrayRef& mask, const ArrayRef& like) {
  if (!mask.data) return std::vector<bool>(static_cast<std::size_t>(like.size()), true);
  require_extents(like, mask, "mask");
  const auto values = to_doubles(mask);
  std::vector<bool> chosen(values.size());
  std::transform(values.begin(), values.end(), chosen.begin(), [](double v) { return v != 0; });
  return chosen;
}

/// |F|^2 of the discrete Fourier transform over all axes, in place of the values.
std::vector<double> power(const std::vector<double>& field, std::span<const std::int64_t> extents) {
  std::vector<Complex> data(field.begin(), field.end());
  Eigen::FFT<double> fft;
  std::int64_t stride = 1;
  for (auto axis = extents.rbegin(); axis != extents.rend(); stride *= *axis++) {
    if (*axis == 1) continue;  // its transform is the identity, which Eigen's FFT does not know
    const std::int64_t n = *axis, total = static_cast<std::int64_t>(data.size());
    std::vector<Complex> line(static_cast<std::size_t>(n)), transformed(line.size());
    for (std::int64_t outer = 0; outer < total; outer += n * stride)
      for (std::int64_t inner = outer; inner < outer + stride; ++inner) {
        for (std::int64_t i = 0; i < n; ++i) line[i] = data[inner + i * stride];
        fft.fwd(transformed.data(), line.data(), static_cast<int>(n));
        for (std::int64_t i = 0; i < n; ++i) data[inner + i * stride] = transformed[i];
      }
  }
  std::vector<double> squared(data.size());
  std::ranges::transform(data, squared.begin(), [](Complex c) { return std::norm(c); });
  return squared;
}

/// Calls visit(flat index, f) for every mode of the transform, f in cycles per cell.
void for_each_mode(std::span<const std::int64_t> extents, const std::function<void(std::size_t, double)>& visit) {
  const std::int64_t total = std::accumulate(extents.begin(), extents.end(), std::int64_t{1}, std::multiplies<>());
  for (std::int64_t flat = 0; flat < total; ++flat) {
    double squared = 0;
    for (std::int64_t rest = flat, axis = std::ssize(extents) - 1; axis >= 0; --axis) {
      const std::int64_t n = extents[axis], mode = rest % n;
      const double f = static_cast<double>(std::min(mode, n - mode)) / static_cast<double>(n);
      squared += f * f;
      rest /= n;
    }
    visit(static_cast<std::size_t>(flat), std::sqrt(squared));
  }
}

/// The values, 0 where not chosen.
std::vector<double> masked(std::vector<double> values, const std::vector<bool>& chosen) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!chosen[i]) values[i] = 0;
  return values;
}

}  // namespace

void FieldError::add(const ArrayRef& predicted, const ArrayRef& reference, const ArrayRef& mask) {
  require_extents(reference, predicted, "prediction");
  const auto chosen = selection(mask, reference);
  const auto p = to_doubles(predicted), r = to_doubles(reference);
  std::vector<double> error, kept;
  for (std::size_t i = 0; i < r.size(); ++i) {
    if (!chosen[i]) continue;
    error.push_back(p[i] - r[i]);
    kept.push_back(r[i]);
    absolute_error_ += std::abs(error.back());
    absolute_reference_ += std::abs(r[i]);
    maximum_ = larger(maximum_, std::abs(error.back()));
  }
  error_.add(error);
  reference_.add(kept);
}

void FieldError::merge(const FieldError& other) {
  error_.merge(other.error_);
  reference_.merge(other.reference_);
  absolute_error_ += other.absolute_error_;
  absolute_reference_ += other.absolute_reference_;
  maximum_ = larger(maximum_, other.maximum_);
}

double FieldError::mean_absolute() const { return cells() > 0 ? absolute_error_ / static_cast<double>(cells()) : 0; }

double FieldError::vrmse(double epsilon) const { return ratio(rmse(), std::sqrt(reference_.variance() + epsilon)); }

double FieldError::conservation() const {
  return ratio(std::abs(error_.mean()) * static_cast<double>(cells()), absolute_reference_);
}

double FieldError::relative_to(const FieldError& whole) const { return ratio(rmse(), whole.reference_rms()); }

HostArray boundary_cells(std::span<const std::int64_t> extents, int width, const ArrayRef& mask) {
  HostArray cells(DType::u8, extents);
  const auto chosen = selection(mask, cells.ref());
  const auto out = cells.values<std::uint8_t>();
  for (std::size_t flat = 0; flat < out.size(); ++flat) {
    bool outer = false;
    for (std::int64_t rest = static_cast<std::int64_t>(flat), axis = std::ssize(extents) - 1; axis >= 0; --axis) {
      const std::int64_t n = extents[axis], i = rest % n;
      outer |= i < width || i >= n - width;
      rest /= n;
    }
    out[flat] = outer && chosen[flat];
  }
  return cells;
}

HostArray wet_cells(const ArrayRef& surface, const ArrayRef& bed, double dry) {
  require_extents(surface, bed, "bed");
  HostArray wet(DType::u8, surface.extents());
  const auto eta = to_doubles(surface), b = to_doubles(bed);
  const auto out = wet.values<std::uint8_t>();
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = eta[i] - b[i] > dry;
  return wet;
}

HostArray front_cells(const ArrayRef& wet) {
  const auto is_wet = selection(wet, wet);
  HostArray front(DType::u8, wet.extents());
  const auto out = front.values<std::uint8_t>();
  const auto total = static_cast<std::int64_t>(out.size());
  std::int64_t stride = 1;
  for (int axis = wet.rank - 1; axis >= 0; stride *= wet.extent[axis--])
    for (std::int64_t i = 0; i + stride < total; ++i)
      if (i / stride % wet.extent[axis] + 1 < wet.extent[axis] && is_wet[i] != is_wet[i + stride])
        out[i] = out[i + stride] = 1;
  return front;
}

HostArray intersection(const ArrayRef& a, const ArrayRef& b) {
  const auto in_a = selection(a, a), in_b = selection(b, a);
  HostArray both(DType::u8, a.extents());
  const auto out = both.values<std::uint8_t>();
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = in_a[i] && in_b[i];
  return both;
}

SpectralError spectral_error(const ArrayRef& predicted, const ArrayRef& reference, const ArrayRef& mask) {
  require_extents(reference, predicted, "prediction");
  const auto chosen = selection(mask, reference);
  const auto r = masked(to_doubles(reference), chosen);
  auto e = masked(to_doubles(predicted), chosen);
  for (std::size_t i = 0; i < r.size(); ++i) e[i] -= r[i];
  const auto error = power(e, reference.extents()), energy = power(r, reference.extents());
  std::array<double, 3> in_error{}, in_reference{};
  for_each_mode(reference.extents(), [&](std::size_t i, double f) {
    const int band = f < 1.0 / 6 ? 0 : f < 1.0 / 3 ? 1 : 2;
    in_error[band] += error[i];
    in_reference[band] += energy[i];
  });
  const double total = in_reference[0] + in_reference[1] + in_reference[2];
  SpectralError result;
  for (int band = 0; band < 3; ++band) {
    result.relative[band] = std::sqrt(ratio(in_error[band], total));
    result.reference_share[band] = ratio(in_reference[band], total);
  }
  return result;
}

}  // namespace marea
