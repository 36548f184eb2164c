// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/error.hpp>
#include <marea/io/model_file.hpp>
#include <marea/io/role_names.hpp>

namespace marea {
namespace {

template <class T, class Convert>
OptionTree list(const std::vector<T>& values, const Convert& convert) {
  OptionTree::Array out;
  for (const T& value : values) out.push_back(convert(value));
  return out;
}
OptionTree list(const std::vector<std::string>& values) {
  return list(values, [](const std::string& v) { return OptionTree(v); });
}
OptionTree list(const std::vector<double>& values) {
  return list(values, [](double v) { return OptionTree(v); });
}
OptionTree list(const std::vector<std::int64_t>& values) {
  return list(values, [](std::int64_t v) { return OptionTree(v); });
}

// Enumerators are stored by these names, in the order of the enumeration.
const std::vector<std::string> staggerings{"cell", "face_x", "face_y", "face_z", "node"};
const std::vector<std::string> roles{role_names.begin(), role_names.end()};

OptionTree field_tree(const FieldInfo& f) {
  OptionTree::Table table{{"name", f.name},
                          {"units", f.units},
                          {"long_name", f.long_name},
                          {"standard_name", f.standard_name},
                          {"rank", f.rank},
                          {"staggering", staggerings[static_cast<std::size_t>(f.staggering)]},
                          {"role", to_string(f.role)}};
  if (!f.running.empty()) table.emplace_back("running", f.running);
  if (!f.lower_bound.empty()) table.emplace_back("lower_bound", f.lower_bound);
  if (!f.upper_bound.empty()) table.emplace_back("upper_bound", f.upper_bound);
  return table;
}

OptionTree statistics_tree(const ChannelStatistics& s) {
  return OptionTree::Table{{"channel", s.channel}, {"mean", s.mean},       {"standard_deviation", s.standard_deviation},
                           {"rms", s.rms},         {"minimum", s.minimum}, {"maximum", s.maximum}};
}

/// A table whose entries must be there and of the right kind.
class Entries {
 public:
  Entries(const OptionTree& tree, std::string where) : tree_(tree), where_(std::move(where)) {
    if (!tree.is_table()) fail<DataError>(where_, "must be a table");
  }

  template <class Read>
  auto get(std::string_view key, const Read& read) const {
    const OptionTree* entry = tree_.find(key);
    if (!entry) fail<DataError>(where_, "entry '", key, "' is missing");
    try {
      return read(*entry);
    } catch (const ConfigError& e) {
      fail<DataError>(where_, "entry '", key, "' is of another kind: ", e.what());
    }
  }
  std::string text(std::string_view key) const {
    return get(key, [](const OptionTree& e) { return e.as_string(); });
  }
  double number(std::string_view key) const {
    return get(key, [](const OptionTree& e) { return e.as_double(); });
  }
  std::int64_t integer(std::string_view key) const {
    return get(key, [](const OptionTree& e) { return e.as_integer(); });
  }
  /// A table kept as it is; an empty one may be left out.
  OptionTree table(std::string_view key) const {
    const OptionTree* entry = tree_.find(key);
    return entry ? *entry : OptionTree();
  }
  template <class Read>
  auto all(std::string_view key, const Read& read) const {
    return get(key, [&](const OptionTree& e) {
      std::vector<std::decay_t<decltype(read(e))>> values;
      for (const OptionTree& element : e.as_array()) values.push_back(read(element));
      return values;
    });
  }
  std::vector<std::string> texts(std::string_view key) const {
    return all(key, [](const OptionTree& e) { return e.as_string(); });
  }
  template <class Enum>
  Enum choice(std::string_view key, const std::vector<std::string>& names) const {
    const std::string name = text(key);
    for (std::size_t i = 0; i < names.size(); ++i)
      if (names[i] == name) return static_cast<Enum>(i);
    fail<DataError>(where_, "entry '", key, "' = ", name, " is unknown");
  }

