// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "method.hpp"

#include <algorithm>
#include <span>

#include <marea/io/error.hpp>
#include <marea/io/queue.hpp>
#include <marea/solvers/device.hpp>
#include <marea/solvers/device_array.hpp>
#include <marea/surrogate/evaluation/rollout.hpp>

#include "clock.hpp"

namespace marea::detail {
namespace {

/// A zeroed C-order array where the model works: in the solvers' memory where it works there too, else on the host.
class Buffer {
 public:
  Buffer(const Surrogate& model, DType dtype, std::span<const std::int64_t> extents) {
    const bool beside_solvers = model.device() != "cpu" || process_device() < 0;
    if (beside_solvers)
      device_ = DeviceArray(dtype, extents);
    else
      host_ = HostArray(dtype, extents);
  }
  ArrayRef ref() const { return device_.empty() ? host_.ref() : device_.ref(); }

 private:
  HostArray host_;
  DeviceArray device_;
};

Method surrogate_method(const Surrogate& model, Method::Kind kind) {
  Method m;
  m.kind = kind;
  m.label = model.info().name;
  m.forecast = [&model](const HeldOut& run) {
    Forecast forecast;
    forecast.values = HostArray(DType::f64, run.reference.extents());
    const Buffer input(model, DType::f32, run.input.extents()), predicted(model, DType::f32, run.reference.extents());
    copy_array(run.input.ref(), input.ref());
    forecast.seconds = Clock().seconds_of([&] {
      if (model.info().task == "map")
        model.predict(input.ref(), predicted.ref()[0], device_queue());
      else
        rollout(model, input.ref(), predicted.ref(), device_queue());
    });
    copy_array(predicted.ref(), forecast.values.ref());
    return forecast;
  };
  return m;
}

void set_score(Method& m, const ModelInfo& info, std::size_t leads) {
  m.score = Score(info.output_channels, output_fields(info), static_cast<std::int64_t>(leads));
}

}  // namespace

Method solver_method(const SolverConfiguration& configuration, const ModelInfo& info, std::size_t leads) {
  Method m;
  m.label = configuration.label();
  m.configuration = configuration;
  m.forecast = [configuration, &info](const HeldOut& run) { return run_solver(configuration, run, info); };
  set_score(m, info, leads);
  return m;
}

std::vector<Method> learned_methods(const std::vector<Surrogate>& trainings, const std::vector<Surrogate>& baselines,
                                    std::size_t leads) {
  const auto& info = trainings.front().info();
  std::vector<Method> methods;
  for (const auto& training : trainings) {
    methods.push_back(surrogate_method(training, Method::Kind::surrogate));
    if (const auto* seed = training.info().training.at_path("train.seed"); seed && trainings.size() > 1)
      methods.back().label += ", seed " + std::to_string(seed->as_integer());
  }
  for (const auto& baseline : baselines) {
    const auto& other = baseline.info();
    if (other.input_channels != info.input_channels || other.output_channels != info.output_channels ||
        other.extents != info.extents)
      fail<ConfigError>("evaluate", "the baseline ", other.name,
                        " has other inputs, outputs or another grid than the model");
    methods.push_back(surrogate_method(baseline, Method::Kind::baseline));
  }
  for (auto& m : methods) set_score(m, info, leads);
  return methods;
}

}  // namespace marea::detail
