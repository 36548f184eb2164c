// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/classical/superposition.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <marea/io/error.hpp>
#include <marea/io/log.hpp>
#include <marea/io/running.hpp>

#include "dense.hpp"
#include "scaled_samples.hpp"
#include "superposition_kernels.hpp"
#include "superposition_series.hpp"

namespace marea {
namespace {

using namespace detail;

/// From an input to the weights of the runs.
struct Projection {
  RowsF mean;    ///< (1, values) taken from the input
  RowsF inputs;  ///< (samples, values): departures of the runs over each channel's mean square
  Matrix solve;  ///< (samples, samples)
  bool about_mean = false;

  /// Adds up to 1 about a mean state.
  std::vector<float> weights(std::span<const float> in) const {
    const Eigen::RowVectorXf departure = Eigen::Map<const Eigen::RowVectorXf>(in.data(), std::ssize(in)) - mean.row(0);
    Vector products(inputs.rows());
    kernels::row_products(inputs.data(), departure.data(), inputs.rows(), inputs.cols(), products.data());
    Vector w = solve * products;
    if (about_mean) w.array() += (1 - w.sum()) / static_cast<double>(w.size());
    return {w.data(), w.data() + w.size()};
  }
};

/// The projections of one state of departure, for any penalty.
class Departures {
 public:
  Departures(const ScaledSamples& samples, bool about_mean) {
    const auto table = rows(samples.inputs);
    projection_.about_mean = about_mean;
    projection_.mean = RowsF::Zero(1, table.cols());
    if (about_mean) projection_.mean = table.cast<double>().colwise().mean().cast<float>();
    RowsF departures = table.rowwise() - projection_.mean.row(0);
    projection_.inputs = departures;
    const Eigen::Index channels = std::ssize(samples.channels), cells = table.cols() / channels;
    for (Eigen::Index c = 0; c < channels; ++c) {
      const double square = departures.middleCols(c * cells, cells).cast<double>().squaredNorm() /
                            static_cast<double>(cells * table.rows());
      const double inverse = square > 0 ? 1 / square : 0;
      projection_.inputs.middleCols(c * cells, cells) *= static_cast<float>(inverse);
    }
    Matrix products = inner_products(departures, projection_.inputs);
    inverse_size_ = products.diagonal().unaryExpr([](double square) { return square > 0 ? 1 / std::sqrt(square) : 0; });
    products = inverse_size_.asDiagonal() * products * inverse_size_.asDiagonal();
    eigen_ = symmetric_eigen(products);
  }

  const Projection& with_ridge(double ridge) {
    const Vector inverse = (eigen_.values.array().max(0) + ridge).inverse();
    const Matrix sized = inverse_size_.asDiagonal() * eigen_.vectors;
    projection_.solve = sized * inverse.asDiagonal() * sized.transpose();
    return projection_;
  }

 private:
  Projection projection_;
  Vector inverse_size_;  ///< of each run's departure
  SymmetricEigen eigen_;
};

/// What each output keeps of a field; nothing for an output that is superposed as it stands.
std::vector<std::optional<RunningDiagnostic>> running_of(const ModelInfo& info, const SuperpositionOptions& options) {
  const auto parsed = [](const std::string& text, const std::string& name) {
    const auto diagnostic = parse_running(text);
    if (!diagnostic)
      fail<ConfigError>("superposition", "running value of '", name, "' = \"", text, "\" ", running_rule);
    return diagnostic;
  };
  std::vector<std::optional<RunningDiagnostic>> list;
  for (const FieldInfo& output : info.outputs)
    list.push_back(output.running.empty() || output.rank > 0 ? std::nullopt : parsed(output.running, output.name));
  for (const std::string& entry : options.running) {
    const std::size_t equals = entry.find('=');
    std::string name = entry.substr(0, equals);
    name.erase(name.find_last_not_of(' ') + 1);
    const auto output = std::ranges::find(info.outputs, name, &FieldInfo::name);
    if (equals == std::string::npos || output == info.outputs.end() || output->rank > 0)
      fail<ConfigError>("superposition", "running = [\"", entry,
                        "\"] must name a scalar output: \"OUTPUT = maximum(FIELD)\"");
    list[static_cast<std::size_t>(output - info.outputs.begin())] = parsed(entry.substr(equals + 1), name);
  }
  return list;
}

/// The whole model, over weights that outlive it.
class Superposition {
 public:
  Superposition(const ModelInfo& info, const Weights& weights, const SuperpositionOptions& options) {
    const auto running = running_of(info, options);
    const std::int64_t cells = cells_of(info);
    int channel = 0;
    for (std::size_t f = 0; f < info.outputs.size(); ++f) {
      if (running[f] && has_series(weights, "series." + running[f]->of)) {
        add(find_or_add("series." + running[f]->of, weights, cells), *running[f], channel++);
        continue;
      }
      do {
        const std::string name = "outputs." + info.output_channels[static_cast<std::size_t>(channel)];
        add(find_or_add(name, weights, cells), {}, channel++);
      } while (channel < std::ssize(info.output_channels) && belongs_to(info, channel, f));
    }
    cells_ = cells;
  }

