// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <doctest/doctest.h>

#include <marea/io/error.hpp>
#include <marea/surrogate/evaluation/metrics.hpp>

using namespace marea;
using doctest::Approx;

namespace {

/// Owns the values of a field of the given extents.
struct Field {
  Field(std::initializer_list<std::int64_t> extents, std::vector<double> v) : array(DType::f64, extents) {
    std::ranges::copy(v, array.values<double>().begin());
  }
  operator ArrayRef() const { return array.ref(); }
  HostArray array;
};

std::vector<int> flags(const HostArray& mask) {
  const auto values = mask.values<std::uint8_t>();
  return {values.begin(), values.end()};
}

/// nx by ny cosines with the given modes a direction.
Field wave(std::int64_t ny, std::int64_t nx, int mode_y, int mode_x, double amplitude) {
  std::vector<double> v;
  for (std::int64_t j = 0; j < ny; ++j)
    for (std::int64_t i = 0; i < nx; ++i)
      v.push_back(amplitude * std::cos(2 * std::numbers::pi * (double(mode_y * j) / ny + double(mode_x * i) / nx)));
  return {{ny, nx}, v};
}

}  // namespace

TEST_CASE("pointwise errors of a field of four cells follow their formulas") {
  const Field reference({2, 2}, {1, 3, 5, 7}), predicted({2, 2}, {1, 3, 5, 3});
  FieldError error;
  error.add(predicted, reference);

  CHECK(error.cells() == 4);
  CHECK(error.rmse() == Approx(2));                       // sqrt(16 / 4)
  CHECK(error.reference_rms() == Approx(std::sqrt(21)));  // (1 + 9 + 25 + 49) / 4
  CHECK(error.nrmse() == Approx(2 / std::sqrt(21)));
  CHECK(error.vrmse(0) == Approx(2 / std::sqrt(5)));  // variance (9 + 1 + 1 + 9) / 4
  CHECK(error.vrmse(4) == Approx(2 / 3.));            // sqrt(5 + 4)
  CHECK(error.maximum() == 4);
  CHECK(error.mean_absolute() == 1);
  CHECK(error.bias() == Approx(-1));
  CHECK(error.conservation() == Approx(4 / 16.));
}

TEST_CASE("predicting the mean has a VRMSE of one") {
  const Field reference({4}, {2, 4, 6, 12}), predicted({4}, {6, 6, 6, 6});
  FieldError error;
  error.add(predicted, reference);

  CHECK(error.vrmse(0) == Approx(1));
}

TEST_CASE("cells outside the mask do not count, whatever they hold") {
  const Field reference({4}, {1, 2, NAN, 4}), predicted({4}, {2, 2, 9, 4}), mask({4}, {1, 1, 0, 0});
  FieldError error;
  error.add(predicted, reference, mask);

  CHECK(error.cells() == 2);
  CHECK(error.rmse() == Approx(std::sqrt(0.5)));
  CHECK(error.maximum() == 1);
}

TEST_CASE("a NaN in the prediction makes every error NaN") {
  const Field reference({3}, {1, 2, 3}), predicted({3}, {1, NAN, 3});
  FieldError error;
  error.add(predicted, reference);

  CHECK(std::isnan(error.rmse()));
  CHECK(std::isnan(error.maximum()));
  CHECK(std::isnan(error.conservation()));
}

TEST_CASE("an exact prediction of zero has no error and a wrong one an infinite relative error") {
  const Field zero({2}, {0, 0}), one({2}, {1, 1});
  FieldError exact, wrong;
  exact.add(zero, zero);
  wrong.add(one, zero);

  CHECK(exact.nrmse() == 0);
  CHECK(std::isinf(wrong.nrmse()));
  CHECK(wrong.vrmse() == Approx(1 / std::sqrt(1e-7)));
}

TEST_CASE("errors pool over fields as over one longer field") {
  const Field a({2}, {1, 2}), b({3}, {3, 4, 5}), all({5}, {1, 2, 3, 4, 5});
  const Field pa({2}, {2, 2}), pb({3}, {3, 6, 5}), pall({5}, {2, 2, 3, 6, 5});
  FieldError pooled, second, whole;
  pooled.add(pa, a);
  second.add(pb, b);
  pooled.merge(second);
  whole.add(pall, all);

  CHECK(pooled.nrmse() == Approx(whole.nrmse()));
  CHECK(pooled.vrmse() == Approx(whole.vrmse()));
  CHECK(pooled.maximum() == whole.maximum());
  CHECK(pooled.conservation() == Approx(whole.conservation()));
}

