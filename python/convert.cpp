// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "convert.hpp"

#include <algorithm>

#include <marea/io/error.hpp>

namespace marea::python {
namespace {

bool is_a(py::handle value, const char* module, const char* type) {
  return py::isinstance(value, py::module_::import(module).attr(type));
}

/// A path as text, ~ expanded.
std::string path_text(py::handle path) {
  const py::module_ os = py::module_::import("os");
  return os.attr("path").attr("expanduser")(os.attr("fspath")(path)).cast<std::string>();
}

OptionTree value_tree(py::handle value, const std::string& path) {
  if (value.is_none()) return {};
  if (py::isinstance<py::bool_>(value) || py::hasattr(value, "dtype")) {
    if (py::hasattr(value, "tolist")) return to_tree(value.attr("tolist")(), path);
    return OptionTree(value.cast<bool>());
  }
  if (py::isinstance<py::int_>(value)) return OptionTree(value.cast<std::int64_t>());
  if (py::isinstance<py::float_>(value)) return OptionTree(value.cast<double>());
  if (py::isinstance<py::str>(value)) {
    const auto text = value.cast<std::string>();
    return OptionTree(text == "~" || text.starts_with("~/") ? path_text(value) : text);
  }
  if (is_a(value, "os", "PathLike")) return OptionTree(path_text(value));
  if (py::isinstance<py::dict>(value)) {
    OptionTree::Table table;
    for (const auto& [key, child] : value.cast<py::dict>()) {
      const std::string name = py::str(key);
      table.emplace_back(name, to_tree(child, path.empty() ? name : path + "." + name));
    }
    return OptionTree(std::move(table));
  }
  if (py::isinstance<py::list>(value) || py::isinstance<py::tuple>(value)) {
    OptionTree::Array array;
    for (py::handle child : value) array.push_back(to_tree(child, path + "[" + std::to_string(array.size()) + "]"));
    return OptionTree(std::move(array));
  }
  fail<ConfigError>("python", path, " is of type ", py::str(py::type::of(value).attr("__name__")).cast<std::string>(),
                    "; options are dict, list, str, bool, int or float");
}

}  // namespace

OptionTree to_tree(py::handle value, const std::string& path) {
  constexpr std::ptrdiff_t deepest = 32;  // a dict that holds itself has no end
  if (std::ranges::count(path, '.') > deepest)
    fail<ConfigError>("python", path.substr(0, 60), "… nests deeper than ", deepest, " tables; does a dict hold itself?");
  OptionTree tree;
  const auto refuse = [&] {
    PyErr_Clear();
    fail<ConfigError>("python", path, " = ", py::module_::import("builtins").attr("ascii")(value).cast<std::string>(),
                      " cannot be taken: a whole number must fit into 64 bits, and a text be UTF-8");
  };
  try {
    tree = value_tree(value, path);
  } catch (const py::cast_error&) {
    refuse();
  } catch (const py::error_already_set& error) {
    if (!error.matches(PyExc_UnicodeError) && !error.matches(PyExc_OverflowError)) throw;
    refuse();
  }
  tree.location.file = "python";
  tree.path = path;
  return tree;
}

py::object to_python(const OptionTree& tree) {
  if (tree.is_table()) {
    py::dict dict;
    for (const auto& [key, child] : tree.as_table()) dict[py::str(key)] = to_python(child);
    return dict;
  }
  if (tree.is_array()) {
    py::list list;
    for (const OptionTree& child : tree.as_array()) list.append(to_python(child));
    return list;
  }
  if (tree.is_string()) return py::str(tree.as_string());
  if (tree.is_bool()) return py::bool_(tree.as_bool());
  if (tree.is_integer()) return py::int_(tree.as_integer());
  if (tree.is_number()) return py::float_(tree.as_double());
  return py::none();
}

py::array as_numpy(const ArrayRef& ref, py::handle owner) {
  if (ref.memory != Memory::host)
    fail<ShapeError>("array", "lives on device ", ref.device, "; read it with torch.from_dlpack or cupy.from_dlpack");
  static const char* const codes[] = {"f4", "f8", "i4", "i8", "u1"};
  std::vector<py::ssize_t> shape(ref.extent, ref.extent + ref.rank), strides;
  for (int axis = 0; axis < ref.rank; ++axis)
    strides.push_back(static_cast<py::ssize_t>(ref.stride[axis] * static_cast<std::int64_t>(element_size(ref.dtype))));
  return py::array(py::dtype(codes[static_cast<int>(ref.dtype)]), shape, strides, ref.data, owner);
}

ArrayRef as_array_ref(const py::array& array) {
  const std::string text = py::str(array.dtype().attr("str"));
  ArrayRef ref;
  if (text == "<f4") ref.dtype = DType::f32;
  else if (text == "<f8") ref.dtype = DType::f64;
  else if (text == "<i4") ref.dtype = DType::i32;
  else if (text == "<i8") ref.dtype = DType::i64;
  else if (text == "|u1") ref.dtype = DType::u8;
  else fail<ShapeError>("array", "dtype ", text, " must be float32 or float64; convert it with array.astype('f4')");
  if (array.ndim() > max_rank) fail<ShapeError>("array", "rank ", array.ndim(), " must be at most ", max_rank);
  ref.data = const_cast<void*>(array.data());
  ref.rank = static_cast<int>(array.ndim());
  const auto size = static_cast<py::ssize_t>(element_size(ref.dtype));
  for (int axis = 0; axis < ref.rank; ++axis) {
    if (array.strides(axis) % size != 0)
      fail<ShapeError>("array", "elements are not aligned; pass numpy.ascontiguousarray(array)");
    ref.extent[axis] = array.shape(axis);
    ref.stride[axis] = array.strides(axis) / size;
  }
  return ref;
}

py::list to_python(const std::vector<NamedScalar>& scalars) {
  py::list list;
  for (const NamedScalar& scalar : scalars) list.append(py::make_tuple(scalar.name, scalar.value, scalar.units));
  return list;
}

py::dict to_python(const Table& table) {
  py::array_t<double> values({table.rows(), static_cast<std::int64_t>(table.columns.size())});
  std::copy(table.values.begin(), table.values.end(), values.mutable_data());
  py::dict dict;
  dict["columns"] = table.columns;
  dict["units"] = table.units;
  dict["values"] = values;
  dict["attributes"] = to_python(table.attributes);
  return dict;
}

py::list to_python(const std::vector<OptionRow>& rows) {
  py::list list;
  for (const OptionRow& row : rows) {
    py::dict dict;
    dict["key"] = row.key;
    dict["type"] = row.type;
    dict["default"] = row.default_value;
    dict["units"] = row.units;
    dict["range"] = row.range;
    dict["help"] = row.help;
    list.append(dict);
  }
  return list;
}

bool interrupted() {
  py::gil_scoped_acquire gil;
  return PyErr_Occurred() || PyErr_CheckSignals() != 0;
}

void rethrow_interrupt() {
  if (PyErr_Occurred()) throw py::error_already_set();
}

}  // namespace marea::python
