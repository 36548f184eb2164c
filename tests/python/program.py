# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Runs the program marea and writes its case files, for test_program_*.py."""

import json
import os
import subprocess

MAREA = os.environ.get("MAREA_BIN", "")
MPIEXEC = os.environ.get("MPIEXEC", "mpiexec")

ENVIRONMENT = {
    **os.environ,
    "OMP_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "passive",
    "OMP_PROC_BIND": "false",
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMPI_MCA_hwloc_base_binding_policy": "none",
    "OMPI_MCA_mpi_yield_when_idle": "1",
}

CASE = """
[grid]
nx = {nx}
ny = 16
x = [0.0, 24.0e3]
y = [0.0, 16.0e3]
boundary_x = ["open", "wall"]
boundary_y = ["wall", "wall"]

[solver]
name = "shallow_water"
bathymetry = -100.0

[initial]
profile = "gaussian_hump"
centre = [8.0e3, 8.0e3]
radius = 3.0e3
height = 1.0

[output]
folder = "{folder}"
every = {every}
checkpoint_every = {checkpoint_every}

[run]
end_time = {end_time}
"""


def marea(*arguments, ranks=1, **options):
    """Runs `marea arguments`; text in, text out."""
    launch = [MPIEXEC, "-n", str(ranks)] if ranks > 1 else []
    options = {"timeout": 120, "env": ENVIRONMENT, **options}
    return subprocess.run([*launch, MAREA, *map(str, arguments)], capture_output=True, text=True, **options)


def start(*arguments, ranks=1, **options):
    """Starts `marea arguments` and does not wait."""
    launch = [MPIEXEC, "-n", str(ranks)] if ranks > 1 else []
    options = {"env": ENVIRONMENT, **options}
    return subprocess.Popen([*launch, MAREA, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, **options)


def write_case(folder, text="", nx=24, every=20.0, end_time=60.0, checkpoint_every=0.0, output="run"):
    """Writes case.toml into `folder` and returns its path; `text` is added at its end."""
    path = folder / "case.toml"
    path.write_text(CASE.format(folder=folder / output, nx=nx, every=every, end_time=end_time,
                                checkpoint_every=checkpoint_every) + text)
    return path


def events(done):
    """The JSON lines of standard output."""
    return [json.loads(line) for line in done.stdout.splitlines()]


def error_lines(done):
    """Standard error without what mpiexec itself says of a non-zero exit code."""
    return [line for line in done.stderr.splitlines() if line.startswith("marea: ")]


def failure(case, *arguments, **options):
    """Exit code and the one line of an error of `marea simulate`."""
    done = marea("simulate", case, *arguments, **options)
    lines = error_lines(done)
    assert len(lines) == 1, done.stderr
    return done.returncode, lines[0]
