# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Every example, at small size; the tsunami from the bathymetry to the report and the guarded run."""

import json
import pathlib
import re
import subprocess
import sys

import h5py
import numpy as np
import pytest

from program import ENVIRONMENT, MAREA, MPIEXEC, marea

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
PROGRAMS = pathlib.Path(MAREA).parent if MAREA else None
needs_surrogate = pytest.mark.skipif(not MAREA or marea("list", "models").returncode != 0,
                                     reason="MAREA_BIN does not name a program with surrogates")

# A sea of 48 x 40 cells, 20 minutes, small networks.
SMALL_SEA = ["-o", "grid.nx=48", "-o", "grid.ny=40"]
SMALL_NET = ["-o", "model.width=8", "-o", "model.modes=[6, 6]", "-o", "model.layers=2", "-o", "train.epochs=3"]


def run(*command, folder, **environment):
    done = subprocess.run([str(c) for c in command], cwd=folder, capture_output=True, text=True, timeout=300,
                          env={**ENVIRONMENT, **environment})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def tsunami(tmp_path_factory):
    """A folder with bathymetry, ten runs, a map and a step surrogate."""
    folder = tmp_path_factory.mktemp("tsunami")
    cases = EXAMPLES / "tsunami"
    run(sys.executable, cases / "prepare_bathymetry.py", "bathymetry.h5", folder=folder)
    run(MAREA, "simulate", cases / "ensemble.toml", *SMALL_SEA, "-o", "ensemble.members=10", "-o",
        "run.end_time=1200.0", "--quiet", folder=folder)
    for task in ("map", "step"):
        run(MAREA, "train", cases / f"{task}.toml", *SMALL_NET, "-o", "data.coarsen=2", "--quiet", folder=folder)
    return folder


@pytest.mark.parametrize("built", [True, False])
def test_bathymetry_is_prepared_without_the_python_package(tmp_path, built):
    # Where only the program was built, the package's folders are there and empty.
    (tmp_path / "python" / "marea" / "prepare").mkdir(parents=True)
    paths = {} if built else {"PYTHONPATH": str(tmp_path / "python")}
    run(sys.executable, EXAMPLES / "tsunami" / "prepare_bathymetry.py", "bathymetry.h5", folder=tmp_path, **paths)
    with h5py.File(tmp_path / "bathymetry.h5") as file:
        assert file["bathymetry"].shape == (91, 120)


def test_solver_loop_in_cxx_keeps_its_volume(tmp_path):
    if not PROGRAMS or not (PROGRAMS / "01_solver_loop").exists():
        pytest.skip("the C++ examples are not built")
    text = run(PROGRAMS / "01_solver_loop", EXAMPLES / "05_radial_dam_break" / "case.toml", folder=tmp_path)
    volumes = [float(v) for v in re.findall(r"volume ([0-9.]+)", text)]
    # 25 m2 of water 1 m deep and a disc of radius 0.5 m that is 1 m higher, as the grid sees it.
    assert len(volumes) == 3
    assert volumes[0] == pytest.approx(25 + np.pi * 0.25, rel=1e-2)
    assert volumes[1] == pytest.approx(volumes[0], rel=1e-12)


def test_solver_loop_in_cxx_names_a_missing_case_in_one_line(tmp_path):
    if not PROGRAMS or not (PROGRAMS / "01_solver_loop").exists():
        pytest.skip("the C++ examples are not built")
    done = subprocess.run([PROGRAMS / "01_solver_loop", "absent.toml"], cwd=tmp_path, capture_output=True, text=True,
                          env=ENVIRONMENT, timeout=60)
    assert done.returncode == 1
    assert re.fullmatch(r"absent\.toml: [^\n]+\n", done.stderr)


def test_solver_loop_in_cxx_finds_the_deepest_water_of_all_ranks(tmp_path):
    if not PROGRAMS or not (PROGRAMS / "01_solver_loop").exists():
        pytest.skip("the C++ examples are not built")
    command = [PROGRAMS / "01_solver_loop", EXAMPLES / "05_radial_dam_break" / "case.toml"]
    alone = run(*command, folder=tmp_path)
    assert "deepest 2.0000 m" in alone
    assert run(MPIEXEC, "-n", "3", *command, folder=tmp_path) == alone


