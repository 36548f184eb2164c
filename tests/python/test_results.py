# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""The quick form of every case of docs/results.md, from its data to its row."""

import json
import pathlib
import subprocess
import sys

import pytest

from program import ENVIRONMENT, MAREA, marea

RESULTS = pathlib.Path(__file__).resolve().parents[2] / "examples" / "results"
pytestmark = pytest.mark.skipif(not MAREA or marea("list", "models").returncode != 0,
                                reason="MAREA_BIN does not name a program with surrogates")


def quick(case, folder):
    """Runs the quick form of a case: its folder and its row."""
    places = {"MAREA_WORK": str(folder), "MAREA_BUILD_DIR": str(pathlib.Path(MAREA).parents[1]),
              "MAREA_DEPS_DIR": str(pathlib.Path(sys.executable).parents[2])}
    done = subprocess.run(["bash", RESULTS / f"{case}.sh", "--quick"], capture_output=True, text=True, timeout=120,
                          env={**ENVIRONMENT, **places})
    assert done.returncode == 0, done.stdout + done.stderr
    work = folder / "results" / f"{case}_quick"
    row = (work / "results.md").read_text().splitlines()[-1]
    assert row.startswith(f"| `{case}` |")
    return work, row


def test_a_case_in_time_makes_its_row_and_says_that_it_has_no_first_guess(tmp_path):
    work, row = quick("diffusion_reaction", tmp_path)
    report = json.loads((work / "report" / "step" / "report.json").read_text())
    assert report["speed_up"]["verdict"] != "speed_up" and "**loss" in row and "| none: not steady |" in row
    assert {m["kind"] for m in report["methods"]} == {"surrogate", "baseline", "solver"}


@pytest.mark.parametrize("case", ["darcy_fno", "chip_thermal"])
def test_a_case_makes_its_row_from_data_to_warm_start(tmp_path, case):
    work, row = quick(case, tmp_path)
    report = json.loads((work / "report" / "map" / "report.json").read_text())
    # An epoch or three on a few runs beat nobody, and the row says so.
    assert report["speed_up"]["verdict"] != "speed_up" and "**loss" in row and "never" in row
    assert {m["kind"] for m in report["methods"]} == {"surrogate", "baseline", "solver"}
    tolerances = {m["tolerance"] for m in report["methods"] if m["kind"] == "solver"}
    grids = {m["grid"] for m in report["methods"] if m["kind"] == "solver"}
    assert len(tolerances) > 1 and len(grids) > 1
    events = [json.loads(line) for line in (work / "warm.json").read_text().splitlines()]
    ledger = next(event for event in events if event["event"] == "ledger")
    assert ledger["guesses"] == ledger["guesses_audited"] == 2
    assert ledger["largest_difference"] < 1e-6


def test_a_row_replaces_the_earlier_one_of_its_case(tmp_path):
    sys.path.insert(0, str(RESULTS))
    import row

    page = row.put("# Results\n\nText.\n\n" + row.HEAD + "\nMore.\n", "| `b` | 1 |")
    page = row.put(row.put(page, "| `a` | 2 |"), "| `b` | 3 |")
    assert page == "# Results\n\nText.\n\n" + row.HEAD + "| `a` | 2 |\n| `b` | 3 |\n\nMore.\n"
