// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
//
// Speed of the Fourier neural operator. `bench_fno` prints JSON; `bench_fno --serve` reads lines
// "train N" and "infer N" and answers each with the seconds of N steps, so that another program can interleave it
// with a peer (compare_neuraloperator.py). Options: --extent 64 --batch 20 --threads 2 --cpu-time 0 (1: CPU seconds
// of all threads instead of elapsed ones: steadier on a shared machine).
#include <chrono>
#include <cstring>
#include <ctime>
#include <iostream>
#include <map>

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>

#include <marea/surrogate/torch/net.hpp>

namespace {

using namespace marea;

/// The net, data and optimiser of the comparison: width 32, modes 12, 4 layers, 1 field and 2 coordinates in, 1 out.
class Bench {
 public:
  Bench(std::int64_t extent, std::int64_t batch, bool cpu_time) : cpu_time_(cpu_time) {
    ModelInfo info;
    info.name = "fno";
    info.options["modes"] = OptionTree::Array{12, 12};
    info.options["padding"] = 0.0;
    info.options["lifting"] = 64;
    info.options["shortcut"] = false;
    info.input_channels = info.output_channels = {"q"};
    info.extents = {extent, extent};
    net_ = make_net(info, 1);
    x_ = at::randn({batch, 1, extent, extent});
    target_ = at::randn({batch, 1, extent, extent});
    for (const at::Tensor& p : net_->parameters()) {
      weights_.push_back(p);
      mean_.push_back(at::zeros_like(p));
      square_.push_back(at::zeros_like(p));
      steps_.push_back(at::zeros({}));
    }
  }

  void train() {
    const at::Tensor loss = at::mse_loss(net_->forward(x_), target_);
    const std::vector<at::Tensor> gradients = torch::autograd::grad({loss}, weights_);
    const at::NoGradGuard no_grad;
    at::_foreach_add_(steps_, 1);
    at::_fused_adam_(weights_, gradients, mean_, square_, {}, steps_, 1e-3, 0.9, 0.999, 0, 1e-8, false, false);
  }

  void infer() {
    const c10::InferenceMode inference;
    net_->forward(x_.narrow(0, 0, 1));
  }

  double seconds(const std::string& what, int count) {
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t cpu_start = std::clock();
    for (int i = 0; i < count; ++i) what == "train" ? train() : infer();
    const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return cpu_time_ ? static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC : wall;
  }

 private:
  bool cpu_time_;
  std::shared_ptr<Net> net_;
  at::Tensor x_, target_;
  std::vector<at::Tensor> weights_, mean_, square_, steps_;
};

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, int> option{{"--extent", 64}, {"--batch", 20}, {"--threads", 2}, {"--cpu-time", 0}};
  const bool serve = argc > 1 && std::strcmp(argv[1], "--serve") == 0;
  for (int i = serve ? 2 : 1; i + 1 < argc; i += 2) option[argv[i]] = std::stoi(argv[i + 1]);
  at::set_num_threads(option["--threads"]);
  Bench bench(option["--extent"], option["--batch"], option["--cpu-time"] != 0);
  bench.seconds("train", 2);
  bench.seconds("infer", 2);
  if (!serve) {
    std::cout << "{\"train_samples_per_s\": " << 10 * option["--batch"] / bench.seconds("train", 10)
              << ", \"infer_ms\": " << 1e3 / 100 * bench.seconds("infer", 100) << "}\n";
    return 0;
  }
  std::string what;
  for (int count = 0; std::cin >> what >> count;) std::cout << bench.seconds(what, count) << std::endl;
}
