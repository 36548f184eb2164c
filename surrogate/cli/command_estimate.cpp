// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <memory>

#include <mpi.h>

#include <marea/io/stop_signal.hpp>
#ifdef MAREA_HAS_SURROGATE
#include <marea/surrogate/estimate/estimate.hpp>
#endif

#include "command.hpp"
#ifdef MAREA_HAS_SURROGATE
#include "report_page.hpp"
#endif

namespace marea::cli {
namespace {

#ifdef MAREA_HAS_SURROGATE
int estimate_case(const CaseArguments& arguments, const Console& console) {
  const OptionTree case_file = arguments.read();
  EstimateHooks hooks;
  hooks.stop = StopSignal::requested;
  const OptionTree result = estimate(case_file, MPI_COMM_WORLD, hooks);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank != 0) return exit_done;
  for (const OptionTree& line : result.find("headline")->as_array()) console.say(line.as_string());
  console.event("finished", result);
  const std::string output = result.find("output")->as_string();
  const std::string no_page = draw_page("estimate_page.py", output);
  console.say("Report: " + output +
              (no_page.empty() ? "/estimate.html" : "/estimate.md; no estimate.html: " + no_page));
  return exit_done;
}
#endif

}  // namespace

Command add_estimate(CLI::App& program) {
  CLI::App* app = program.add_subcommand(
      "estimate", "Statistics over uncertain inputs, with surrogates and coarser grids as control variates");
#ifdef MAREA_HAS_SURROGATE
  const auto arguments = std::make_shared<CaseArguments>();
  app->add_option("FILE", arguments->file, "Case file (TOML) with [ensemble.vary] and [estimate]")->required();
  app->add_option("-o,--option", arguments->overrides, "Override a value of the file: table.key=value; may be repeated")
      ->type_name("TABLE.KEY=VALUE")
      ->allow_extra_args(false);
  app->footer(
      "Examples:\n"
      "  marea estimate hazard.toml\n"
      "  mpirun -n 4 marea estimate hazard.toml -o estimate.budget=30m");
  return {app, Needs::compute, [arguments](const Console& console) { return estimate_case(*arguments, console); }};
#else
  app->allow_extras();
  return {app, Needs::files, [](const Console&) -> int { fail_not_built("estimate"); }};
#endif
}

}  // namespace marea::cli
