// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "trust_facts.hpp"

#include <cmath>
#include <string>

#include <fmt/format.h>

#include "markdown.hpp"

namespace marea::detail {
namespace {

constexpr double share = 0.9;

/// Values inside a band, and all that were looked at, by output channel.
struct Coverage {
  std::vector<std::int64_t> held, all;

  void add(const HostArray& predicted, const HostArray& half_width, const ArrayRef& truth, const HostArray& mask) {
    const auto channels = static_cast<std::size_t>(predicted.extents()[0]);
    held.resize(channels);
    all.resize(channels);
    HostArray values(DType::f64, predicted.extents());
    copy_converting(truth, values.ref());
    const auto cells = static_cast<std::size_t>(predicted.size()) / channels;
    for (std::size_t i = 0; i < static_cast<std::size_t>(predicted.size()); ++i) {
      if (mask.size() > 0 && mask.values<double>()[i % cells] == 0) continue;
      ++all[i / cells];
      held[i / cells] += std::abs(predicted.values<double>()[i] - values.values<double>()[i]) <=
                         half_width.values<double>()[i];
    }
  }
  double of(std::size_t channel) const {
    return static_cast<double>(held[channel]) / static_cast<double>(all[channel]);
  }
};

}  // namespace

OptionTree trust_facts(const Surrogate& surrogate, const std::vector<HeldOut>& runs) {
  OptionTree t;
  const ModelInfo& info = surrogate.info();
  if (surrogate.knows_trust()) {
    std::int64_t alarms = 0;
    OptionTree::Array scores;
    for (const auto& run : runs) {
      const Trust trust = surrogate.judge(run.input.ref()).front();
      alarms += trust.level() != Trust::Level::inside;
      scores.push_back(trust.score);
    }
    t["runs"] = std::ssize(runs);
    t["alarms"] = alarms;
    t["scores"] = std::move(scores);
  }
  if (!surrogate.knows_band() || surrogate.device() != "cpu") return t;
  Coverage own, reference;
  std::int64_t with_band = 0;
  for (const auto& run : runs) {
    const std::vector<std::int64_t> extents(run.own.extents().begin(), run.own.extents().end());
    const HostArray predicted(DType::f64, extents), half_width(DType::f64, extents);
    surrogate.predict(run.input.ref(), predicted.ref());
    surrogate.band(run.input.ref(), share, half_width.ref());
    if (std::isnan(half_width.values<double>()[0])) continue;  // out of the domain
    ++with_band;
    const HostArray mask = error_mask(info, run);
    own.add(predicted, half_width, run.own.ref(), mask);
    reference.add(predicted, half_width, run.reference.ref()[0], mask);
  }
  t["band"]["share"] = share;
  t["band"]["runs"] = with_band;
  for (std::size_t c = 0; with_band > 0 && c < info.output_channels.size(); ++c) {
    t["band"]["coverage"][info.output_channels[c]] = own.of(c);
    t["band"]["coverage_of_reference"][info.output_channels[c]] = reference.of(c);
  }
  return t;
}

std::string trust_markdown(const OptionTree& report) {
  const auto* trust = report.find("trust");
  if (!trust || !trust->is_table()) return "";
  std::string text = "\n## Trust\n\n";
  if (const auto* alarms = trust->find("alarms"))
    text += fmt::format("Of {} held-out inputs {} raise an alarm (an input unlike the training's).\n",
                        trust->find("runs")->as_integer(), alarms->as_integer());
  const auto* coverage = trust->at_path("band.coverage");
  if (!coverage) return text;
  text += fmt::format("\nBand of {:g} % on {} runs, share of the values that it holds:\n\n",
                      100 * trust->at_path("band.share")->as_double(), trust->at_path("band.runs")->as_integer());
  text += table_head({"output", "data's own", "finer reference"});
  for (const auto& [channel, held] : coverage->as_table())
    text += table_row({channel, fmt::format("{:.1f} %", 100 * held.as_double()),
                       percent(*trust->at_path("band.coverage_of_reference"), channel.c_str())});
  return text;
}

}  // namespace marea::detail
