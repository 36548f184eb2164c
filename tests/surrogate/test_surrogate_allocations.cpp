// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <atomic>
#include <cstdlib>
#include <new>

#include <ATen/Parallel.h>

#include "support/tiny_net.hpp"

#include "support/doctest_with_torch.hpp"

namespace {

std::atomic<long> allocations{0};

}  // namespace

// Every allocation of this program, LibTorch's too.
void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* memory = std::malloc(bytes > 0 ? bytes : 1)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

using namespace marea;

namespace {

template <class Call> long allocations_of(Call&& call) {
  for (int i = 0; i < 3; ++i) call();  // what is allocated once
  const long before = allocations;
  for (int i = 0; i < 100; ++i) call();
  return allocations - before;
}

}  // namespace

TEST_CASE("calls of a surrogate allocate nothing beyond what LibTorch allocates for the net") {
  at::set_num_threads(1);
  const auto net = std::make_shared<test::TinyNet>();
  const Surrogate surrogate = test::tiny_surrogate(net);
  const HostArray in(DType::f32, {1, 4, 16}), out(DType::f32, {1, 4, 16});
  const ArrayRef x = in.ref(), y = out.ref();

  const c10::InferenceMode inference;
  const at::Tensor raw = at::zeros({1, 4, 16});
  const long of_libtorch = allocations_of([&] {
    const c10::InferenceMode again;
    const at::Tensor result = net->forward(raw);
  });
  CHECK(of_libtorch > 0);
  CHECK(allocations_of([&] { surrogate.predict(x, y); }) == of_libtorch);
}
