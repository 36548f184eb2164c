# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""`marea evaluate`: what counts as held out, and where it finds the files that runs read."""

import json
import shutil

import h5py
import numpy as np
import pytest

from program import MAREA, error_lines, marea, write_case

pytestmark = pytest.mark.skipif(not MAREA or marea("list", "models").returncode != 0,
                                reason="MAREA_BIN does not name a program with surrogates")

ENSEMBLE = '[ensemble]\nmembers = 5\nsplit = { train = 0.6, valid = 0.2, test = 0.2 }\n[ensemble.vary]\n' \
           '"initial.height" = [0.5, 1.5]\n'
TRAIN = """
[data]
folder = "run"
task = "step"
inputs = ["h", "hu", "hv"]
outputs = ["h", "hu", "hv"]
[model]
name = "persistence"
[train]
output = "model.h5"
"""


def write_bed(path, depth):
    with h5py.File(path, "w", libver=("earliest", "v110")) as file:
        file["bathymetry"] = np.full((16, 24), -depth)
        file["x"], file["y"] = 500.0 + 1e3 * np.arange(24), 500.0 + 1e3 * np.arange(16)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Five runs on a bed named without its folder, and a model of three of them."""
    folder = tmp_path_factory.mktemp("trained")
    write_bed(folder / "bed.h5", 100.0)
    case = write_case(folder, ENSEMBLE, every=30.0)
    case.write_text(case.read_text().replace("bathymetry = -100.0", 'bathymetry = { file = "bed.h5" }')
                    .replace(str(folder / "run"), "run"))
    (folder / "train.toml").write_text(TRAIN)
    for command in (["simulate", case, "--quiet"], ["train", "train.toml", "--quiet"]):
        done = marea(*command, cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def place(trained, tmp_path):
    """A copy of its own."""
    return shutil.copytree(trained, tmp_path / "place")


def evaluate(folder, *arguments, output="report", **options):
    return marea("evaluate", folder / "model.h5", "--output", folder / output, "--rounds", "1", "--runs", "1",
                 "--resolutions", "1", *arguments, **{"cwd": folder, **options})


def refused(done):
    assert done.returncode == 3, done.stderr
    (line,) = error_lines(done)
    return line


def by_split(folder, split):
    for path in sorted((folder / "run").glob("*.h5")):
        with h5py.File(path) as file:
            if file.attrs["split"] == split:
                return path


def test_a_model_keeps_the_hashes_of_its_runs_and_of_the_files_they_read(trained):
    import tomllib

    with h5py.File(trained / "model.h5") as file:
        info = tomllib.loads(file.attrs["info"])
    assert [len(info["training_runs"]), len(info["validation_runs"])] == [3, 1]
    assert [entry["name"] for entry in info["input_files"]] == ["bed.h5"]
    assert (info["axis_names"], info["length_unit"], info["time_unit"]) == (["y", "x"], "m", "s")


@pytest.mark.parametrize("split", ["train", "valid"])
def test_runs_of_the_training_are_not_called_held_out(place, split):
    line = refused(evaluate(place, "--data", "run", "--split", split))
    assert f"is {'training' if split == 'train' else 'validation'} data of a model here" in line
    assert "--training-data" in line and "run_000" in line


def test_a_copy_of_a_training_file_under_test_is_found_out(place):
    (place / "other" / "data" / "test").mkdir(parents=True)
    copy = place / "other" / "data" / "test" / "fresh.h5"
    shutil.copy(by_split(place, "train"), copy)
    with h5py.File(copy, "r+") as file:  # other bytes
        file.attrs["split"] = "test"
        file.attrs["note"] = "unseen"
    assert "fresh.h5, trajectory 0 is training data of a model here" in refused(evaluate(place, "--data", "other"))


def without_a_field(file):
    group = file["t0_fields"]
    file.attrs["note"] = "the bed is no field of the model"
    group.attrs["field_names"] = [name for name in group.attrs["field_names"] if name != "bathymetry"]
    del group["bathymetry"]


def with_another_field(file):
    group = file["t0_fields"]
    group["drag"] = np.float64(0.01)
    group["drag"].attrs.update(sample_varying=False, time_varying=False, dim_varying=[False, False])
    group.attrs["field_names"] = [*group.attrs["field_names"], "drag"]


@pytest.mark.parametrize("change", [without_a_field, with_another_field])
def test_a_training_run_with_other_fields_beside_the_models_is_found_out(place, change):
    (place / "other" / "data" / "test").mkdir(parents=True)
    copy = place / "other" / "data" / "test" / "fresh.h5"
    shutil.copy(by_split(place, "train"), copy)
    with h5py.File(copy, "r+") as file:
        change(file)
    assert "fresh.h5, trajectory 0 is training data of a model here" in refused(evaluate(place, "--data", "other"))
    shutil.copy(copy, place / "run" / "again.h5")
    with h5py.File(place / "run" / "again.h5", "r+") as file:
        file.attrs["split"] = "test"
    assert "hold the same run" in refused(marea("train", "train.toml", "--dry-run", cwd=place))


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
@pytest.mark.parametrize("output", ["", "models/"])
def test_a_training_without_a_name_for_its_model_is_refused(place, output, options):
    line = refused(marea("train", "train.toml", "-o", f'train.output="{output}"', *options, cwd=place))
    assert "must name a model file" in line and not (place / "models").exists()


def cut(path, keep):
    """Keeps these snapshots of a run, as a program would that copies them."""
    with h5py.File(path, "r+") as file:
        length = len(file["time"])
        kept = np.arange(length)[keep]
        for group in ("t0_fields", "t1_fields"):
            for name in file[group]:
                dataset = file[group][name]
                if dataset.attrs["time_varying"]:
                    dataset[:, :len(kept)] = dataset[:][:, kept]
                    dataset.resize(len(kept), axis=1)
        file["time"][:len(kept)] = 30.0 * np.arange(len(kept))
        file["time"].resize(len(kept), axis=0)


@pytest.mark.parametrize("keep", [slice(0, -1), slice(1, None)])
def test_a_part_of_a_training_run_is_not_called_held_out(place, keep):
    (place / "other" / "data" / "test").mkdir(parents=True)
    part = place / "other" / "data" / "test" / "fresh.h5"
    shutil.copy(by_split(place, "train"), part)
    cut(part, keep)
    assert "fresh.h5, trajectory 0 is training data of a model here, or a part" in refused(
        evaluate(place, "--data", "other"))


def test_a_part_of_a_run_does_not_stand_in_two_splits(place):
    part = place / "run" / "part.h5"
    shutil.copy(by_split(place, "train"), part)
    cut(part, slice(0, -1))
    with h5py.File(part, "r+") as file:
        file.attrs["split"] = "test"
    line = refused(marea("train", "train.toml", "--dry-run", cwd=place))
    assert "hold the same run, or a part of it" in line and "part.h5" in line


def test_training_data_are_measured_and_labelled_on_request(place):
    done = evaluate(place, "--data", "run", "--split", "train", "--training-data")
    assert done.returncode == 0, done.stderr
    first = json.loads((place / "report" / "report.json").read_text())["headline"][0]
    assert first.startswith("Not held out: 1 of 1 runs are training or validation data")
    assert first in done.stdout


def test_runs_are_remade_from_another_folder(place, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    done = evaluate(place, "--data", place / "run", cwd=tmp_path / "elsewhere")
    assert done.returncode == 0, done.stderr
    assert "(not the training runs)" in done.stdout


def test_a_bed_that_is_gone_is_named_with_the_places_looked_at(trained, place, tmp_path):
    (place / "bed.h5").unlink()
    kept = (trained / "bed.h5").rename(tmp_path / "kept.h5")  # the folder where the runs were made
    try:
        line = refused(evaluate(place, "--data", "run"))
    finally:
        kept.rename(trained / "bed.h5")
    assert 'its run read solver.bathymetry.file = "bed.h5" of SHA-256' in line
    for folder in (place, trained, place / "run"):
        assert f"{folder / 'bed.h5'} is missing" in line


def test_a_bed_that_was_rewritten_is_not_taken(trained, place, tmp_path):
    write_bed(place / "bed.h5", 25.0)
    kept = (trained / "bed.h5").rename(tmp_path / "kept.h5")
    try:
        line = refused(evaluate(place, "--data", "run"))
    finally:
        kept.rename(trained / "bed.h5")
    assert f"{place / 'bed.h5'} has SHA-256" in line


def test_data_of_other_units_are_refused(place):
    path = by_split(place, "test")
    with h5py.File(path, "r+") as file:
        file["h"].attrs["units"] = "cm"
    assert "unit of 'h' cm of the data in run differs from m of the model" in refused(evaluate(place, "--data", "run"))


def test_one_run_in_two_splits_is_refused_in_training(place):
    copy = place / "run" / "again.h5"
    shutil.copy(by_split(place, "train"), copy)
    with h5py.File(copy, "r+") as file:
        file.attrs["split"] = "test"
    for options in ([], ["--dry-run"]):
        line = refused(marea("train", "train.toml", "-o", "train.output=new.h5", *options, cwd=place))
        assert "hold the same run, or a part of it, which may not stand in two splits" in line and "again.h5" in line


@pytest.mark.parametrize("name", ["new.h5", "new.last.h5", "new.csv"])
def test_a_training_does_not_overwrite_what_no_training_wrote(place, name):
    (place / name).write_text("my notes")
    line = refused(marea("train", "train.toml", "-o", "train.output=new.h5", "--restart", "never", cwd=place))
    assert name in line and "is not overwritten" in line
    assert (place / name).read_text() == "my notes"


def test_a_training_does_not_overwrite_its_data(place):
    path = by_split(place, "test")
    before = path.read_bytes()
    line = refused(marea("train", "train.toml", "-o", f"train.output={path}", "--restart", "never", cwd=place))
    assert "is not overwritten" in line
    assert path.read_bytes() == before


def test_a_mask_that_is_not_0_or_1_is_refused(place):
    line = refused(marea("train", "train.toml", "-o", "train.output=new.h5", "-o",
                         'data.inputs=["h", "hu", "hv", "bathymetry"]', "-o", 'normalise.mask="bathymetry"', cwd=place))
    assert "field 'bathymetry'" in line and "the mask is -100, must be 0 or 1" in line


def test_a_foreign_file_with_a_scalar_field_and_a_bool_parameter_is_read(tmp_path):
    (tmp_path / "run").mkdir()
    rng = np.random.default_rng(1)
    for n in range(4):
        with h5py.File(tmp_path / "run" / f"{n}.h5", "w", libver=("earliest", "v110")) as file:
            file.attrs["n_trajectories"] = 1
            file.attrs["simulation_parameters"] = ["sloped", "depth"]
            file.attrs["sloped"], file.attrs["depth"] = np.bool_(n % 2), 100.0
            axes = file.create_group("dimensions")
            axes.attrs["spatial_dims"] = ["y", "x"]
            axes["y"], axes["x"], axes["time"] = np.arange(4.0), np.arange(6.0), np.arange(3.0)
            scalars = file.create_group("scalars")
            scalars["sloped"], scalars["depth"] = np.bool_(n % 2), 100.0
            fields = file.create_group("t0_fields")
            fields["eta"] = rng.normal(size=(1, 3, 4, 6)).astype("f4")
            fields["drag"] = np.float64(0.01 * n)
            fields["drag"].attrs.update(sample_varying=False, time_varying=False, dim_varying=[False, False])
            fields["eta"].attrs.update(sample_varying=True, time_varying=True)
            file.create_group("boundary_conditions")
    (tmp_path / "train.toml").write_text(TRAIN.replace('["h", "hu", "hv"]', '["eta", "drag"]', 1)
                                         .replace('["h", "hu", "hv"]', '["eta"]'))
    done = marea("train", "train.toml", "-o", 'data.boundary=["open"]', cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    done = marea("inspect", tmp_path / "run" / "1.h5", "--json")
    assert done.returncode == 0, done.stdout
    content = json.loads(done.stdout)["content"]
    assert content["parameters"] == {"sloped": 1.0, "depth": 100.0}


@pytest.mark.parametrize("command, folder", [("evaluate", "deep/report"), ("train", "deep/models")])
def test_what_is_refused_leaves_no_folder(place, command, folder):
    def refuse(output):
        if command == "evaluate":
            return refused(evaluate(place, "--data", "run", "--split", "train", output=output))
        return refused(marea("train", "train.toml", "-o", f"train.output={output}/model.h5", "-o",
                             "data.inputs=['eat']", cwd=place))

    refuse(folder)
    assert not (place / "deep").exists()
    (place / folder).mkdir(parents=True)
    refuse(folder)
    assert (place / folder).is_dir(), "what was there stays"
