// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "../training/train_network.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <sstream>

#include <ATen/Parallel.h>

#include <marea/io/batch_loader.hpp>
#include <marea/io/error.hpp>
#include <marea/io/progress.hpp>
#include <marea/io/random.hpp>
#include <marea/surrogate/torch/as_tensor.hpp>
#include <marea/surrogate/torch/losses.hpp>
#include <marea/surrogate/torch/net.hpp>
#include <marea/surrogate/torch/normaliser.hpp>
#include <marea/surrogate/torch/torch_surrogate.hpp>
#include <marea/surrogate/torch/weights.hpp>

#include "../training/adam.hpp"
#include "../training/energy_meter.hpp"
#include "../training/schedule.hpp"
#include "../training/validation.hpp"
#include "torch_errors.hpp"

namespace marea::detail {
namespace {

using Clock = std::chrono::steady_clock;

/// The input of the next step from the present one and the state predicted from it.
class NextInput {
 public:
  explicit NextInput(const ModelInfo& info) : sources_(at::tensor(next_input_sources(info), at::kLong)) {}
  at::Tensor operator()(const at::Tensor& input, const at::Tensor& output) const {
    return at::cat({input, output}, 1).index_select(1, sources_);
  }

 private:
  at::Tensor sources_;
};

/// LibTorch's threads, set to a number for the life of this object where it is not 0.
class ThreadSetting {
 public:
  explicit ThreadSetting(int threads) {
    if (threads > 0) at::set_num_threads(threads);
  }
  ThreadSetting(const ThreadSetting&) = delete;
  ThreadSetting& operator=(const ThreadSetting&) = delete;
  ~ThreadSetting() { at::set_num_threads(before_); }

 private:
  int before_ = at::get_num_threads();
};

class NetworkTraining {
 public:
  NetworkTraining(const TrainOptions& options, const ModelInfo& info, const Dataset& train, const Dataset& valid,
                  TrainingState state, std::string checkpoint, std::string curve, const TrainingHooks& hooks)
      : options_(options), info_(info), train_(train), validation_(options, info, valid), state_(std::move(state)),
        checkpoint_(std::move(checkpoint)), curve_(std::move(curve)), hooks_(hooks), normaliser_(info),
        next_input_(info), spacing_(relative_spacing(info.extents, info.centres)),
        net_(make_net(info, static_cast<std::uint64_t>(options.seed))), surrogate_(make_surrogate(info, net_)),
        parameters_(net_->parameters()) {
    require_rollout(info_, *std::ranges::max_element(options_.rollout));
    for (int steps : options_.rollout)
      if (train_.rollout_samples(steps).empty())
        fail<ConfigError>("train", "rollout = ", steps, " is longer than the training runs");
    load_or_start();
  }

  TrainedNetwork run() {
    Progress progress("train", options_.epochs, "epochs", state_.epoch);
    while (state_.epoch < options_.epochs && !stopped_early()) one_epoch(progress);
    progress.finish();
    TrainedNetwork out;
    copy_out(state_.weights);
    set(state_.average.empty() ? state_.weights : state_.average);
    out.last = weights_of(*net_);
    set(state_.best.empty() ? state_.weights : state_.best);
    out.best = weights_of(*net_);
    spend();
    out.state = std::move(state_);
    return out;
  }

 private:
  void load_or_start() {
    std::size_t count = 0;
    for (const at::Tensor& p : parameters_) count += static_cast<std::size_t>(p.numel());
    if (!state_.weights.empty()) {
      for (const auto* list : {&state_.weights, &state_.moment1, &state_.moment2})
        if (list->size() != count)
          fail<DataError>(checkpoint_, "holds ", list->size(), " weights, the network has ", count);
      set(state_.weights);
      written_ = true;
      return;
    }
    state_.weights.resize(count);
    state_.moment1.assign(count, 0);
    state_.moment2.assign(count, 0);
    copy_out(state_.weights);
    if (options_.ema > 0) state_.average = state_.weights;
  }

  /// Weights of the network into one list, and back.
  void copy_out(std::vector<float>& flat) const {
    float* next = flat.data();
    for (const at::Tensor& p : parameters_) {
      std::copy_n(p.const_data_ptr<float>(), p.numel(), next);
      next += p.numel();
    }
  }
  void set(const std::vector<float>& flat) {
    const float* next = flat.data();
    for (at::Tensor& p : parameters_) {
      std::copy_n(next, p.numel(), p.mutable_data_ptr<float>());
      next += p.numel();
    }
  }

