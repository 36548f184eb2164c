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
#include <marea/io/queue.hpp>

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
/// What a consumer asks of __dlpack__, as the Python array API defines it; None: nothing in particular.
struct DlpackRequest {
  py::object stream = py::none(), max_version = py::none(), dl_device = py::none(), copy = py::none();
};
/// DLPack capsule over the memory, which is in the order of `queue`; versioned where the consumer's max_version allows,
/// else the older form. Throws BufferError for another device or a copy.
py::capsule to_dlpack(const ArrayRef& ref, py::handle owner, const Queue& queue, const DlpackRequest& request);
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
