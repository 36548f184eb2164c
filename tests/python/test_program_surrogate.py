# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Training and surrogate runs by the program: plans, bad input, signals, damaged models."""

import signal
import time

import pytest

from program import MAREA, error_lines, events, marea, start, write_case

pytestmark = pytest.mark.skipif(not MAREA or marea("list", "models").returncode != 0,
                                reason="MAREA_BIN does not name a program with surrogates")

TRAIN = """
[data]
folder = "{folder}"
task = "step"
inputs = ["h", "hu", "hv"]
outputs = ["h", "hu", "hv"]

[model]
name = "fno"
width = 4
modes = [4, 4]
layers = 2

[train]
epochs = {epochs}
batch = 4
output = "{output}"
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Eight small tsunamis."""
    folder = tmp_path_factory.mktemp("ensemble")
    ensemble = "[ensemble]\nmembers = 8\n[ensemble.vary]\n\"initial.height\" = [0.5, 2.0]\n"
    done = marea("simulate", write_case(folder, ensemble), "--quiet")
    assert done.returncode == 0, done.stderr
    return folder / "run"


def write_training(folder, runs, epochs=1):
    path = folder / "train.toml"
    path.write_text(TRAIN.format(folder=runs, epochs=epochs, output=folder / "model.h5"))
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory, runs):
    """A step model, barely trained."""
    folder = tmp_path_factory.mktemp("model")
    done = marea("train", write_training(folder, runs), "--json")
    assert done.returncode == 0, done.stderr
    assert [event["event"] for event in events(done)][-1] == "finished"
    return folder / "model.h5"


def test_an_unfinished_ensemble_goes_on_with_its_unfinished_members_only(runs):
    case = runs.parent / "case.toml"
    kept = (runs / "run_0001.h5").stat().st_mtime_ns
    (runs / "run_0003.h5").unlink()
    assert marea("simulate", case, "--quiet").returncode == 0
    assert (runs / "run_0003.h5").is_file()
    assert (runs / "run_0001.h5").stat().st_mtime_ns == kept


def test_dry_run_of_a_training_counts_its_samples_and_writes_nothing(tmp_path, runs):
    (plan,) = events(marea("train", write_training(tmp_path, runs), "--dry-run", "--json"))
    assert (plan["model"], plan["runs"], plan["samples"], plan["validation_runs"]) == ("fno", 6, 18, 1)
    assert list(tmp_path.iterdir()) == [tmp_path / "train.toml"]


@pytest.mark.parametrize("override, message", [
    ("train.epocs=3", "-o: train: unknown option 'epocs', did you mean 'epochs'?"),
    ("train.learning_rate=0", "learning_rate = 0 must be > 0"),
    ("model.name=fon", "did you mean 'fno'?"),
    ("model.wdith=8", "did you mean 'width'?"),
    ("data.inputs=[\"salt\"]", "salt"),
    ("data.task=jump", "task = \"jump\" must be one of step, map"),
])
def test_a_wrong_option_of_a_training_is_exit_code_3(tmp_path, runs, override, message):
    done = marea("train", write_training(tmp_path, runs), "-o", override)
    assert done.returncode == 3
    (line,) = error_lines(done)
    assert message in line


def test_an_unknown_model_is_named_with_line_and_column(tmp_path, runs):
    training = write_training(tmp_path, runs)
    training.write_text(training.read_text().replace('"fno"', '"fon"'))
    done = marea("train", training)
    assert done.returncode == 3
    (line,) = error_lines(done)
    assert line.startswith(f"marea: {training}:9:8: model: unknown model 'fon', did you mean 'fno'? known: fno, unet, ")


LAYERS = """
[grid]
nx = 8
ny = 8
boundary_z = ["insulated", "convective"]
[solver]
name = "heat_conduction"
method = "steady"
transfer_high = [0.0, 0.0, 10.0]
layers = [{ name = "die", thickness = 0.1, cells = 2, conductivity = 1.0, power = 1.0 },
          { name = "sink", thickness = LAST, cells = 2, conductivity = 4.0 }]
[output]
folder = "runs"
every = 1.0
fields = ["rise"]
[run]
end_time = 1.0
[ensemble]
members = 4
[ensemble.vary]
"solver.layers[0].power" = [1.0, 2.0]
"""


@pytest.mark.parametrize("last, said", [(0.3, "the cells of axis z are not equally wide, by up to 50 % of their mean"),
                                        (0.1, None)])
