// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <memory>

#include <mpi.h>

#include <marea/io/stop_signal.hpp>
#ifdef MAREA_HAS_SURROGATE
#include <marea/surrogate/evaluation/evaluation.hpp>
#endif

#include "command.hpp"
#ifdef MAREA_HAS_SURROGATE
#include "report_page.hpp"
#endif

namespace marea::cli {

#ifdef MAREA_HAS_SURROGATE
namespace {

int evaluate_model(const EvaluationOptions& options, const Console& console) {
  check_options(options, "evaluate");
  EvaluationHooks hooks;
  hooks.stop = StopSignal::requested;
  const OptionTree report = evaluate(options, MPI_COMM_WORLD, hooks);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank != 0) return exit_done;
  OptionTree::Array lines;
  for (const std::string& line : headline(report)) {
    console.say(line);
    lines.push_back(line);
  }
  const std::string no_page = draw_page("report.py", options.output);
  OptionTree values;
  values["output"] = options.output;
  values["headline"] = std::move(lines);
  values["page"] = no_page.empty();
  console.event("finished", values);
  if (no_page.empty()) {
    console.say("Report: " + options.output + "/report.html");
  } else {
    console.say("Report: " + options.output + "/report.md; no report.html: " + no_page);
  }
  return exit_done;
}

}  // namespace

Command add_evaluate(CLI::App& program) {
  CLI::App* app =
      program.add_subcommand("evaluate", "Compare a surrogate with baselines and the solver on held-out runs");
  const auto o = std::make_shared<EvaluationOptions>();
  app->add_option("MODEL", o->model, "Model file")->required();
  app->add_option("--data", o->data, "Folder of snapshot files with held-out runs")->required();
  app->add_option("--case", o->case_file, "Case file whose [grid] and [solver] replace those stored with the data");
  app->add_option("--output", o->output, "Folder of the report")->capture_default_str();
  app->add_option("--baselines,--baseline", o->baselines,
                  "Model file that stands beside it, auto (every classical model that fits, trained on the model's own "
                  "runs) or none; may be repeated")
      ->allow_extra_args(false)
      ->capture_default_str();
  app->add_option("--baseline-seconds", o->baseline_seconds, "After so many seconds no further baseline is trained")
      ->capture_default_str();
  app->add_option("--split", o->split, "Runs to take: test, valid, train or all")->capture_default_str();
  app->add_flag("--training-data", o->training_data,
                "Measure runs that the model was trained or validated on too; the first line says so");
  app->add_option("--runs", o->runs, "At most so many runs; 0: all")->capture_default_str();
  app->add_option("--reference", o->reference, "Folder of the reference runs, to share; default: reference in the output");
  app->add_option("--refinement", o->refinement, "Resolution of the reference, as a multiple of the data's")
      ->capture_default_str();
  app->add_option("--resolutions", o->resolutions, "Of the competing solvers, as multiples of the model's grid")
      ->capture_default_str();
  app->add_option("--rounds", o->rounds, "Timed repetitions of each method on each run")->capture_default_str();
  app->add_option("--device", o->device, "Where networks run: auto (where the solvers compute), cpu or cuda")
      ->capture_default_str();
  app->footer(
      "Examples:\n"
      "  marea evaluate models/step.h5 --data runs/tsunami --output report/step\n"
      "  marea evaluate models/map.h5 --data runs/tsunami --baselines auto --baselines models/unet.h5");
  return {app, Needs::compute, [o](const Console& console) { return evaluate_model(*o, console); }};
}
#else
Command add_evaluate(CLI::App& program) {
  CLI::App* app = program.add_subcommand("evaluate", "Compare a surrogate with the solver (not in this build)");
  app->allow_extras();
  return {app, Needs::files, [](const Console&) -> int {
            fail_not_built("evaluate");
          }};
}
#endif

}  // namespace marea::cli
