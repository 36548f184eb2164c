# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""marea.prepare: tiles, the dateline, and what the files do not cover."""

import marea
import numpy as np
import pytest

from published import STEP, WINDOW, bathymetry, centres, gebco, interpolation_error, lonlat_of, sea, smooth_sea


def quarters(folder, **options):
    lon, lat = centres(-127, -123), centres(47, 51)
    return [gebco(folder / f"tile_{w}_{s}.nc", lon[120 * w:120 * w + 120], lat[120 * s:120 * s + 120], **options)
            for w in range(2) for s in range(2)]


def test_tiles_give_the_bits_of_one_file_in_any_order(tmp_path):
    whole = gebco(tmp_path / "whole.nc", centres(-127, -123), centres(47, 51))
    window = (-126.5, 47.5, -123.5, 50.5)
    for cell in (4000.0, 900.0):
        expected = marea.prepare(whole, window=window, cell=cell).dataset.bathymetry
        tiles = quarters(tmp_path, falling=True)
        np.testing.assert_array_equal(marea.prepare(tiles[::-1], window=window, cell=cell).dataset.bathymetry, expected)
        made = marea.prepare(str(tmp_path / "tile_*.nc"), window=window, cell=cell)
        np.testing.assert_array_equal(made.dataset.bathymetry, expected)
    assert "from 4 files" in str(made)


def test_a_tile_that_is_missing_is_a_gap_and_a_row_of_them_is_not_covered(tmp_path):
    tiles = quarters(tmp_path)
    window = (-126.5, 47.5, -123.5, 50.5)
    with pytest.raises(marea.DataError, match=r"\d+ of \d+ cells have no value: \d+ at x = .* m, about 49\.\d+° N "
                                              r"124\.\d+° W"):
        marea.prepare(tiles[:3], window=window, cell=4000.0)
    with pytest.raises(marea.DataError, match=r"window is not covered: it needs -126.5 … -123.5 by 47.5 … 50.5, "
                                              r"there is .*tile_"):
        marea.prepare(tiles[:2], window=window, cell=4000.0)
    apart = [tiles[0], gebco(tmp_path / "far.nc", centres(-121, -119), centres(47, 49))]
    with pytest.raises(marea.DataError, match="window is not covered"):
        marea.prepare(apart, window=(-126, 47.5, -120, 48.5))


def test_tiles_that_share_an_edge_count_the_first_and_say_where_they_differ(tmp_path):
    west = gebco(tmp_path / "w.nc", centres(-127, -124), centres(47, 51))
    lon, lat = centres(-125, -122), centres(47, 51)
    east = gebco(tmp_path / "e.nc", lon, lat, sea(*np.meshgrid(lon, lat)) + 7)
    made = marea.prepare([west, east], window=(-126, 48, -123, 50), cells=(60, 40), regrid="linear")
    alone = marea.prepare(west, window=(-126, 48, -124, 50), cells=(60, 40), regrid="linear")
    assert "samples stand in two files with values up to 7 apart; the file that was named first counts" in str(made)
    lon, lat = lonlat_of(made)
    west_of = lon < -124 - STEP
    assert abs(np.asarray(made.dataset.bathymetry)[west_of] - sea(lon, lat)[west_of]).max() < 2
    assert alone.grid["nx"] == 60


def test_tiles_of_two_resolutions_or_units_are_refused(tmp_path):
    one = gebco(tmp_path / "a.nc", centres(-127, -125), centres(47, 51))
    other = gebco(tmp_path / "b.nc", centres(-125.1, -123, STEP * 0.7), centres(47, 51))
    with pytest.raises(marea.DataError, match="do not lie on one grid.*interlock"):
        marea.prepare([one, other], window=(-126, 48, -124, 50))
    t = gebco(tmp_path / "t.nc", centres(-125, -123), centres(47, 51), name="elevation", units="K", standard_name=None)
    with pytest.raises(marea.DataError, match="is in K and in m"):
        marea.prepare([one, t], window=(-126, 48, -124, 50))


@pytest.mark.parametrize("first, last", [(-180, 180), (0, 360), (-360, 0)])
@pytest.mark.parametrize("window", [(172, -20, -174, -8), (172, -20, 186, -8), (-188, -20, -174, -8)])
def test_a_window_over_the_dateline_reads_both_ends_of_a_file(tmp_path, first, last, window):
    file = gebco(tmp_path / "global.nc", centres(first, last, 0.1), centres(-30, 0, 0.1))
    made = marea.prepare(file, window=window, cell=5000.0, regrid="linear")
    lon, lat = lonlat_of(made)
    assert np.abs(made.dataset.bathymetry - smooth_sea(lon, lat)).max() < interpolation_error(0.1)
    assert 178 < made.dataset.attrs["centre_longitude"] <= 180 and ((lon < 0).any() and (lon > 0).any())


