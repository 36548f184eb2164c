# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Pictures."""

import marea
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


def test_a_field_that_changes_sign_has_a_map_symmetric_about_zero(sea):
    solver = marea.Solver.from_case(sea)
    solver.advance(300.0)
    mesh = marea.plot.field(solver, "eta").collections[0]
    assert mesh.get_cmap().name == "RdBu_r"
    assert mesh.norm.vmin == -mesh.norm.vmax < 0


def test_a_snapshot_file_is_drawn_at_the_time_asked_for(case):
    run = marea.simulate(case, progress=False)
    axes = marea.plot.field(run.snapshot_file, "velocity", time=19.0)
    assert axes.get_title() == "|velocity| [m s-1] at 20 s"
    assert axes.get_xlabel() == "x [m]"
    assert axes.collections[0].get_cmap().name == "cividis"
    with pytest.raises(marea.ConfigError, match="time = 9999 must be from 0 to 60"):
        marea.plot.field(run.snapshot_file, "velocity", time=9999)
