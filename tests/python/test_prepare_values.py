# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""marea.prepare: gaps, units and direction of values."""

import h5py
import marea
import numpy as np
import pytest

from published import STEP, WINDOW, bathymetry, centres, gebco, lonlat_of, sea

netCDF4 = pytest.importorskip("netCDF4")


def with_gap(path, **options):
    lon, lat = centres(-127, -122), centres(47, 51)
    values = np.add.outer(10 * lat, 100 * lon) + 9000
    hole = (np.abs(lon + 124.5) < 0.1) & (np.abs(lat[:, None] - 49) < 0.1)
    values[hole] = -32768
    return gebco(path, lon, lat, values, dtype="f8", _FillValue=-32768.0, **options)


def test_gaps_are_refused_with_their_number_and_place(tmp_path):
    with pytest.raises(marea.DataError) as error:
        marea.prepare(with_gap(tmp_path / "a.nc"), window=WINDOW, cell=1000.0, regrid="linear")
    made = marea.prepare(with_gap(tmp_path / "a.nc"), window=WINDOW, cell=1000.0, regrid="linear", fill=0)
    lon, lat = lonlat_of(made)
    axis = [centres(-127, -122), centres(47, 51)]
    within = [axis[0][np.abs(axis[0] + 124.5) < 0.1], axis[1][np.abs(axis[1] - 49) < 0.1]]
    expected = ((lon > within[0][0] - STEP) & (lon < within[0][-1] + STEP)
                & (lat > within[1][0] - STEP) & (lat < within[1][-1] + STEP))
    np.testing.assert_array_equal(made.filled["bathymetry"], expected)
    assert f"{expected.sum()} of {expected.size} cells have no value: {expected.sum()} at x = " in str(error.value)
    assert "about 49° N 124.5° W" in str(error.value)
    assert 'say fill = "nearest", "linear" or a number' in str(error.value)


def test_filled_cells_are_counted_in_report_and_file(tmp_path):
    plane = {}
    for how in ("nearest", "linear", -5):
        made = marea.prepare(with_gap(tmp_path / "a.nc"), tmp_path / "b.h5", window=WINDOW, cell=1000.0,
                             regrid="linear", fill=how)
        mask = made.filled["bathymetry"]
        lon, lat = lonlat_of(made)
        plane[how] = (np.asarray(made.dataset.bathymetry) - (100 * lon + 10 * lat + 9000))[mask]
        assert f"{mask.sum()} of {mask.size} cells" in str(made) and "were filled with" in str(made)
        with h5py.File(tmp_path / "b.h5") as file:
            assert file["bathymetry"].attrs["filled_cells"] == mask.sum()
            assert file["bathymetry"].attrs["filled_with"] == str(how)
            assert "about 49° N 124.5° W" in file["bathymetry"].attrs["filled_where"]
            assert np.all(np.asarray(file["bathymetry"])[mask] == -5) == (how == -5)
    # A plane is exact between the cells around it but for the bend of the projection; the nearest is half a hole away.
    assert np.abs(plane["linear"]).max() < 0.2 < 5 < np.abs(plane["nearest"]).max() < 100 * 0.15


def test_a_mean_over_some_of_the_samples_is_said(tmp_path):
    made = marea.prepare(with_gap(tmp_path / "a.nc"), window=WINDOW, cell=6000.0, fill="nearest")
    assert "cells rest on a part of their samples" in str(made)


def test_samples_out_of_the_valid_range_are_gaps(tmp_path):
    lon, lat = centres(-127, -122), centres(47, 51)
    values = sea(*np.meshgrid(lon, lat))
    values[110:130, 140:160] = 8500
    file = gebco(tmp_path / "a.nc", lon, lat, values, valid_min=np.int16(-9000), valid_max=np.int16(8000))
    made = marea.prepare(file, window=WINDOW, cell=4000.0, fill="nearest")
    assert made.filled["bathymetry"].sum() > 10 and made.dataset.bathymetry.max() < 0


def test_samples_that_were_never_written_are_gaps(tmp_path):
    lon, lat = centres(-127, -122), centres(47, 51)
    file = gebco(tmp_path / "a.nc", lon, lat[:120])
    with netCDF4.Dataset(tmp_path / "b.nc", "w") as data:
        for name, values in (("lat", lat), ("lon", lon)):
            data.createDimension(name, len(values))
            data.createVariable(name, "f8", (name,))[:] = values
        elevation = data.createVariable("elevation", "i2", ("lat", "lon"), chunksizes=(60, 60))
        elevation[:120] = sea(*np.meshgrid(lon, lat[:120]))
    with pytest.raises(marea.DataError, match="cells have no value"):
        marea.prepare(tmp_path / "b.nc", window=WINDOW, cell=4000.0)
    window = (-126, 47.2, -123, 48.9)
    np.testing.assert_array_equal(marea.prepare(tmp_path / "b.nc", window=window, cell=4000.0).dataset.bathymetry,
                                  marea.prepare(file, window=window, cell=4000.0).dataset.bathymetry)


