# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""marea.prepare: where cells lie and what stands in them, against PROJ and SciPy by hand."""

import marea
import numpy as np
import pytest

from published import STEP, WINDOW, bathymetry, centres, gebco, interpolation_error, lonlat_of, sea, smooth_sea

pyproj = pytest.importorskip("pyproj")
xarray = pytest.importorskip("xarray")
scipy_stats = pytest.importorskip("scipy.stats")


def test_cells_lie_where_geodesics_from_the_centre_say(file):
    made = marea.prepare(file, window=WINDOW, cell=2000.0)
    data = made.dataset
    lon, lat = lonlat_of(made)
    x0, y0 = pyproj.Proj(pyproj.CRS.from_wkt(data.attrs["crs_wkt"]))(-124.5, 49.0)
    centre = np.full(lon.shape, -124.5), np.full(lon.shape, 49.0)
    azimuth, _, distance = pyproj.Geod(ellps="WGS84").inv(*centre, lon, lat)
    x, y = np.meshgrid(data.x - x0, data.y - y0)
    assert np.abs(np.hypot(x, y) - distance).max() < 1e-3
    assert np.abs(np.sin(np.radians(azimuth)) - x / np.hypot(x, y)).max() < 1e-9
    # West and east sides meet the window's at the northern corners, where meridians are closest.
    assert made.grid["x"][0] == made.grid["y"][0] == 0.0
    assert WINDOW[0] <= lon.min() and lon.max() <= WINDOW[2] and WINDOW[1] <= lat.min() and lat.max() <= WINDOW[3]
    _, _, width = pyproj.Geod(ellps="WGS84").inv(WINDOW[0], WINDOW[3], WINDOW[2], WINDOW[3])
    assert width - 2 * 2000 < made.grid["x"][1] <= width + 1


def test_the_mean_is_that_of_all_samples_in_a_cell_by_their_areas(file):
    made = marea.prepare(file, window=WINDOW, cell=(5000.0, 4000.0), regrid="mean")
    lon, lat = np.meshgrid(centres(-127, -122), centres(47, 51))
    x, y = pyproj.Proj(pyproj.CRS.from_wkt(made.dataset.attrs["crs_wkt"]))(lon, lat)
    edges = [np.linspace(*made.grid[axis], made.grid[f"n{axis}"] + 1) for axis in "yx"]
    area = np.cos(np.radians(lat))
    total, areas = (scipy_stats.binned_statistic_2d(y.ravel(), x.ravel(), values.ravel(), "sum", bins=edges).statistic
                    for values in (area * sea(lon, lat), area))
    np.testing.assert_allclose(made.dataset.bathymetry, total / areas, rtol=1e-12)
    assert made.dataset.bathymetry.attrs["cell_methods"] == "area: mean"


def test_linear_interpolation_is_exact_for_a_plane_and_that_of_scipy(tmp_path):
    from scipy.ndimage import map_coordinates

    lon, lat = centres(-127, -122), centres(47, 51)
    grid_lon, grid_lat = np.meshgrid(lon, lat)
    plane = gebco(tmp_path / "plane.nc", lon, lat, 100 * grid_lon + 30 * grid_lat, dtype="f8")
    made = marea.prepare(plane, window=WINDOW, cell=700.0)
    assert "bilinear" in str(made)
    cell_lon, cell_lat = lonlat_of(made)
    np.testing.assert_allclose(made.dataset.bathymetry, 100 * cell_lon + 30 * cell_lat, atol=1e-6)

    file = gebco(tmp_path / "sea.nc", lon, lat)
    made = marea.prepare(file, window=WINDOW, cell=700.0, regrid="linear")
    index = [(cell_lat - lat[0]) / STEP, (cell_lon - lon[0]) / STEP]
    expected = map_coordinates(sea(grid_lon, grid_lat), index, order=1)
    np.testing.assert_allclose(made.dataset.bathymetry, expected, atol=1e-5)


def test_auto_takes_the_mean_where_every_cell_holds_samples(file):
    for cell, text in ((700.0, "bilinear"), (2790.0, "mean of the samples")):
        assert text in str(marea.prepare(file, window=WINDOW, cell=cell))
    # 1/60 degree is 1853 m of latitude.
    assert marea.prepare(file, window=WINDOW).grid["x"][1] % 1900 == 0
    with pytest.raises(marea.DataError, match=r"\d+ cells hold no sample; use larger cells, or regrid = \"linear\""):
        marea.prepare(file, window=WINDOW, cell=500.0, regrid="mean")


def test_a_named_projection_keeps_its_own_coordinates(file):
    made = marea.prepare(file, x=(400e3, 500e3), y=(5.35e6, 5.45e6), crs="EPSG:32610", cell=1000.0)
    lon, lat = pyproj.Transformer.from_crs(32610, 4326, always_xy=True).transform(
        *np.meshgrid(400500 + 1e3 * np.arange(100), 5350500 + 1e3 * np.arange(100)))
    assert made.grid["x"] == [400e3, 500e3] and made.grid["nx"] == 100
    assert np.abs(made.dataset.bathymetry - smooth_sea(lon, lat)).max() < interpolation_error(STEP)
    aligned = marea.prepare(file, window=WINDOW, crs="EPSG:32610", cell=1000.0)
    assert aligned.grid["x"][0] % 1000 == 0 and aligned.grid["y"][1] % 1000 == 0


