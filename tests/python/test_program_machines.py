# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Environments, folders and file systems that a user may have: the program works, or says in one line why not."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import h5py
import numpy as np
import pytest

from program import ENVIRONMENT, MAREA, error_lines, marea, start, write_case

pytestmark = pytest.mark.skipif(not MAREA, reason="MAREA_BIN does not name the program")


def run_with(tmp_path, **variables):
    return marea("simulate", write_case(tmp_path), env={**ENVIRONMENT, **variables})


@pytest.mark.parametrize("variables", [
    {"OMP_DYNAMIC": "true", "OMP_NUM_THREADS": "2"},
    {"OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "2"},
    {"OMP_THREAD_LIMIT": "2", "OMP_NUM_THREADS": "4"},
    {"OMP_NUM_THREADS": "2,2"},
])
def test_what_openmp_gives_is_taken(tmp_path, variables):
    done = run_with(tmp_path, **variables)
    assert done.returncode == 0, done.stderr
    assert "done at time" in done.stdout


@pytest.mark.parametrize("command", ["simulate", "train", "list"])
def test_threads_that_no_machine_has_are_refused(tmp_path, command):
    done = marea(command, write_case(tmp_path), env={**ENVIRONMENT, "OMP_NUM_THREADS": "20000"})
    assert done.returncode == 3
    assert "threads: 20000 must be at most" in error_lines(done)[0]


# What a shell in a SLURM step has in its environment, and what Open MPI refuses to start with.
SLURM_STEP = {
    "SLURM_JOB_ID": "77", "SLURM_JOBID": "77", "SLURM_STEP_ID": "0", "SLURM_STEPID": "0", "SLURM_PROCID": "0",
    "SLURM_NTASKS": "1", "SLURM_NPROCS": "1", "SLURM_LOCALID": "0", "SLURM_NODEID": "0", "SLURM_NODELIST": "node",
    "SLURM_JOB_NODELIST": "node", "SLURM_STEP_NODELIST": "node", "SLURM_TASKS_PER_NODE": "1",
    "SLURM_STEP_TASKS_PER_NODE": "1", "PMIX_RANK": "0", "PMIX_NAMESPACE": "slurm.pmix.77.0", "PMI_RANK": "0",
    "PMI_SIZE": "1", "PMI_FD": "99",
}


def test_one_rank_starts_in_a_shell_of_a_slurm_step(tmp_path):
    environment = {**ENVIRONMENT, **SLURM_STEP}
    case = write_case(tmp_path)
    done = marea("simulate", case, env=environment)
    assert done.returncode == 0, done.stderr
    run = tmp_path / "run" / "run.h5"
    for command in (["version"], ["list"], ["inspect", run], ["repair", run],
                    ["export", run, "--to", "netcdf", "--output", tmp_path / "out"]):
        done = marea(*command, env=environment)
        assert done.returncode == 0, (command, done.stderr)


def test_a_name_that_the_file_system_does_not_take_is_exit_code_5(tmp_path):
    name = "n" * 250
    done = marea("simulate", write_case(tmp_path), "-o", f"output.folder={tmp_path}/{name}/{name}/{name * 2}")
    assert done.returncode == 5
    assert "File name too long" in error_lines(done)[0]
    done = marea("inspect", tmp_path / (name * 2))
    assert done.returncode == 5
    assert "File name too long" in error_lines(done)[0] and name in error_lines(done)[0]


@pytest.mark.parametrize("command", [
    ["simulate", "FOLDER"],
    ["simulate", "CASE", "-o", "solver.bathymetry={file = \"FOLDER\"}"],
    ["simulate", "CASE", "-o", "initial={file = \"FOLDER\"}"],
    ["simulate", "CASE", "-o", "solver.inflow={file = \"FOLDER\"}", "-o", "grid.boundary_x=[\"inflow\", \"wall\"]"],
    ["simulate", "CASE", "--restart", "FOLDER"],
    ["inspect", "FOLDER"],
    ["repair", "FOLDER"],
    ["export", "FOLDER", "--to", "netcdf", "--output", "x.nc"],
])
def test_a_folder_in_place_of_a_file_is_exit_code_5_everywhere(tmp_path, command):
    folder = tmp_path / "folder"
    folder.mkdir()
    case = write_case(tmp_path)
    done = marea(*(word.replace("FOLDER", str(folder)).replace("CASE", str(case)) for word in command), cwd=tmp_path)
    (line,) = error_lines(done)
    assert done.returncode == 5 and line.startswith(f"marea: {folder}: is a folder; "), line


def test_a_run_that_is_being_written_is_inspected_as_that_and_names_its_writer(tmp_path):
    path = tmp_path / "run" / "run.h5"
    writer = start("simulate", write_case(tmp_path, end_time=1e6, every=100.0), "--quiet")
    try:
        while not path.exists() or path.stat().st_size == 0:
            assert writer.poll() is None
            time.sleep(0.05)
        for _ in range(5):  # whatever it is doing
            done = marea("inspect", path)
            assert done.returncode == 3, done.stderr
            assert "snapshot, not whole" in done.stdout and "foreign" not in done.stdout
            assert f"is being written by process {writer.pid} on " in done.stdout
    finally:
        writer.kill()
        writer.wait()
    assert "being written" not in marea("inspect", path).stdout


@pytest.fixture
def closed_folder():
    """A folder in which nobody may look, and a command line's beginning that runs as somebody for whom this holds."""
    root = os.geteuid() == 0
    if root and not shutil.which("setpriv"):
        pytest.skip("root may enter every folder")
    with tempfile.TemporaryDirectory() as parent:
        os.chmod(parent, 0o755)
        closed = pathlib.Path(parent) / "closed"
        closed.mkdir(mode=0o000)
        yield closed, ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if root else []
        closed.chmod(0o700)


def test_a_folder_that_one_may_not_enter_is_exit_code_5(closed_folder):
    closed, as_somebody = closed_folder
    case = write_case(closed.parent)
    for arguments in (["simulate", case, "-o", f"output.folder={closed}/run"], ["inspect", closed / "run.h5"],
                      ["export", closed / "run.h5", "--to", "netcdf", "--output", closed.parent / "x.nc"],
                      ["simulate", closed / "case.toml"]):
        done = subprocess.run([*as_somebody, MAREA, *map(str, arguments)], capture_output=True, text=True,
                              env={**ENVIRONMENT, "HOME": "/"}, timeout=120, cwd="/")
        assert done.returncode == 5, (arguments, done.stderr)
        assert "Permission denied" in done.stderr and str(closed) in done.stderr


WITHOUT_LOCKS = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
static int answer(const char* name, int file, int command, va_list rest) {
  void* argument = va_arg(rest, void*);
  if (command == F_SETLK || command == F_SETLKW) { errno = ENOLCK; return -1; }
  return ((int (*)(int, int, ...))dlsym(RTLD_NEXT, name))(file, command, argument);
}
int fcntl(int f, int c, ...) { va_list r; va_start(r, c); int a = answer("fcntl", f, c, r); va_end(r); return a; }
int fcntl64(int f, int c, ...) { va_list r; va_start(r, c); int a = answer("fcntl64", f, c, r); va_end(r); return a; }
"""


def test_ranks_do_not_write_together_where_the_file_system_has_no_locks(tmp_path):
    case = write_case(tmp_path, output="together")
    done = marea("simulate", case, "-o", "output.writer=collective", ranks=2)
    if "parallel HDF5" in done.stderr:
        pytest.skip("this HDF5 is serial")
    (tmp_path / "shim.c").write_text(WITHOUT_LOCKS)
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", tmp_path / "shim.so", tmp_path / "shim.c", "-ldl"], check=True)
    case = write_case(tmp_path, output="alone")
    done = marea("simulate", case, "-o", "output.writer=collective", ranks=2,
                 env={**ENVIRONMENT, "LD_PRELOAD": str(tmp_path / "shim.so")})
    assert done.returncode == 0, done.stderr
    assert "no locks" in done.stderr
    with h5py.File(tmp_path / "alone/run.h5") as alone, h5py.File(tmp_path / "together/run.h5") as together:
        np.testing.assert_array_equal(alone["t0_fields/h"][()], together["t0_fields/h"][()])


def test_a_step_that_cannot_lead_to_the_end_names_cell_field_and_value(tmp_path):
    eta = np.zeros((16, 24))
    eta[7, 11] = 3e35
    with h5py.File(tmp_path / "start.h5", "w") as file:
        file["eta"] = eta
    case = write_case(tmp_path)
    text = case.read_text()
    start, end = text.index("[initial]"), text.index("[output]")
    case.write_text(text[:start] + f'[initial]\nfile = "{tmp_path}/start.h5"\n\n' + text[end:])
    done = marea("simulate", case, "-o", "run.end_time=1e9", "-o", "output.every=1e9")
    assert done.returncode == 4, done.stderr
    message = error_lines(done)[0]
    assert "3e+35 in cell (j = 7, i = 11)" in message and "steps to time" in message


TRAINING = """
[data]
folder = "{folder}"
inputs = ["h"]
outputs = ["h"]

[model]
name = "persistence"

[train]
output = "{folder}/{output}"
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    for number in range(4):
        case = write_case(folder)
        done = marea("simulate", case, "-o", f"output.folder={folder}/run{number}", "-o",
                     f"initial.height={number + 1}")
        assert done.returncode == 0, done.stderr
        os.replace(folder / f"run{number}" / "run.h5", folder / f"run{number}.h5")
    return folder


def train(folder, output):
    file = folder / "train.toml"
    file.write_text(TRAINING.format(folder=folder, output=output))
    return marea("train", file)


def test_a_training_that_writes_into_its_data_folder_does_not_learn_from_its_own_files(runs):
    for output in ("model.h5", "other.h5", "model.h5"):
        done = train(runs, output)
        assert done.returncode == 0, done.stderr
    assert "is trained already" in done.stderr
    (runs / "model.h5").unlink()
    (runs / "other.h5").unlink()


def test_outputs_that_differ_behind_a_dot_share_no_files(runs, tmp_path):
    for name in ("model_lr0.001", "model_lr0.01"):
        file = tmp_path / "train.toml"
        file.write_text(TRAINING.format(folder=runs, output="x").replace(f"{runs}/x", f"{tmp_path}/{name}")
                        .replace('"persistence"', '"fno"\nwidth = 4\nmodes = [2, 2]\nlayers = 1')
                        + "epochs = 1\n")
        done = marea("train", file)
        assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in tmp_path.iterdir())
    for name in ("model_lr0.001", "model_lr0.01"):
        assert name in names and f"{name}.csv" in names and f"{name}.last.h5" in names


