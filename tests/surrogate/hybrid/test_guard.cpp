// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <marea/solvers/device_array.hpp>
#include <marea/surrogate/hybrid/guard.hpp>

using namespace marea;
using namespace marea::hybrid;

namespace {

/// (C, cells) from one row a channel.
DeviceArray channels(std::vector<std::vector<double>> rows) {
  DeviceArray array(DType::f64, {static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(rows[0].size())});
  for (std::size_t c = 0; c < rows.size(); ++c)
    copy_array(make_array_ref(rows[c].data(), DType::f64, array.ref().extents().subspan(1)),
               array.ref()[static_cast<std::int64_t>(c)]);
  return array;
}

double first(const DeviceArray& array) {
  double value = 0;
  copy_array(array.ref().slice(0, 0, 1).slice(1, 0, 1), make_array_ref(&value, {1, 1}));
  return value;
}

/// dq/dt = rate * q from q(0) = 1, at two ends of an interval: everything about it is known.
struct Decay {
  double rate, interval;
  double q1 = std::exp(rate * interval);
  double estimate(double error) const {
    const DeviceArray start = channels({{1.0}}), f_start = channels({{rate}});
    const DeviceArray proposal = channels({{q1 + error}}), f = channels({{rate * (q1 + error)}});
    const DeviceArray middle = channels({{0.0}});
    const IntervalEnds ends{start.ref(), proposal.ref(), f_start.ref(), f.ref(), interval};
    hermite_middle(ends, middle.ref());
    const DeviceArray f_middle = channels({{rate * first(middle)}});
    return residual_estimate(StateNorm({1.0}, MPI_COMM_SELF), ends, f_middle.ref(), middle.ref());
  }
};

}  // namespace

TEST_CASE("the norm weighs channels by their scale") {
  const StateNorm norm({2.0, 10.0}, MPI_COMM_SELF);
  const DeviceArray state = channels({{2, 0}, {10, 20}});
  CHECK(norm.of(state.ref()) == doctest::Approx(std::sqrt(1.0 + 1.0 + 4.0)));
  CHECK(norm.of_difference(state.ref(), state.ref()) == 0);
}

TEST_CASE("the Hermite middle of a cubic is exact") {
  // q = t^3 on [0, 2]: q(1) = 1.
  const DeviceArray q0 = channels({{0}}), q1 = channels({{8}}), f0 = channels({{0}}), f1 = channels({{12}});
  hermite_middle({q0.ref(), q1.ref(), f0.ref(), f1.ref(), 2.0}, q0.ref());
  CHECK(first(q0) == doctest::Approx(1.0));
}

TEST_CASE("the residual of an exact proposal vanishes at fourth order of the interval") {
  const double coarse = Decay{-1, 0.2}.estimate(0), fine = Decay{-1, 0.1}.estimate(0);
  CHECK(coarse < 1e-4);
  CHECK(std::log2(coarse / fine) == doctest::Approx(5).epsilon(0.05));  // interval times a residual of fourth order
}

TEST_CASE("the residual estimates the error of a wrong proposal") {
  const Decay slow{-0.1, 0.1};
  const double error = 0.03;
  CHECK(slow.estimate(error) == doctest::Approx(error / (slow.q1 + error)).epsilon(0.02));
}

TEST_CASE("the invariants estimate is the share of the total that no tendency explains") {
  // Two cells; the tendency carries 1 out in the interval, the proposal lost 1.5.
  const DeviceArray q0 = channels({{4, 6}}), q1 = channels({{3.5, 5}}), f = channels({{-0.5, -0.5}});
  const DeviceArray work = channels({{0, 0}});
  const int conserved[] = {0};
  const IntervalEnds ends{q0.ref(), q1.ref(), f.ref(), f.ref(), 1.0};
  CHECK(invariants_estimate(ends, conserved, work.ref(), MPI_COMM_SELF) == doctest::Approx(0.5 / 8.5));
}

TEST_CASE("the domain distance is the excess over the range of the training data") {
  const std::vector<ChannelStatistics> training{{.channel = "eta", .minimum = -1, .maximum = 3}};
  const auto distance = [&](std::vector<double> state) {
    return domain_distance(field_algebra::range(channels({std::move(state)}).ref(), MPI_COMM_SELF), training);
  };
  CHECK(distance({-1, 0, 3}) == 0);
  CHECK(distance({-2, 0, 5}) == doctest::Approx(0.5));
  CHECK(std::isinf(distance({0, std::numeric_limits<double>::quiet_NaN(), 0})));
}
