# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Bad input: the documented exit code and one clear line."""

import os
import random
import subprocess

import h5py
import numpy as np
import pytest

from program import ENVIRONMENT, MAREA, error_lines, failure, marea, write_case

pytestmark = pytest.mark.skipif(not MAREA, reason="MAREA_BIN does not name the program")


@pytest.mark.parametrize("override, message", [
    ("solver.clf=1", "-o: solver: unknown option 'clf', did you mean 'cfl'? known: "),
    ("solver.cfl=1.5", "-o: solver: cfl = 1.5 must lie in (0, 1]"),
    ("solver.cfl=nan", "-o: solver: cfl = nan must be a finite number"),
    ("solver.name=shalow_water", "did you mean 'shallow_water'?"),
    ("sovler.cfl=1", "-o: case file: unknown option 'sovler', did you mean 'solver'?"),
    ("grid.nx=-3", "nx = -3 must be"),
    ("grid.nx=24.5", "-o: grid: nx = 24.5 must be an integer"),
    ("grid.boundary_x=[\"opne\", \"wall\"]", "opne"),
    ("grid.boundary_x=[\"open\"]", "boundary_x = [\"open\"] must be an array of 2 values"),
    ("initial.profile=gausian_hump", "gaussian_hump"),
    ("initial.hight=2", "did you mean 'height'?"),
    ("output.every=-1", "-o: output: every = -1 must be >= 0"),
    ("output.fields=[\"salinity\"]", "salinity"),
    ("run.wall_limit=soon", "wall_limit"),
    ("run.end_time=\"late\"", "-o: run: end_time = \"late\" must be a number"),
    ("initial", "-o: 'initial' must have the form table.key=value"),
])
def test_a_wrong_option_is_exit_code_3_and_names_key_value_and_rule(tmp_path, override, message):
    code, line = failure(write_case(tmp_path), "-o", override)
    assert code == 3
    assert message in line
    assert not (tmp_path / "run" / "run.h5").exists()


def test_a_wrong_line_of_the_file_is_named_with_line_and_column(tmp_path):
    case = write_case(tmp_path, "wall_limt = \"2h\"\n")
    code, line = failure(case)
    last = len(case.read_text().splitlines())
    assert code == 3
    assert f"{case}:{last}:13: run: unknown option 'wall_limt', did you mean 'wall_limit'?" in line
    code, line = failure(write_case(tmp_path, "oops = [1,\n"))
    assert code == 3
    assert f"{case}:" in line


@pytest.mark.parametrize("old, new, message", [
    ("nx = 24", "nx = 0", "3:6: grid: nx = 0 must be >= 1"),
    ("nx = 24", "nx = 2", "3:6: grid: nx = 2 must be >= 3, the ghost cells this solver needs at each end"),
    ("x = [0.0, 24.0e3]", "x = [24.0e3, 0.0]", "5:5: grid: x = [24000, 0] must rise"),
    ('["open", "wall"]', '["opne", "wall"]', "7:15: grid: unknown boundary_x 'opne', did you mean 'open'? known: "),
    ('["open", "wall"]', '["open", "periodic"]',
     "7:14: grid: boundary_x = ['open', 'periodic'] must be periodic at both"),
    ('["open", "wall"]', '["open", "inflow"]', "7:14: grid: a boundary of kind inflow needs solver.inflow.file"),
    ("ny = 16\n", "ny = 16\nnz = 4\n", "5:6: grid: shallow_water needs two dimensions"),
    ("bathymetry = -100.0", 'bathymetry = { flie = "b.h5" }',
     "12:23: solver.bathymetry: unknown option 'flie', did you mean 'file'? known: profile, file, regrid"),
    ("bathymetry = -100.0", "bathymetry = { depth = 1.0 }",
     "12:14: solver.bathymetry: needs a key `profile` or `file`"),
    ('profile = "gaussian_hump"', 'profle = "gaussian_hump"',
     "15:10: initial: unknown option 'profle', did you mean 'profile'? known: profile, file, regrid"),
    ("[output]\n", '[output]\nfields = ["h", "velcity"]\n',
     "21:16: output: unknown entry of fields 'velcity', did you mean 'velocity'? known: h, "),
    ("[output]\n", '[output]\nfields = ["bathymetry"]\n', "21:11: output: 'bathymetry' in fields is fixed"),
    ("[output]\n", '[output]\ndiagnostics = ["max_et"]\n',
     "21:16: output: unknown entry of diagnostics 'max_et', did you mean 'max_eta'? known: max_eta, "),
    ("[run]\n", '[run]\nwall_limit = "soon"\n', "26:14: run: wall_limit = 'soon' must be numbers"),
    ('"shallow_water"', '"shalow_water"',
     "11:8: solver.name: unknown solver 'shalow_water', did you mean 'shallow_water'?"),
    ('"shallow_water"\n', '"shallow_water\n', "11:22: the string is not closed on this line"),
])
def test_a_wrong_value_is_named_with_line_and_column(tmp_path, old, new, message):
    case = write_case(tmp_path)
    text = case.read_text()
    assert text.count(old) == 1
    case.write_text(text.replace(old, new))
    code, line = failure(case)
    assert code == 3
    assert line.startswith(f"marea: {case}:{message}")


