// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/well_statistics.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <marea/io/error.hpp>
#include <marea/io/field_extents.hpp>
#include <marea/io/statistics.hpp>

#include "dataset_files.hpp"
#include "../hdf5/replace_file.hpp"

namespace marea {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view mark = "# Written by marea.";

/// One field over all runs, an element a component.
struct FieldStatistics {
  FieldInfo field;
  std::vector<std::string> axes;                  ///< in storage order, as the file orders components
  std::vector<RunningStatistics> values, deltas;  ///< deltas stay empty for constants
};

/// One snapshot of a field, (cells…, components).
HostArray read_state(const SnapshotReader& reader, const FieldInfo& field, std::int64_t trajectory, std::int64_t step) {
  HostArray state(DType::f64, grid_extents(reader.grid().block, field));
  reader.read(field.name, trajectory, step, state.ref());
  return state;
}

/// Adds every component of `state`: every n-th value belongs to one of n.
void add_components(std::vector<RunningStatistics>& to, const HostArray& state) {
  const auto n = static_cast<std::int64_t>(to.size());
  const ArrayRef table = make_array_ref(state.ref().data, DType::f64, std::array{state.size() / n, n});
  for (std::int64_t c = 0; c < n; ++c) to[static_cast<std::size_t>(c)].add(table.slice(1, c, c + 1));
}

void add_run(FieldStatistics& to, const SnapshotReader& reader, std::int64_t trajectory, bool constant) {
  HostArray before;
  for (std::int64_t step = 0; step < (constant ? 1 : std::ssize(reader.times())); ++step) {
    HostArray state = read_state(reader, to.field, trajectory, step);
    add_components(to.values, state);
    if (step > 0) {
      const auto now = state.values<double>(), old = before.values<double>();
      for (std::size_t i = 0; i < now.size(); ++i) old[i] = now[i] - old[i];
      add_components(to.deltas, before);
    }
    before = std::move(state);
  }
}

/// Indices of the components as marea reads them (x, y, z) in the order in which the file holds them.
std::vector<std::size_t> file_order(const std::vector<std::string>& axes, int rank) {
  std::vector<std::size_t> order{0};
  const std::vector<std::string> names = component_names(axes);
  for (int r = 0; r < rank; ++r) {
    std::vector<std::size_t> longer;
    for (const std::size_t outer : order)
      for (const std::string& axis : axes)
        longer.push_back(outer * axes.size() +
                         static_cast<std::size_t>(std::ranges::find(names, axis) - names.begin()));
    order = std::move(longer);
  }
  return order;
}

/// A float as every YAML reader knows it: with a point, and a sign in the exponent.
std::string yaml(double value) {
  std::string text = fmt::format("{}", value);
  if (text.find('.') == text.npos) text.insert(std::min(text.find('e'), text.size()), ".0");
  return text;
}

/// "1.5", "[1.5, 2.0]" or "[[1.0, 2.0], [3.0, 4.0]]" for ranks 0, 1 and 2.
std::string yaml(std::span<const double> values, int rank) {
  if (rank == 0) return yaml(values[0]);
  const std::size_t n = values.size(), part = rank == 1 ? 1 : static_cast<std::size_t>(std::lround(std::sqrt(n)));
  std::string text;
  for (std::size_t i = 0; i < n; i += part) text += (i ? ", " : "[") + yaml(values.subspan(i, part), rank - 1);
  return text + "]";
}

}  // namespace

void require_own_statistics(const std::string& folder) {
  const fs::path path = fs::path(folder) / "stats.yaml";
  std::error_code none;
  if (!fs::exists(path, none)) return;
  std::string first;
  std::ifstream file(path);
  std::getline(file, first);
  if (first != mark)
    fail<ConfigError>(path.string(),
                      "was not written by marea and is not overwritten; remove it, or name another folder");
}

std::string write_well_statistics(const std::string& folder) {
  require_own_statistics(folder);
  const auto files = detail::find_data_files(folder);
  detail::ReaderPool readers;
  const auto split_of = [&](const detail::DataFile& file) {
    return file.split.empty() ? readers.get(file.path).schema().split : file.split;
  };
  const bool has_train = std::ranges::any_of(files, [&](const auto& file) { return split_of(file) == "train"; });
  std::vector<FieldStatistics> all;
  for (const auto& file : files) {
    if (has_train && split_of(file) != "train") continue;
    const SnapshotReader& reader = readers.get(file.path);
    const auto add = [&](const FieldInfo& field, bool constant) {
      auto found = std::ranges::find(all, field.name, [](const FieldStatistics& s) { return s.field.name; });
      if (found == all.end()) {
        const auto components = static_cast<std::size_t>(std::lround(std::pow(reader.grid().block.rank, field.rank)));
        found = all.insert(found, {field, reader.grid().axis_names, std::vector<RunningStatistics>(components), {}});
        if (!constant) found->deltas.resize(components);
      }
      if (found->field.rank != field.rank || found->deltas.empty() != constant)
        fail<DataError>(file.path, "field '", field.name, "' has another rank or time axis than in the files before");
      for (std::int64_t t = 0; t < reader.trajectories(); ++t) add_run(*found, reader, t, constant);
      for (const RunningStatistics& s : found->values)
        if (!std::isfinite(s.rms()))
          fail<DataError>(file.path, "field '", field.name, "' holds values that are not finite");
    };
    for (const FieldInfo& field : reader.schema().fields) add(field, false);
    for (const FieldInfo& field : reader.schema().constants) add(field, true);
  }

  const std::string path = (fs::path(folder) / "stats.yaml").string(), temporary = path + ".tmp";
  std::ofstream out(temporary, std::ios::trunc);
  fmt::print(out, "{}\n", mark);
  const auto section = [&](const char* name, auto member, double (RunningStatistics::*value)() const) {
    fmt::print(out, "{}:\n", name);
    for (const FieldStatistics& s : all) {
      std::vector<double> numbers;
      if ((s.*member).empty()) continue;
      for (const std::size_t component : file_order(s.axes, s.field.rank))
        numbers.push_back(((s.*member)[component].*value)());
      fmt::print(out, "  {}: {}\n", s.field.name, yaml(numbers, s.field.rank));
    }
  };
  for (const auto& [suffix, member] : {std::pair{"", &FieldStatistics::values}, {"_delta", &FieldStatistics::deltas}}) {
    section(fmt::format("mean{}", suffix).c_str(), member, &RunningStatistics::mean);
    section(fmt::format("std{}", suffix).c_str(), member, &RunningStatistics::standard_deviation);
    section(fmt::format("rms{}", suffix).c_str(), member, &RunningStatistics::rms);
  }
  out.close();
  if (!out) fail<IoError>(path, "cannot be written: ", std::strerror(errno));
  detail::replace_file(temporary, path);
  return path;
}

}  // namespace marea
