# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""marea.prepare: the field file, the tables, the command and its arguments, the example."""

import pathlib
import subprocess
import sys
import tomllib

import h5py
import marea
import numpy as np
import pytest

from program import ENVIRONMENT, MAREA
from published import WINDOW, wind

pyproj = pytest.importorskip("pyproj")
xarray = pytest.importorskip("xarray")

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("options, message", [
    ({"window": (-123, 48, -126, 50)}, "the window runs 357 degrees east, from -123 to -126"),
    ({"window": (-126, 50, -123, 48)}, "south = 50 and north = 48"),
    ({"window": (48, -126, 50, -123)}, "south = -126"),
    ({"window": (-126, 48, -123)}, "must be \\(west, south, east, north\\)"),
    ({"window": WINDOW, "cell": 0}, "cell = 0 must be greater than 0"),
    ({"window": WINDOW, "cell": 1e6}, "do not fit twice"),
    ({"window": WINDOW, "cell": 1e3, "cells": (3, 3)}, "exclude each other"),
    ({"window": WINDOW, "cells": (3, 2.5)}, "must be whole numbers"),
    ({"window": WINDOW, "crs": "EPSG:4326"}, "must be a projection in metres"),
    ({"window": WINDOW, "crs": "EPSG:2263"}, "must be a projection in metres"),
    ({"window": WINDOW, "crs": "here"}, "is no coordinate reference system that PROJ knows"),
    ({"x": (0, 1e3), "y": (0, 1e3)}, "x and y are given together, with crs"),
    ({"crs": "EPSG:32610", "x": (400e3, 401e3), "y": (5.4e6, 5.401e6), "cell": 300.0}, "no whole number of cells of "
                                                                                       "300 m; 900 m"),
    ({"window": WINDOW, "regrid": "cubic"}, "regrid = 'cubic' must be"),
    ({"window": WINDOW, "fill": "zero"}, "fill = 'zero' must be"),
    ({"window": WINDOW, "regrid": "none"}, "lie on no rectangular grid; name a cylindrical crs"),
    ({"window": WINDOW, "variables": {"x": "elevation"}}, "a field cannot be called 'x'"),
    ({"window": WINDOW, "vectors": [("u", "v")]}, "pairs of the fields bathymetry are needed"),
])
def test_a_wrong_argument_is_named(file, options, message):
    with pytest.raises(marea.ConfigError, match=message):
        marea.prepare(file, **options)


def test_the_field_file_opens_with_its_axes_in_every_reader(tmp_path, file):
    path = tmp_path / "bathymetry.h5"
    made = marea.prepare(file, path, window=WINDOW, cell=4000.0)
    for engine in ("h5netcdf", "netcdf4"):
        with xarray.open_dataset(path, engine=engine) as data:
            xarray.testing.assert_equal(data.load(), made.dataset)
            assert data.bathymetry.dims == ("y", "x") and data.attrs["source"].startswith("gebco.nc; The GEBCO_2024 "
                                                                                          "Grid")
            assert pyproj.CRS.from_wkt(data.attrs["crs_wkt"]).is_projected
    with h5py.File(path) as data:
        assert data["bathymetry"].dims[1][0] == data["x"] and data["x"].attrs["units"] == "m"
    again = path.read_bytes()
    marea.prepare(file, path, window=WINDOW, cell=4000.0)
    assert path.read_bytes() == again and [p.name for p in tmp_path.iterdir() if "tmp" in p.name] == []


def test_a_file_that_prepare_did_not_write_stays(tmp_path, file):
    before = file.read_bytes()
    with pytest.raises(marea.ConfigError, match="gebco.nc: exists and was not written by marea.prepare"):
        marea.prepare(file, file, window=WINDOW)
    assert file.read_bytes() == before
    with pytest.raises(marea.IoError, match="the folder .* does not exist"):
        marea.prepare(file, tmp_path / "none" / "b.h5", window=WINDOW)


def command(*arguments, cwd):
    return subprocess.run([sys.executable, "-m", "marea.prepare", *map(str, arguments)], cwd=cwd, capture_output=True,
                          text=True, env=ENVIRONMENT, timeout=120)