 private:
  const OptionTree& tree_;
  std::string where_;
};

}  // namespace

OptionTree to_tree(const ModelInfo& info) {
  OptionTree::Table envelope;
  for (const auto& [name, bound] : info.envelope) envelope.emplace_back(name, bound);
  const auto doubles = [](const std::vector<double>& v) { return list(v); };
  const auto pair = [](const std::array<std::string, 2>& v) { return OptionTree(OptionTree::Array{v[0], v[1]}); };
  return OptionTree::Table{{"name", info.name},
                           {"task", info.task},
                           {"history", info.history},
                           {"interval", info.interval},
                           {"extents", list(info.extents)},
                           {"centres", list(info.centres, doubles)},
                           {"axis_names", list(info.axis_names)},
                           {"boundary", list(info.boundary, pair)},
                           {"length_unit", info.length_unit},
                           {"time_unit", info.time_unit},
                           {"input_channels", list(info.input_channels)},
                           {"output_channels", list(info.output_channels)},
                           {"inputs", list(info.inputs, field_tree)},
                           {"outputs", list(info.outputs, field_tree)},
                           {"input_statistics", list(info.input_statistics, statistics_tree)},
                           {"output_statistics", list(info.output_statistics, statistics_tree)},
                           {"training_files", list(info.training_files)},
                           {"training_hashes", list(info.training_hashes)},
                           {"training_runs", list(info.training_runs)},
                           {"validation_runs", list(info.validation_runs)},
                           {"training_states", list(info.training_states)},
                           {"validation_states", list(info.validation_states)},
                           {"input_files", input_files_tree(info.input_files)},
                           {"envelope", std::move(envelope)},
                           {"options", info.options},
                           {"normaliser", info.normaliser},
                           {"training", info.training},
                           {"card", info.card}};
}

ModelInfo model_info_of(const OptionTree& tree, const std::string& where) {
  const Entries entries(tree, where);
  const auto field = [&](const OptionTree& e) {
    const Entries f(e, where + ": field");
    const auto text = [&](const char* key) { return e.find(key) ? f.text(key) : std::string(); };
    return FieldInfo{.name = f.text("name"),
                     .units = f.text("units"),
                     .long_name = f.text("long_name"),
                     .standard_name = f.text("standard_name"),
                     .rank = static_cast<int>(f.integer("rank")),
                     .staggering = f.choice<Staggering>("staggering", staggerings),
                     .role = f.choice<FieldRole>("role", roles),
                     .running = text("running"),
                     .lower_bound = text("lower_bound"),
                     .upper_bound = text("upper_bound")};
  };
  const auto statistics = [&](const OptionTree& e) {
    const Entries s(e, where + ": statistics");
    return ChannelStatistics{s.text("channel"), s.number("mean"),    s.number("standard_deviation"),
                             s.number("rms"),   s.number("minimum"), s.number("maximum")};
  };
  ModelInfo info;
  info.name = entries.text("name");
  info.task = entries.text("task");
  info.history = static_cast<int>(entries.integer("history"));
  info.interval = entries.number("interval");
  info.extents = entries.all("extents", [](const OptionTree& e) { return e.as_integer(); });
  info.centres = entries.all("centres", [](const OptionTree& e) {
    std::vector<double> axis;
    for (const OptionTree& centre : e.as_array()) axis.push_back(centre.as_double());
    return axis;
  });
  info.boundary = entries.all("boundary", [&](const OptionTree& e) {
    if (e.as_array().size() != 2) fail<DataError>(where, "entry 'boundary' must hold two kinds an axis");
    return std::array{e.as_array()[0].as_string(), e.as_array()[1].as_string()};
  });
  info.input_channels = entries.texts("input_channels");
  info.output_channels = entries.texts("output_channels");
  info.inputs = entries.all("inputs", field);
  info.outputs = entries.all("outputs", field);
  info.input_statistics = entries.all("input_statistics", statistics);
  info.output_statistics = entries.all("output_statistics", statistics);
  info.training_files = entries.texts("training_files");
  info.training_hashes = entries.texts("training_hashes");
  // Files of schema 1.0 lack what follows.
  if (tree.find("axis_names")) {
    info.axis_names = entries.texts("axis_names");
    info.length_unit = entries.text("length_unit");
    info.time_unit = entries.text("time_unit");
    info.training_runs = entries.texts("training_runs");
    info.validation_runs = entries.texts("validation_runs");
    info.input_files = entries.get("input_files", [](const OptionTree& e) { return input_files_of(e); });
  }
  if (tree.find("training_states")) {  // since 1.2
    info.training_states = entries.texts("training_states");
    info.validation_states = entries.texts("validation_states");
  }
  if (const OptionTree envelope = entries.table("envelope"); envelope.is_table())
    for (const auto& [name, bound] : envelope.as_table()) info.envelope.emplace_back(name, bound.as_double());
  info.options = entries.table("options");
  info.normaliser = entries.table("normaliser");
  info.training = entries.table("training");
  info.card = entries.table("card");
  return info;
}

}  // namespace marea
