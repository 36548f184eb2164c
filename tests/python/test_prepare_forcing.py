# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""marea.prepare: several fields, times, and components of vectors."""

import h5py
import marea
import numpy as np
import pytest

from published import WINDOW, lonlat_of, wind

pyproj = pytest.importorskip("pyproj")


def test_several_fields_of_one_time_stand_in_one_file(tmp_path):
    made = marea.prepare(wind(tmp_path / "wind.nc"), tmp_path / "forcing.h5", window=WINDOW, cell=10e3,
                         variables={"wind_x": "u10", "wind_y": "v10", "temperature": "t2m"},
                         select={"time": "2024-01-01T05"})
    assert "time = 2024-01-01T06" in str(made) and "[solver.bathymetry]" not in str(made)
    with h5py.File(tmp_path / "forcing.h5") as file:
        assert {n: file[n].attrs["units"] for n in ("wind_x", "wind_y", "temperature")} == {
            "wind_x": "m s-1", "wind_y": "m s-1", "temperature": "K"}
        np.testing.assert_allclose(file["temperature"], 560)
    with pytest.raises(marea.DataError, match="has 2 values along time; say which with select"):
        marea.prepare(wind(tmp_path / "wind.nc"), window=WINDOW, variables="t2m")


def test_components_east_and_north_are_turned_to_the_grid(tmp_path):
    made = marea.prepare(wind(tmp_path / "wind.nc"), window=(-129, 46, -124, 52), crs="EPSG:32610", cell=10e3,
                         variables=["u10", "v10"], select={"time": "2024-01-01T00"})
    lon, lat = lonlat_of(made)
    convergence = np.radians(pyproj.Proj(32610).get_factors(lon, lat).meridian_convergence)
    # Where the convergence is negative, west of the central meridian 123 W, true north stands right of the grid's.
    north = np.stack([np.sin(-convergence), np.cos(-convergence)])
    east = np.stack([north[1], -north[0]])
    expected = 10 * east + 5 * north
    assert np.abs(convergence).max() > np.radians(3)
    east_of = pyproj.Proj(32610)(lon + 1e-3, lat)
    here = pyproj.Proj(32610)(lon, lat)
    assert np.all((east_of[1] - here[1] > 0) == (east[1] > 0)), "the sign of the convergence"
    np.testing.assert_allclose(made.dataset.u10, expected[0], atol=1e-4)
    np.testing.assert_allclose(made.dataset.v10, expected[1], atol=1e-4)
    assert "turned from east and north" in str(made)
    kept = marea.prepare(wind(tmp_path / "wind.nc"), window=(-129, 46, -124, 52), crs="EPSG:32610", cell=10e3,
                         vectors=[], variables=["u10", "v10"], select={"time": "2024-01-01T00"})
    np.testing.assert_allclose(kept.dataset.u10, 10)


def test_half_a_vector_is_refused(tmp_path):
    with pytest.raises(marea.DataError, match="eastward_wind is one component of a vector.*take northward_wind as "
                                              "well"):
        marea.prepare(wind(tmp_path / "wind.nc"), window=WINDOW, variables="u10", select={"time": "2024-01-01"})
    made = marea.prepare(wind(tmp_path / "plain.nc", standard_names=False), window=WINDOW, variables=["u10", "v10"],
                         select={"time": "2024-01-01"}, vectors=[("u10", "v10")])
    np.testing.assert_allclose(np.hypot(made.dataset.u10, made.dataset.v10), np.hypot(10, 5), rtol=1e-3)


def test_fields_may_stand_in_files_of_their_own(tmp_path, file):
    wind(tmp_path / "wind.nc")
    made = marea.prepare([file, tmp_path / "wind.nc"], window=WINDOW, cell=5000.0, select={"time": "2024-01-01"},
                         variables={"bathymetry": "elevation", "temperature": "t2m"})
    assert list(made.dataset) == ["bathymetry", "temperature"]
    expected = marea.prepare(file, window=WINDOW, cell=5000.0).dataset.bathymetry
    np.testing.assert_array_equal(made.dataset.bathymetry, expected)
    np.testing.assert_allclose(made.dataset.temperature, 280)