def test_the_command_prints_tables_with_which_the_program_runs_on_these_values(tmp_path, file):
    done = command(file, "--window", *WINDOW, "--cell", 4000, "-o", "bathymetry.h5", cwd=tmp_path)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    toml = done.stdout[done.stdout.index("[grid]"):]
    tables = tomllib.loads(toml)
    made = marea.prepare(file, window=WINDOW, cell=4000.0)
    assert tables["grid"] == made.grid
    assert tables["solver"]["coriolis"] == pytest.approx(2 * 7.292115e-5 * np.sin(np.radians(49)), rel=1e-3)
    if not MAREA:
        pytest.skip("MAREA_BIN is not set")
    (tmp_path / "case.toml").write_text(toml + '[initial]\nprofile = "gaussian_hump"\ncentre = [1e5, 1e5]\nradius = '
                                               '2e4\n'
                                        'height = 1.0\n[output]\nfolder = "run"\nevery = 60.0\n[run]\nend_time = '
                                        '60.0\n')
    ran = subprocess.run([MAREA, "simulate", "case.toml", "--quiet"], cwd=tmp_path, capture_output=True, text=True,
                         env=ENVIRONMENT, timeout=120)
    assert ran.returncode == 0, ran.stderr
    run = marea.open(tmp_path / "run" / "run.h5")
    np.testing.assert_allclose(run.bathymetry, made.dataset.bathymetry, rtol=1e-6, atol=1e-3)
    np.testing.assert_allclose(run.x, made.dataset.x)


def test_the_tables_name_a_file_of_any_name(tmp_path, file):
    done = command(file, "--window", *WINDOW, "--cell", 4000, "-o", 'the "bed" \\ ä.h5', cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    tables = tomllib.loads(done.stdout[done.stdout.index("[grid]"):])
    assert tables["solver"]["bathymetry"]["file"] == 'the "bed" \\ ä.h5'
    assert (tmp_path / tables["solver"]["bathymetry"]["file"]).exists()


@pytest.mark.parametrize("arguments, code, text", [
    (("gebco.nc", "--window", *WINDOW), 2, "required: -o/--output"),
    (("gebco.nc", "--window", 10, 48, 14, 50, "-o", "b.h5"), 3, "error: marea.prepare: the window is not covered"),
    (("gebco.nc", "--window", *WINDOW, "-o", "b.h5", "--fill", "zero"), 3, "error: marea.prepare: fill = 'zero'"),
    (("gebco.nc", "--window", *WINDOW, "-o", "b.h5", "--select", "time"), 3, "error: marea.prepare: --select time "
                                                                             "must be"),
    (("absent.nc", "--window", *WINDOW, "-o", "b.h5"), 5, "error: absent.nc: does not exist"),
])
def test_the_command_ends_with_the_codes_of_the_program(file, monkeypatch, capsys, arguments, code, text):
    monkeypatch.chdir(file.parent)
    try:
        ended = marea.prepare.main([str(a) for a in arguments])
    except SystemExit as error:
        ended = error.code
    assert ended == code and text in capsys.readouterr().err
    assert not (file.parent / "b.h5").exists()


def test_the_command_has_the_options_of_the_function(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    wind(tmp_path / "wind.nc")
    arguments = ["wind.nc", "--window", *WINDOW, "--cells", 12, 10, "--variable", "wx=u10", "--variable", "wy=v10",
                 "--select", "time=2024-01-01T06", "--regrid", "linear", "-o", "forcing.h5"]
    assert marea.prepare.main([str(a) for a in arguments]) == 0, capsys.readouterr().err
    assert "[grid]\nnx = 12\nny = 10\n" in capsys.readouterr().out
    with h5py.File(tmp_path / "forcing.h5") as file:
        assert file["wx"].shape == (10, 12)
        np.testing.assert_allclose(np.hypot(file["wx"], file["wy"]), np.hypot(20, 10), rtol=1e-3)


@pytest.mark.parametrize("built", ["the package", "the program alone"])
def test_the_tsunami_example_keeps_its_samples_on_the_plane_of_the_middle_latitude(tmp_path, built):
    cbook = pytest.importorskip("matplotlib.cbook")
    # A folder marea without the compiled module is what a build of the program alone leaves.
    (tmp_path / "marea").mkdir()
    path = {"the package": ENVIRONMENT.get("PYTHONPATH", ""), "the program alone": str(tmp_path)}[built]
    done = subprocess.run([sys.executable, ROOT / "examples/tsunami/prepare_bathymetry.py", "bathymetry.h5"],
                          cwd=tmp_path, capture_output=True, text=True, env={**ENVIRONMENT, "PYTHONPATH": path},
                          timeout=120)
    assert done.returncode == 0, done.stderr
    sample = cbook.get_sample_data("topobathy.npz")
    lon, lat = (np.asarray(sample[name], "f8") for name in ("longitude", "latitude"))
    metres = np.radians(1.0) * 6.371e6
    with h5py.File(tmp_path / "bathymetry.h5") as file:
        assert "NOAA ETOPO" in file.attrs["source"]
        np.testing.assert_array_equal(file["bathymetry"], sample["topo"])
        x = (lon - lon[0]) * metres * np.cos(np.radians(lat.mean()))
        np.testing.assert_allclose(file["x"], x, rtol=0, atol=1e-6)
        np.testing.assert_allclose(file["y"], (lat - lat[0]) * metres, rtol=0, atol=1e-6)
