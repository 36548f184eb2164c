// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/torch/losses.hpp>

#include <cmath>

#include "support/doctest_with_torch.hpp"

namespace {

at::Tensor tensor(std::initializer_list<double> values, at::IntArrayRef shape) {
  return at::tensor(values, at::kDouble).reshape(shape);
}

}  // namespace

TEST_CASE("the relative L2 loss is the mean over samples of |p - t| / |t|") {
  const auto t = tensor({3, 4, 0, 0, /* second sample */ 1, 1, 1, 1}, {2, 1, 2, 2});
  const auto p = tensor({3, 4, 3, 4, /* second sample */ 1, 1, 1, 2}, {2, 1, 2, 2});

  CHECK(marea::relative_l2_loss(p, t, {}).item<double>() == doctest::Approx((1 + 0.5) / 2));
}

TEST_CASE("cells outside the mask count in no loss") {
  const auto t = tensor({3, 4, 9, 9}, {1, 1, 1, 4}), p = tensor({3, 2, -1, 7}, {1, 1, 1, 4});
  const auto mask = tensor({1, 1, 0, 0}, {1, 1, 1, 4});

  CHECK(marea::relative_l2_loss(p, t, mask).item<double>() == doctest::Approx(2. / 5));
  CHECK(marea::mse_loss(p, t, mask).item<double>() == doctest::Approx(4. / 2));
  CHECK(marea::mse_loss(p, t, {}).item<double>() == doctest::Approx((4 + 100 + 4) / 4.));
  // Errors 0 and -2 at the two cells, one face between them, half a length apart.
  CHECK(marea::h1_loss(p, t, mask, {1, 0.5}).item<double>() == doctest::Approx(std::sqrt((4 + 16) / (25. + 4))));
}

TEST_CASE("the H1 loss divides differences by the spacing of their axis") {
  const auto t = tensor({1, 1, 1, 1}, {1, 1, 2, 2}), p = tensor({1, 2, 1, 2}, {1, 1, 2, 2});

  CHECK(marea::h1_loss(p, t, {}, {7, 0.25}).item<double>() == doctest::Approx(std::sqrt((2 + 2 * 16) / 4.)));
  CHECK(marea::h1_loss(p.transpose(2, 3), t, {}, {0.25, 7}).item<double>() == doctest::Approx(std::sqrt((2 + 2 * 16) / 4.)));
}

TEST_CASE("a still target does not blow the relative loss up") {
  const auto t = at::zeros({1, 1, 1, 4}, at::kDouble), p = at::full({1, 1, 1, 4}, 0.5, at::kDouble);

  CHECK(marea::relative_l2_loss(p, t, {}).item<double>() == doctest::Approx(0.5 / 1e-3));
}

TEST_CASE("spacing is measured in units of the longest side") {
  CHECK((marea::relative_spacing({2, 4}, {{5, 15}, {5, 15, 25, 35}}) == std::vector{0.25, 0.25}));
  CHECK(marea::relative_spacing({2, 4}, {}).front() == 0.5);
}