  std::int64_t runs() const { return groups_.front().series.runs; }

  void superpose(std::span<const float> weights, std::span<float> out) const {
    float sum = 0;
    for (const float w : weights) sum += w;
    for (const Group& group : groups_) {
      std::vector<kernels::Kept> kept = group.kept;
      for (std::size_t k = 0; k < kept.size(); ++k) kept[k].out = out.data() + group.channels[k] * cells_;
      kernels::superpose(group.series, weights.data(), sum, kept);
    }
  }

 private:
  struct Group {
    std::string name;
    kernels::Series series;
    std::vector<kernels::Kept> kept;
    std::vector<std::int64_t> channels;  ///< of the outputs
  };

  /// Is that output channel another component of output field f?
  static bool belongs_to(const ModelInfo& info, int channel, std::size_t f) {
    std::size_t rest = 0;  // the fields behind f have at least one channel each
    for (std::size_t g = f + 1; g < info.outputs.size(); ++g) rest += components_of(info, info.outputs[g]);
    return static_cast<std::size_t>(channel) + rest < info.output_channels.size();
  }
  static std::size_t components_of(const ModelInfo& info, const FieldInfo& field) {
    std::size_t count = 1;
    for (int r = 0; r < field.rank; ++r) count *= info.extents.size();
    return count;
  }

  Group& find_or_add(const std::string& name, const Weights& weights, std::int64_t cells) {
    for (Group& group : groups_)
      if (group.name == name) return group;
    groups_.push_back({name, series_of(weights, name, cells), {}, {}});
    if (groups_.back().series.runs != runs())
      fail<DataError>("superposition", "'", name, "' holds ", groups_.back().series.runs, " runs, others ", runs());
    return groups_.back();
  }
  static void add(Group& group, const RunningDiagnostic& diagnostic, int channel) {
    group.kept.push_back({diagnostic.kind, static_cast<float>(diagnostic.threshold), nullptr});
    group.channels.push_back(channel);
  }