  bool stopped_early() const {
    return options_.early_stopping > 0 && state_.best_epoch > 0 && state_.batch == 0 &&
           state_.epoch - state_.best_epoch >= options_.early_stopping;
  }

  at::Tensor loss(const at::Tensor& p, const at::Tensor& t, const at::Tensor& mask) const {
    if (options_.loss == "mse") return mse_loss(p, t, mask);
    return options_.loss == "h1" ? h1_loss(p, t, mask, spacing_) : relative_l2_loss(p, t, mask);
  }

  /// Mean over the unrolled steps of the loss of what the net says of its own states, in scaled increments or states
  /// from the true state before; x (B, C_in, …), y (B, steps, C_out, …).
  at::Tensor rollout_loss(const at::Tensor& x, const at::Tensor& y) const {
    const at::Tensor mask = normaliser_.mask(x);
    at::Tensor truth = x, state = x, first_scale, total;
    for (std::int64_t r = 0; r < y.size(1); ++r) {
      const auto [encoded, scale] = normaliser_.encode_inputs(state);
      if (r == 0) first_scale = scale;
      const at::Tensor target = y.select(1, r);
      at::Tensor p = net_->forward(encoded), predicted;
      const bool judged_decoded = r > 0 || normaliser_.is_bounded();
      if (judged_decoded || r + 1 < y.size(1)) predicted = normaliser_.decode_outputs(p, scale, state);
      if (judged_decoded) p = normaliser_.encode_outputs(predicted, first_scale, truth);
      const at::Tensor step = loss(p, normaliser_.encode_outputs(target, first_scale, truth), mask);
      total = r == 0 ? step : total + step;
      if (r + 1 == y.size(1)) break;
      state = next_input_(state, predicted);
      truth = next_input_(truth, target);
    }
    return total / static_cast<double>(y.size(1));
  }

  /// One step of the optimiser; returns the loss.
  double learn(const BatchLoader::Batch& batch, double rate) {
    const at::Tensor value = rollout_loss(as_tensor(batch.in.ref()), as_tensor(batch.out.ref()));
    const double number = value.item<double>();
    require_finite(number, "loss");
    value.backward();

    std::vector<at::Tensor> gradients;
    double square = 0;
    for (at::Tensor& p : parameters_) {
      gradients.push_back(p.grad().defined() ? p.grad().contiguous() : at::zeros_like(p));
      p.mutable_grad().reset();
      square += squared_norm({gradients.back().const_data_ptr<float>(), static_cast<std::size_t>(p.numel())});
    }
    const double norm = std::sqrt(square);
    require_finite(norm, "norm of the gradient");

    AdamStep step;
    step.step = ++state_.step;
    step.learning_rate = rate;
    step.weight_decay = options_.weight_decay;
    step.decoupled = options_.optimiser == "adamw";
    if (options_.gradient_clip > 0 && norm > options_.gradient_clip) step.gradient_factor = options_.gradient_clip / norm;
    const auto t = static_cast<double>(state_.step);  // a mean of few weights forgets faster
    step.average_decay = std::min(options_.ema, (1 + t) / (10 + t));
    std::size_t first = 0;
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      const auto n = static_cast<std::size_t>(parameters_[i].numel());
      const auto part = [&](std::vector<float>& list) {
        return list.empty() ? std::span<float>() : std::span(list).subspan(first, n);
      };
      adam_step(step, {gradients[i].const_data_ptr<float>(), n}, {parameters_[i].mutable_data_ptr<float>(), n},
                part(state_.moment1), part(state_.moment2), part(state_.average));
      first += n;
    }
    return number;
  }

  void require_finite(double number, const char* what) const {
    if (std::isfinite(number)) return;
    const std::string saved = written_ ? "the last good checkpoint is " + checkpoint_ : "there is no checkpoint yet";
    fail<NumericalError>("train", what, " = ", number, " in epoch ", state_.epoch + 1, ", batch ", state_.batch + 1, "; ",
                         saved, "; a smaller learning_rate, a warmup or gradient_clip may help");
  }

