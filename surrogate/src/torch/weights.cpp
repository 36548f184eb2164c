// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/torch/weights.hpp>

#include <sstream>

#include <marea/io/error.hpp>
#include <marea/surrogate/torch/as_tensor.hpp>

namespace marea {

NamedWeights weights_of(const Net& net) {
  const at::NoGradGuard no_grad;
  NamedWeights weights;
  for (const auto& item : net.named_parameters()) {
    const at::Tensor& p = item.value();
    HostArray array(p.scalar_type() == at::kDouble ? DType::f64 : DType::f32, {p.sizes().data(), p.sizes().size()});
    as_tensor(array.ref()).copy_(p);
    weights.emplace_back(item.key(), std::move(array));
  }
  return weights;
}

void set_weights(Net& net, const NamedWeights& weights) {
  const at::NoGradGuard no_grad;
  const auto parameters = net.named_parameters();
  if (parameters.size() != weights.size()) {
    fail<DataError>("weights", "the file holds ", weights.size(), " arrays, the network has ", parameters.size());
  }
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto& [name, array] = weights[i];
    const ArrayRef ref = array.ref();
    at::Tensor to = parameters[i].value();
    if (name != parameters[i].key()) {
      fail<DataError>("weights", "'", name, "' stands where the network has '", parameters[i].key(), "'");
    }
    if (ref.dtype != DType::f32 && ref.dtype != DType::f64) {
      fail<DataError>("weights", "'", name, "' = ", to_string(ref), " must be f32 or f64");
    }
    if (to.sizes() != at::IntArrayRef(ref.extent, static_cast<std::size_t>(ref.rank))) {
      std::ostringstream shape;
      shape << to.sizes();
      fail<DataError>("weights", "'", name, "' = ", to_string(ref), " must have the shape ", shape.str());
    }
    const at::Tensor from = as_tensor(ref);
    if (!at::isfinite(from).all().item<bool>()) fail<DataError>("weights", "'", name, "' holds a NaN or an infinity");
    to.copy_(from);
  }
}

}  // namespace marea