  std::vector<Group> groups_;
  std::int64_t cells_ = 0;
};

/// The series that a map's running diagnostics are made of, and the outputs that are superposed as they stand.
void append_series(Weights& weights, const Dataset& train, const ScaledSamples& learn, const ModelInfo& info,
                   const SuperpositionOptions& options) {
  SeriesBuilder builder(weights, train, learn, info, options.memory);
  const auto running = running_of(info, options);
  const std::vector<FieldInfo> in_time = train.fields_in_time();
  const auto has_time = [&](const std::string& name) {
    return std::ranges::find(in_time, name, &FieldInfo::name) != in_time.end();
  };
  int channel = 0;
  for (std::size_t f = 0; f < info.outputs.size(); ++f) {
    const std::string& name = info.outputs[f].name;
    if (running[f] && has_time(running[f]->of)) {
      builder.append_field(running[f]->of);
      ++channel;
      continue;
    }
    if (running[f])
      log_warning("superposition: '", name, "' is ", to_string(*running[f]), ", but the runs hold no snapshots of '",
                  running[f]->of, "'; it is superposed as it stands. Name that field in [output] fields of the runs");
    else if (info.task == "map" && !has_time(name))
      log_warning("superposition: nothing says what '", name,
                  "' keeps of a field in time; it is superposed as it stands. ",
                  "Where it is a running value, say so: running = [\"", name, " = maximum(FIELD)\"]");
    channel = builder.append_output(f, channel);
  }
}

/// Relative distance of a field in the first snapshots of the validation runs from what superposing makes of it.
double unexplained(const Dataset& train, const ScaledSamples& learn, const Dataset& valid, const ScaledSamples& test,
                   const std::string& field, const Projection& centred) {
  const auto read = [&](const Dataset& data, const std::vector<std::int64_t>& runs) {
    RowsF table;
    for (std::size_t s = 0; s < runs.size(); ++s) {
      const HostArray start = data.read_series(runs[s], field, 0, 1);
      if (s == 0) table.resize(std::ssize(runs), start.size());
      table.row(static_cast<Eigen::Index>(s)) =
          Eigen::Map<const Eigen::RowVectorXf>(start.ref().as<float>(), start.size());
    }
    return table;
  };
  const RowsF starts = read(train, learn.run);
  const Eigen::RowVectorXf mean = starts.colwise().mean();
  const double spread = (starts.rowwise() - mean).cast<double>().norm();
  if (spread <= 1e-5 * starts.cast<double>().norm()) return 0;
  const RowsF truth = read(valid, test.run);
  double error = 0, size = 0;
  for (Eigen::Index s = 0; s < truth.rows(); ++s) {
    const std::vector<float> w =
        centred.weights({test.inputs.ref()[s].as<float>(), static_cast<std::size_t>(test.inputs.extents()[1])});
    const Eigen::RowVectorXf made = Eigen::Map<const Eigen::RowVectorXf>(w.data(), std::ssize(w)) * starts;
    error += (truth.row(s) - made).cast<double>().squaredNorm();
    size += (truth.row(s) - mean).cast<double>().squaredNorm();
  }
  return std::sqrt(error / std::max(size, std::numeric_limits<double>::min()));
}

/// Throws DataError where runs start from states that differ in more than the inputs say.
void require_one_start(const Dataset& train, const ScaledSamples& learn, const Dataset& valid,
                       const ScaledSamples& test, const ModelInfo& info, double ridge) {
  Departures departures(learn, true);
  const Projection& centred = departures.with_ridge(ridge);
  const std::vector<FieldInfo> in_time = train.fields_in_time();
  const auto is_input = [&](const FieldInfo& f) {
    return std::ranges::find(info.inputs, f.name, &FieldInfo::name) != info.inputs.end();
  };
  double of_inputs = 0;
  for (const FieldInfo& field : in_time)
    if (is_input(field)) of_inputs = std::max(of_inputs, unexplained(train, learn, valid, test, field.name, centred));
  for (const FieldInfo& field : in_time) {
    if (is_input(field)) continue;
    const double rest = unexplained(train, learn, valid, test, field.name, centred);
    if (rest > 0.05 + 3 * of_inputs)
      fail<DataError>(
          train.runs().front().file, "superposition: field '", field.name,
          "' of the first snapshot differs between the runs, ",
          "and the inputs do not say how: superposing the runs leaves ", std::lround(100 * rest),
          " % of it on the validation runs; add it to [data] inputs, or start all runs from rest or one state");
  }
}

}  // namespace

Weights fit_superposition(const Dataset& train, const Dataset& valid, const ModelInfo& info) {
  SuperpositionOptions options;
  read_options(options, info.options, "superposition", {"name"});
  if (options.ridge.empty()) fail<ConfigError>("superposition", "ridge must hold at least one candidate");
  const ScaledSamples learn = scaled_samples(train, info, {.limit = options.samples, .units = Units::physical});
  const ScaledSamples test =
      scaled_samples(valid, info, {.limit = validation_samples, .units = Units::physical, .channels = learn.channels});
  Weights weights;
  append_series(weights, train, learn, info, options);
  const Superposition model(info, weights, options);

  Projection best;
  double least = std::numeric_limits<double>::infinity(), ridge = 0;
  for (const bool about_mean : {false, true}) {
    if (options.about == (about_mean ? "rest" : "mean")) continue;
    Departures departures(learn, about_mean);
    for (const double candidate : options.ridge) {
      const Projection& projection = departures.with_ridge(candidate);
      const double error = mean_error(
          [&](std::span<const float> in, std::span<float> out) { model.superpose(projection.weights(in), out); }, test);
      if (!(error < least)) continue;
      least = error;
      ridge = candidate;
      best = projection;
    }
  }
  if (!std::isfinite(least)) fail<DataError>("superposition", "no penalty gives finite fields on the validation runs");
  if (info.task == "map") require_one_start(train, learn, valid, test, info, ridge);
  log_info("superposition: about ", best.about_mean ? "the runs' mean" : "rest", ", penalty ", ridge, ", error ", least,
           " on the validation runs");

  weights.emplace_back("channels", channel_array(learn.channels));
  weights.emplace_back("input_mean", array_of(best.mean));
  weights.emplace_back("inputs", array_of(best.inputs));
  weights.emplace_back("solve", array_of(best.solve));
  HostArray about(DType::i64, {1});
  about.values<std::int64_t>()[0] = best.about_mean ? 1 : 0;
  weights.emplace_back("about_mean", std::move(about));
  return weights;
}

std::unique_ptr<SurrogateInterface> load_superposition(const ModelFile& model) {
  SuperpositionOptions options;
  read_options(options, model.info.options, "superposition", {"name"});
  const auto held = std::make_shared<const Weights>(model.weights);
  const Superposition superposition(model.info, *held, options);
  std::vector<int> channels = channel_list(model);
  Projection projection{RowsF(rows(weight(model, "input_mean", DType::f32, 2))),
                        RowsF(rows(weight(model, "inputs", DType::f32, 2))),
                        matrix_of(weight(model, "solve", DType::f64, 2)),
                        weight(model, "about_mean", DType::i64, 1).values<std::int64_t>()[0] != 0};
  const Eigen::Index values = std::ssize(channels) * cells_of(model.info), runs = superposition.runs();
  if (projection.mean.rows() != 1 || projection.mean.cols() != values || projection.inputs.cols() != values ||
      projection.inputs.rows() != runs || projection.solve.rows() != runs || projection.solve.cols() != runs)
    fail<DataError>("superposition", "inputs ", projection.inputs.rows(), " x ", projection.inputs.cols(),
                    " and solve ", projection.solve.rows(), " x ", projection.solve.cols(), " do not fit ", runs,
                    " runs and ", values, " values");
  auto predict = [held, superposition, projection = std::move(projection)](std::span<const float> in,
                                                                           std::span<float> out) {
    superposition.superpose(projection.weights(in), out);
  };
  return make_scaled_surrogate(
      model.info, {.channels = std::move(channels), .predict = std::move(predict), .units = Units::physical});
}

}  // namespace marea
