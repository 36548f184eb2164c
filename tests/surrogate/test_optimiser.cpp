// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "training/adam.hpp"
#include "training/schedule.hpp"

namespace {

struct Weights {
  std::vector<float> p{1.0f, -2.0f, 0.5f}, m = std::vector<float>(3), v = std::vector<float>(3), average = p;

  void three_steps(marea::AdamStep settings) {
    const std::vector<float> gradients[] = {{0.5f, -1.0f, 2.0f}, {0.25f, 0.5f, -4.0f}, {-1.0f, 0.125f, 0.0f}};
    for (const auto& g : gradients) {
      marea::adam_step(settings, g, p, m, v, average);
      ++settings.step;
    }
  }
};

constexpr double single = 5e-7;  // a few roundings of numbers near one

}  // namespace

TEST_CASE("the first step of Adam moves every weight by the learning rate against its gradient") {
  Weights w;
  marea::adam_step({.learning_rate = 0.25}, std::vector<float>{3.0f, -0.01f, 200.0f}, w.p, w.m, w.v, {});

  CHECK(w.p[0] == doctest::Approx(0.75).epsilon(single));
  CHECK(w.p[1] == doctest::Approx(-1.75).epsilon(2e-6));  // epsilon = 1e-8 beside 0.01
  CHECK(w.p[2] == doctest::Approx(0.25).epsilon(single));
}

TEST_CASE("three steps of Adam with weight decay give the numbers of torch.optim.Adam") {
  Weights w;
  w.three_steps({.learning_rate = 0.1, .weight_decay = 0.01});

  CHECK(w.p[0] == doctest::Approx(0.8258477699317025).epsilon(single));
  CHECK(w.p[1] == doctest::Approx(-1.8549514351426672).epsilon(single));
  CHECK(w.p[2] == doctest::Approx(0.4646164309220819).epsilon(single));
}

TEST_CASE("three steps of AdamW give the numbers of torch.optim.AdamW") {
  Weights w;
  w.three_steps({.learning_rate = 0.1, .weight_decay = 0.01, .decoupled = true});

  CHECK(w.p[0] == doctest::Approx(0.824713859842936).epsilon(single));
  CHECK(w.p[1] == doctest::Approx(-1.8542428509990025).epsilon(single));
  CHECK(w.p[2] == doctest::Approx(0.4635750508727138).epsilon(single));
}

TEST_CASE("a factor on the gradient is the same as a smaller gradient") {
  Weights a, b;
  marea::adam_step({.gradient_factor = 0.5}, std::vector<float>{4.0f, 2.0f, -1.0f}, a.p, a.m, a.v, {});
  marea::adam_step({}, std::vector<float>{2.0f, 1.0f, -0.5f}, b.p, b.m, b.v, {});

  CHECK(a.p == b.p);
  CHECK(a.v == b.v);
}

TEST_CASE("the running mean moves by its share towards the new weights") {
  Weights w;
  marea::adam_step({.learning_rate = 0.25, .average_decay = 0.75}, std::vector<float>{1.0f, 1.0f, 1.0f}, w.p, w.m, w.v, w.average);

  CHECK(w.average[0] == doctest::Approx(1 - 0.25 * 0.25).epsilon(single));
  CHECK(w.average[1] == doctest::Approx(-2 - 0.25 * 0.25).epsilon(single));
}

TEST_CASE("the squared norm counts each value once, in blocks and in the rest") {
  for (std::size_t n : {0u, 1u, 7u, 8u, 16383u, 16385u, 50001u})
    CHECK(marea::squared_norm(std::vector<float>(n, 2.0f)) == 4.0 * static_cast<double>(n));
}

TEST_CASE("the learning rate warms up, then falls as the schedule says") {
  marea::TrainOptions o{.epochs = 10, .learning_rate = 0.5, .schedule = "cosine", .warmup = 2};

  CHECK(marea::learning_rate(o, 0, 0, 4) == 0.5 / 8);
  CHECK(marea::learning_rate(o, 1, 3, 4) == 0.5);
  CHECK(marea::learning_rate(o, 2, 0, 4) == 0.5);
  CHECK(marea::learning_rate(o, 6, 0, 4) == doctest::Approx(0.25));
  CHECK(marea::learning_rate(o, 4, 0, 4) == doctest::Approx(0.25 * (1 + std::sqrt(0.5))));
  o.schedule = "step";
  o.warmup = 0;
  o.epochs = 8;
  CHECK(marea::learning_rate(o, 3, 3, 4) == 0.5);
  CHECK(marea::learning_rate(o, 4, 0, 4) == 0.25);
  CHECK(marea::learning_rate(o, 6, 0, 4) == 0.125);
  CHECK(marea::learning_rate(o, 7, 3, 4) == 0.0625);
  o.schedule = "constant";
  CHECK(marea::learning_rate(o, 7, 3, 4) == 0.5);
}

TEST_CASE("rollouts rise in equal parts of the training") {
  const marea::TrainOptions o{.epochs = 7, .rollout = {1, 2, 4}};
  std::vector<int> steps;
  for (int epoch = 0; epoch < 7; ++epoch) steps.push_back(marea::rollout_of_epoch(o, epoch));

  CHECK(steps == std::vector<int>{1, 1, 1, 2, 2, 4, 4});
}