  void one_epoch(Progress& progress) {
    const int rollout = rollout_of_epoch(options_, state_.epoch);
    const std::vector<std::int64_t> samples = train_.rollout_samples(rollout);
    const std::int64_t size = std::ssize(samples), batches = (size + options_.batch - 1) / options_.batch;
    const Random random(static_cast<std::uint64_t>(options_.seed), "train.order", static_cast<std::uint64_t>(state_.epoch));
    std::vector<std::int64_t> order;
    for (std::int64_t index : random.permutation(size)) order.push_back(samples[index]);
    order.erase(order.begin(), order.begin() + std::min(size, state_.batch * options_.batch));

    net_->train();
    double rate = 0;
    const auto begun = Clock::now();
    std::int64_t here = 0;
    BatchLoader loader(train_, std::move(order), options_.batch, rollout);
    BatchLoader::Batch batch;
    while (state_.batch < batches) {
      batch = loader.next(std::move(batch));
      rate = learning_rate(options_, state_.epoch, state_.batch, batches);
      const double value = learn(batch, rate);
      ++state_.batch;
      state_.loss_sum += value * static_cast<double>(batch.size);
      state_.seen += batch.size;
      here += batch.size;
      progress.update(state_.epoch + static_cast<double>(state_.batch) / static_cast<double>(batches),
                      note(static_cast<double>(here) / seconds_since(begun)));
      if (state_.batch < batches && hooks_.stop && hooks_.stop()) stop();
    }
    end_epoch(rate, rollout, static_cast<double>(here) / seconds_since(begun));
    if (hooks_.stop && hooks_.stop() && state_.epoch < options_.epochs) stop();
  }

  std::string note(double samples_per_second) const {
    std::ostringstream text;
    text.precision(3);
    text << "loss " << state_.loss_sum / static_cast<double>(state_.seen);
    if (!state_.curve.empty()) text << ", valid " << state_.curve.back()[2];
    text << ", " << samples_per_second << " samples/s";
    return text.str();
  }

  void end_epoch(double rate, int rollout, double samples_per_second) {
    const double loss = state_.loss_sum / static_cast<double>(state_.seen);
    copy_out(state_.weights);
    if (!state_.average.empty()) set(state_.average);
    net_->eval();
    const double error = validation_.error(surrogate_);
    if (!state_.average.empty()) set(state_.weights);
    ++state_.epoch;
    state_.batch = 0;
    state_.loss_sum = 0;
    state_.seen = 0;
    if (error < state_.best_error) {
      state_.best_error = error;
      state_.best_epoch = state_.epoch;
      state_.best = state_.average.empty() ? state_.weights : state_.average;
    }
    spend();
    state_.curve.push_back({static_cast<double>(state_.epoch), loss, error, rate, static_cast<double>(rollout),
                            samples_per_second, state_.seconds});
    write_curve(curve_, state_.curve);
    if (state_.epoch % options_.checkpoint_every == 0 || state_.epoch == options_.epochs) save();
    if (!hooks_.on_epoch) return;
    const double mean = state_.seconds / state_.epoch;
    hooks_.on_epoch({state_.epoch, options_.epochs, loss, error, state_.best_error, rate, rollout, samples_per_second,
                     state_.seconds, mean * (options_.epochs - state_.epoch)});
  }

  static double seconds_since(Clock::time_point start) {
    return std::max(1e-9, std::chrono::duration<double>(Clock::now() - start).count());
  }

  /// Brings time and energy spent up to now.
  void spend() {
    const double joules = meter_.joules();
    state_.energy += joules - counted_joules_;
    counted_joules_ = joules;
    state_.seconds += seconds_since(counted_time_);
    counted_time_ = Clock::now();
  }

  void save() {
    copy_out(state_.weights);
    write_training_state(checkpoint_, info_, state_);
    written_ = true;
  }

  [[noreturn]] void stop() {
    spend();
    save();
    fail<Stopped>("train", "stopped in epoch ", state_.epoch + 1, " of ", options_.epochs, " after batch ", state_.batch,
                  "; ", checkpoint_, " holds the state: run the same command again to go on");
  }

  const TrainOptions& options_;
  const ModelInfo& info_;
  const Dataset& train_;
  Validation validation_;
  TrainingState state_;
  std::string checkpoint_, curve_;
  const TrainingHooks& hooks_;
  Normaliser normaliser_;
  NextInput next_input_;
  std::vector<double> spacing_;
  std::shared_ptr<Net> net_;
  Surrogate surrogate_;  ///< over net_
  std::vector<at::Tensor> parameters_;
  bool written_ = false;
  EnergyMeter meter_;
  double counted_joules_ = 0;
  Clock::time_point counted_time_ = Clock::now();
};

}  // namespace

TrainedNetwork train_network(const TrainOptions& options, const ModelInfo& info, const Dataset& train,
                             const Dataset& valid, TrainingState state, const std::string& checkpoint,
                             const std::string& curve, const TrainingHooks& hooks) {
  const ThreadSetting threads(options.threads);
  return with_torch_errors("train", [&] {
    return NetworkTraining(options, info, train, valid, std::move(state), checkpoint, curve, hooks).run();
  });
}

}  // namespace marea::detail
