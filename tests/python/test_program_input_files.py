# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""The files that a case names are part of the run: their content is kept and compared."""

import hashlib
import os
import shutil
import tomllib

import h5py
import numpy as np
import pytest

from program import MAREA, failure, marea, write_case

pytestmark = pytest.mark.skipif(not MAREA, reason="MAREA_BIN does not name the program")

ENSEMBLE = '[ensemble]\nmembers = {}\n[ensemble.vary]\n"initial.height" = [0.5, 1.5]\n'


def write_bed(path, depth):
    with h5py.File(path, "w", libver=("earliest", "v110")) as file:
        file["bathymetry"] = np.full((16, 24), -depth)
        file["x"] = 500.0 + 1000.0 * np.arange(24)
        file["y"] = 500.0 + 1000.0 * np.arange(16)


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def case(tmp_path):
    """A case whose bed is a file, named without its folder."""
    write_bed(tmp_path / "bed.h5", 100.0)
    path = write_case(tmp_path, checkpoint_every=20.0)
    path.write_text(path.read_text().replace("bathymetry = -100.0", 'bathymetry = { file = "bed.h5" }'))
    return path


def test_a_run_keeps_name_folder_and_hash_of_the_files_it_read(tmp_path, case):
    assert marea("simulate", case, "--quiet", cwd=tmp_path).returncode == 0
    with h5py.File(tmp_path / "run" / "run.h5") as file:
        (kept,) = tomllib.loads(file.attrs["input_files"])["files"]
    assert kept == {"option": "solver.bathymetry.file", "name": "bed.h5", "folder": str(tmp_path),
                    "sha256": sha256(tmp_path / "bed.h5")}


def test_a_checkpoint_keeps_the_hashes_too(tmp_path, case):
    assert marea("simulate", case, "--quiet", "-o", "run.wall_limit=0s", cwd=tmp_path).returncode == 75
    (checkpoint,) = (tmp_path / "run" / "run.checkpoints").iterdir()
    with h5py.File(checkpoint) as file:
        assert sha256(tmp_path / "bed.h5") in file.attrs["input_files"]


@pytest.mark.parametrize("stopped", [True, False])
def test_a_bed_that_was_rewritten_since_is_refused(tmp_path, case, stopped):
    limit = ["-o", "run.wall_limit=0s"] if stopped else []
    assert marea("simulate", case, "--quiet", *limit, cwd=tmp_path).returncode == (75 if stopped else 0)
    before = sha256(tmp_path / "bed.h5")
    write_bed(tmp_path / "bed.h5", 25.0)
    kept = sha256(tmp_path / "run" / "run.h5")
    code, line = failure(case, "--quiet", cwd=tmp_path)
    assert code == 3
    assert "run.h5: holds a run of another content of solver.bathymetry.file" in line
    assert before in line and sha256(tmp_path / "bed.h5") in line and "--restart never" in line
    assert sha256(tmp_path / "run" / "run.h5") == kept
    assert marea("simulate", case, "--quiet", "--restart", "never", cwd=tmp_path).returncode == 0


def test_a_checkpoint_named_by_hand_is_refused_with_another_bed(tmp_path, case):
    assert marea("simulate", case, "--quiet", "-o", "run.wall_limit=0s", cwd=tmp_path).returncode == 75
    (checkpoint,) = (tmp_path / "run" / "run.checkpoints").iterdir()
    saved = shutil.copy(checkpoint, tmp_path / "saved.h5")
    shutil.rmtree(tmp_path / "run")
    write_bed(tmp_path / "bed.h5", 25.0)
    code, line = failure(case, "--quiet", "--restart", saved, cwd=tmp_path)
    assert (code, "saved.h5: holds a run of another content of solver.bathymetry.file" in line) == (3, True)


def test_an_ensemble_is_not_extended_with_another_bed(tmp_path, case):
    plain = case.read_text()
    case.write_text(plain + ENSEMBLE.format(2))
    assert marea("simulate", case, "--quiet", cwd=tmp_path).returncode == 0
    write_bed(tmp_path / "bed.h5", 25.0)
    case.write_text(plain + ENSEMBLE.format(4))
    code, line = failure(case, "--quiet", cwd=tmp_path)
    assert (code, "run_0000.h5: holds a run of another content" in line) == (3, True)
    assert not (tmp_path / "run" / "run_0003.h5").exists()


def test_the_same_bed_under_another_name_is_the_same_run(tmp_path, case):
    assert marea("simulate", case, "--quiet", cwd=tmp_path).returncode == 0
    os.rename(tmp_path / "bed.h5", tmp_path / "moved.h5")
    case.write_text(case.read_text().replace("bed.h5", str(tmp_path / "moved.h5")))
    done = marea("simulate", case, cwd=tmp_path)
    assert (done.returncode, "already complete" in done.stdout + done.stderr) == (0, True), done.stderr


def test_a_file_without_hashes_is_not_gone_on_with(tmp_path, case):
    assert marea("simulate", case, "--quiet", cwd=tmp_path).returncode == 0
    with h5py.File(tmp_path / "run" / "run.h5", "r+") as file:
        del file.attrs["input_files"]
    code, line = failure(case, "--quiet", cwd=tmp_path)
    assert (code, "does not say what solver.bathymetry.file held" in line) == (3, True)


@pytest.mark.parametrize("option", ["initial", "inflow"])
def test_every_file_that_a_case_names_counts(tmp_path, case, option):
    with h5py.File(tmp_path / "other.h5", "w", libver=("earliest", "v110")) as file:
        if option == "initial":
            file["eta"] = np.zeros((16, 24))
        else:
            file["time"], file["wave"] = np.arange(3.0) * 60, np.zeros(3)
    text = case.read_text()
    if option == "initial":
        start, end = text.index("[initial]"), text.index("[output]")
        text = text[:start] + '[initial]\nfile = "other.h5"\n\n' + text[end:]
    else:
        text = text.replace('["open", "wall"]', '["inflow", "wall"]')
        text = text.replace("[initial]", '[solver.inflow]\nfile = "other.h5"\neta = "wave"\n\n[initial]')
    case.write_text(text)
    done = marea("simulate", case, "--quiet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with h5py.File(tmp_path / "other.h5", "r+") as file:
        (file["eta"] if option == "initial" else file["wave"])[...] = 0.5
    code, line = failure(case, "--quiet", cwd=tmp_path)
    table = "initial" if option == "initial" else "solver.inflow"
    assert (code, f"another content of {table}.file" in line) == (3, True)