def test_a_damaged_case_file_is_exit_code_3_with_one_line_or_still_a_case(tmp_path):
    case = write_case(tmp_path)
    whole = case.read_bytes()
    draw = random.Random(20261121)
    for trial in range(6):
        damaged = bytearray(whole)
        if trial % 3 == 0:
            del damaged[draw.randrange(len(whole)):]
        else:
            damaged[draw.randrange(len(whole))] ^= 1 << draw.randrange(8)
        case.write_bytes(damaged)
        done = marea("simulate", case, "--dry-run", "-o", f"output.folder=\"{tmp_path}/run\"", errors="replace")
        assert done.returncode in (0, 3), (bytes(damaged), done.stderr)
        assert len(error_lines(done)) == (done.returncode == 3), (bytes(damaged), done.stderr)


def test_missing_and_unreadable_files_are_exit_code_5_with_the_systems_words(tmp_path):
    code, line = failure(tmp_path / "none.toml")
    assert (code, line) == (5, f"marea: {tmp_path}/none.toml: cannot be read: No such file or directory")
    code, line = failure(write_case(tmp_path), "-o", "solver.bathymetry={file = \"none.h5\"}")
    assert code == 5
    assert "none.h5" in line


def write_bathymetry(folder, values):
    path = folder / "bathymetry.h5"
    with h5py.File(path, "w", libver=("earliest", "v110")) as file:
        file["bathymetry"] = values
    return path


def test_nan_in_the_bathymetry_is_named_with_its_place(tmp_path):
    values = np.full((16, 24), -100.0)
    values[3, 17] = np.nan
    path = write_bathymetry(tmp_path, values)
    code, line = failure(write_case(tmp_path), "-o", f"solver.bathymetry={{file = \"{path}\"}}")
    assert code == 3
    assert "bathymetry.h5" in line and "[3, 17]" in line


def test_bathymetry_of_another_shape_is_refused(tmp_path):
    path = write_bathymetry(tmp_path, np.full((5, 7), -100.0))
    code, line = failure(write_case(tmp_path), "-o", f"solver.bathymetry={{file = \"{path}\"}}")
    assert code == 3
    assert "bathymetry.h5" in line


def test_a_state_that_is_not_finite_is_refused_and_named(tmp_path):
    eta = np.zeros((16, 24))
    eta[2, 5] = np.inf
    path = tmp_path / "start.h5"
    with h5py.File(path, "w", libver=("earliest", "v110")) as file:
        file["eta"] = eta
        file["hu"] = file["hv"] = np.zeros((16, 24))
    case = write_case(tmp_path)
    text = case.read_text()
    begin, end = text.index("[initial]"), text.index("[output]")
    case.write_text(text[:begin] + f"[initial]\nfile = \"{path}\"\n\n" + text[end:])
    code, line = failure(case)
    assert code in (3, 4)
    assert "start.h5" in line and "[2, 5]" in line


def test_a_grid_too_small_for_the_ranks_is_refused(tmp_path):
    code, line = failure(write_case(tmp_path, nx=3), "-o", "grid.ny=2", ranks=4)
    assert code == 3
    assert "grid" in line


def test_a_grid_too_large_for_the_memory_is_refused_before_it_is_taken(tmp_path):
    code, line = failure(write_case(tmp_path), "-o", "grid.nx=2000000", "-o", "grid.ny=2000000")
    assert code == 3
    assert "memory" in line


@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-", ">/dev/full 2>&1", "<&- >&- 2>&-"])
def test_a_run_goes_on_where_nobody_can_read_its_messages(tmp_path, redirection):
    case = write_case(tmp_path)
    assert subprocess.run(["bash", "-c", f'"$0" simulate "$1" {redirection}', MAREA, case], env=ENVIRONMENT,
                          timeout=120).returncode == 0
    with h5py.File(tmp_path / "run" / "run.h5") as file:
        assert file.attrs["complete"] and file["time"].shape == (4,)


def test_a_folder_that_is_not_writable_is_exit_code_5(tmp_path, mount):
    case = write_case(tmp_path)
    if os.geteuid() == 0:  # permissions do not stop root, a read-only file system does
        mount("run", "ro")
    else:
        (tmp_path / "run").mkdir(mode=0o500)
    code, line = failure(case)
    assert code == 5
    assert str(tmp_path / "run") in line


def test_an_output_folder_below_a_file_is_exit_code_5(tmp_path):
    (tmp_path / "run").write_text("a file")
    code, line = failure(write_case(tmp_path, output="run/below"))
    assert code == 5
    assert str(tmp_path / "run/below") in line


def test_a_run_in_a_folder_of_another_case_is_refused(tmp_path):
    assert marea("simulate", write_case(tmp_path), "--quiet").returncode == 0
    code, line = failure(write_case(tmp_path), "-o", "initial.height=2")
    assert code == 3
    assert "initial.height" in line