def test_a_training_on_cells_of_other_widths_is_warned(tmp_path, last, said):
    (tmp_path / "layers.toml").write_text(LAYERS.replace("LAST", str(last)))
    done = marea("simulate", "layers.toml", "--quiet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    training = ('[data]\nfolder = "runs"\ntask = "map"\ninputs = ["source"]\noutputs = ["rise"]\n'
                '[model]\nname = "linear"\n[train]\noutput = "map.h5"\n')
    (tmp_path / "map.toml").write_text(training)
    done = marea("train", "map.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (said in done.stderr) if said else ("equally wide" not in done.stderr)


def test_missing_data_are_named(tmp_path):
    done = marea("train", write_training(tmp_path, tmp_path / "nowhere"))
    assert done.returncode == 5
    (line,) = error_lines(done)
    assert f'folder = "{tmp_path}/nowhere" cannot be read: No such file or directory' in line


def weights_of(model):
    """The tensors of a model file as bytes; times and paths, which differ, stand in the header."""
    out = model.with_suffix(".safetensors")
    assert marea("export", model, "--to", "safetensors", "--output", out).returncode == 0
    data = out.read_bytes()
    weights = data[8 + int.from_bytes(data[:8], "little"):]
    assert len(weights) > 1000
    return weights


@pytest.fixture(scope="module")
def undisturbed_weights(tmp_path_factory, runs):
    """Of a training of 40 epochs."""
    folder = tmp_path_factory.mktemp("undisturbed")
    assert marea("train", write_training(folder, runs, epochs=40), "--quiet").returncode == 0
    return weights_of(folder / "model.h5")


def train_and_signal(training, number, lines):
    """Starts a training and signals it some time after its first lines of output. Its exit code."""
    process = start("train", training, "--json")
    for _ in range(lines):
        process.stdout.readline()
    time.sleep(0.05)
    process.send_signal(number)
    return process.wait(60)


def test_sigterm_stops_a_training_with_75_and_it_goes_on_to_the_same_model(tmp_path, runs, undisturbed_weights):
    training = write_training(tmp_path, runs, epochs=40)
    assert train_and_signal(training, signal.SIGTERM, 3) == 75
    assert not (tmp_path / "model.h5").exists() or (tmp_path / "model.checkpoint.h5").exists()
    assert marea("train", training, "--quiet").returncode == 0
    assert weights_of(tmp_path / "model.h5") == undisturbed_weights


@pytest.mark.parametrize("lines", [4, 11])
def test_a_training_killed_by_sigkill_goes_on_to_the_same_model(tmp_path, runs, undisturbed_weights, lines):
    training = write_training(tmp_path, runs, epochs=40)
    assert train_and_signal(training, signal.SIGKILL, lines) == -signal.SIGKILL
    assert marea("train", training, "--quiet").returncode == 0
    assert weights_of(tmp_path / "model.h5") == undisturbed_weights


def test_a_damaged_model_is_exit_code_3(tmp_path, model):
    damaged = tmp_path / "damaged.h5"
    data = bytearray(model.read_bytes())
    data[len(data) // 2] ^= 1
    for content in (data, data[:-100]):
        damaged.write_bytes(content)
        done = marea("simulate", write_case(tmp_path), "-o", f"surrogate.model={damaged}")
        assert done.returncode == 3
        (line,) = error_lines(done)
        assert "damaged.h5" in line
        assert marea("inspect", damaged).returncode == 3


def test_a_model_of_another_grid_is_refused_with_both_shapes(tmp_path, model):
    done = marea("simulate", write_case(tmp_path, nx=30), "-o", f"surrogate.model={model}")
    assert done.returncode == 3
    (line,) = error_lines(done)
    assert "24 x 16" in line and "30 x 16" in line


def test_output_within_the_model_s_interval_is_refused(tmp_path, model):
    done = marea("simulate", write_case(tmp_path, every=30.0), "-o", f"surrogate.model={model}")
    assert done.returncode == 3
    (line,) = error_lines(done)
    assert "output.every = 30 must be a multiple of 20" in line


def test_a_surrogate_without_a_guard_says_that_nothing_was_checked(tmp_path, model):
    done = marea("simulate", write_case(tmp_path), "-o", f"surrogate.model={model}")
    assert done.returncode == 0, done.stderr
    assert "surrogate alone: 3 of 3 intervals, nothing was checked" in done.stdout


def test_a_hybrid_run_sums_itself_up(tmp_path, model):
    done = marea("simulate", write_case(tmp_path), "-o", f"surrogate.model={model}", "-o", "hybrid={mode=\"emulate\"}")
    assert done.returncode == 0, done.stderr
    assert "hybrid: " in done.stdout


def test_json_gives_a_line_for_each_interval_of_a_hybrid_run(tmp_path, model):
    done = marea("simulate", write_case(tmp_path), "-o", f"surrogate.model={model}", "-o", 'hybrid={mode="emulate"}',
                 "--json")
    assert done.returncode == 0, done.stderr
    intervals = [event for event in events(done) if event["event"] == "interval"]
    (summary,) = [event for event in events(done) if event["event"] == "ledger"]
    assert len(intervals) == summary["intervals"] > 0
    assert sum(interval["accepted"] for interval in intervals) == summary["accepted"]


def test_evaluate_names_a_missing_model(tmp_path, runs):
    done = marea("evaluate", tmp_path / "none.h5", "--data", runs, "--output", tmp_path / "report")
    assert done.returncode == 5
    (line,) = error_lines(done)
    assert "none.h5" in line


def test_evaluate_names_a_missing_folder(tmp_path, model):
    done = marea("evaluate", model, "--data", tmp_path / "nowhere", "--output", tmp_path / "report")
    assert done.returncode == 5
    (line,) = error_lines(done)
    assert f'"{tmp_path}/nowhere" cannot be read' in line


def test_a_file_of_another_kind_is_named_with_the_kind_that_is_needed(tmp_path, model, runs):
    run, case = runs / "run_0001.h5", write_case(tmp_path)
    for arguments, message in [
        (["simulate", case, "-o", f"surrogate.model={run}"], f"{run}: is a snapshot file; a model file is needed"),
        (["evaluate", run, "--data", runs], f"{run}: is a snapshot file; a model file is needed"),
        (["simulate", case, "--restart", model], f"{model}: is a model file; a checkpoint file is needed"),
        (["train", write_training(tmp_path, model.parent)], f"{model}: is a model file; a snapshot file is needed"),
        (["export", model, "--to", "netcdf", "--output", tmp_path / "x"],
         f"{model}: is a model file; a snapshot file is needed"),
    ]:
        done = marea(*arguments)
        assert (done.returncode, error_lines(done)) == (3, [f"marea: {message}"])
    done = marea("export", runs, "--to", "netcdf", "--output", tmp_path / "x")
    assert (done.returncode, error_lines(done)) == (5, [f"marea: {runs}: is a folder; name one file in it"])