def arctic(path):
    """A plane in the polar projection of NSIDC, every quarter of a degree north of 80."""
    lon, lat = centres(-180, 180, 0.25), centres(80, 90, 0.25)
    x, y = pyproj.Proj(3413)(*np.meshgrid(lon, lat))
    return gebco(path, lon, lat, -3000 + 1e-4 * x + 2e-4 * y, dtype="f8"), x, y


def test_a_grid_over_the_pole_takes_every_longitude(tmp_path):
    file, _, _ = arctic(tmp_path / "arctic.nc")
    made = marea.prepare(file, crs="EPSG:3413", x=(-401e3, 401e3), y=(-31e3, 369e3), cell=2e3, regrid="linear")
    x, y = np.meshgrid(made.dataset.x, made.dataset.y)
    error = np.abs(made.dataset.bathymetry - (-3000 + 1e-4 * x + 2e-4 * y)).values
    # Along a meridian the plane is one but for the scale of the projection, on a parallel an arc between samples is
    # r (pi / 720)^2 / 2 off its chord. Inside the innermost ring of samples nothing is known.
    assert error[np.hypot(x, y) > 14.5e3].max() < 0.05
    assert error.max() < 14.5e3 * 2.3e-4


def test_the_mean_over_the_pole_takes_each_sample_once(tmp_path):
    file, x, y = arctic(tmp_path / "arctic.nc")
    made = marea.prepare(file, crs="EPSG:3413", x=(-600e3, 600e3), y=(-600e3, 600e3), cell=60e3, regrid="mean")
    edges = [np.linspace(-600e3, 600e3, 21)] * 2
    values, area = -3000 + 1e-4 * x + 2e-4 * y, np.outer(np.cos(np.radians(centres(80, 90, 0.25))), np.ones(x.shape[1]))
    total, areas = (scipy_stats.binned_statistic_2d(y.ravel(), x.ravel(), v.ravel(), "sum", bins=edges).statistic
                    for v in (area * values, area))
    np.testing.assert_allclose(made.dataset.bathymetry, total / areas, rtol=1e-9)


def test_a_projected_file_stays_in_its_own_plane(tmp_path):
    rasterio = pytest.importorskip("rasterio")
    pytest.importorskip("rioxarray")
    values = np.arange(20.0 * 30).reshape(20, 30).astype("f4")
    with rasterio.open(tmp_path / "utm.tif", "w", driver="GTiff", width=30, height=20, count=1, dtype="float32",
                       crs="EPSG:32610", transform=rasterio.transform.from_origin(400e3, 5.4e6, 100, 100)) as file:
        file.write(values, 1)
    made = marea.prepare(tmp_path / "utm.tif", regrid="none", variables={"roughness": "band_1"})
    np.testing.assert_array_equal(made.dataset.roughness, values[::-1])
    assert made.grid["x"] == [400e3, 403e3] and made.grid["y"] == [5.398e6, 5.4e6]
    halved = marea.prepare(tmp_path / "utm.tif", cell=200.0, variables={"roughness": "band_1"})
    blocks = values[::-1].reshape(10, 2, 15, 2).mean((1, 3))
    i, j = (int((halved.grid[axis][0] - made.grid[axis][0]) / 200) for axis in "xy")
    np.testing.assert_allclose(halved.dataset.roughness, blocks[j:j + halved.grid["ny"], i:i + halved.grid["nx"]])


def test_a_projected_file_takes_a_window_in_degrees(tmp_path):
    easting, northing = np.arange(400.5e3, 500e3, 1e3), np.arange(5.3505e6, 5.45e6, 1e3)
    values = np.add.outer(2e-4 * northing, 1e-3 * easting) - 2500
    plane = xarray.DataArray(values, dims=("northing", "easting"), name="z", attrs={"units": "m"},
                             coords={"northing": northing, "easting": easting})
    window = (-124.2, 48.4, -123.2, 49.1)
    made = marea.prepare(plane, window=window, source_crs="EPSG:32610", cell=2000.0, regrid="linear")
    assert made.grid["x"][0] % 2000 == 0 and 400e3 < made.grid["x"][0]
    x, y = np.meshgrid(made.dataset.x, made.dataset.y)
    np.testing.assert_allclose(made.dataset.bathymetry, 2e-4 * y + 1e-3 * x - 2500, atol=1e-3)
    lon, lat = lonlat_of(made)
    assert window[0] <= lon.min() and lon.max() <= window[2] and window[1] <= lat.min() and lat.max() <= window[3]
    with pytest.raises(marea.DataError, match="window is not covered: .* there is the given dataset: x 400500 …"):
        marea.prepare(plane, window=(-125, 48.4, -123.2, 49.1), source_crs="EPSG:32610")


def test_samples_kept_in_a_cylindrical_projection_are_those_of_the_window(file):
    made = marea.prepare(file, window=WINDOW, regrid="none", crs="EPSG:3395")
    lon, lat = (axis[(axis >= low) & (axis <= high)] for axis, low, high in (
        (centres(-127, -122), WINDOW[0], WINDOW[2]), (centres(47, 51), WINDOW[1], WINDOW[3])))
    np.testing.assert_array_equal(made.dataset.bathymetry, sea(*np.meshgrid(lon, lat)))
    np.testing.assert_allclose(made.dataset.x, 6378137 * np.radians(lon), rtol=1e-12)
    np.testing.assert_allclose(made.dataset.y, pyproj.Proj("EPSG:3395")(np.full(lat.size, -124.0), lat)[1], rtol=1e-12)
    with pytest.raises(marea.ConfigError, match="keeps the samples; leave cell, cells, x and y out"):
        marea.prepare(file, window=WINDOW, regrid="none", crs="EPSG:3395", cell=1e3)
