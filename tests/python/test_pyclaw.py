# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""The radial dam break beside PyClaw's classic solver at equal resolution: no larger error against a fine reference."""

import importlib.util
import sys
from pathlib import Path

import h5py
from program import marea

sys.path.insert(0, str(Path(__file__).parents[1] / "performance"))
from compare_pyclaw import mean_error, radial_depth, run_pyclaw

CELLS = 128
REFERENCE_CELLS = 4096
# PyClaw's error with clawpack 5.14.0 (Roe, MC limiter, Courant number 0.9) against the same reference, printed by
# python tests/performance/compare_pyclaw.py build/bin/bench_shallow_water --reference 4096 --errors 128
RECORDED = 3.057200334544835e-3

CASE = f"""
[grid]
nx = {CELLS}
ny = {CELLS}
x = [-2.5, 2.5]
y = [-2.5, 2.5]
boundary_x = ["open", "open"]
boundary_y = ["open", "open"]
[solver]
name = "shallow_water"
gravity = 1.0
bathymetry = -1.0
[initial]
profile = "dam_break"
shape = "radial"
high = 1.0
low = 0.0
[output]
every = 1.0
fields = ["eta"]
[run]
end_time = 1.0
"""


def test_radial_dam_break_has_no_larger_error_than_pyclaw(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # PyClaw writes a log where it stands
    reference = radial_depth(1.0, REFERENCE_CELLS)
    theirs = RECORDED
    if importlib.util.find_spec("clawpack"):
        theirs = mean_error(run_pyclaw(CELLS, 1.0)[0], *reference)
        assert abs(theirs / RECORDED - 1) < 1e-6
    (tmp_path / "case.toml").write_text(CASE)
    marea("simulate", "case.toml", "-o", f"output.folder={tmp_path}/out")
    with h5py.File(tmp_path / "out/run.h5") as file:
        ours = mean_error(file["t0_fields/eta"][0, -1].astype(float) + 1, *reference)
    assert ours <= theirs
