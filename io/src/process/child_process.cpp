// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "child_process.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <marea/io/error.hpp>

namespace marea::detail {
namespace {

[[noreturn]] void child(int out, int seconds, const std::function<std::string()>& work) {
  for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGALRM, SIGXCPU}) ::signal(signal, SIG_DFL);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  const auto most = static_cast<rlim_t>(seconds);
  const rlimit processor_time{most, most + 1};
  ::setrlimit(RLIMIT_CPU, &processor_time);
  ::alarm(20 * static_cast<unsigned>(seconds));  // for a wait that takes no processor time
  int status = 1;
  try {
    const std::string text = work();
    std::size_t sent = 0;
    while (sent < text.size()) {
      const ssize_t n = ::write(out, text.data() + sent, text.size() - sent);
      if (n <= 0) break;
      sent += static_cast<std::size_t>(n);
    }
    status = sent == text.size() ? 0 : 1;
  } catch (...) {  // the parent sees the status
  }
  ::_exit(status);
}

}  // namespace

ChildResult run_in_child(int seconds, const std::function<std::string()>& work) {
  std::array<int, 2> pipe_ends{};
  if (::pipe(pipe_ends.data()) != 0) fail<IoError>("child process", "no pipe: ", std::strerror(errno));
  const pid_t process = ::fork();
  if (process < 0) {
    const int reason = errno;
    ::close(pipe_ends[0]);
    ::close(pipe_ends[1]);
    fail<IoError>("child process", "cannot be made: ", std::strerror(reason));
  }
  if (process == 0) {
    ::close(pipe_ends[0]);
    child(pipe_ends[1], seconds, work);
  }
  ::close(pipe_ends[1]);
  ChildResult result;
  std::array<char, 4096> buffer{};
  for (ssize_t n = 0; (n = ::read(pipe_ends[0], buffer.data(), buffer.size())) > 0 || (n < 0 && errno == EINTR);)
    if (n > 0) result.text.append(buffer.data(), static_cast<std::size_t>(n));
  ::close(pipe_ends[0]);
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  result.finished = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  if (!result.finished) result.problem = signal == SIGALRM || signal == SIGXCPU ? "hung" : "crashed";
  return result;
}

}  // namespace marea::detail
