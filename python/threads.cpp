// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "threads.hpp"

#include <chrono>

#include <marea/io/error.hpp>
#include <marea/solvers/runtime.hpp>

#include "convert.hpp"

namespace marea::python {
namespace {

std::atomic<bool> started{false}, forked{false};

}  // namespace

std::recursive_timed_mutex& work_mutex() {
  static auto* self = new std::recursive_timed_mutex;
  return *self;
}

Work::Start::Start(Of what) {
  refuse_after_fork();
  started = true;
  if (what == Of::solvers) ensure_runtime();
}

Work::Work(Of what) : start_(what), turn_(work_mutex(), std::defer_lock) {
  while (!turn_.try_lock_for(std::chrono::milliseconds(100))) {
    if (!interrupted()) continue;
    py::gil_scoped_acquire gil;
    rethrow_interrupt();
  }
  if (what == Of::solvers) Runtime::adopt_thread();
}

bool forked_off() { return forked; }

void after_fork(bool torch) { forked = forked || started || torch; }

void refuse_after_fork() {
  if (!forked_off()) return;
  fail<Error>("python",
              "this process was forked off one in which marea or torch had started threads, which do not live here. ",
              "Start processes by spawn: multiprocessing.get_context('spawn'), ",
              "ProcessPoolExecutor(mp_context=multiprocessing.get_context('spawn')), ",
              "DataLoader(multiprocessing_context='spawn')");
}

Busy::Busy(std::atomic_flag& flag, const char* what) : flag_(flag) {
  if (flag_.test_and_set())
    fail<Error>(what,
                "another thread is in a call of this object; let calls take turns, or make one object for each thread");
}

}  // namespace marea::python
