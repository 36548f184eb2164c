// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/stop_signal.hpp>

#include <csignal>

#include <array>
#include <utility>

namespace marea {
namespace {

constexpr std::array stop_signals{SIGTERM, SIGINT, SIGUSR1};
volatile std::sig_atomic_t stop_flag = 0, stop_number = 0;
std::array<struct sigaction, stop_signals.size()> former;
int living = 0;

extern "C" void on_stop_signal(int signal) {
  if (signal == SIGINT && stop_number == SIGINT) {
    std::signal(SIGINT, SIG_DFL);
    std::raise(SIGINT);
  }
  stop_flag = 1;
  stop_number = signal;
}

}  // namespace

StopSignal::StopSignal() {
  if (living++ > 0) return;
  struct sigaction action {};
  action.sa_handler = on_stop_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < stop_signals.size(); ++i) sigaction(stop_signals[i], &action, &former[i]);
}

StopSignal::~StopSignal() {
  if (--living > 0) return;
  for (std::size_t i = 0; i < stop_signals.size(); ++i) sigaction(stop_signals[i], &former[i], nullptr);
}

bool StopSignal::requested() { return stop_flag != 0; }
int StopSignal::number() { return stop_number; }
void StopSignal::request() { stop_flag = 1; }
void StopSignal::clear() {
  stop_flag = 0;
  stop_number = 0;
}

}  // namespace marea
