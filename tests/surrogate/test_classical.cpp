// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <marea/io/error.hpp>
#include <marea/surrogate/registry.hpp>

#include "support/baselines.hpp"

namespace {

struct Baselines : marea::test::Baselines {
  Baselines() : marea::test::Baselines("test_classical") {}
};
const std::string &step = marea::test::step_task, &map = marea::test::map_task;

}  // namespace

TEST_CASE("POD with ridge regression is exact for a linear problem of few modes") {
  const Baselines b;  // waves of two lengths: four modes, which a shift mixes linearly
  const auto test = b.data("test");
  // Data, modes and scaled values are single precision: 1e-6 times the steps of the way.
  for (const char* normalise :
       {"", "normalise = { residual = true, mask = 'sea_mask' }\n", "normalise = { kind = 'none' }\n"}) {
    CAPTURE(normalise);
    const auto model =
        b.fit(step + normalise + "model = { name = 'pod_ridge', modes = [2, 4], ridge = [1e-12, 1e-2] }\n");
    CHECK(marea::test::test_error(model, test) < 1e-5);
  }
}

TEST_CASE("quadratic features of POD fit at least as well on the training samples") {
  const Baselines b;
  const auto train = b.data("train", "map", "max_u");
  const auto error = [&](const std::string& features) {
    return marea::test::test_error(
        b.fit(map + "model = { name = 'pod_ridge', modes = [4], ridge = [1e-10], features = '" + features + "' }\n"),
        train);
  };
  CHECK(error("quadratic") <= error("linear") + 1e-6);
}

TEST_CASE("the nearest run of a training sample is itself") {
  const Baselines b;
  const auto model =
      b.fit(step + "model = { name = 'nearest_run' }\nnormalise = { amplitude_of = 'u', amplitude_scaled = ['u'] }\n");

  CHECK(marea::test::test_error(model, b.data("train")) < 1e-6);  // scaled and back in single precision
  CHECK(marea::test::test_error(model, b.data("test")) > 1e-2);
}

TEST_CASE("persistence keeps the state, and the initial value as the running maximum") {
  const Baselines b;
  const marea::HostArray in(marea::DType::f64, {2, 4, 16}), out(marea::DType::f64, {1, 4, 16});
  for (std::int64_t i = 0; i < in.size(); ++i)
    in.values<double>()[i] = static_cast<float>(std::sin(static_cast<double>(i)));

  for (const std::string& data : {step, map}) {
    b.fit(data + "model = { name = 'persistence' }\n").predict(in.ref(), out.ref());
    for (std::int64_t i = 0; i < out.size(); ++i) CHECK(out.values<double>()[i] == in.values<double>()[i]);
  }
}

TEST_CASE("classical models take arrays that lie on a device") {
  const Baselines b;
  const marea::HostArray in(marea::DType::f64, {2, 4, 16}), expected(marea::DType::f64, {1, 4, 16});
  for (std::int64_t i = 0; i < in.size(); ++i) in.values<double>()[i] = std::sin(static_cast<double>(i));
  for (const char* name : {"persistence", "nearest_run", "superposition", "linear", "pod_gp", "pod_rbf", "dmd"}) {
    const auto model = b.fit(step + "model = { name = '" + name + "' }\n");
    const marea::HostArray out(marea::DType::f64, {1, 4, 16});
    marea::ArrayRef from = in.ref(), to = out.ref();
    from.memory = to.memory = marea::Memory::emulated;
    model.predict(in.ref(), expected.ref());
    model.predict(from, to);
    CHECK(std::ranges::equal(out.values<double>(), expected.values<double>()));
  }
}

TEST_CASE("several threads calling one classical model get the bits that each gets alone") {
  constexpr std::int64_t threads = 4, calls = 200;
  const Baselines b;
  for (const char* name : {"persistence", "nearest_run", "pod_ridge"})
    for (const marea::DType dtype : {marea::DType::f32, marea::DType::f64}) {
      const auto model = b.fit(step + "model = { name = '" + name + "' }\nnormalise = { amplitude_of = 'u' }\n");
      const marea::HostArray in(marea::DType::f64, {threads, 2, 4, 16}), expected(dtype, {threads, 1, 4, 16});
      const std::size_t bytes = 4 * 16 * marea::element_size(dtype);
      for (std::int64_t i = 0; i < in.size(); ++i) in.values<double>()[i] = std::sin(static_cast<double>(i * i));
      for (std::int64_t t = 0; t < threads; ++t) model.predict(in.ref()[t], expected.ref()[t]);

      std::atomic<int> wrong = 0;
      std::vector<std::thread> crew;
      for (std::int64_t t = 0; t < threads; ++t) {
        crew.emplace_back([&, t] {
          const marea::HostArray out(dtype, {1, 4, 16});
          const marea::ArrayRef alone = expected.ref()[t];
          for (std::int64_t call = 0; call < calls; ++call) {
            model.predict(in.ref()[t], out.ref());
            wrong += std::memcmp(out.ref().data, alone.data, bytes) != 0;
          }
        });
      }
      for (std::thread& thread : crew) thread.join();
      INFO(std::string(name));
      CHECK(wrong == 0);
    }
}

TEST_CASE("persistence answers the training mean for what is no input") {
  const Baselines b;
  const auto model =
      b.fit("data = { task = 'map', inputs = ['sea_mask'], outputs = ['max_u'] }\nmodel = { name = 'persistence' }\n");
  const marea::Dataset train(
      {.folder = b.folder.file("runs"), .task = "map", .inputs = {"sea_mask"}, .outputs = {"max_u"}}, "train");
  const marea::HostArray in(marea::DType::f32, {1, 4, 16}), out(marea::DType::f32, {1, 4, 16});
  double mean = 0;
  for (std::int64_t s = 0; s < train.size(); ++s) {
    train.read(s, in.ref(), out.ref());
    mean += out.values<float>()[5] / static_cast<double>(train.size());
  }
  model.predict(in.ref(), out.ref());

  CHECK(out.values<float>()[5] == doctest::Approx(mean).epsilon(1e-6));
}

TEST_CASE("the card of a classical model states its error on the validation runs") {
  const Baselines b;
  for (const char* name : {"persistence", "nearest_run"}) {
    const auto model = b.fit(step + "normalise = { mask = 'sea_mask' }\nmodel = { name = '" + name + "' }\n");
    const double error = model.info().card.find("validation_error")->as_double();
    CHECK(error == doctest::Approx(marea::test::test_error(model, b.data("valid"))).epsilon(1e-6));
    CHECK(error > 0.1);
  }
}

TEST_CASE("a classical model with any array missing, or of another shape, is refused") {
  const Baselines b;
  for (const char* name :
       {"persistence", "nearest_run", "pod_ridge", "superposition", "linear", "pod_gp", "pod_rbf", "dmd"}) {
    b.fit(step + "model = { name = '" + name + "' }\n");
    const marea::ModelFile whole = marea::read_model_file(b.folder.file("model.h5"));
    for (std::size_t w = 0; w < whole.weights.size(); ++w) {
      const std::string& held = whole.weights[w].first;
      if (held == "likelihood" || held == "operator" || held == "times") continue;  // for people, and of maps
      CAPTURE(name);
      CAPTURE(held);
      marea::ModelFile without = whole, other = whole;
      without.weights.erase(without.weights.begin() + static_cast<std::ptrdiff_t>(w));
      other.weights[w].second = marea::HostArray(marea::DType::f32, {3, 7});
      CHECK_THROWS_AS(marea::make_surrogate(without), marea::DataError);
      CHECK_THROWS_AS(marea::make_surrogate(other), marea::DataError);
    }
  }
}
