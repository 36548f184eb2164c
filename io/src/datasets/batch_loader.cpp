// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/batch_loader.hpp>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

#include <marea/io/error.hpp>

namespace marea {

struct BatchLoader::Impl {
  const Dataset& data;
  const std::vector<std::int64_t> order;
  const std::int64_t batch, rollout;
  const std::size_t ahead;

  std::mutex mutex;  // guards what follows
  std::condition_variable changed;
  std::deque<Batch> ready, spare;
  std::exception_ptr error;
  bool finished = false, stopped = false;
  std::thread thread;

  Batch read(std::int64_t begin, Batch b) const {
    const std::int64_t end = std::min(begin + batch, std::ssize(order));
    const ModelInfo& info = data.info();
    Extents in{end - begin, std::ssize(info.input_channels)};
    Extents out{end - begin, rollout, std::ssize(info.output_channels)};
    in.insert(in.end(), info.extents.begin(), info.extents.end());
    out.insert(out.end(), info.extents.begin(), info.extents.end());
    b.size = end - begin;
    if (!std::ranges::equal(b.in.extents(), in)) b.in = HostArray(DType::f32, in);
    if (!std::ranges::equal(b.out.extents(), out)) b.out = HostArray(DType::f32, out);
    for (std::int64_t i = 0; i < b.size; ++i) data.read_rollout(order[begin + i], b.in.ref()[i], b.out.ref()[i]);
    return b;
  }

  void run() {
    try {
      for (std::int64_t begin = 0; begin < std::ssize(order); begin += batch) {
        Batch next;
        {
          std::unique_lock lock(mutex);
          changed.wait(lock, [&] { return stopped || ready.size() < ahead; });
          if (stopped) return;
          if (!spare.empty()) {
            next = std::move(spare.front());
            spare.pop_front();
          }
        }
        next = read(begin, std::move(next));
        const std::scoped_lock lock(mutex);
        ready.push_back(std::move(next));
        changed.notify_all();
      }
    } catch (...) {
      error = std::current_exception();
    }
    const std::scoped_lock lock(mutex);
    finished = true;
    changed.notify_all();
  }

 private:
  using Extents = std::vector<std::int64_t>;
};

BatchLoader::BatchLoader(const Dataset& data, std::vector<std::int64_t> order, int batch, int rollout, int ahead) {
  if (batch < 1 || rollout < 1 || ahead < 1)
    fail<ConfigError>("BatchLoader", "batch = ", batch, ", rollout = ", rollout, ", ahead = ", ahead, " must be >= 1");
  impl_.reset(new Impl{data, std::move(order), batch, rollout, static_cast<std::size_t>(ahead)});
  impl_->thread = std::thread([self = impl_.get()] { self->run(); });
}

BatchLoader::~BatchLoader() {
  {
    const std::scoped_lock lock(impl_->mutex);
    impl_->stopped = true;
    impl_->changed.notify_all();
  }
  impl_->thread.join();
}

BatchLoader::Batch BatchLoader::next(Batch spent) {
  std::unique_lock lock(impl_->mutex);
  if (spent.size > 0) impl_->spare.push_back(std::move(spent));
  impl_->changed.wait(lock, [&] { return impl_->finished || !impl_->ready.empty(); });
  if (impl_->ready.empty()) {
    if (impl_->error) std::rethrow_exception(impl_->error);
    return {};
  }
  Batch batch = std::move(impl_->ready.front());
  impl_->ready.pop_front();
  impl_->changed.notify_all();
  return batch;
}

}  // namespace marea
