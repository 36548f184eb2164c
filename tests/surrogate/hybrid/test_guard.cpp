// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <marea/surrogate/hybrid/guard.hpp>

using namespace marea;
using namespace marea::hybrid;

namespace {

/// dq/dt = rate * q from q(0) = 1, at two ends of an interval: everything about it is known.
struct Decay {
  double rate, interval;
  Channels q0{1.0}, q1{std::exp(rate * interval)}, f0{rate}, f1{rate * q1[0]};
  double estimate(double error) const {
    Channels proposal{q1[0] + error}, f{rate * proposal[0]};
    const auto middle = hermite_middle(q0, proposal, f0, f, interval);
    const Channels f_middle{rate * middle[0]};
    return residual_estimate(StateNorm({1.0}, 1), q0, proposal, f0, f, f_middle, interval);
  }
};

}  // namespace

TEST_CASE("the norm weighs channels by their scale") {
  const StateNorm norm({2.0, 10.0}, 2);
  const Channels state{2, 0, 10, 20};
  CHECK(norm.of(state) == doctest::Approx(std::sqrt(1.0 + 1.0 + 4.0)));
  CHECK(norm.of_difference(state, state) == 0);
}

TEST_CASE("the Hermite middle of a cubic is exact") {
  // q = t^3 on [0, 2]: q(1) = 1.
  const auto middle = hermite_middle(Channels{0}, Channels{8}, Channels{0}, Channels{12}, 2.0);
  CHECK(middle[0] == doctest::Approx(1.0));
}

TEST_CASE("the residual of an exact proposal vanishes at fourth order of the interval") {
  const double coarse = Decay{-1, 0.2}.estimate(0), fine = Decay{-1, 0.1}.estimate(0);
  CHECK(coarse < 1e-4);
  CHECK(std::log2(coarse / fine) == doctest::Approx(5).epsilon(0.05));  // interval times a residual of fourth order
}

TEST_CASE("the residual estimates the error of a wrong proposal") {
  const Decay slow{-0.1, 0.1};
  const double error = 0.03;
  CHECK(slow.estimate(error) == doctest::Approx(error / (slow.q1[0] + error)).epsilon(0.02));
}

TEST_CASE("the invariants estimate is the share of the total that no tendency explains") {
  // Two cells; the tendency carries 1 out in the interval, the proposal lost 1.5.
  const Channels q0{4, 6}, q1{3.5, 5}, f{-0.5, -0.5};
  const int conserved[] = {0};
  CHECK(invariants_estimate(q0, q1, f, f, 1.0, conserved, 2) == doctest::Approx(0.5 / 8.5));
}

TEST_CASE("the domain distance is the excess over the range of the training data") {
  const std::vector<ChannelStatistics> training{{.channel = "eta", .minimum = -1, .maximum = 3}};
  CHECK(domain_distance(Channels{-1, 0, 3}, training, 3) == 0);
  CHECK(domain_distance(Channels{-2, 0, 5}, training, 3) == doctest::Approx(0.5));
  CHECK(std::isinf(domain_distance(Channels{0, std::numeric_limits<double>::quiet_NaN(), 0}, training, 3)));
}
