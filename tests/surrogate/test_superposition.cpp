// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include <marea/io/error.hpp>
#include <marea/io/hdf5.hpp>
#include <marea/io/running.hpp>

#include "support/baselines.hpp"

namespace {

using marea::test::map_task;
using marea::test::step_task;

struct Runs : marea::test::Baselines {
  explicit Runs(int runs = 12) : Baselines("test_superposition", runs) {}
};

const std::string superposition = "model = { name = 'superposition' }\n";

/// What a test run's own snapshots give for the first time that |u| passes 0.5, on straight lines between them.
double first_crossing(const marea::HostArray& series, std::int64_t cell) {
  const auto u = [&](std::int64_t t) { return std::abs(series.values<float>()[t * 64 + cell]); };
  if (u(0) > 0.5f) return 0;
  for (std::int64_t t = 1; t < series.extents()[0]; ++t)
    if (u(t) > 0.5f) return 10.0 * (static_cast<double>(t - 1) + (0.5 - u(t - 1)) / (u(t) - u(t - 1)));
  return 10.0 * static_cast<double>(series.extents()[0] - 1);
}

}  // namespace

TEST_CASE("superposing runs is exact for a linear problem, steps and the running maximum of a map") {
  const Runs runs;  // waves of two lengths: four modes, of which six training runs hold all
  for (const char* about : {"rest", "mean", "auto"}) {
    CAPTURE(about);
    const std::string model = std::string("model = { name = 'superposition', about = '") + about + "' }\n";
    CHECK(marea::test::test_error(runs.fit(step_task + model), runs.data("test")) < 1e-5);
    CHECK(marea::test::test_error(runs.fit(map_task + model), runs.data("test", "map", "max_u")) < 1e-5);
  }
}

TEST_CASE("a running maximum that the files do not declare is superposed as it stands, which is wrong") {
  const Runs runs;
  const auto model =
      runs.fit("data = { task = 'map', inputs = ['u', 'sea_mask'], outputs = ['min_u'] }\n" + superposition);

  CHECK(marea::test::test_error(model, runs.data("test", "map", "min_u")) > 1e-2);
}

TEST_CASE("the option `running` says what an output keeps") {
  const Runs runs;
  const auto test = runs.data("test", "map", "min_u");
  const auto model = runs.fit(
      "data = { task = 'map', inputs = ['u', 'sea_mask'], outputs = ['min_u'] }\n"
      "model = { name = 'superposition', running = ['min_u = minimum(u)'] }\n");

  CHECK(marea::test::test_error(model, test) < 1e-5);
}

TEST_CASE("first crossings are made from superposed snapshots") {
  const Runs runs;
  const auto test = runs.data("test", "map", "max_u");
  const auto model = runs.fit(map_task +
                              "model = { name = 'superposition', ridge = [1e-8], "
                              "running = ['max_u = first_crossing(u, 0.5)'] }\n");
  const marea::HostArray in(marea::DType::f32, {2, 4, 16}), out(marea::DType::f32, {1, 4, 16}),
      truth(out.dtype(), out.extents());
  for (std::int64_t s = 0; s < test.size(); ++s) {
    test.read(s, in.ref(), truth.ref());
    model.predict(in.ref(), out.ref());
    const marea::HostArray series = test.read_series(s, "u", 0, 5);
    for (std::int64_t cell = 0; cell < 64; ++cell)
      CHECK(out.values<float>()[cell] == doctest::Approx(first_crossing(series, cell)).epsilon(1e-3).scale(10));
  }
}

TEST_CASE("where a value has passed a threshold is made from superposed snapshots") {
  const Runs runs;
  const auto test = runs.data("test", "map", "max_u");
  const auto model = runs.fit(map_task + "model = { name = 'superposition', ridge = [1e-8], "
                                         "running = ['max_u = passed(u, 0.5)'] }\n");
  const marea::HostArray in(marea::DType::f32, {2, 4, 16}), out(marea::DType::f32, {1, 4, 16}),
      truth(out.dtype(), out.extents());
  int ones = 0;
  for (std::int64_t s = 0; s < test.size(); ++s) {
    test.read(s, in.ref(), truth.ref());
    model.predict(in.ref(), out.ref());
    const marea::HostArray series = test.read_series(s, "u", 0, 5);
    for (std::int64_t cell = 0; cell < 64; ++cell) {
      float largest = 0;
      for (std::int64_t t = 0; t < 5; ++t) largest = std::max(largest, std::abs(series.values<float>()[t * 64 + cell]));
      if (std::abs(largest - 0.5f) < 1e-4f) continue;  // single precision decides
      CHECK(out.values<float>()[cell] == (largest > 0.5f ? 1 : 0));
      ones += largest > 0.5f;
    }
  }
  CHECK(ones > 0);
  CHECK(ones < 64 * test.size());
}

