// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/torch/torch_surrogate.hpp>

#include <algorithm>
#include <cstring>
#include <mutex>

#include <torch/cuda.h>

#include <marea/io/queue.hpp>
#include <marea/surrogate/registry.hpp>
#include <marea/surrogate/torch/as_tensor.hpp>
#include <marea/surrogate/torch/normaliser.hpp>
#include <marea/surrogate/torch/weights.hpp>

#include "../torch_surrogate_factory.hpp"
#include "queue_guard.hpp"
#include "torch_errors.hpp"

namespace marea {
namespace {

/// "cpu", "cuda" or "cuda:n"; "cuda" is the device that this process computes on.
at::Device parse_device(const std::string& device) {
  const bool cuda = device.rfind("cuda", 0) == 0;
  const std::string number = cuda && device.size() > 5 && device[4] == ':' ? device.substr(5) : "";
  const bool numbered = !number.empty() && number.size() < 3 && number.find_first_not_of("0123456789") == std::string::npos;
  if (device != "cpu" && device != "cuda" && !numbered) {
    fail<ConfigError>("surrogate", "device = '", device, "' must be cpu, cuda or cuda:n");
  }
  if (device == "cpu") return {at::kCPU};
  if (!torch::cuda::is_available()) {
    fail<NotBuilt>("surrogate", "device = '", device, "': this LibTorch is built without CUDA, or finds no GPU; use cpu");
  }
  const int index = numbered ? std::stoi(number) : std::max(process_device(), 0), count = static_cast<int>(torch::cuda::device_count());
  if (index >= count) fail<ConfigError>("surrogate", "device = '", device, "': there are ", count, " GPUs");
  return {at::kCUDA, static_cast<at::DeviceIndex>(index)};
}

at::ScalarType parse_precision(const std::string& precision) {
  if (precision == "single") return at::kFloat;
  if (precision == "double") return at::kDouble;
  fail<ConfigError>("surrogate", "precision = '", precision, "' must be one of single, double");
}

bool same(const ArrayRef& a, const ArrayRef& b) {
  if (a.data != b.data || a.dtype != b.dtype || a.memory != b.memory || a.device != b.device || a.rank != b.rank) {
    return false;
  }
  for (int d = 0; d < a.rank; ++d) {
    if (a.extent[d] != b.extent[d] || a.stride[d] != b.stride[d]) return false;
  }
  return true;
}

/// The tensor over an array, kept from call to call: a solver hands the same memory over again and again.
struct Blob {
  ArrayRef ref;
  at::Tensor tensor;
  bool here = false;    ///< on the net's device
  bool direct = false;  ///< here, of the net's dtype
  bool flat = false;    ///< direct, in C order: may be filled by a copy of bytes

  void update(const ArrayRef& next, at::ScalarType dtype, at::Device device) {
    if (tensor.defined() && same(ref, next)) return;
    ref = next;
    tensor = as_tensor(next);
    here = tensor.device() == device;
    direct = here && tensor.scalar_type() == dtype;
    flat = direct && tensor.is_contiguous();
  }
};

class TorchSurrogate : public SurrogateInterface {
 public:
  TorchSurrogate(ModelInfo info, std::shared_ptr<Net> net, at::Device device, at::ScalarType dtype)
      : info_(std::move(info)), net_(std::move(net)), device_(device), dtype_(dtype), normaliser_(info_, dtype, device) {
    net_->to(device_, dtype_);
    if (device_.is_cuda()) torch::cuda::synchronize(device_.index());  // whatever queue the first call comes with
  }

  const ModelInfo& info() const override { return info_; }
  std::string device() const override { return device_.str(); }
  bool any_extents() const override { return true; }

  void predict(const ArrayRef& in, const ArrayRef& out, const Queue& queue) override {
    const std::lock_guard one_at_a_time(mutex_);  // buffers and what a net keeps from call to call
    detail::with_torch_errors(where_, [&] {
      const QueueGuard guard(queue, device_.is_cuda() || on_gpu(in, out));
      predict_unguarded(in, out);
    });
  }

 private:
  void predict_unguarded(const ArrayRef& in, const ArrayRef& out) {
    const c10::InferenceMode inference;
    in_.update(in, dtype_, device_);
    out_.update(out, dtype_, device_);
    if (device_.is_cuda() && in_.here && out_.here && !normaliser_.is_identity()) return predict_fused();
    const at::Tensor y = run(in_.direct ? in_.tensor : converted(in_.tensor));
    if (!out_.flat || !y.is_contiguous()) {
      out_.tensor.copy_(y);
    } else if (device_.is_cpu()) {
      std::memcpy(out_.ref.data, y.const_data_ptr(), y.nbytes());
    } else {
      enqueue_copy(out_.ref.data, y.const_data_ptr(), y.nbytes());
    }
  }

  /// All on one GPU: normalisation with conversion is one kernel on the way in and one on the way out.
  void predict_fused() {
    const at::Tensor x = scratch_like(in_.tensor);
    const at::Tensor scale = normaliser_.encode_inputs_into(x, in_.tensor);
    normaliser_.decode_outputs_into(out_.tensor, net_->forward(x), scale, in_.tensor);
  }

  at::Tensor run(const at::Tensor& x) {
    if (normaliser_.is_identity()) return net_->forward(x);
    const Normaliser::Encoded encoded = normaliser_.encode_inputs(x);
    return normaliser_.decode_outputs(net_->forward(encoded.x), encoded.scale, x);
  }

  at::Tensor converted(const at::Tensor& x) { return scratch_like(x).copy_(x); }

  /// An array of x's extents in the net's dtype on its device, kept for the next call with this shape. On a GPU it is
  /// the call's own, from LibTorch's cache: the next call may run on another stream before this one is done.
  at::Tensor scratch_like(const at::Tensor& x) {
    if (device_.is_cuda()) return at::empty(x.sizes(), at::TensorOptions(dtype_).device(device_));
    if (!scratch_.defined() || scratch_.sizes() != x.sizes()) {
      scratch_ = at::empty(x.sizes(), at::TensorOptions(dtype_).device(device_));
    }
    return scratch_;
  }

  ModelInfo info_;
  std::string where_ = "model '" + info_.name + "'";
  std::shared_ptr<Net> net_;
  at::Device device_;
  at::ScalarType dtype_;
  Normaliser normaliser_;
  Blob in_, out_;
  at::Tensor scratch_;
  std::mutex mutex_;
};

}  // namespace

std::unique_ptr<SurrogateInterface> make_torch_surrogate(const ModelFile& file, const std::string& device,
                                                         const std::string& precision) {
  const at::Device where = parse_device(device);
  const at::ScalarType dtype = parse_precision(precision);
  std::shared_ptr<Net> net = find_model(file.info.name).make_net(file.info);
  set_weights(*net, file.weights);
  return std::make_unique<TorchSurrogate>(file.info, std::move(net), where, dtype);
}

Surrogate make_surrogate(const ModelInfo& info, std::shared_ptr<Net> net, const std::string& device,
                         const std::string& precision) {
  return Surrogate(std::make_unique<TorchSurrogate>(info, std::move(net), parse_device(device), parse_precision(precision)));
}

}  // namespace marea
