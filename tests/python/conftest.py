# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""A small sea that every test of the package may use, a file of bathymetry, and disks that tests fill."""

import copy
import subprocess

import pytest

SEA = {
    "grid": {
        "nx": 24,
        "ny": 16,
        "x": [0.0, 24e3],
        "y": [0.0, 16e3],
        "boundary_x": ["wall", "wall"],
        "boundary_y": ["wall", "wall"],
    },
    "solver": {"name": "shallow_water", "bathymetry": -100.0, "gravity": 9.8},
    "initial": {"profile": "gaussian_hump", "centre": [8e3, 8e3], "radius": 3e3, "height": 1.0},
}


@pytest.fixture
def sea():
    """The tables grid, solver and initial of a case file: 24 x 16 cells of 1 km, 100 m deep, a hump 1 m high."""
    return copy.deepcopy(SEA)


@pytest.fixture
def case(sea, tmp_path):
    """A whole case: 60 s in four snapshots, into a folder of its own."""
    return {
        **sea,
        "output": {"folder": str(tmp_path / "run"), "every": 20.0, "fields": ["eta", "velocity"],
                   "diagnostics": ["max_eta"]},
        "run": {"end_time": 60.0},
    }


@pytest.fixture
def file(tmp_path):
    """What most tests of marea.prepare read: a file in GEBCO's layout."""
    from published import centres, gebco  # skips where a package is missing

    return gebco(tmp_path / "gebco.nc", centres(-127, -122), centres(47, 51))


@pytest.fixture
def mount(tmp_path):
    """Mounts a tmpfs with these options at a new folder."""
    mounted = []

    def mount_at(name, options):
        folder = tmp_path / name
        folder.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True).returncode:
            pytest.skip("mounting a tmpfs needs root")
        mounted.append(folder)
        return folder

    yield mount_at
    for folder in mounted:
        subprocess.run(["umount", folder], check=True)
