# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""marea estimate, from the case file to its results: solver, coarser grids and a trained surrogate."""

import json
import pathlib
import shutil
import subprocess
import sys

import h5py
import numpy as np
import pytest

from outline import Outline
from program import MAREA, marea

pytestmark = pytest.mark.skipif(not MAREA, reason="MAREA_BIN does not name the program")

SEA = """
[grid]
nx = 32
ny = 24
x = [0.0, 32.0e3]
y = [0.0, 24.0e3]
boundary_x = ["wall", "wall"]
boundary_y = ["wall", "wall"]
[solver]
name = "shallow_water"
bathymetry = -100.0
[solver.gauges]
source = [8.5e3, 8.5e3]
[initial]
profile = "gaussian_hump"
centre = [8.5e3, 8.5e3]
radius = 3.0e3
height = 1.0
[run]
end_time = 480.0
"""
RUNS = SEA + """
[output]
folder = "runs"
fields = ["eta"]
diagnostics = ["max_eta"]
[ensemble]
members = 12
[ensemble.vary]
"initial.height" = [0.2, 4.0]
"""
TRAINING = """
[data]
folder = "runs"
task = "map"
inputs = ["eta"]
outputs = ["max_eta"]
[model]
name = "linear"
[train]
output = "map.h5"
"""
STUDY = SEA + """
[ensemble]
seed = 5
[ensemble.vary]
"initial.height" = { distribution = "lognormal", mean = 1.5, std = 0.6 }
[estimate]
quantities = ["max_eta.source", "max_eta"]
statistics = ["mean", "std", { exceedance = 1.0 }, { quantile = 0.9 }]
target = 0.01
models = ["map.h5"]
output = "out"
"""


def run(*arguments, **options):
    done = marea(*arguments, "--quiet", **options)
    assert done.returncode == 0, done.stderr
    return done


