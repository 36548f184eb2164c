// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <exception>
#include <filesystem>
#include <memory>

#include <marea/io/error.hpp>
#include <marea/solvers/runtime.hpp>

#include "convert.hpp"
#include "threads.hpp"

namespace marea::python {
namespace {

std::unique_ptr<Runtime>& runtime() {
  static auto* self = new std::unique_ptr<Runtime>;  // stopped by shutdown(), never by static destruction
  return *self;
}
std::vector<std::function<void()>>& releases() {
  static auto* self = new std::vector<std::function<void()>>;
  return *self;
}
void shutdown() {
  const std::unique_lock turn(work_mutex(), std::try_to_lock);
  // MPI and Kokkos are another process's, or a thread that outlives the interpreter is at work with them.
  if (forked_off() || !turn) return static_cast<void>(runtime().release());
  for (const auto& release : releases()) release();
  runtime().reset();
}

/// A Python exception for each C++ one, a subclass of what Python calls this kind of error as well.
template <class E> py::object bind_error(py::module_& m, const char* name, py::object base, const char* builtin,
                                         const char* what) {
  py::object bases = base;
  if (builtin) bases = py::make_tuple(base, py::module_::import("builtins").attr(builtin));
  auto& error = py::register_exception<E>(m, name, bases);
  error.attr("__module__") = "marea";
  error.doc() = what;
  return error;
}

}  // namespace

void ensure_runtime() {
  refuse_after_fork();
  if (!runtime()) {
    runtime() = std::make_unique<Runtime>();
    py::module_::import("atexit").attr("register")(py::cpp_function(&shutdown));
  }
}

void at_shutdown(std::function<void()> release) { releases().push_back(std::move(release)); }

}  // namespace marea::python

PYBIND11_MODULE(_core, m) {
  using namespace marea;
  using namespace marea::python;
  m.doc() = "Compiled half of marea; use the package `marea`.";
  const py::object exception = py::module_::import("builtins").attr("Exception");
  const py::object error = bind_error<Error>(m, "Error", exception, nullptr, "Root of every error that marea raises.");
  bind_error<ConfigError>(m, "ConfigError", error, "ValueError", "An option is unknown or out of range.");
  bind_error<ShapeError>(m, "ShapeError", error, "ValueError", "Extents, strides, dtype or memory disagree.");
  const py::object io_error = bind_error<IoError>(m, "IoError", error, "OSError", "Reading or writing failed.");
  py::register_exception_translator([](std::exception_ptr thrown) {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::filesystem::filesystem_error& e) {
      py::set_error(py::module_::import("marea._core").attr("IoError"),
                    (e.path1().string() + ": " + e.code().message()).c_str());
    } catch (const std::runtime_error& e) {
      if (!std::string_view(e.what()).starts_with("Kokkos failed to allocate")) throw;
      py::set_error(py::module_::import("marea._core").attr("ConfigError"),
                    "memory: there is not enough for this case; use a smaller grid, or more ranks");
    }
  });
  bind_error<DataError>(m, "DataError", io_error, nullptr, "A file is readable but not what it should be.");
  bind_error<NotBuilt>(m, "NotBuilt", error, nullptr, "The part was switched off when marea was built.");
  bind_error<NumericalError>(m, "NumericalError", error, "ArithmeticError", "NaN, negative depth, diverged training.");
  bind_error<Stopped>(m, "Stopped", error, nullptr, "Stopped on request; what is done is kept, call again.");

  m.attr("__version__") = MAREA_VERSION;
  m.attr("torch_version") = MAREA_TORCH_VERSION;  // empty when built without surrogates
  m.def("after_fork", &after_fork, py::arg("torch"), "Called in the child after a fork.");
  m.def("threads", [] { const Work work; return Runtime::threads(); }, "Threads of the solvers.");
  m.def("backends", [] { const Work work; return Runtime::backends(); }, "Backends of the solvers.");
  bind_io(m);
  bind_solvers(m);
#ifdef MAREA_WITH_SURROGATE
  bind_surrogate(m);
#endif
}