def test_a_file_with_both_ends_of_the_circle_has_them_once(tmp_path):
    lon = np.arange(-180, 180.01, 0.1)  # grid-line registered: -180 and 180 are one meridian
    file = gebco(tmp_path / "global.nc", lon, centres(-30, 0, 0.1))
    made = marea.prepare(file, window=(175, -20, -175, -8), cell=25e3)
    half = gebco(tmp_path / "east.nc", np.arange(170, 190.01, 0.1), centres(-30, 0, 0.1))
    expected = marea.prepare(half, window=(175, -20, -175, -8), cell=25e3).dataset.bathymetry
    np.testing.assert_allclose(made.dataset.bathymetry, expected)
    assert "stand in two files" not in str(made)


@pytest.mark.parametrize("window", [(-128, 48, -123, 50), (-126, 48, -121, 50), (-126, 46, -123, 50),
                                    (-126, 48, -123, 52), (10, 48, 14, 50), (-126, -50, -123, -48)])
def test_a_window_that_the_file_does_not_cover_is_refused_with_both_ranges(file, window):
    with pytest.raises(marea.DataError) as error:
        marea.prepare(file, window=window)
    text = str(error.value)
    assert f"it needs {window[0]} … {window[2]} by {window[1]} … {window[3]}" in text
    assert "gebco.nc: longitude -126.9916667 … -122.0083333, latitude 47.00833333 … 50.99166667" in text


def test_a_window_may_reach_to_the_edge_of_the_outermost_samples(file):
    made = marea.prepare(file, window=(-127, 47, -122, 51), cell=4000.0)
    assert not made.filled["bathymetry"].any()
    with pytest.raises(marea.DataError, match="grid is not covered"):
        marea.prepare(file, crs="EPSG:32610", x=(200e3, 400e3), y=(5.3e6, 5.4e6), cell=1000.0)


def without(path, axis, first, last, keep=slice(None)):
    """The grid of the fixture `file` without the rows (or columns) from `first` to before `last`."""
    lon, lat = centres(-127, -122), centres(47, 51)[keep]
    left = {"lat": lat, "lon": lon}
    left[axis] = np.delete(left[axis], slice(first, last))
    return gebco(path, left["lon"], left["lat"])


@pytest.mark.parametrize("regrid", ["mean", "linear", "none"])
@pytest.mark.parametrize("axis, last, text", [
    ("lat", 111, r"its latitude leaves out what lies between 48\.825 and 48\.85833333, where steps of 0\.0166667 at"),
    ("lat", 130, r"its latitude leaves out what lies between 48\.825 and 49\.175"),
    ("lon", 130, r"its longitude leaves out what lies between -125\.175 and -124\.825"),
])
def test_rows_that_a_file_leaves_out_are_not_interpolated_over(tmp_path, regrid, axis, last, text):
    file = without(tmp_path / "a.nc", axis, 110, last)
    options = {"crs": "EPSG:3395", "regrid": "none"} if regrid == "none" else {"cell": 4000.0, "regrid": regrid}
    with pytest.raises(marea.DataError, match=r"a\.nc:elevation: " + text):
        marea.prepare(file, window=(-126, 48, -123, 50), **options)


def test_rows_left_out_beside_the_window_or_held_by_another_file_do_no_harm(tmp_path, file):
    hole = without(tmp_path / "a.nc", "lat", 110, 130)
    for window in ((-126, 47.2, -123, 48.825), (-126, 49.175, -123, 50.5)):
        for regrid in ("mean", "linear"):
            options = {"window": window, "cell": 4000.0, "regrid": regrid}
            np.testing.assert_array_equal(marea.prepare(hole, **options).dataset.bathymetry,
                                          marea.prepare(file, **options).dataset.bathymetry)
    rest = without(tmp_path / "b.nc", "lat", 40, 200, slice(100, 140))
    np.testing.assert_array_equal(bathymetry([hole, rest]), bathymetry(file))
    part = without(tmp_path / "c.nc", "lat", 20, 200, slice(100, 140))
    with pytest.raises(marea.DataError, match="is not covered"):
        bathymetry([hole, part])


def test_columns_left_out_are_found_across_the_dateline(tmp_path):
    lon = np.delete(centres(0, 360, 0.1), slice(1810, 1815))  # at 181 degrees
    file = gebco(tmp_path / "a.nc", lon, centres(-30, 0, 0.1))
    with pytest.raises(marea.DataError, match="its longitude leaves out what lies between 180.95 and 181.55"):
        marea.prepare(file, window=(-182, -20, -174, -8), cell=25e3)
    assert not marea.prepare(file, window=(-178, -20, -170, -8), cell=25e3).filled["bathymetry"].any()


def test_axes_may_be_stretched(tmp_path):
    latitude = 47 + np.cumsum(0.005 * 1.02 ** np.arange(150))  # steps from 0.5 to 9.6 hundredths of a degree
    file = gebco(tmp_path / "a.nc", centres(-127, -122), latitude)
    made = marea.prepare(file, window=WINDOW, cell=8000.0, regrid="linear")
    lon, lat = lonlat_of(made)
    assert np.abs(made.dataset.bathymetry - smooth_sea(lon, lat)).max() < interpolation_error(0.1)