@needs_surrogate
def test_own_data(tmp_path):
    out = run(sys.executable, EXAMPLES / "07_own_data.py", folder=tmp_path)
    error, unchanged = (float(v) for v in re.findall(r"step ([0-9.e-]+), of doing nothing ([0-9.e-]+)", out)[0])
    assert error < 1e-3 and unchanged > 0.1  # five waves decay: ten POD modes hold them, the ridge is tiny


@needs_surrogate
def test_solver_and_surrogate_in_cxx_start_from_the_same_state(tsunami):
    if not (PROGRAMS / "02_solver_and_surrogate").exists():
        pytest.skip("the C++ examples are not built")
    case = EXAMPLES / "tsunami" / "hybrid.toml"
    text = (case.read_text().replace("nx = 60", "nx = 24").replace("ny = 46", "ny = 20"))
    (tsunami / "small.toml").write_text(text)
    out = run(PROGRAMS / "02_solver_and_surrogate", "small.toml", "models/step.h5", folder=tsunami)
    assert re.search(r"eta after 120 s: relative L2 difference [0-9.]+", out)


def test_from_python(tmp_path):
    out = run(sys.executable, EXAMPLES / "03_from_python.py", folder=tmp_path)
    stepped, written = (float(v) for v in re.findall(r"highest water[a-z ]* ([0-9.]+) m", out))
    assert written == pytest.approx(stepped, abs=2e-2)  # output times change the steps a little
    assert "11 snapshots" in out


@needs_surrogate
def test_batch_script_for_marenostrum5_runs_its_commands(tsunami, tmp_path):
    case, training = tmp_path / "case.toml", tmp_path / "train.toml"
    small = (EXAMPLES / "tsunami" / "ensemble.toml").read_text()
    small = small.replace("nx = 240", "nx = 48").replace("ny = 184", "ny = 40")
    case.write_text(small.replace("members = 170", "members = 8").replace("end_time = 5400.0", "end_time = 240.0")
                    .replace("bathymetry.h5", str(tsunami / "bathymetry.h5")))
    net = (EXAMPLES / "tsunami" / "map.toml").read_text().replace("width = 32", "width = 4")
    net = net.replace("[16, 16]", "[4, 4]").replace("epochs = 60", "epochs = 1").replace("warmup = 3", "warmup = 0")
    training.write_text(net)
    run("bash", EXAMPLES / "04_marenostrum5.sh", case, training, folder=tmp_path, MAREA_LAUNCH="mpiexec -n 2",
        MAREA_TRAIN_LAUNCH="mpiexec -n 1")
    assert (tmp_path / "models" / "map.h5").exists()


def test_radial_dam_break_stays_symmetric(tmp_path):
    if not MAREA:
        pytest.skip("MAREA_BIN is not set")
    run(MAREA, "simulate", EXAMPLES / "05_radial_dam_break" / "case.toml", "-o", "grid.nx=64", "-o", "grid.ny=64",
        "--quiet", folder=tmp_path)
    with h5py.File(tmp_path / "dam_break" / "run.h5") as file:
        h = file["h"][0, -1]
    assert np.array_equal(h, h.T) and np.array_equal(h, h[::-1]) and np.array_equal(h, h[:, ::-1])


