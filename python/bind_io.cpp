// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/case_file.hpp>
#include <marea/io/field_info.hpp>
#include <marea/io/progress.hpp>
#include <marea/io/role_names.hpp>
#include <marea/io/units.hpp>

#include "convert.hpp"

namespace marea::python {
namespace {

/// The Python function that is shown the tasks of this thread; null: nobody.
PyObject*& shown_to() {
  static thread_local PyObject* self = nullptr;
  return self;
}

void set_progress(const py::object& show) {
  const py::object before = py::reinterpret_steal<py::object>(shown_to());
  shown_to() = show.is_none() ? nullptr : py::object(show).release().ptr();
}

void show_progress(const ProgressState& state) {
  if (shown_to() == nullptr) return;
  py::gil_scoped_acquire gil;
  if (PyErr_Occurred()) return;
  py::dict values;
  values["task"] = state.task;
  values["unit"] = state.unit;
  values["note"] = state.note;
  values["done"] = state.done;
  values["total"] = state.total;
  values["seconds"] = state.seconds;
  values["finished"] = state.finished;
  if (PyObject* result = PyObject_CallOneArg(shown_to(), values.ptr())) Py_DECREF(result);
}

}  // namespace

void bind_io(py::module_& m) {
  py::class_<OptionTree>(m, "OptionTree", "Options with the place they were written, for messages.")
      .def(py::init([](py::object value) { return to_tree(value); }), py::arg("value"))
      .def("set_path", [](OptionTree& self, const std::string& path, py::object value) {
        self.set_path(path, to_tree(value, path));
      }, py::arg("path"), py::arg("value"), "Set the value at a dotted path, as 'initial.centre[0]'.")
      .def("to_dict", [](const OptionTree& self) { return to_python(self); }, "The options as plain Python values.")
      .def("to_toml", [](const OptionTree& self) { return to_toml(self); }, "The options as TOML text.")
      .def("__contains__", [](const OptionTree& self, const std::string& key) { return self.find(key) != nullptr; });
  m.def("read_case_file", [](const std::string& path) { return read_case_file(path); }, py::arg("path"),
        "Options of a TOML file.");
  m.def("case_file_tables", &case_file_tables, "Names of the tables that a case file may have.");
  m.def("check_case_tables", &check_case_tables, py::arg("case_file"), "Raises ConfigError for any other name.");
  m.def("units_factor", &units_factor, py::arg("from_"), py::arg("to"),
        "What turns values in the units `from` into values in `to`; None where nothing is known to.");
  m.def("nearest_name", &nearest_name, py::arg("name"), py::arg("candidates"),
        "The candidate with the smallest edit distance, or '' when none is near.");

  set_progress_sink({show_progress, 0.1});  // a library is quiet until asked
  m.def("set_progress", &set_progress, py::arg("show"),
        "Call show(dict) with the progress of every task of this thread, None for nobody.");

  py::class_<FieldInfo>(m, "FieldInfo", "Name, units and meaning of one field.")
      .def_readonly("name", &FieldInfo::name)
      .def_readonly("units", &FieldInfo::units, "UDUNITS form, as 'm s-1'.")
      .def_readonly("long_name", &FieldInfo::long_name)
      .def_readonly("standard_name", &FieldInfo::standard_name, "CF standard name, '' where CF has none.")
      .def_readonly("lower_bound", &FieldInfo::lower_bound, "A number, the name of another field, or ''.")
      .def_readonly("upper_bound", &FieldInfo::upper_bound, "Likewise, or 'end_time'.")
      .def_readonly("rank", &FieldInfo::rank, "Tensor rank: 0 scalar, 1 vector, 2 tensor.")
      .def_property_readonly("role", [](const FieldInfo& self) { return to_string(self.role); },
                             "prognostic, derived, fixed or diagnostic.")
      .def("__repr__", [](const FieldInfo& self) { return "<field " + self.name + " [" + self.units + "]>"; });
}

}  // namespace marea::python