def test_units_are_converted_or_refused(tmp_path, file):
    lon, lat = centres(-127, -122), centres(47, 51)
    expected = bathymetry(file)
    feet = gebco(tmp_path / "ft.nc", lon, lat, sea(*np.meshgrid(lon, lat)) / 0.3048, dtype="f8", units="ft")
    np.testing.assert_allclose(bathymetry(feet), expected)
    strange = gebco(tmp_path / "a.nc", lon, lat, units="furlong")
    with pytest.raises(marea.DataError, match="elevation: is in 'furlong'; a length is needed"):
        marea.prepare(strange, window=WINDOW)
    np.testing.assert_allclose(bathymetry(strange, units="m"), expected)
    silent = gebco(tmp_path / "b.nc", lon, lat, 100 * sea(*np.meshgrid(lon, lat)), dtype="i4", units=None)
    with pytest.raises(marea.DataError, match="do not exist on the Earth; say its units"):
        marea.prepare(silent, window=WINDOW)


@pytest.mark.parametrize("units, metres", [("0.01 m", 0.01), ("hm", 100), ("kilometers", 1000),
                                           ("nautical_mile", 1852), ("US_survey_foot", 1200 / 3937), ("Meters", 1),
                                           ("m2", None)])
def test_units_are_those_that_field_files_know(tmp_path, file, units, metres):
    lon, lat = centres(-127, -122), centres(47, 51)
    other = gebco(tmp_path / "a.nc", lon, lat, sea(*np.meshgrid(lon, lat)) / (metres or 1), dtype="f8", units=units)
    if metres is None:
        with pytest.raises(marea.DataError, match=f"elevation: is in '{units}'; a length is needed"):
            bathymetry(other)
    else:
        np.testing.assert_allclose(bathymetry(other), bathymetry(file), rtol=1e-9)


def test_a_depth_without_a_direction_is_refused(tmp_path, file):
    lon, lat = centres(-127, -122), centres(47, 51)
    depth = gebco(tmp_path / "d.nc", lon, lat, -sea(*np.meshgrid(lon, lat)), name="depth", standard_name=None)
    with pytest.raises(marea.DataError, match='does not say whether depth grows upward or downward; say positive = '
                                              '"down"'):
        marea.prepare(depth, window=WINDOW)
    made = marea.prepare(depth, window=WINDOW, cell=4000.0, positive="down")
    np.testing.assert_array_equal(made.dataset.bathymetry, bathymetry(file))
    assert "positive down, turned" in str(made) and made.dataset.bathymetry.attrs["positive"] == "up"
    both = gebco(tmp_path / "e.nc", lon, lat, positive="up", standard_name="sea_floor_depth_below_geoid")
    with pytest.raises(marea.DataError, match="says positive = 'up', but its standard_name"):
        marea.prepare(both, window=WINDOW)


@pytest.mark.parametrize("name, value, cf", [
    ("Scale_Factor", 0.5, "scale_factor"), ("nodata", -9999.0, "_FillValue"), ("Positive", "down", "positive"),
    ("Units", "km", "units"),
])
def test_other_spellings_of_what_cf_names_are_refused(tmp_path, name, value, cf):
    path = gebco(tmp_path / "a.nc", centres(-127, -122), centres(47, 51), **{name: value})
    with pytest.raises(marea.DataError, match=f"its attribute {name} is not a name that CF knows.*rename it to {cf} if"):
        marea.prepare(path, window=WINDOW, cell=5000.0)


def test_a_spelling_that_repeats_what_cf_says_does_no_harm(tmp_path):
    path = gebco(tmp_path / "a.nc", centres(-127, -122), centres(47, 51), _FillValue=-32768, nodata=-32768, Units="m")
    marea.prepare(path, window=WINDOW, cell=5000.0)


@pytest.mark.parametrize("name", ["units", "positive"])
def test_a_text_that_is_a_number_is_refused(tmp_path, name):
    path = gebco(tmp_path / "a.nc", centres(-127, -122), centres(47, 51), **{name: -1})
    with pytest.raises(marea.DataError, match=f"its attribute {name} = .*must be text"):
        marea.prepare(path, window=WINDOW, cell=5000.0)


def test_a_grid_that_no_memory_holds_is_refused(tmp_path):
    path = gebco(tmp_path / "a.nc", centres(-127, -122), centres(47, 51))
    with pytest.raises(marea.ConfigError, match="take larger cells or a smaller window"):
        marea.prepare(path, window=WINDOW, cell=0.01)