@needs_surrogate
@pytest.mark.parametrize("task", ["map", "step"])
def test_evaluation_writes_an_honest_report(tsunami, task):
    out = run(MAREA, "evaluate", f"models/{task}.h5", "--data", "runs", "--output", f"report/{task}", "--reference",
              "report/reference", "--runs", "1", "--rounds", "1", "--resolutions", "1", "0.5", folder=tsunami,
              OMP_NUM_THREADS="2")
    report = json.loads((tsunami / "report" / task / "report.json").read_text())
    speed, methods = report["speed_up"], report["methods"]
    assert report["headline"][0] in out
    # One timed round claims nothing, but may admit a loss, to the solver or to a baseline.
    assert report["headline"][0].startswith(("No speed-up", "The surrogate does not pay")) and not speed["speed_up"]
    assert speed["solver_verdict"] == ("no_speed_up" if speed["ratio_high"] <= 1 else "unclear")
    assert set(speed["fields"]) == {output["name"] for output in report["model"]["outputs"]}
    # Every classical model that fits was trained by the command itself, on the model's own runs.
    baselines = {m["label"]: m for m in methods if m["kind"] == "baseline"}
    assert {"persistence", "nearest_run", "pod_ridge"} <= set(baselines)
    gain = {name: field["ratio"] for name, field in speed["fields"].items()}
    for name, field in speed["fields"].items():
        better = [m for m in baselines.values()
                  if m["errors"][name] <= field["error"] and m["seconds"] < speed["surrogate_seconds"]]
        assert (field["verdict"] == "baseline_pays") == bool(better)
        if better:
            gain[name] = min(gain[name], min(m["seconds"] for m in better) / speed["surrogate_seconds"])
    assert speed["field"] == min(gain, key=gain.get)
    assert methods[0]["kind"] == "surrogate" and methods[0]["error"] == pytest.approx(speed["error"])
    assert report["reference"]["grid"] == "96 x 80"
    solvers = [m for m in methods if m["kind"] == "solver"]
    # Every order, precision, Courant number and bed was looked at; those that another one dominates were left out.
    looked_at = {m["label"].split(", ", 1)[1] for m in [*solvers, *report["left_out"]]}
    assert looked_at == {", ".join(filter(None, (order, precision, cfl, bed)))
                         for order in ("order 1", "order 2") for precision in ("single", "double")
                         for cfl in ("", "cfl 1") for bed in ("", "point bed")}
    assert report["reference"]["order"] == 2 and report["reference"]["estimated_error"] > 0
    made_the_data = next(m for m in solvers if m["made_the_data"])
    assert made_the_data["grid"] == "48 x 40"
    # The runs that made the data are nearer to the reference than the coarsest first-order run.
    coarsest = max(solvers, key=lambda m: m["error"])
    assert made_the_data["error"] < coarsest["error"]
    assert speed["training_seconds"] > 0 and speed["data_seconds"] > 0 and speed["data_cpu_seconds"] > 0
    assert (tsunami / "report" / task / "report.md").read_text().count("| fno |") >= 1
    # Every method is timed with one and with two threads and takes the better.
    for m in methods:
        tried = {int(threads): seconds for threads, seconds in m["seconds_by_threads"].items()}
        assert set(tried) == {1, 2} and m["threads"] == min(tried, key=tried.get)
    # Nothing that learned says what cannot be: arrivals before the start or after the end, maxima below the start.
    if task == "map":
        learned = [m for m in methods if m["kind"] != "solver"]  # a solver on other cells is brought to these
        assert all(m["fields"][field]["violations"] == 0 for m in learned for field in ("max_eta", "arrival_time"))
    # Changes of volume: the solver's own and the surrogate's beside the reference's.
    if task == "step":
        assert all(0 <= m["drift"]["volume"]["final"] < 1e-2 for m in [*methods, report["reference"]])
    # The page is drawn where some Python has what it needs, and its absence is said.
    assert (tsunami / "report" / task / "report.html").exists() == ("no report.html" not in out)


@needs_surrogate
def test_report_page_holds_its_figures(tsunami):
    folders = [tsunami / "report" / task for task in ("map", "step")]
    if not all((folder / "report.json").exists() for folder in folders):
        pytest.skip("the evaluation did not run")
    page = tsunami / "report.html"
    run(sys.executable, ROOT / "python" / "marea" / "report.py", *folders, "--output", page, folder=tsunami)
    text = page.read_text()
    assert text.count("<img") >= 6 and text.count("data:image/png;base64,") == text.count("<img")
    assert "http" not in re.sub(r"data:image/png;base64,[A-Za-z0-9+/=]*", "", text)


