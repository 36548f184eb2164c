// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>

#include <marea/io/error.hpp>
#include <marea/surrogate/estimate/estimate.hpp>
#include <marea/surrogate/evaluation/evaluation.hpp>
#include <marea/surrogate/registry.hpp>
#include <marea/surrogate/evaluation/rollout.hpp>
#include <marea/surrogate/surrogate.hpp>
#include <marea/surrogate/trainer.hpp>

#include "convert.hpp"
#include "threads.hpp"

namespace marea::python {
namespace {

/// Extents of the answer: (C, …) or (B, C, …) with another number of channels; leads in front for a rollout.
std::vector<py::ssize_t> answer_shape(const py::array& in, const ModelInfo& info, std::size_t channels) {
  const auto space = static_cast<py::ssize_t>(info.extents.size());
  if (in.ndim() != space + 1 && in.ndim() != space + 2)
    fail<ShapeError>("surrogate", "input has ", in.ndim(), " axes; must be (channels", space > 2 ? ", k" : "",
                     space > 1 ? ", j" : "", ", i) or a batch of them");
  std::vector<py::ssize_t> shape(in.shape(), in.shape() + in.ndim());
  shape[static_cast<std::size_t>(in.ndim() - space - 1)] = static_cast<py::ssize_t>(channels);
  return shape;
}

/// Lists of numbers become arrays too, and so do views that run backwards, which LibTorch does not know.
py::array array_of(const py::object& values) {
  py::array array = py::array::ensure(values);
  const auto backwards = [&] {
    return std::any_of(array.strides(), array.strides() + array.ndim(), [](auto stride) { return stride < 0; });
  };
  if (array && backwards()) array = py::array::ensure(array, py::array::c_style);
  if (!array) throw py::error_already_set();
  return array;
}

/// What `ask(in, out)` answers to an array.
template <class Ask> py::array answer_by(const Surrogate& self, const py::object& values, const Ask& ask) {
  const ModelInfo& info = self.info();
  const py::array in = array_of(values);
  const ArrayRef from = as_array_ref(in);
  py::array out(in.dtype(), answer_shape(in, info, info.output_channels.size()));
  const ArrayRef to = as_array_ref(out);
  refuse_after_fork();
  py::gil_scoped_release release;
  ask(from, to);
  return out;
}

/// What `ask`, predict or deviation of a surrogate, answers to an array.
template <void (Surrogate::*ask)(const ArrayRef&, const ArrayRef&, const Queue&) const>
py::array answer(const Surrogate& self, const py::object& values) {
  return answer_by(self, values, [&](const ArrayRef& from, const ArrayRef& to) { (self.*ask)(from, to, {}); });
}

/// (score, level, reason) of each sample; none where the model does not know.
py::list judge(const Surrogate& self, const py::object& values) {
  const py::array in = array_of(values);
  const ArrayRef from = as_array_ref(in);
  refuse_after_fork();
  std::vector<Trust> verdicts;
  {
    py::gil_scoped_release release;
    verdicts = self.judge(from);
  }
  constexpr const char* levels[] = {"inside", "doubtful", "outside"};
  constexpr const char* reasons[] = {"not_finite", "constant", "envelope", "distance", "neighbour", "basis"};
  py::list list;
  for (const Trust& trust : verdicts)
    list.append(py::make_tuple(trust.score, levels[static_cast<std::size_t>(trust.level())],
                               reasons[static_cast<std::size_t>(trust.reason)], self.text(trust)));
  return list;
}

py::array band(const Surrogate& self, const py::object& values, double share) {
  return answer_by(self, values, [&](const ArrayRef& from, const ArrayRef& to) { self.band(from, share, to); });
}

py::array roll(const Surrogate& self, const py::object& values, int leads) {
  const ModelInfo& info = self.info();
  const py::array in = array_of(values);
  if (leads < 1) fail<ConfigError>("rollout", "leads = ", leads, " must be >= 1");
  if (in.ndim() != static_cast<py::ssize_t>(info.extents.size()) + 1)
    fail<ShapeError>("rollout", "input has ", in.ndim(), " axes; must be one state (channels, …), no batch");
  const ArrayRef from = as_array_ref(in);
  std::vector<py::ssize_t> shape = answer_shape(in, info, info.output_channels.size());
  shape.insert(shape.begin(), leads);
  py::array out(in.dtype(), shape);
  const ArrayRef to = as_array_ref(out);
  refuse_after_fork();
  py::gil_scoped_release release;
  rollout(self, from, to);
  return out;
}

py::dict run_training(const OptionTree& training_file, const std::string& restart) {
  TrainingHooks hooks;
  hooks.stop = interrupted;
  hooks.restart = restart;
  TrainingResult result;
  try {
    const Work work;
    result = train(training_file, hooks);
  } catch (const Stopped&) {
    rethrow_interrupt();
    throw;
  }
  py::dict curve;
  for (std::size_t column = 0; column < result.curve_columns.size(); ++column) {
    std::vector<double> values;
    for (const std::vector<double>& row : result.curve) values.push_back(row[column]);
    curve[py::str(result.curve_columns[column])] = values;
  }
  py::dict dict;
  dict["model_file"] = result.model;
  dict["already_done"] = result.already_done;
  dict["epochs"] = result.epochs;
  dict["best_epoch"] = result.best_epoch;
  dict["best_error"] = result.best_error;
  dict["seconds"] = result.seconds;
  dict["energy"] = result.energy;
  dict["curve"] = curve;
  return dict;
}

py::object run_evaluation(const OptionTree& tree) {
  EvaluationOptions options;
  read_options(options, tree, "evaluate");
  OptionTree report;
  try {
    const Work work;
    report = evaluate(options, MPI_COMM_WORLD, {interrupted});
  } catch (const Stopped&) {
    rethrow_interrupt();
    throw;
  }
  rethrow_interrupt();
  return to_python(report);
}

py::object run_estimate(const OptionTree& case_file) {
  OptionTree result;
  try {
    const Work work;
    result = estimate(case_file, MPI_COMM_WORLD, {interrupted});
  } catch (const Stopped&) {
    rethrow_interrupt();
    throw;
  }
  rethrow_interrupt();
  return to_python(result);
}

}  // namespace

void bind_surrogate(py::module_& m) {
  py::class_<Surrogate>(m, "Surrogate", "A trained model: fields in, fields out, in physical units.")
      .def(py::init([](const std::string& path, const std::string& device, const std::string& precision) {
        const Work work(Work::Of::files);
        return std::make_unique<Surrogate>(Surrogate::load(path, device, precision));
      }), py::arg("path"), py::arg("device"), py::arg("precision"))
      .def_property_readonly("info", [](const Surrogate& self) { return to_python(to_tree(self.info())); },
                             "What the model is for and where it comes from: fields, grid, interval, training, card.")
      .def_property_readonly("inputs", [](const Surrogate& self) { return self.info().input_channels; },
                             "Input channels in order: 'eta', 'velocity_x', …")
      .def_property_readonly("outputs", [](const Surrogate& self) { return self.info().output_channels; },
                             "Output channels in order.")
      .def_property_readonly("interval", [](const Surrogate& self) { return self.info().interval; },
                             "Model time between input and output; 0 for a map.")
      .def("__repr__", [](const Surrogate& self) {
        const ModelInfo& info = self.info();
        std::string text = "<marea.Surrogate " + info.name + ":";
        for (const std::string& name : info.input_channels) text += " " + name;
        text += " ->";
        for (const std::string& name : info.output_channels) text += " " + name;
        for (std::size_t axis = 0; axis < info.extents.size(); ++axis) {
          text += (axis ? " x " : ", ") + std::to_string(info.extents[axis]);
        }
        return text + ">";
      })
      .def("__call__", &answer<&Surrogate::predict>, py::arg("array"), R"(Predict, in physical units.

Parameters
----------
array : numpy.ndarray
    float32 or float64, (channels, [z,] [y,] x) as in ``inputs``, or a batch of them; any strides

Returns
-------
numpy.ndarray
    the same with the channels of ``outputs``; same dtype

Raises
------
ShapeError
    when the channels are not the model's, or the cells are not those of a model that runs on its own grid only

Notes
-----
``info["extents"]`` are the cells of the training. ``fno`` and ``unet`` run on other numbers of cells too. To ``fno``
they are another resolution of the same domain: it learnt a function of fields, so expect the error of the training
grid's truncation at least. ``unet`` learnt stencils of cells, which are shorter on finer cells: do not expect the same
function. Nothing here checks values: unlike the training's they give a guess, and a NaN among them gives NaN. The guard
of a hybrid run rejects both.
)")
      .def_property_readonly("knows_trust", &Surrogate::knows_trust, "True where judge answers.")
      .def("judge", &judge, py::arg("array"), "(score, level, reason, text) of each sample; none where it is not known.")
      .def_property_readonly("knows_band", &Surrogate::knows_band, "True where band answers.")
      .def("band", &band, py::arg("array"), py::arg("share"),
           "Half widths that hold so large a share of the true values; NaN out of the training's domain.")
      .def_property_readonly("knows_deviation", &Surrogate::knows_deviation, "True where deviation answers.")
      .def("deviation", &answer<&Surrogate::deviation>, py::arg("array"),
           "Standard deviation of each value that a call gives, as an array like it; ConfigError where it is not known.")
      .def("rollout", &roll, py::arg("array"), py::arg("leads"),
           R"(Apply a step model to its own output again and again.

Parameters
----------
array : numpy.ndarray
    the first input, (channels, …)
leads : int
    how many intervals

Returns
-------
numpy.ndarray
    (leads, channels of ``outputs``, …): the state after 1, 2, … intervals
)");

  m.def("train", &run_training, py::arg("training_file"), py::arg("restart") = "auto",
        "Train a model; see marea.train.");
  m.def("estimate", &run_estimate, py::arg("case"), "Statistics over uncertain inputs; see marea.estimate.");
  m.def("evaluate", &run_evaluation, py::arg("options"), "Compare a model with the solver; see marea.evaluate.");
  m.def("headline", [](py::object report) { return headline(to_tree(report)); }, py::arg("report"),
        "First lines of a report: the speed-up at equal error, or that there is none.");
  m.def("list_models", [] {
    py::dict all;
    for (const ModelEntry& entry : model_registry()) {
      py::dict dict;
      dict["summary"] = entry.summary;
      dict["options"] = to_python(entry.options());
      all[py::str(entry.name)] = dict;
    }
    return all;
  }, "Built-in models with their options.");
}

}  // namespace marea::python
