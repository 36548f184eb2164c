// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "candidate.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <marea/io/error.hpp>
#include <marea/io/host_array.hpp>
#include <marea/solvers/advance.hpp>
#include <marea/solvers/registry.hpp>
#include <marea/surrogate/hybrid/field_channels.hpp>
#include <marea/surrogate/surrogate.hpp>

#include "evaluation/solver_candidate.hpp"

namespace marea::detail {
namespace {

/// The solver of a case on a grid of so many cells, without what only watches or writes.
AnySolver solver_on(const OptionTree& case_file, const std::vector<std::int64_t>& cells) {
  const SolverEntry entry = entry_for(case_file);
  return entry.make(SolverConfiguration{.extents = cells}.apply(entry, case_file), MPI_COMM_SELF);
}

class SolverLevel final : public Candidate {
 public:
  SolverLevel(const std::vector<Quantity>& quantities, std::vector<std::int64_t> cells, bool coarser)
      : quantities_(quantities), cells_(std::move(cells)), coarser_(coarser) {}

  std::string label() const override { return "solver " + SolverConfiguration{.extents = cells_}.grid_label(); }

  Eigen::MatrixXf run(const std::vector<OptionTree>& cases) const override {
    Eigen::MatrixXf values(total_size(quantities_), static_cast<Eigen::Index>(cases.size()));
    for (std::size_t n = 0; n < cases.size(); ++n) {
      try {
        run_one(cases[n], values.col(static_cast<Eigen::Index>(n)).data());
      } catch (const NumericalError&) {
        if (!coarser_) throw;
        values.col(static_cast<Eigen::Index>(n)).setConstant(std::numeric_limits<float>::quiet_NaN());
      }
    }
    return values;
  }

 private:
  void run_one(const OptionTree& case_file, float* out) const {
    AnySolver solver = solver_on(case_file, cells_);
    advance_to(*solver, case_file.at_path("run.end_time")->as_double());
    const HostArray field(DType::f64, cells_);
    for (const Quantity& quantity : quantities_) {
      solver->read(quantity.field.name, field.ref());
      quantity.take(field.ref(), solver->grid(), out);
      out += quantity.size();
    }
  }

  std::vector<Quantity> quantities_;
  std::vector<std::int64_t> cells_;
  bool coarser_;
};

class MapSurrogate final : public Candidate {
 public:
  MapSurrogate(const std::vector<Quantity>& quantities, std::string file, Surrogate model)
      : quantities_(quantities), file_(std::move(file)), model_(std::move(model)) {}

  std::string label() const override { return "surrogate " + file_; }
  bool is_surrogate() const override { return true; }
  OptionTree card() const override { return model_.info().card; }
  std::int64_t batch() const override { return 32; }

  Eigen::MatrixXf run(const std::vector<OptionTree>& cases) const override {
    const ModelInfo& info = model_.info();
    const auto shape = [&](std::size_t channels) {
      std::vector<std::int64_t> extents{static_cast<std::int64_t>(cases.size()), static_cast<std::int64_t>(channels)};
      extents.insert(extents.end(), info.extents.begin(), info.extents.end());
      return extents;
    };
    const HostArray in(DType::f64, shape(info.input_channels.size())), out(DType::f64, shape(info.output_channels.size()));
    GridInfo grid;
    for (std::size_t n = 0; n < cases.size(); ++n) {
      AnySolver solver = solver_on(cases[n], info.extents);
      grid = solver->grid();
      hybrid::FieldChannels(info.inputs, grid).read(*solver, in.ref()[static_cast<std::int64_t>(n)]);
    }
    model_.predict(in.ref(), out.ref());
    Eigen::MatrixXf values(total_size(quantities_), static_cast<Eigen::Index>(cases.size()));
    for (std::size_t n = 0; n < cases.size(); ++n) {
      float* column = values.col(static_cast<Eigen::Index>(n)).data();
      for (const Quantity& quantity : quantities_) {
        const auto channel = std::ranges::find(info.output_channels, quantity.field.name) - info.output_channels.begin();
        if (channel < static_cast<std::ptrdiff_t>(info.output_channels.size()))
          quantity.take(out.ref()[static_cast<std::int64_t>(n)][channel], grid, column);
        else  // a constant: of no help for this quantity, of no harm
          std::fill_n(column, quantity.size(), 0.0F);
        column += quantity.size();
      }
    }
    return values;
  }

 private:
  std::vector<Quantity> quantities_;
  std::string file_;
  Surrogate model_;
};

}  // namespace

std::unique_ptr<Candidate> solver_level(const std::vector<Quantity>& quantities, std::vector<std::int64_t> cells,
                                        bool coarser) {
  return std::make_unique<SolverLevel>(quantities, std::move(cells), coarser);
}

std::unique_ptr<Candidate> surrogate_candidate(const std::vector<Quantity>& quantities, const std::string& file,
                                               const OptionTree& case_file) {
  Surrogate model = Surrogate::load(file);
  const ModelInfo& info = model.info();
  if (info.task != "map")
    fail<ConfigError>(file, "task = '", info.task, "' must be map: an estimate needs the end of a run from its start");
  const auto gives = [&](const Quantity& q) {
    return std::ranges::find(info.output_channels, q.field.name) != info.output_channels.end();
  };
  if (std::ranges::none_of(quantities, gives)) {
    std::string outputs;
    for (const std::string& channel : info.output_channels) outputs += (outputs.empty() ? "" : ", ") + channel;
    fail<ConfigError>(file, "gives ", outputs, ", none of estimate.quantities; name one of these, or another model");
  }
  const SolverEntry solver = entry_for(case_file);
  const std::vector<FieldInfo> fields = solver.fields();
  for (const FieldInfo& input : info.inputs)
    if (std::ranges::find(fields, input.name, &FieldInfo::name) == fields.end())
      fail<ConfigError>(file, "has the input '", input.name, "', which the solver '", solver.name,
                        "' does not give: the varied parameters do not determine it");
  return std::make_unique<MapSurrogate>(quantities, file, std::move(model));
}

}  // namespace marea::detail