def test_a_data_file_with_a_name_that_is_not_utf8_is_used_or_refused_before_training(runs, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    for number in range(3):
        os.link(runs / f"run{number}.h5", folder / f"run{number}.h5")
    os.link(runs / "run3.h5", os.fsencode(folder) + b"/run\xff3.h5")
    file = tmp_path / "train.toml"
    file.write_text(TRAINING.format(folder=folder, output="x").replace(f"{folder}/x", f"{tmp_path}/model.h5"))
    done = subprocess.run([MAREA, "train", file], capture_output=True, env=ENVIRONMENT, timeout=120)
    message = done.stderr.decode(errors="replace")
    assert done.returncode == 0 or (done.returncode == 3 and "UTF-8" in message), message


def test_one_or_two_runs_are_told_how_to_be_split(runs, tmp_path):
    folder = tmp_path / "few"
    folder.mkdir()
    os.link(runs / "run0.h5", folder / "run0.h5")
    done = train(folder, "model.h5")
    assert done.returncode == 3
    assert "put the files into data/train, data/valid and data/test" in done.stderr


@pytest.mark.parametrize("command", [["simulate", "PIPE"], ["inspect", "PIPE"], ["simulate", "/dev/full"],
                                     ["simulate", "CASE", "-o", "solver.bathymetry={file = \"PIPE\"}"],
                                     ["simulate", "CASE", "-o", "initial={file = \"PIPE\"}"]])
def test_a_pipe_or_a_device_in_place_of_a_file_is_exit_code_5_at_once(tmp_path, command):
    os.mkfifo(tmp_path / "pipe")
    case = str(write_case(tmp_path))
    done = marea(*(word.replace("PIPE", str(tmp_path / "pipe")).replace("CASE", case) for word in command), timeout=60)
    assert done.returncode == 5, done.stderr
    assert "is not a regular file but a pipe or a device" in error_lines(done)[0]


@pytest.mark.parametrize("variables", [{"OMPI_MCA_plm_rsh_agent": "nosuch"}, {"PATH": "/nonexistent"}])
def test_one_rank_needs_no_remote_shell_and_no_search_path(tmp_path, variables):
    for command in (["version"], ["simulate", write_case(tmp_path)]):
        done = marea(*command, env={**ENVIRONMENT, **variables})
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", [["list"], ["simulate", "CASE", "--json"]])
def test_what_standard_output_does_not_take_is_exit_code_5(tmp_path, command):
    case = str(write_case(tmp_path))
    with open("/dev/full", "w") as full:
        done = subprocess.run([MAREA, *(word.replace("CASE", case) for word in command)], stdout=full,
                              stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
    assert done.returncode == 5 and "standard output cannot be written" in done.stderr


def test_kokkos_own_number_of_threads_does_no_harm(tmp_path):
    done = run_with(tmp_path, KOKKOS_NUM_THREADS="2")
    assert done.returncode == 0, done.stderr
