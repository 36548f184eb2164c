// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <fstream>
#include <memory>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <mpi.h>
#include <spdlog/version.h>

#include <marea/io/hdf5.hpp>
#include <marea/solvers/runtime.hpp>
#include <marea/solvers/view_check.hpp>
#ifdef MAREA_HAS_SURROGATE
#include <marea/surrogate/backend.hpp>
#endif

#include "command.hpp"

namespace marea::cli {
namespace {

/// Files of OpenMP runtimes in this process's memory map; more than one means threads that fight for cores.
std::vector<std::string> openmp_runtimes() {
  std::set<std::string> found;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    const std::size_t slash = line.find('/');
    if (slash == line.npos) continue;
    const std::string path = line.substr(slash), name = path.substr(path.rfind('/') + 1);
    if (name.starts_with("libgomp") || name.starts_with("libomp") || name.starts_with("libiomp5")) found.insert(path);
  }
  return {found.begin(), found.end()};
}

std::string mpi_library() {
  char text[MPI_MAX_LIBRARY_VERSION_STRING] = {};
  int length = 0;
  MPI_Get_library_version(text, &length);
  const std::string all(text, static_cast<std::size_t>(length));
  return all.substr(0, all.find_first_of(",\n"));
}

int version(const Console& console) {
  std::vector<std::pair<std::string, std::string>> rows{
      {"marea", MAREA_VERSION},
      {"build", MAREA_BUILD},
      {"kokkos", Runtime::kokkos_version() + " (" + Runtime::backends() + ", " + std::to_string(Runtime::threads()) +
                     " threads)"},
      {"mpi", mpi_library()},
      {"hdf5", hdf5::version() + (hdf5::is_parallel() ? ", parallel" : ", serial: one writer gathers")}};
#ifdef MAREA_HAS_SURROGATE
  rows.emplace_back("libtorch", fmt::format("{} ({} threads)", torch_version(), torch_threads()));
  rows.emplace_back("devices", fmt::format("{}", fmt::join(torch_devices(), ", ")));
#else
  rows.emplace_back("libtorch", "not built (MAREA_SURROGATE=OFF)");
#endif
  rows.emplace_back("fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100));
  rows.emplace_back("spdlog", fmt::format("{}.{}.{}", SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH));
  rows.emplace_back("cli11", CLI11_VERSION);
  const std::vector<std::string> runtimes = openmp_runtimes();
  rows.emplace_back("openmp", fmt::format("{}{}", fmt::join(runtimes, ", "),
                                          runtimes.size() > 1 ? " (more than one: they fight for cores)" : ""));
  OptionTree values;
  std::string text;
  for (const auto& [name, value] : rows) {
    values[name] = value;
    text += fmt::format("{}{:<10}{}", text.empty() ? "" : "\n", name, value);
  }
  values["openmp_runtimes"] = OptionTree::Array(runtimes.begin(), runtimes.end());
  console.event("version", values);
  console.answer(text);
  return exit_done;
}

/// Whether this machine computes right with what is linked.
int check(const Console& console) {
  const std::string fault = view_fault();
  const std::string views = fault.empty() ? "ok" : fault;
  OptionTree values;
  values["views"] = views;
  console.event("check", values);
  console.answer("views: " + views);
  return fault.empty() ? exit_done : exit_numerical;
}

}  // namespace

Command add_version(CLI::App& program) {
  CLI::App* app = program.add_subcommand("version", "Versions of everything linked, backends, devices");
  const auto checks = std::make_shared<bool>(false);
  app->add_flag("--check", *checks, "Only see whether kernels on this machine's device find what the host gives them");
  app->footer(
      "Exit code 4 when --check finds a fault.\n\n"
      "Examples:\n"
      "  marea version\n"
      "  marea version --json\n"
      "  marea version --check");
  return {app, Needs::compute, [checks](const Console& console) { return *checks ? check(console) : version(console); }};
}

}  // namespace marea::cli
