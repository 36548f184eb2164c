# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Writes a row of a results page from what `marea evaluate` and `marea simulate --json` left; a later one replaces it.

Usage: row.py PAGE --case NAME --report REPORT.json --warm WARM.json --task TEXT --published TEXT --command TEXT
       [--also TEXT]
Where WARM.json is not there, the problem is not steady and has no first guess.
"""

import argparse
import datetime
import json
import pathlib
import platform
import re

HEAD = """| case | task, grid, data | error | published | best classical | over the solver at equal error | \
break-even | warm start | how |
|---|---|---|---|---|---|---|---|---|
"""


def percent(error):
    return f"{100 * error:.2g} %" if error < 0.1 else f"{100 * error:.3g} %"


def duration(seconds):
    scale, unit = (1, "s") if seconds >= 1 else (1e3, "ms") if seconds >= 1e-3 else (1e6, "us")
    return f"{scale * seconds:.3g} {unit}"


def processor():
    try:
        names = re.findall(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()


def verdict(speed):
    if "ratio" not in speed:
        return "**loss**: the forecast does not stay finite"
    word = {"speed_up": "**gain**", "no_speed_up": "**loss**", "baseline_pays": "**loss to a baseline**"}
    ratio = f"{speed['ratio']:.3g} ({speed['ratio_low']:.3g} to {speed['ratio_high']:.3g})"
    return (f"{word.get(speed['verdict'], 'no clear difference')}: {ratio}; {duration(speed['surrogate_seconds'])} "
            f"against {duration(speed['solver_seconds'])}")


def baseline(speed):
    best = speed.get("best_baseline")
    return f"{best['label']}, {percent(best['error'])} in {duration(best['seconds'])}" if best else "none"


def warm_start(path):
    if not path.exists():
        return "none: not steady"
    events = [json.loads(line) for line in path.read_text().splitlines()]
    ledger = next(event for event in events if event["event"] == "ledger")
    saved = ledger["seconds_saved"] / ledger["guesses_audited"]
    return (f"{ledger['iterations']:g} iterations instead of {ledger['cold_iterations']:g} in "
            f"{ledger['guesses_audited']} solutions; net of the call {duration(abs(saved))} a solution "
            f"{'saved' if saved > 0 else '**lost**'}")


def row(options, report):
    speed, card = report["speed_up"], report["model"]["card"]
    own = report.get("errors_on_data", {}).get(speed["field"])
    break_even = f"{speed['break_even_runs']:.0f} runs" if "break_even_runs" in speed else "never"
    grid = next(m["grid"] for m in report["methods"] if m.get("made_the_data"))
    where = f"{report['device']}, {report['threads']} thread(s) of {processor()}"
    runs = card["data"].split(",")[0]
    cells = [
        f"`{options.case}`",
        f"{options.task}, {grid}, {runs} to train on",
        f"{percent(own) + ' on the data of its grid, ' if own else ''}{percent(speed['error'])} against twice the "
        f"resolution ({speed['field']}, relative L2, {report['reference']['runs']} held-out runs)"
        f"{'; ' + options.also if options.also else ''}",
        options.published,
        baseline(speed),
        verdict(speed),
        f"{break_even}; training took {speed['training_seconds']:.0f} s, the data {speed.get('data_seconds', 0):.0f} s",
        warm_start(options.warm),
        f"`{options.command}`, seed {options.seed}; {where}; {datetime.date.today()}",
    ]
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def put(page, line):
    """The page with this row in place of an earlier one of its case, or below the table's last row."""
    if HEAD not in page:
        page += HEAD
    before, after = page.split(HEAD)
    rows = re.match(r"(?:\|.*\n)*", after)[0]
    others = [other for other in rows.splitlines() if other.split("|")[1] != line.split("|")[1]]
    return before + HEAD + "\n".join(sorted([*others, line])) + "\n" + after[len(rows):]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=pathlib.Path)
    for name in ("case", "task", "published", "command"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--also", default="", help="what else is known of the error")
    for name in ("report", "warm"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    options = parser.parse_args()
    report = json.loads(options.report.read_text())
    page = options.page.read_text() if options.page.exists() else ""
    options.page.write_text(put(page, row(options, report)))


if __name__ == "__main__":
    main()