@needs_surrogate
def test_flooding_from_the_ensemble_to_the_report(tsunami, tmp_path):
    cases = EXAMPLES / "flooding"
    (tmp_path / "bathymetry.h5").symlink_to(tsunami / "bathymetry.h5")
    run(MAREA, "simulate", cases / "ensemble.toml", "-o", "grid.nx=72", "-o", "grid.ny=60", "-o", "ensemble.members=10",
        "-o", "run.end_time=1200.0", "--quiet", folder=tmp_path)
    flooded_cells = []
    for path in sorted((tmp_path / "runs").rglob("run*.h5")):
        with h5py.File(path) as file:
            fields = {name: field[...].squeeze() for name, field in file["t0_fields"].items() if name != "eta"}
        flooded, deepest, land = fields["flooded"] == 1, fields["max_flow_depth"], fields["bathymetry"] >= 0
        assert np.array_equal(flooded, deepest > 0.1) and not deepest[~land].any() and not fields["flow_depth"][0].any()
        assert (deepest >= fields["flow_depth"].max(axis=0)).all()  # the largest of all steps, not of the snapshots
        flooded_cells.append(flooded.sum())
    assert len(flooded_cells) == 10 and max(flooded_cells) > 2 * min(flooded_cells) + 20
    run(MAREA, "train", cases / "map.toml", *SMALL_NET, "-o", "data.coarsen=2", "--quiet", folder=tmp_path)
    run(MAREA, "evaluate", "models/map.h5", "--data", "runs", "--output", "report/map", "--runs", "1", "--rounds", "1",
        "--resolutions", "1", "--quiet", folder=tmp_path)
    report = json.loads((tmp_path / "report" / "map" / "report.json").read_text())
    assert set(report["speed_up"]["fields"]) == {"max_flow_depth", "flooded"}
    superposition = next(m for m in report["methods"] if m["label"] == "superposition")
    assert superposition["errors"]["max_flow_depth"] > 0.5


@pytest.mark.parametrize("script", ["quickstart.sh", "tsunami/full.sh", "flooding/quick.sh", "flooding/full.sh"])
def test_a_script_refuses_an_option_that_it_does_not_know(script):
    done = subprocess.run(["bash", EXAMPLES / script, "--cleen"], capture_output=True, text=True, env=ENVIRONMENT,
                          timeout=60)
    assert done.returncode == 2
    assert done.stderr == f"{pathlib.Path(script).stem}: unknown option '--cleen'; known: --clean\n"


@needs_surrogate
@pytest.mark.parametrize("ranks", [1, 2])
def test_guarded_run_keeps_its_ledger(tsunami, ranks):
    case = tsunami / "guarded.toml"
    hybrid = (EXAMPLES / "tsunami" / "hybrid.toml").read_text()
    case.write_text(hybrid.replace("nx = 60", "nx = 24").replace("ny = 46", "ny = 20"))
    folder = f"hybrid_{ranks}"
    done = marea("simulate", case, "-o", "run.end_time=600.0", "-o", f"output.folder={folder}", "-o",
                 "hybrid.tolerance=0.5", ranks=ranks, cwd=tsunami)
    assert done.returncode == 0, done.stderr
    assert "hybrid: " in done.stdout and " of 5 intervals by the surrogate" in done.stdout
    with h5py.File(tsunami / folder / "run.h5") as file:
        eta = file["eta"][...]
    if ranks == 2:
        with h5py.File(tsunami / "hybrid_1" / "run.h5") as file:
            assert np.array_equal(eta, file["eta"][...])


@needs_surrogate
def test_surrogate_alone_runs_without_a_guard(tsunami):
    text = (tsunami / "guarded.toml").read_text()
    (tsunami / "alone.toml").write_text(text[: text.index("[hybrid]")])
    done = marea("simulate", "alone.toml", "-o", "run.end_time=240.0", "-o", "output.folder=alone", cwd=tsunami)
    assert done.returncode == 0, done.stderr


@needs_surrogate
def test_model_for_another_grid_is_bad_input(tsunami):
    done = marea("simulate", EXAMPLES / "tsunami" / "hybrid.toml", "-o", "output.folder=other", cwd=tsunami)
    assert done.returncode == 3
    assert "the model was trained on a grid of 24 x 20 cells, the solver runs on 60 x 46" in done.stderr


def test_readme_shows_the_first_example():
    readme = ROOT / "README.md"
    code = (EXAMPLES / "01_solver_loop.cpp").read_text()
    body = code[code.index("int main"):]
    assert body in readme.read_text()
