// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "conserved.hpp"

#include <algorithm>
#include <cmath>

#include <marea/io/error.hpp>
#include <marea/surrogate/normaliser.hpp>

#include "solver_candidate.hpp"

namespace marea::detail {

StateTotals::StateTotals(AnySolver solver, const ModelInfo& info)
    : solver_(std::move(solver)),
      channels_(std::make_unique<hybrid::FieldChannels>(info.outputs, solver_->grid())), info_(&info) {}

std::optional<StateTotals> StateTotals::make(const HeldOut& run, const ModelInfo& info) {
  if (info.task != "step") return std::nullopt;
  const SolverConfiguration own{.extents = info.extents, .settings = reference_settings(run.solver, run.case_file)};
  try {
    StateTotals probe(run.solver.make(own.apply(run.solver, run.case_file), MPI_COMM_SELF), info);
    probe.of_state(probe.first_state(run).data());
    return probe;
  } catch (const ConfigError&) {  // the outputs do not make a state
    return std::nullopt;
  }
}

std::vector<double> StateTotals::first_state(const HeldOut& run) const {
  const auto cells = channels_->cells();
  std::vector<double> state(static_cast<std::size_t>(channels_->count() * cells));
  for (std::size_t c = 0; c < info_->output_channels.size(); ++c) {
    const auto from = newest_input(*info_, info_->output_channels[c]);
    if (from < 0) fail<ConfigError>("evaluate", "the output ", info_->output_channels[c], " is no input of the model");
    copy_converting(run.input.ref()[from],
                    make_array_ref(state.data() + static_cast<std::int64_t>(c) * cells, DType::f64, info_->extents));
  }
  return state;
}

std::vector<NamedScalar> StateTotals::of_state(const double* channels) {
  channels_->write(*solver_, make_array_ref(const_cast<double*>(channels), DType::f64, channels_->extents()));
  return solver_->invariants();
}

Totals StateTotals::of(const HeldOut& run, const HostArray& values) {
  Totals totals{of_state(first_state(run).data())};
  const auto state = channels_->count() * channels_->cells();
  const double* lead = values.values<double>().data();
  for (std::size_t l = 0; l < run.times.size(); ++l, lead += state) totals.push_back(of_state(lead));
  return totals;
}

void Drift::add(const Totals& totals) {
  if (runs_++ == 0) {
    start_ = totals.front();
    changes_.assign(totals.size() - 1, std::vector<double>(start_.size(), 0.0));
  }
  for (std::size_t lead = 0; lead < changes_.size(); ++lead)
    for (std::size_t q = 0; q < start_.size(); ++q) {
      const double scale = start_[q].value == 0 ? 1 : std::abs(totals.front()[q].value);
      changes_[lead][q] += std::abs(totals[lead + 1][q].value - totals.front()[q].value) / scale;
    }
}

OptionTree Drift::to_tree() const {
  OptionTree tree;
  for (std::size_t q = 0; q < start_.size(); ++q) {
    OptionTree::Array leads;
    for (const auto& change : changes_) leads.push_back(change[q] / runs_);
    auto& quantity = tree[start_[q].name];
    quantity["final"] = leads.back();
    quantity["units"] = start_[q].value == 0 ? start_[q].units : "1";
    quantity["leads"] = std::move(leads);
  }
  return tree;
}

}  // namespace marea::detail
