// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "energy_meter.hpp"

#include <sys/resource.h>

#include <filesystem>
#include <fstream>

namespace marea::detail {
namespace {

/// The number in a file, negative when it cannot be read.
double number_in(const std::filesystem::path& path) {
  std::ifstream file(path);
  double value = -1;
  return file >> value ? value : -1;
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec); };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

EnergyMeter::EnergyMeter() : cpu_start_(cpu_seconds()) {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/sys/class/powercap", none)) {
    const std::string name = entry.path().filename();  // intel-rapl:0 is a package, intel-rapl:0:1 a part of it
    if (!name.starts_with("intel-rapl:") || name.find(':') != name.rfind(':')) continue;
    const double now = number_in(entry.path() / "energy_uj"), range = number_in(entry.path() / "max_energy_range_uj");
    if (now >= 0 && range > 0) counters_.push_back({entry.path() / "energy_uj", now, range});
  }
}

double EnergyMeter::joules() {
  if (counters_.empty()) return (cpu_seconds() - cpu_start_) * watts_per_core;
  for (Counter& counter : counters_) {
    const double now = number_in(counter.path);
    if (now < 0) continue;
    joules_ += 1e-6 * (now - counter.last + (now < counter.last ? counter.range : 0));
    counter.last = now;
  }
  return joules_;
}

std::string EnergyMeter::method() const {
  return counters_.empty() ? "CPU seconds of the process times " + std::to_string(watts_per_core) + " W a core"
                           : "RAPL counters of the processor packages, other load on the machine included";
}

}  // namespace marea::detail