TEST_CASE("the mask of the normaliser multiplies what is superposed") {
  const Runs runs;
  const auto model = runs.fit(
      "data = { task = 'map', inputs = ['u', 'sea_mask'], outputs = ['max_u'] }\n"
      "normalise = { mask = 'sea_mask', amplitude_of = 'u', amplitude_scaled = ['u', 'max_u'] }\n" +
      superposition);
  CHECK(marea::test::test_error(model, runs.data("test", "map", "max_u")) < 1e-5);
}

TEST_CASE("runs that start from states the inputs do not tell are refused") {
  const Runs runs;
  for (int run = 0; run < 12; ++run) {  // u is known, but a second field starts as it likes
    marea::hdf5::File file(runs.folder.file("runs/run_" + std::to_string(1000 + run) + ".h5"),
                           marea::hdf5::Access::write);
    const marea::HostArray v(marea::DType::f32, {1, 5, 4, 16});
    for (std::int64_t i = 0; i < v.size(); ++i)
      v.values<float>()[i] = static_cast<float>(std::sin(static_cast<double>(i * (run * run + 1))));
    marea::hdf5::Group fields = file.open_group("t0_fields");
    fields.write_attribute("field_names", std::vector<std::string>{"u", "v", "sea_mask", "max_u", "min_u"});
    marea::hdf5::Dataset dataset = fields.write_dataset("v", v.ref());
    dataset.write_attribute("units", "m");
    dataset.write_attribute("dim_varying", std::vector<bool>{true, true});
    dataset.write_attribute("sample_varying", true);
    dataset.write_attribute("time_varying", true);
  }
  CHECK_THROWS_WITH_AS(
      runs.fit(map_task + superposition),
      doctest::Contains("field 'v' of the first snapshot differs between the runs, and the inputs do not say how"),
      marea::DataError);
  runs.fit(step_task + superposition);  // a step starts anywhere
}

TEST_CASE("runs of other times are not superposed") {
  const Runs runs;
  marea::test::write_advected_runs(runs.folder.file("longer"), 1, 7);
  std::filesystem::rename(runs.folder.file("longer/run_1000.h5"), runs.folder.file("runs/run_1001.h5"));
  CHECK_THROWS_WITH_AS(runs.fit(map_task + superposition), doctest::Contains("its times differ from those of"),
                       marea::DataError);
}

TEST_CASE("options of superposition are checked") {
  const Runs runs;
  const auto message = [&](const std::string& options) {
    try {
      runs.fit(map_task + "model = { name = 'superposition', " + options + " }\n");
    } catch (const marea::ConfigError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  CHECK(message("running = ['max_u = mean(u)']").find("must be maximum(FIELD), minimum(FIELD), "
                                                      "first_crossing(FIELD, THRESHOLD) or passed") !=
        std::string::npos);
  CHECK(message("running = ['max_v = maximum(u)']").find("must name a scalar output") != std::string::npos);
  CHECK(message("ridge = []").find("ridge must hold at least one candidate") != std::string::npos);
  CHECK(message("memory = 1e-9").find("more than `memory` leaves") != std::string::npos);
}

TEST_CASE("a running diagnostic as text and back") {
  using marea::parse_running;
  for (const char* text : {"maximum(eta)", "minimum(q)", "first_crossing(eta, 0.01)", "passed(h, 0.1)"})
    CHECK(to_string(parse_running(text).value()) == text);
  CHECK(parse_running(" first_crossing( eta ,1e-2 ) ")->threshold == 0.01);
  for (const char* text : {"", "mean(eta)", "maximum()", "maximum(a, b)", "first_crossing(eta)",
                           "first_crossing(eta, x)", "first_crossing(eta, -1)", "passed(eta)", "maximum(eta"})
    CHECK_FALSE(parse_running(text).has_value());
}