def result(folder, output="out"):
    return json.loads((folder / output / "estimate.json").read_text())


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The folder of a finished study with a surrogate that was trained on other heights."""
    folder = tmp_path_factory.mktemp("study")
    for name, text in {"runs": RUNS, "training": TRAINING, "study": STUDY}.items():
        (folder / f"{name}.toml").write_text(text)
    run("simulate", "runs.toml", cwd=folder)
    run("train", "training.toml", cwd=folder)
    run("estimate", "study.toml", cwd=folder)
    return folder


def test_statistics_of_a_linear_response_are_those_of_the_input(study):
    # The highest sea at the source is its first one, a fixed share of the height: ratios to the mean are the lognormal's.
    value = {(e["quantity"], e["statistic"]): e for e in result(study)["estimates"]}
    mean, std, quantile = (value["max_eta.source", name] for name in ("mean", "std", "quantile_0.9"))
    variance = np.log1p(0.16)
    expected = np.exp(np.sqrt(variance) * 1.2815515655446004 - variance / 2)
    assert abs(std["value"] / mean["value"] - 0.4) < 5 * std["standard_error"] / mean["value"]
    assert abs(quantile["value"] / mean["value"] - expected) < 5 * quantile["standard_error"] / mean["value"]
    assert mean["low"] < mean["value"] < mean["high"]


def test_the_surrogate_does_most_of_the_work(study):
    models = {m["label"]: m for m in result(study)["models"]}
    solver, surrogate = models["solver 32 x 24"], models["surrogate map.h5"]
    assert surrogate["correlation"] > 0.999
    assert solver["samples"] >= 16


def test_training_data_and_pilot_stand_beside_the_result(study):
    import marea as package

    # Without coarser grids, one of which can be the cheaper control on a busy machine.
    run("estimate", "study.toml", "-o", "estimate.solver_levels=none", "-o", "estimate.output=alone", cwd=study)
    found, card = result(study, "alone"), package.Surrogate.load(study / "map.h5").info["card"]
    assert found["training_seconds"] == card["seconds"]
    assert found["data_seconds"] == card["data_seconds"] > 0
    lines = " ".join(found["headline"])
    assert "the pilot is not counted" in lines and "Training took" in lines
    ratio = found["predicted_seconds"] / (found["predicted_seconds"] + found["pilot_seconds"])
    assert found["cost_of_monte_carlo_with_pilot"] == pytest.approx(found["cost_of_monte_carlo"] * ratio)


def test_the_error_of_the_grid_stands_beside_the_interval(study):
    from marea._estimate_figures import Study

    found = Study(study / "out")
    mean = next(e for e in found.result["estimates"] if (e["quantity"], e["statistic"]) == ("max_eta.source", "mean"))
    difference = abs(found.pilot(0).mean() - found.pilot(1).mean())
    assert mean["discretisation_error"] == pytest.approx(difference, rel=1e-5) and difference > 0
    assert found.fields["max_eta_mean_discretisation_error"].shape == (24, 32)
    assert any(line.startswith("Not in the interval: the solver's own grid adds") for line in found.result["headline"])


def test_fields_have_standard_errors_and_units(study):
    with h5py.File(study / "out" / "estimate.h5") as file:
        found = {}
        file.visititems(lambda name, item: found.update({name.split("/")[-1]: item}))
        assert found["max_eta_mean"].shape == found["max_eta_mean_standard_error"].shape == (24, 32)
        assert found["max_eta_mean"].attrs["units"] == "m"
        assert found["max_eta_exceedance_1"].attrs["units"] == "1"
        mean = found["max_eta_mean"][...]
        at_source = {(e["quantity"], e["statistic"]): e for e in result(study)["estimates"]}["max_eta.source", "mean"]
        # Coarser grids give the cell by interpolation and the gauge by their own cell: other controls, one truth.
        assert abs(mean[8, 8] - at_source["value"]) < 5 * at_source["standard_error"]


def test_a_second_call_runs_nothing_and_says_the_same(study):
    before = {f.name: f.stat().st_mtime_ns for f in (study / "out" / "samples").glob("model*")}
    text = (study / "out" / "estimate.json").read_text()
    run("estimate", "study.toml", cwd=study)
    assert {f.name: f.stat().st_mtime_ns for f in (study / "out" / "samples").glob("model*")} == before
    assert (study / "out" / "estimate.json").read_text() == text


@pytest.mark.parametrize("ranks", [1, 2])
def test_lost_samples_are_run_again_to_the_same_numbers(study, ranks):
    before = result(study)["estimates"]
    lost = [f for f in (study / "out" / "samples").glob("model*") if int(f.stem.split("_")[1]) >= 192]
    for file in lost:
        file.unlink()
    assert lost
    run("estimate", "study.toml", cwd=study, ranks=ranks)
    assert result(study)["estimates"] == before


def test_samples_of_a_model_that_was_trained_again_are_refused(study, tmp_path):
    shutil.copytree(study, tmp_path / "copy")
    (tmp_path / "copy" / "training.toml").write_text(TRAINING.replace("map.h5", "other.h5") + "seed = 9\n")
    run("train", "training.toml", cwd=tmp_path / "copy")
    (tmp_path / "copy" / "other.h5").replace(tmp_path / "copy" / "map.h5")
    done = marea("estimate", "study.toml", cwd=tmp_path / "copy")
    assert done.returncode == 3
    assert "belong to another case" in done.stderr


def test_python_returns_the_fields_as_a_dataset(study, monkeypatch):
    import marea as package

    monkeypatch.chdir(study)
    data = package.estimate("study.toml", progress=False)
    assert data["max_eta_std"].attrs["units"] == "m"
    assert float(data["max_eta_mean_standard_error"].max()) > 0
    assert data.attrs["estimate"]["estimates"] == result(study)["estimates"]


def test_the_page_shows_maps_convergence_allocation_and_samples(study):
    page = Outline((study / "out" / "estimate.html").read_text())
    assert page.open == []
    assert set(result(study)["headline"]) <= set(page.words)
    # Two maps and two scales for each of four statistics of the field, and three figures.
    assert len(page.sources) == 4 * 4 + 3
    assert all(source.startswith("data:image/png;base64,") for source in page.sources)
    assert {"Convergence", "Allocation", "Samples", "quantile_0.9 of max_eta", "standard error [m]"} <= set(page.words)
    runs = {m["label"]: str(m["samples"]) for m in result(study)["models"]}
    assert {*runs, *runs.values()} <= set(page.words)


def test_the_star_stands_at_the_error_and_the_cost_of_this_study(study):
    from marea import _estimate_figures as figures

    first = result(study)["estimates"][0]
    axes = figures.convergence(figures.Study(study / "out")).axes[0]
    star = next(line for line in axes.lines if line.get_marker() == "*")
    assert star.get_xydata().tolist() == [[result(study)["sample_seconds"], first["standard_error"]]]
    monte_carlo, _, chosen = (line.get_ydata() for line in axes.lines[:3])
    np.testing.assert_allclose((monte_carlo / chosen) ** 2, result(study)["cost_of_monte_carlo"])


def test_the_pilot_of_the_page_is_the_solver_at_the_inputs_of_the_pilot(study):
    from marea._estimate_figures import Study

    drawn = Study(study / "out")
    solver, surrogate = drawn.pilot(0), drawn.pilot(3)
    assert solver.shape == (result(study)["pilot"],)
    assert np.corrcoef(solver, surrogate)[0, 1] > 0.999


def test_a_study_is_drawn_while_its_fields_are_open(study):
    import marea as package
    from marea._estimate_figures import Study

    with package.open(study / "out" / "estimate.h5") as data:
        drawn = Study(study / "out").fields["max_eta_mean"]
        np.testing.assert_array_equal(drawn, data["max_eta_mean"])


def test_a_folder_without_an_estimate_is_named(tmp_path):
    import marea as package

    script = pathlib.Path(package.__file__).resolve().parent / "estimate_page.py"
    done = subprocess.run([sys.executable, script, tmp_path], capture_output=True, text=True, timeout=120)
    assert done.returncode == 3
    assert str(tmp_path / "estimate.json") in done.stderr


def test_a_statistic_is_drawn_beside_its_standard_error(study):
    import marea as package

    pytest.importorskip("matplotlib").use("Agg")
    left, right = package.plot.estimate(study / "out", "max_eta_mean")
    assert left.get_title().startswith("max_eta_mean [m]")
    assert right.get_title().startswith("max_eta_mean_standard_error [m]")
    with pytest.raises(package.ConfigError, match="known: max_eta_mean"):
        package.plot.estimate(study / "out", "max_eta_median")


def test_sobol_indices_name_the_input_that_matters(study):
    # The highest sea at the source is its first one: all by the height, nothing by the friction.
    text = STUDY.replace("bathymetry = -100.0", "bathymetry = -100.0\nmanning = 0.01")
    text = text.replace("[estimate]", '"solver.manning" = [0.0, 0.03]\n[estimate]')
    text = text.replace('output = "out"', 'output = "picks"')
    text = text.replace('["mean", "std", { exceedance = 1.0 }, { quantile = 0.9 }]', '["mean", "sobol"]')
    (study / "sobol.toml").write_text(text.replace("target = 0.01", "target = 0.1\npilot = 8"))
    run("estimate", "sobol.toml", cwd=study)
    found = json.loads((study / "picks" / "estimate.json").read_text())
    value = {e["statistic"]: e for e in found["estimates"] if e["quantity"] == "max_eta.source"}
    assert found["runs_per_sample"] == 4
    assert "discretisation_error" in value["mean"] and "discretisation_error" not in value["sobol_total_solver.manning"]
    first, total = value["sobol_first_initial.height"], value["sobol_total_initial.height"]
    assert abs(first["value"] - 1) < 5 * first["standard_error"]
    assert total["value"] == pytest.approx(1, abs=1e-6) and total["units"] == "1"
    assert value["sobol_total_solver.manning"]["value"] == value["sobol_first_solver.manning"]["value"] == 0
    page = Outline((study / "picks" / "estimate.html").read_text())
    assert page.open == [] and {"Sobol indices of max_eta.source", "solver.manning"} <= set(page.words)
    import marea as package

    with package.open(study / "picks" / "estimate.h5") as data:
        assert float(data["max_eta_sobol_total_initial.height"].max()) <= 1.5


@pytest.mark.parametrize("change, words", [
    ('estimate.quantities=["max_etta"]', "did you mean 'max_eta'?"),
    ('estimate.quantities=["max_eta.nowhere"]', "known: source"),
    ('estimate.quantities=["max_speed"]', "gives max_eta, none of estimate.quantities"),
    ('estimate.statistics=["median"]', "must be \"mean\""),
    ("estimate.target=0", "give a target"),
    ('estimate.models=["none.h5"]', "none.h5"),
    ("ensemble.seed=6", "belong to another case"),
])
def test_bad_input_is_refused_with_the_remedy(study, change, words):
    elsewhere = [] if "seed" in change else ["-o", "estimate.output=other"]
    done = marea("estimate", "study.toml", "-o", change, *elsewhere, cwd=study)
    assert done.returncode == (5 if "none.h5" in change else 3)
    assert words in done.stderr
    assert not (study / "other").exists()
