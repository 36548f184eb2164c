// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <functional>
#include <string>
#include <vector>

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <marea/io/array_ref.hpp>
#include <marea/io/named.hpp>
#include <marea/io/option_tree.hpp>
#include <marea/io/options.hpp>

namespace marea::python {
namespace py = pybind11;

/// dict, list, tuple, str, bool, numbers (NumPy's too), paths and None as an option tree.
/// Throws ConfigError naming the key of a value of any other type.
OptionTree to_tree(py::handle value, const std::string& path = "");
/// The tree as dict, list, str, bool, int, float; an empty node is None.
py::object to_python(const OptionTree& tree);

/// NumPy view of host memory. `owner` keeps the storage alive; no copy is made.
/// Throws ShapeError for device memory, and says how to reach it.
py::array as_numpy(const ArrayRef& ref, py::handle owner);
/// Description of a NumPy array, any strides. Throws ShapeError for a dtype or byte order that marea has not.
ArrayRef as_array_ref(const py::array& array);
/// DLPack capsule over the memory; versioned when `max_version` is a tuple, else the older form.
py::capsule to_dlpack(const ArrayRef& ref, py::handle owner, py::object max_version);
/// (device type, device id) as DLPack numbers them.
py::tuple dlpack_device(const ArrayRef& ref);

py::list to_python(const std::vector<NamedScalar>& scalars);
py::dict to_python(const Table& table);
py::list to_python(const std::vector<OptionRow>& rows);

/// Starts MPI and Kokkos on first use; they stop when the interpreter ends.
void ensure_runtime();
/// Called when the interpreter ends, before MPI and Kokkos stop: whoever keeps solver storage lets it go.
void at_shutdown(std::function<void()> release);

/// True when a Python signal handler raised (Ctrl-C); the exception stays set. Takes the GIL.
bool interrupted();
/// Throws the exception that interrupted() found, if any.
void rethrow_interrupt();

void bind_io(py::module_& m);
void bind_solvers(py::module_& m);
void bind_surrogate(py::module_& m);

}  // namespace marea::python
