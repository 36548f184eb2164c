# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""report.html, from a report.json of three methods made by hand."""

import json
import pathlib
import subprocess
import sys

import h5py
import numpy as np
import pytest

from outline import Outline

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "python" / "marea" / "report.py"


def method(kind, label, error, seconds, **more):
    fields = {"eta": {"nrmse": error, "vrmse": error, "maximum_error": 0.5, "leads": {"nrmse": [error, error]}}}
    drift = {"volume": {"final": 0.01, "units": "1", "leads": [0.0, 0.01]},
             "momentum_x": {"final": 3.0, "units": "m4 s-1", "leads": [1.0, 3.0]}}
    return {"kind": kind, "label": label, "error": error, "seconds": seconds, "seconds_minimum": seconds,
            "seconds_maximum": seconds, "threads": 1, "seconds_by_threads": {"1": seconds, "2": 2 * seconds},
            "fields": fields, "drift": drift, **more}


def solver(label, error, seconds):
    return method("solver", label, error, seconds, grid=label, order=2, precision="double", made_the_data=False)


@pytest.fixture
def folder(tmp_path):
    """Two solver configurations, one of them on the envelope, and a surrogate with a < in its statement."""
    report = {
        "headline": ["No speed-up: 1 < 2"],
        "model": {"name": "fno", "task": "step", "interval": 10.0,
                  "outputs": [{"name": "eta", "units": "m"}], "card": {"seconds": 1.23456789}},
        "reference": {"times": [10.0, 20.0], "drift": {"volume": {"final": 0.0, "units": "1"},
                                                        "momentum_x": {"final": 2.0, "units": "m4 s-1"}}},
        "speed_up": {"envelope": ["8 x 8"], "error": 0.1, "surrogate_seconds": 2.0, "solver_cost_is": "interpolated",
                     "solver_seconds": 1.0, "ratio": 0.5},
        "methods": [method("surrogate", "fno", 0.1, 2.0), solver("8 x 8", 0.1, 1.0), solver("4 x 4", 0.3, 1.5)],
    }
    (tmp_path / "report.json").write_text(json.dumps(report))
    with h5py.File(tmp_path / "report_fields.h5", "w") as file:
        file.attrs["channels"] = ["eta"]
        for name, values in (("x", np.arange(8.0)), ("y", np.arange(8.0)), ("time", np.array([10.0, 20.0]))):
            file[name] = values
        group = file.create_group("run_0")
        group.attrs["file"] = "run_0001.h5"
        field = np.random.default_rng(1).normal(size=(2, 1, 8, 8))
        group["reference"] = field
        for number, (kind, label) in enumerate((("surrogate", "fno"), ("solver", "8 x 8"))):
            group[f"method_{number}"] = field + 0.1
            group[f"method_{number}"].attrs.update({"label": label, "kind": kind})
    return tmp_path


def draw(folder):
    done = subprocess.run([sys.executable, SCRIPT, folder], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return (folder / "report.html").read_text()


def test_the_page_is_whole_and_holds_its_pictures(folder):
    page = Outline(draw(folder))
    assert page.open == []
    assert len(page.sources) >= 10 and all(source.startswith("data:image/png;base64,") for source in page.sources)
    assert "No speed-up: 1 < 2" in page.words


def test_tables_show_the_best_configurations_and_fold_the_others_away(folder):
    page = Outline(draw(folder))
    assert "solver 8 x 8" in page.words and "solver 4 x 4" not in page.words
    assert "solver 4 x 4" in page.folded
    assert "1: 2 s, 2: 4 s" in page.words  # both thread counts of the surrogate
    assert "–" in page.words  # no error at fronts in this report
    assert "1 %" in page.words and "3 m4 s-1" in page.words  # drift, relative and absolute


def test_a_forecast_that_does_not_stay_finite_has_dashes(folder):
    report = json.loads((folder / "report.json").read_text())
    surrogate = report["methods"][0]
    surrogate.update(error=None, fields={})
    report["methods"][1]["fields"]["eta"]["leads"]["nrmse"] = [None, None]
    report["speed_up"] = {"envelope": ["8 x 8"], "error": None, "surrogate_seconds": 2.0, "verdict": "no_speed_up"}
    (folder / "report.json").write_text(json.dumps(report))
    assert Outline(draw(folder)).open == []


def test_a_folder_without_a_report_is_named(tmp_path):
    done = subprocess.run([sys.executable, SCRIPT, tmp_path], capture_output=True, text=True, timeout=120)
    assert done.returncode == 3
    assert str(tmp_path / "report.json") in done.stderr
