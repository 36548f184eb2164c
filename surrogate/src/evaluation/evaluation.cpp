// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/evaluation.hpp>

#include <filesystem>
#include <fstream>

#include <marea/io/error.hpp>

#include "report.hpp"

namespace marea {
namespace {

void write_text(const std::filesystem::path& path, const std::string& text) {
  const auto temporary = path.string() + ".tmp";
  {
    std::ofstream file(temporary);
    file << text;
    if (!file.flush()) fail<IoError>("evaluate", "cannot write ", path.string(), "; is the folder writable, the disk full?");
  }
  std::filesystem::rename(temporary, path);
}

}  // namespace

OptionTree evaluate(const EvaluationOptions& options, MPI_Comm comm, const EvaluationHooks& hooks) {
  check_options(options, "evaluate");
  const Surrogate surrogate = Surrogate::load(options.model);
  std::vector<Surrogate> baselines;
  for (const auto& file : options.baselines) baselines.push_back(Surrogate::load(file));

  const auto runs = detail::held_out_runs(options, surrogate.info(), comm, hooks);
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  if (rank != 0) return {};

  auto methods = detail::make_methods(surrogate, baselines, runs, options.resolutions);
  const auto facts = detail::measure(methods, runs, surrogate.info(), options.rounds, hooks);
  OptionTree report = detail::build_report(options, surrogate.info(), runs, methods, facts);

  const std::filesystem::path folder = options.output;
  std::filesystem::create_directories(folder);
  detail::write_figure_fields((folder / "report_fields.h5").string(), surrogate.info(), runs, methods, report);
  write_text(folder / "report.md", detail::to_markdown(report));
  write_text(folder / "report.json", to_json(report) + "\n");
  return report;
}

std::vector<std::string> headline(const OptionTree& report) {
  std::vector<std::string> lines;
  for (const auto& line : report.find("headline")->as_array()) lines.push_back(line.as_string());
  return lines;
}

}  // namespace marea
