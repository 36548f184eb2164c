// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "report_page.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <initializer_list>
#include <vector>

namespace marea::cli {
namespace {

namespace fs = std::filesystem;

/// A script beside this program (a wheel, an installation), or in the sources it was built from.
fs::path find_script(const std::string& name) {
  std::error_code ignored;
  const fs::path here = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const fs::path& folder : {here.parent_path(), here.parent_path() / "share/marea",
                                 fs::path(MAREA_SOURCE_DIR) / "python/marea"})
    if (fs::exists(folder / name, ignored)) return folder / name;
  return {};
}

/// Runs a command in silence. \return its exit code, 127 when it does not start.
int run_silently(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  for (int descriptor : {STDOUT_FILENO, STDERR_FILENO})
    posix_spawn_file_actions_addopen(&files, descriptor, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, arguments[0], &files, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  int status = 0;
  if (failed || waitpid(child, &status, 0) != child || !WIFEXITED(status)) return 127;
  return WEXITSTATUS(status);
}

}  // namespace

std::string draw_page(const std::string& name, const std::string& folder) {
  const fs::path script = find_script(name);
  if (script.empty()) return "marea's Python package is not here";
  for (const char* python : {"python3", MAREA_PYTHON_EXECUTABLE})
    if (*python && run_silently({python, script.string(), folder}) == 0) return "";
  return "no Python with numpy, h5py and matplotlib; with one: python3 " + script.string() + " " + folder;
}

}  // namespace marea::cli
