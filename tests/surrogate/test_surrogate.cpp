// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <atomic>
#include <limits>
#include <thread>

#include <c10/core/StreamGuard.h>

#include <marea/io/error.hpp>
#include <marea/surrogate/backend.hpp>
#include <marea/surrogate/normaliser.hpp>
#include <marea/surrogate/surrogate.hpp>
#include <marea/surrogate/torch/as_tensor.hpp>
#include <marea/surrogate/torch/torch_surrogate.hpp>
#include <marea/surrogate/torch/weights.hpp>

#include "support/small_model.hpp"

#include "support/doctest_with_torch.hpp"

using namespace marea;
using test::small_model;

namespace {

ModelFile model_file() {
  ModelFile file;
  file.info = small_model("fno", test::small_fno(2), {9, 14});
  file.weights = weights_of(*make_net(file.info, 1));
  return file;
}

/// Inputs eta, velocity and sea_mask, output eta, with every step of the normaliser.
ModelFile normalised_model_file() {
  ModelFile file = model_file();
  file.info.inputs.push_back({.name = "sea_mask"});
  file.info.input_channels.emplace_back("sea_mask");
  file.info.normaliser = write_options(NormaliserOptions{.amplitude_of = "eta",
                                                         .amplitude_scaled = {"eta", "velocity"},
                                                         .mask = "sea_mask",
                                                         .residual = true,
                                                         .input_mean = {0.25, -0.5, 0.125, 0.75},
                                                         .input_scale = {0.5, 2, 3, 0.25},
                                                         .output_scale = {1.5}});
  file.weights = weights_of(*make_net(file.info, 1));
  return file;
}

/// A network that LibTorch refuses to run.
class Misfit : public Net {
 public:
  void initialise(at::Generator) override {}
  at::Tensor forward(const at::Tensor& x) override { return at::matmul(x, at::ones({1, 1})); }
};

HostArray random_array(DType dtype, std::initializer_list<std::int64_t> extents) {
  at::manual_seed(11);
  HostArray array(dtype, extents);
  as_tensor(array.ref()).normal_();
  return array;
}

std::string message_of(const Surrogate& surrogate, const ArrayRef& in, const ArrayRef& out) {
  try {
    surrogate.predict(in, out);
  } catch (const ShapeError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a tensor over an array shares its memory and strides") {
  HostArray array = random_array(DType::f64, {3, 4, 5});
  const at::Tensor tensor = as_tensor(array.ref().slice(1, 1, 3).permute({2, 0, 1}));
  CHECK(tensor.sizes() == at::IntArrayRef({5, 3, 2}));
  tensor[4][2][1] = 7.0;
  CHECK(array.values<double>()[2 * 20 + 2 * 5 + 4] == 7.0);
}

TEST_CASE("one sample, a batch, strided arrays and double arrays give the same prediction") {
  const Surrogate surrogate = make_surrogate(model_file());
  const HostArray in = random_array(DType::f32, {4, 3, 9, 14});
  const HostArray out(DType::f32, {4, 1, 9, 14});
  surrogate.predict(in.ref(), out.ref());
  const at::Tensor expected = as_tensor(out.ref());
  CHECK(expected.abs().max().item<double>() > 0.01);

  const HostArray one(DType::f32, {1, 9, 14});
  surrogate.predict(in.ref()[2], one.ref());
  CHECK(at::allclose(as_tensor(one.ref()), expected[2], 1e-4, 1e-6));

  const HostArray padded_in(DType::f32, {4, 3, 11, 20}), padded_out(DType::f32, {4, 1, 11, 20});
  const auto interior = [](const HostArray& a) { return a.ref().slice(2, 1, 10).slice(3, 3, 17); };
  copy(in.ref(), interior(padded_in));
  surrogate.predict(interior(padded_in), interior(padded_out));
  CHECK(at::equal(as_tensor(interior(padded_out)), expected));
  CHECK(as_tensor(padded_out.ref()).sum().item<float>() == doctest::Approx(expected.sum().item<float>()));

  const HostArray wide_in(DType::f64, {4, 3, 9, 14}), wide_out(DType::f64, {4, 1, 9, 14});
  copy_converting(in.ref(), wide_in.ref());
  surrogate.predict(wide_in.ref(), wide_out.ref());
  CHECK(at::equal(as_tensor(wide_out.ref()).to(at::kFloat), expected));
}

TEST_CASE("a prediction is the network between one encoding and one decoding") {
  const ModelFile file = normalised_model_file();
  const HostArray in = random_array(DType::f32, {2, 4, 9, 14}), out(DType::f32, {2, 1, 9, 14});
  const at::Tensor x = as_tensor(in.ref());
  const at::Tensor mask = x.select(1, 3).gt(0).to(at::kFloat).unsqueeze(1);
  x.narrow(1, 3, 1).copy_(mask);
  make_surrogate(file).predict(in.ref(), out.ref());

  const at::NoGradGuard no_grad;
  const auto by_channel = [](std::initializer_list<float> values) { return at::tensor(values).view({1, -1, 1, 1}); };
  const at::Tensor eta = x.narrow(1, 0, 1), amplitude = eta.abs().amax({1, 2, 3}, true);
  const at::Tensor divided = at::cat({x.narrow(1, 0, 3) / amplitude, mask}, 1);
  const at::Tensor encoded = (divided - by_channel({0.25, -0.5, 0.125, 0.75})) / by_channel({0.5, 2, 3, 0.25});
  const at::Tensor y = make_net(file.info, 1)->forward(encoded);
  const at::Tensor expected = mask * (y * 1.5 * amplitude + eta);
  CHECK(at::allclose(as_tensor(out.ref()), expected, 1e-5, 1e-5));
  CHECK((expected - mask * eta).norm().item<double>() > 0.1 * eta.norm().item<double>());
}

TEST_CASE("an error of LibTorch names the model and ends in its first line") {
  ModelInfo info = small_model("misfit", {}, {9, 14});
  const Surrogate surrogate = make_surrogate(info, std::make_shared<Misfit>());
  const HostArray in(DType::f32, {3, 9, 14}), out(DType::f32, {1, 9, 14});
  try {
    surrogate.predict(in.ref(), out.ref());
    FAIL("a product of matrices that do not fit must be refused");
  } catch (const Error& error) {
    const std::string text = error.what();
    CHECK(text.starts_with("model 'misfit': LibTorch: "));
    CHECK(text.find('\n') == std::string::npos);
  }
}

TEST_CASE("double precision agrees with single to its rounding") {
  const HostArray in = random_array(DType::f64, {3, 9, 14}), out(DType::f64, {1, 9, 14}), single(DType::f64, {1, 9, 14});
  make_surrogate(model_file(), "cpu", "double").predict(in.ref(), out.ref());
  make_surrogate(model_file(), "cpu", "single").predict(in.ref(), single.ref());
  const double distance = (as_tensor(out.ref()) - as_tensor(single.ref())).norm().item<double>();
  CHECK(distance > 0);
  CHECK(distance < 1e-5 * as_tensor(out.ref()).norm().item<double>());
}

TEST_CASE("the same memory handed over again is read afresh") {
  const Surrogate surrogate = make_surrogate(model_file());
  const HostArray in = random_array(DType::f32, {3, 9, 14}), first(DType::f32, {1, 9, 14}), again(DType::f32, {1, 9, 14});
  surrogate.predict(in.ref(), first.ref());
  as_tensor(in.ref()).mul_(2);
  surrogate.predict(in.ref(), again.ref());
  CHECK_FALSE(at::equal(as_tensor(first.ref()), as_tensor(again.ref())));
}

TEST_CASE("a network predicts on another resolution than its own") {
  const Surrogate surrogate = make_surrogate(model_file());
  const HostArray in = random_array(DType::f32, {3, 18, 28}), out(DType::f32, {1, 18, 28});
  surrogate.predict(in.ref(), out.ref());
  CHECK(as_tensor(out.ref()).isfinite().all().item<bool>());
}

TEST_CASE("arrays that do not fit are refused with both shapes") {
  const Surrogate surrogate = make_surrogate(model_file());
  const HostArray in(DType::f32, {3, 9, 14}), out(DType::f32, {1, 9, 14}), wrong(DType::f32, {2, 9, 14});
  const HostArray batch(DType::f32, {5, 3, 9, 14}), ints(DType::i32, {3, 9, 14}), other(DType::f32, {1, 9, 13});
  CHECK(message_of(surrogate, wrong.ref(), out.ref()) ==
        "surrogate: input = f32[2, 9, 14] does not fit the model 'fno', whose input is ([batch,] 3, 9, 14)");
  CHECK(message_of(surrogate, in.ref(), wrong.ref()) ==
        "surrogate: output = f32[2, 9, 14] does not fit the model 'fno', whose output is ([batch,] 1, 9, 14)");
  CHECK(message_of(surrogate, batch.ref(), out.ref()) ==
        "surrogate: input f32[5, 3, 9, 14] and output f32[1, 9, 14] must agree in batch and cells");
  CHECK(message_of(surrogate, in.ref(), other.ref()) ==
        "surrogate: input f32[3, 9, 14] and output f32[1, 9, 13] must agree in batch and cells");
  CHECK(message_of(surrogate, ints.ref(), out.ref()) == "surrogate: input = i32[3, 9, 14] must be f32 or f64");
  CHECK(message_of(surrogate, in.ref(), in.ref().slice(0, 1, 2)) ==
        "surrogate: input f32[3, 9, 14] and output f32[1, 9, 14] overlap in memory");
}

TEST_CASE("the golden output is checked when a model is made") {
  ModelFile file = model_file();
  file.golden_input = random_array(DType::f32, {1, 3, 9, 14});
  file.golden_output = HostArray(DType::f32, {1, 1, 9, 14});
  make_surrogate(model_file()).predict(file.golden_input.ref(), file.golden_output.ref());
  CHECK_NOTHROW(make_surrogate(file));
  CHECK_NOTHROW(make_surrogate(file, "cpu", "double"));
  as_tensor(file.golden_output.ref()).mul_(1.01);
  CHECK_THROWS_WITH_AS(make_surrogate(file), doctest::Contains("away from the golden output, must be at most 0.001"),
                       DataError);
}

TEST_CASE("weights with a NaN are refused when a model is made") {
  ModelFile file = model_file();
  file.weights[2].second.values<float>()[5] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(make_surrogate(file), DataError);
}

TEST_CASE("devices and precisions that do not exist are refused") {
  CHECK_THROWS_WITH_AS(make_surrogate(model_file(), "tpu"), "surrogate: device = 'tpu' must be cpu, cuda or cuda:n",
                       ConfigError);
  CHECK_THROWS_WITH_AS(make_surrogate(model_file(), "cpu", "half"),
                       "surrogate: precision = 'half' must be one of single, double", ConfigError);
  if (!at::hasCUDA()) CHECK_THROWS_AS(make_surrogate(model_file(), "cuda"), NotBuilt);
}

TEST_CASE("a LibTorch without CUDA refuses memory of a GPU, and takes the host's beside a GPU's queue") {
  if (at::hasCUDA()) return;
  const Surrogate surrogate = make_surrogate(model_file());
  const HostArray in = random_array(DType::f32, {3, 9, 14}), out(DType::f32, {1, 9, 14});
  surrogate.predict(in.ref(), out.ref(), Queue{nullptr, 0});
  ArrayRef on_gpu = out.ref();
  on_gpu.memory = Memory::cuda;
  CHECK_THROWS_WITH_AS(surrogate.predict(in.ref(), on_gpu, Queue{nullptr, 0}),
                       "surrogate: device 0: this LibTorch is built without CUDA", NotBuilt);
}

TEST_CASE("a network on the CPU takes emulated device memory as it is") {
  const Surrogate surrogate = make_surrogate(model_file());
  const HostArray in = random_array(DType::f32, {3, 9, 14}), expected(DType::f32, {1, 9, 14});
  const HostArray out(DType::f32, {1, 9, 14});
  ArrayRef from = in.ref(), to = out.ref();
  from.memory = to.memory = Memory::emulated;
  surrogate.predict(in.ref(), expected.ref());

  CHECK(surrogate.device() == "cpu");
  CHECK(as_tensor(from).is_cpu());
  CHECK(as_tensor(from).data_ptr() == in.ref().data);
  surrogate.predict(from, to);
  CHECK(at::equal(as_tensor(out.ref()), as_tensor(expected.ref())));
}

TEST_CASE("on a GPU a network gives what it gives on the CPU, in the order of the queue") {
  if (torch_devices().size() == 1) return;  // no GPU here
  const auto on_device = [](const HostArray& array) {
    ArrayRef ref = array.ref();
    const at::Tensor tensor = as_tensor(ref).to(at::kCUDA);
    ref.data = tensor.data_ptr();
    ref.memory = Memory::cuda;
    return std::pair(tensor, ref);
  };
  for (const ModelFile& file : {model_file(), normalised_model_file()})
    for (const DType dtype : {DType::f32, DType::f64}) {
      const auto channels = std::ssize(file.info.input_channels);
      const HostArray in = random_array(dtype, {2, channels, 9, 14}), expected(dtype, {2, 1, 9, 14});
      make_surrogate(file).predict(in.ref(), expected.ref());
      const Surrogate surrogate = make_surrogate(file, "cuda:0");
      const auto [x, from] = on_device(in);
      const auto [y, to] = on_device(HostArray(dtype, {2, 1, 9, 14}));
      {
        const c10::StreamGuard another(c10::impl::VirtualGuardImpl(at::kCUDA).getStreamFromGlobalPool({at::kCUDA, 0}));
        surrogate.predict(from, to, Queue{nullptr, 0});
      }
      CHECK(surrogate.device() == "cuda:0");
      CHECK(at::allclose(y.cpu(), as_tensor(expected.ref()), 1e-3, 1e-4));
    }
}

TEST_CASE("several threads calling one surrogate get the bits that each gets alone") {
  constexpr std::int64_t threads = 4, calls = 100;
  for (const ModelFile& file : {model_file(), normalised_model_file()})
    for (const DType dtype : {DType::f32, DType::f64}) {
      const auto channels = std::ssize(file.info.input_channels);
      const HostArray in = random_array(dtype, {threads, channels, 9, 14}), expected(dtype, {threads, 1, 9, 14});
      const Surrogate alone = make_surrogate(file);
      for (std::int64_t t = 0; t < threads; ++t) alone.predict(in.ref()[t], expected.ref()[t]);

      const Surrogate shared = make_surrogate(file);
      std::atomic<int> wrong = 0;
      std::vector<std::thread> crew;
      for (std::int64_t t = 0; t < threads; ++t) {
        crew.emplace_back([&, t] {
          const HostArray out(dtype, {1, 9, 14});
          for (std::int64_t call = 0; call < calls; ++call) {
            shared.predict(in.ref()[t], out.ref());
            wrong += !at::equal(as_tensor(out.ref()), as_tensor(expected.ref()[t]));
          }
        });
      }
      for (std::thread& thread : crew) thread.join();
      CHECK(wrong == 0);
    }
}

TEST_CASE("a net of this process becomes a surrogate without a file") {
  const ModelFile file = model_file();
  const Surrogate direct = make_surrogate(file.info, make_net(file.info, 1)), loaded = make_surrogate(file);
  const HostArray in = random_array(DType::f32, {3, 9, 14}), a(DType::f32, {1, 9, 14}), b(DType::f32, {1, 9, 14});
  direct.predict(in.ref(), a.ref());
  loaded.predict(in.ref(), b.ref());
  CHECK(at::equal(as_tensor(a.ref()), as_tensor(b.ref())));
}

TEST_CASE("a model written and loaded again predicts the same bits") {
  ModelFile file = model_file();
  file.golden_input = random_array(DType::f32, {1, 3, 9, 14});
  file.golden_output = HostArray(DType::f32, {1, 1, 9, 14});
  make_surrogate(file.info, make_net(file.info, 1)).predict(file.golden_input.ref(), file.golden_output.ref());
  write_model_file("test_surrogate.h5", file);
  const HostArray out(DType::f32, {1, 1, 9, 14});
  Surrogate::load("test_surrogate.h5").predict(file.golden_input.ref(), out.ref());
  CHECK(at::equal(as_tensor(out.ref()), as_tensor(file.golden_output.ref())));
  std::remove("test_surrogate.h5");
}