TEST_CASE("single precision and strided fields give the same errors") {
  HostArray single(DType::f32, {2, 2});
  for (int i = 0; i < 4; ++i) single.values<float>()[i] = static_cast<float>(i);
  const Field transposed({2, 2}, {0, 2, 1, 3});
  FieldError error;
  error.add(single.ref(), transposed.array.ref().permute({1, 0}));

  CHECK(error.rmse() == 0);
}

TEST_CASE("fields of different extents are an error that names both") {
  const Field a({2, 3}, {0, 0, 0, 0, 0, 0}), b({3, 2}, {0, 0, 0, 0, 0, 0});
  FieldError error;

  CHECK_THROWS_WITH_AS(error.add(a, b), "metrics: prediction f64[2, 3] must have the extents of f64[3, 2]", ShapeError);
  CHECK_THROWS_AS(error.add(a, a, b), ShapeError);
  CHECK_THROWS_AS(spectral_error(a, b), ShapeError);
}

TEST_CASE("boundary cells are the outer ring inside the mask") {
  const Field mask({3, 4}, {1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1});

  CHECK(flags(boundary_cells(mask.array.extents())) == std::vector{1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1});
  CHECK(flags(boundary_cells(mask.array.extents(), 1, mask)) == std::vector{1, 1, 1, 0, 1, 0, 0, 1, 1, 1, 1, 1});
}

TEST_CASE("wet cells are deeper than the dry limit and fronts are both sides of the shore line") {
  const Field bed({2, 3}, {-5, -1, 2, -5, 0.5, 2}), surface({2, 3}, {0, 0, 0, 0, 0, 2.5});
  const HostArray wet = wet_cells(surface, bed, 0.01);

  CHECK(flags(wet) == std::vector{1, 1, 0, 1, 0, 1});
  CHECK(flags(front_cells(wet.ref())) == std::vector{0, 1, 1, 1, 1, 1});
  const Field both({2, 3}, {0, 1, 0, 0, 1, 1});
  CHECK(flags(intersection(wet.ref(), both)) == std::vector{0, 1, 0, 0, 0, 1});
}

TEST_CASE("the error on few cells is stated relative to the whole reference") {
  const Field reference({1, 5}, {0, 3, 3, 3, 0}), predicted({1, 5}, {1, 3, 3, 3, 0}), ends({1, 5}, {1, 0, 0, 0, 1});
  FieldError whole, outer;
  whole.add(predicted, reference);
  outer.add(predicted, reference, ends);

  CHECK(outer.relative_to(whole) == Approx(std::sqrt(1 / 2.) / std::sqrt(27 / 5.)));
}

TEST_CASE("a cosine's error lies in the band of its wave length") {
  // 24 cells: modes 0-3 are low (f < 1/6), 4-7 middle, 8-12 high.
  const Field reference = wave(6, 24, 0, 2, 2);
  for (const auto& [mode, band] : {std::pair{3, 0}, {4, 1}, {7, 1}, {8, 2}, {12, 2}}) {
    Field predicted = wave(6, 24, 0, mode, 0.5);
    for (std::int64_t i = 0; i < predicted.array.size(); ++i)
      predicted.array.values<double>()[i] += reference.array.values<double>()[i];
    const auto error = spectral_error(predicted, reference);
    // A cosine has the mean square 1/2, at the Nyquist mode 1; the reference 2^2 / 2.
    const double expected = std::sqrt(0.25 * (mode == 12 ? 1 : 0.5) / 2);
    for (int b = 0; b < 3; ++b) CHECK(error.relative[b] == Approx(b == band ? expected : 0).epsilon(1e-12));
    CHECK(error.reference_share[0] == Approx(1));
  }
}

TEST_CASE("an oblique wave is binned by its radius") {
  const Field reference = wave(12, 12, 0, 1, 1);
  Field predicted = wave(12, 12, 3, 3, 1);  // f = sqrt(2) / 4 = 0.354, each component alone would be middle
  for (int i = 0; i < 144; ++i) predicted.array.values<double>()[i] += reference.array.values<double>()[i];
  const auto error = spectral_error(predicted, reference);

  CHECK(error.relative[1] == Approx(0).epsilon(1e-12));
  CHECK(error.relative[2] == Approx(1));
}

TEST_CASE("the squares of the band errors sum to the square of nRMSE") {
  std::vector<double> p, r;
  for (int i = 0; i < 7 * 10; ++i) {
    p.push_back(std::sin(i * i));
    r.push_back(std::cos(3 * i));
  }
  const Field predicted({7, 10}, p), reference({7, 10}, r);
  FieldError pointwise;
  pointwise.add(predicted, reference);
  const auto bands = spectral_error(predicted, reference).relative;

  CHECK(std::hypot(bands[0], bands[1], bands[2]) == Approx(pointwise.nrmse()).epsilon(1e-12));
}
