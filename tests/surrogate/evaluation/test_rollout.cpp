// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <memory>
#include <vector>

#include <doctest/doctest.h>

#include <marea/io/error.hpp>
#include <marea/io/host_array.hpp>
#include <marea/surrogate/evaluation/rollout.hpp>

using namespace marea;

namespace {

/// Two states of q and a fixed field f: q' = newest + oldest + f, the Fibonacci numbers where f is 0.
class Sum : public SurrogateInterface {
 public:
  Sum() {
    info_.task = "step";
    info_.history = 2;
    info_.extents = {1};
    info_.input_channels = {"q", "q", "f"};
    info_.output_channels = {"q"};
  }
  const ModelInfo& info() const override { return info_; }
  void predict(const ArrayRef& in, const ArrayRef& out, const Queue&) override {
    const auto* x = static_cast<const float*>(in.data);
    *static_cast<float*>(out.data) = x[0] + x[1] + x[2];
  }
  ModelInfo info_;
};

std::vector<float> roll(std::unique_ptr<SurrogateInterface> model, std::vector<float> in) {
  std::vector<float> out(4);
  rollout(Surrogate(std::move(model)), make_array_ref(in.data(), {3, 1}), make_array_ref(out.data(), {4, 1, 1}));
  return out;
}

}  // namespace

TEST_CASE("a rollout moves the states of a history up and keeps fixed fields") {
  CHECK(roll(std::make_unique<Sum>(), {1, 2, 0}) == std::vector<float>{3, 5, 8, 13});
  CHECK(roll(std::make_unique<Sum>(), {0, 0, 1}) == std::vector<float>{1, 2, 4, 7});
}

TEST_CASE("a map and an output that is no input cannot be rolled out") {
  auto map = std::make_unique<Sum>();
  map->info_.task = "map";
  CHECK_THROWS_AS(roll(std::move(map), {1, 2, 0}), ConfigError);
  auto other = std::make_unique<Sum>();
  other->info_.output_channels = {"p"};
  CHECK_THROWS_AS(roll(std::move(other), {1, 2, 0}), ConfigError);
}
