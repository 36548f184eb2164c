# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""marea.prepare: published layouts of bathymetry and forcing, written by netCDF4, rasterio and xarray, against fields
known in closed form and against PROJ and SciPy by hand."""

import pathlib
import subprocess
import sys
import tomllib

import h5py
import marea
import numpy as np
import pytest

from program import ENVIRONMENT, MAREA

netCDF4 = pytest.importorskip("netCDF4")
pyproj = pytest.importorskip("pyproj")
xarray = pytest.importorskip("xarray")
scipy_stats = pytest.importorskip("scipy.stats")

ROOT = pathlib.Path(__file__).resolve().parents[2]
WINDOW = (-126.0, 48.0, -123.0, 50.0)
STEP = 1 / 60  # degrees between samples


def centres(low, high, step=STEP):
    """Pixel-centre registered, as GEBCO's: from half a step after `low`."""
    return low + step * (np.arange(round((high - low) / step)) + 0.5)


def sea(lon, lat):
    """Elevation [m] in whole metres; steep enough that a mistake of one sample shows."""
    lon = (np.asarray(lon) + 180) % 360 - 180
    return np.round(-2000 + 900 * np.cos(np.radians(40 * lon)) + 800 * np.sin(np.radians(60 * lat)))


def gebco(path, lon, lat, values=None, *, falling=False, dtype="i2", name="elevation", **attributes):
    """A file in the layout that GEBCO publishes: elevation(lat, lon) in 16 bits, lat, lon in 64, a CRS variable."""
    values = sea(*np.meshgrid(lon, lat)) if values is None else np.asarray(values)
    order = slice(None, None, -1 if falling else 1)
    with netCDF4.Dataset(path, "w") as file:
        file.title = "The GEBCO_2024 Grid - a continuous terrain model for oceans and land"
        file.node_offset = 1.0
        for axis, coordinates, long_name, units, letter in (("lat", lat[order], "latitude", "degrees_north", "Y"),
                                                            ("lon", lon, "longitude", "degrees_east", "X")):
            file.createDimension(axis, len(coordinates))
            variable = file.createVariable(axis, "f8", (axis,))
            variable.standard_name, variable.units, variable.axis = long_name, units, letter
            variable[:] = coordinates
        crs = file.createVariable("crs", "S1", ())
        crs.grid_mapping_name, crs.epsg_code = "latitude_longitude", "EPSG:4326"
        crs.inverse_flattening, crs.semi_major_axis = 298.257223563, 6378137.0
        attributes = {"standard_name": "height_above_mean_sea_level", "long_name": "Elevation relative to sea level",
                      "units": "m", "grid_mapping": "crs", **attributes}
        fill = attributes.pop("_FillValue", None)
        variable = file.createVariable(name, dtype, ("lat", "lon"), fill_value=fill)
        variable.set_auto_maskandscale(False)
        variable.setncatts({k: v for k, v in attributes.items() if v is not None})
        variable[:] = values[order]
    return path


@pytest.fixture
def file(tmp_path):
    return gebco(tmp_path / "gebco.nc", centres(-127, -122), centres(47, 51))


def lonlat_of(made):
    """Longitude and latitude of the cell centres, by the inverse of the file's CRS."""
    crs = pyproj.CRS.from_wkt(made.dataset.attrs["crs_wkt"])
    return pyproj.Proj(crs)(*np.meshgrid(made.dataset.x, made.dataset.y), inverse=True)


def bathymetry(source, **options):
    """On cells of 4 km in the window."""
    return marea.prepare(source, window=WINDOW, cell=4000.0, **options).dataset.bathymetry


def smooth_sea(lon, lat):
    """`sea` before it is rounded."""
    return -2000 + 900 * np.cos(np.radians(40 * lon)) + 800 * np.sin(np.radians(60 * lat))


def interpolation_error(step):
    """Bound [m]: an eighth of the square of the spacing times the curvature, and the rounding to whole metres."""
    return step**2 / 8 * (900 * np.radians(40) ** 2 + 800 * np.radians(60) ** 2) + 0.5


# ---- Place and value ----------------------------------------------------------------------------------------------
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


# ---- Layouts ------------------------------------------------------------------------------------------------------
def emodnet(path, lon, lat):
    gebco(path, lon, lat, dtype="f4", _FillValue=np.float32("nan"), standard_name=None,
          sdn_parameter_urn="SDN:P01::ALTBED")


def etopo(path, lon, lat):
    gebco(path, lon, lat, dtype="f4", name="z", standard_name="height_above_reference_ellipsoid", units="meters",
          _FillValue=np.float32(-99999))


def packed(path, lon, lat):
    gebco(path, lon, lat, np.round((sea(*np.meshgrid(lon, lat)) + 2000) / 0.5), scale_factor=0.5, add_offset=-2000.0,
          _FillValue=np.int16(-32768), valid_range=np.array([-32000, 32000], "i2"))


def gdal_band(path, lon, lat):
    gebco(path, lon, lat, dtype="f4", name="Band1", standard_name=None, long_name="GDAL Band Number 1")


def depth(path, lon, lat):
    gebco(path, lon, lat, -sea(*np.meshgrid(lon, lat)) / 1000, dtype="f8", name="deptho", units="km",
          standard_name="sea_floor_depth_below_geoid")


def unsigned(path, lon, lat):
    gebco(path, lon, lat, (sea(*np.meshgrid(lon, lat)) + 40000).astype("u2").view("i2"), add_offset=-40000.0,
          _Unsigned="true", _FillValue=np.int16(-1))


def positive_down(path, lon, lat):
    gebco(path, lon, lat, -sea(*np.meshgrid(lon, lat)) * 100, dtype="i4", units="cm", positive="down",
          standard_name=None)


def beside_others(path, lon, lat):
    gebco(path, lon, lat)
    with netCDF4.Dataset(path, "a") as file:
        file.createVariable("tid", "i1", ("lat", "lon"))[:] = 11
        file.createVariable("quality_index", "f4", ("lat", "lon"))[:] = 1


def transposed(path, lon, lat):
    data = xarray.DataArray(sea(*np.meshgrid(lon, lat))[None].T, dims=("lon", "lat", "time"), name="z",
                            coords={"lon": lon, "lat": lat, "time": [0.0]}, attrs={"units": "m"})
    data.to_netcdf(path, engine="h5netcdf")


def geotiff(path, lon, lat):
    rasterio = pytest.importorskip("rasterio")
    pytest.importorskip("rioxarray")
    transform = rasterio.transform.from_origin(lon[0] - STEP / 2, lat[-1] + STEP / 2, STEP, STEP)
    with rasterio.open(path, "w", driver="GTiff", width=len(lon), height=len(lat), count=1, dtype="int16",
                       crs="EPSG:4326", transform=transform, nodata=-32768) as file:
        file.write(sea(*np.meshgrid(lon, lat))[::-1].astype("i2"), 1)


def falling(path, lon, lat):
    gebco(path, lon, lat, falling=True)


def eastern(path, lon, lat):
    gebco(path, lon + 360, lat)


def classic(path, lon, lat):
    gebco(path.with_suffix(".4.nc"), lon, lat)
    xarray.open_dataset(path.with_suffix(".4.nc")).to_netcdf(path, format="NETCDF3_CLASSIC", engine="netcdf4")


@pytest.mark.parametrize("layout", [emodnet, etopo, packed, gdal_band, depth, unsigned, positive_down, beside_others,
                                    transposed, geotiff, falling, eastern, classic])
def test_each_published_layout_gives_the_field_of_gebco(tmp_path, file, layout):
    other = tmp_path / "other.nc"
    layout(other, centres(-127, -122), centres(47, 51))
    expected = marea.prepare(file, window=WINDOW, cell=4000.0).dataset
    made = marea.prepare(other, window=WINDOW, cell=4000.0).dataset
    assert list(made) == ["bathymetry"] and made.bathymetry.attrs["units"] == "m"
    np.testing.assert_allclose(made.bathymetry, expected.bathymetry, rtol=1e-6, atol=1e-3)
    np.testing.assert_array_equal(made.x, expected.x)


def test_axes_called_x_and_y_need_a_crs(tmp_path, file):
    lon, lat = centres(-127, -122), centres(47, 51)
    path = tmp_path / "gmt.nc"
    values = sea(*np.meshgrid(lon, lat))
    xarray.DataArray(values, dims=("y", "x"), coords={"y": lat, "x": lon}, name="z").to_netcdf(path)
    with pytest.raises(marea.DataError, match=r'gmt.nc:z: has axes x and y without a CRS; say source_crs = '
                                              r'"EPSG:4326"'):
        marea.prepare(path, window=WINDOW)
    made = marea.prepare(path, window=WINDOW, cell=4000.0, source_crs="EPSG:4326")
    np.testing.assert_allclose(made.dataset.bathymetry, bathymetry(file))
    assert "states no units, metres are assumed" in str(made)
    with pytest.raises(marea.DataError, match="which are no longitudes and latitudes in degrees"):
        marea.prepare(xarray.DataArray(np.zeros((3, 3)), dims=("lat", "lon"), name="z",
                                       coords={"lat": [0, 1e3, 2e3], "lon": [0, 1e3, 2e3]}))


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


def test_esri_ascii_is_read_with_its_missing_values(tmp_path, file):
    pytest.importorskip("rasterio")
    pytest.importorskip("rioxarray")
    lon, lat = centres(-127, -122), centres(47, 51)
    values = sea(*np.meshgrid(lon, lat))
    values[114:126, 144:156] = -9999  # 22 x 14 km
    header = (f"ncols {len(lon)}\nnrows {len(lat)}\nxllcorner -127\nyllcorner 47\ncellsize {STEP!r}\n"
              "NODATA_value -9999\n")
    (tmp_path / "emodnet.asc").write_text(header + "\n".join(" ".join(f"{v:g}" for v in row) for row in values[::-1]))
    with pytest.raises(marea.DataError, match="has axes x and y without a CRS"):
        marea.prepare(tmp_path / "emodnet.asc", window=WINDOW)
    made = marea.prepare(tmp_path / "emodnet.asc", window=WINDOW, cell=4000.0, source_crs="EPSG:4326", fill="nearest")
    assert 4 * 2 <= made.filled["bathymetry"].sum() <= 6 * 4
    changed = np.abs(made.dataset.bathymetry - bathymetry(file)).values > 1e-6
    assert changed.sum() <= 7 * 5 and made.dataset.bathymetry.min() > -4000


def test_samples_kept_in_a_cylindrical_projection_are_those_of_the_window(file):
    made = marea.prepare(file, window=WINDOW, regrid="none", crs="EPSG:3395")
    lon, lat = (axis[(axis >= low) & (axis <= high)] for axis, low, high in (
        (centres(-127, -122), WINDOW[0], WINDOW[2]), (centres(47, 51), WINDOW[1], WINDOW[3])))
    np.testing.assert_array_equal(made.dataset.bathymetry, sea(*np.meshgrid(lon, lat)))
    np.testing.assert_allclose(made.dataset.x, 6378137 * np.radians(lon), rtol=1e-12)
    np.testing.assert_allclose(made.dataset.y, pyproj.Proj("EPSG:3395")(np.full(lat.size, -124.0), lat)[1], rtol=1e-12)
    with pytest.raises(marea.ConfigError, match="keeps the samples; leave cell, cells, x and y out"):
        marea.prepare(file, window=WINDOW, regrid="none", crs="EPSG:3395", cell=1e3)


def test_a_missing_package_is_named_with_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "a.tif").write_bytes(b"II*\0" + bytes(100))
    monkeypatch.setitem(sys.modules, "rasterio", None)
    (tmp_path / "a.asc").write_text("ncols 1\n")
    for name in ("a.tif", "a.asc"):
        with pytest.raises(marea.NotBuilt, match=r'the package rasterio is needed .* pip install "marea\[geotiff\]"'):
            marea.prepare(tmp_path / name)
    monkeypatch.setitem(sys.modules, "pyproj", None)
    with pytest.raises(marea.NotBuilt, match=r'the package pyproj is needed .* pip install "marea\[prepare\]"'):
        marea.prepare(gebco(tmp_path / "a.nc", centres(0, 1), centres(0, 1)))


# ---- Tiles, the dateline ------------------------------------------------------------------------------------------
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


# ---- Gaps, units, direction ---------------------------------------------------------------------------------------
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


# ---- Wrong windows and arguments ----------------------------------------------------------------------------------
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


def test_a_source_that_cannot_be_taken_is_named(tmp_path, file):
    with pytest.raises(marea.IoError, match="absent.nc: does not exist"):
        marea.prepare(tmp_path / "absent.nc")
    with pytest.raises(marea.IoError, match="is a folder; name the files in it"):
        marea.prepare(tmp_path)
    (tmp_path / "text.nc").write_text("no netCDF")
    with pytest.raises(marea.DataError, match="text.nc: cannot be read as netCDF or GeoTIFF"):
        marea.prepare(tmp_path / "text.nc")
    with pytest.raises(marea.DataError, match="has no variable depth; it holds crs, elevation"):
        marea.prepare(file, variables="depth")
    with pytest.raises(marea.ConfigError, match="give an array its axes as xarray.DataArray"):
        marea.prepare(np.zeros((3, 3)))
    lon, lat = np.meshgrid(centres(-127, -122, 0.5), centres(47, 51, 0.5))
    curved = xarray.Dataset({"h": (("eta", "xi"), lon)},
                            coords={"lon": (("eta", "xi"), lon), "lat": (("eta", "xi"), lat)})
    with pytest.raises(marea.DataError, match="a curvilinear grid must be put on a regular one first"):
        marea.prepare(curved, variables="h")
    two = xarray.open_dataset(file).rename(elevation="a").assign(b=lambda d: d.a)
    with pytest.raises(marea.DataError, match="holds the fields a, b; name the one to take as variable"):
        marea.prepare(two)
    with pytest.raises(marea.ConfigError, match="the sources reach over longitudes -180 … 180.*name a window"):
        marea.prepare(xarray.DataArray(np.zeros((3, 3)), dims=("lat", "lon"), name="z",
                                       coords={"lat": [-90, 0, 90], "lon": [-180, 0, 180]}))


def test_a_damaged_file_is_named(tmp_path):
    lon, lat = centres(-127, -122), centres(47, 51)
    noise = np.random.default_rng(1).integers(-4000, 0, (len(lat), len(lon)))
    with netCDF4.Dataset(tmp_path / "a.nc", "w") as data:
        for name, values in (("lat", lat), ("lon", lon)):
            data.createDimension(name, len(values))
            data.createVariable(name, "f8", (name,))[:] = values
        data.createVariable("elevation", "i2", ("lat", "lon"), fletcher32=True)[:] = noise
    content = bytearray((tmp_path / "a.nc").read_bytes())
    middle = content.index(noise[100, :50].astype("<i2").tobytes())
    content[middle:middle + 8] = bytes(8)
    (tmp_path / "a.nc").write_bytes(content)
    with pytest.raises(marea.DataError, match="a.nc:elevation: cannot be read .*it is damaged"):
        marea.prepare(tmp_path / "a.nc", window=WINDOW)


# ---- Forcing and initial fields -----------------------------------------------------------------------------------
def wind(path, standard_names=True):
    """10 m/s from the west and 5 m/s from the south, at two times, beside an air temperature."""
    lon, lat = centres(-130, -120, 0.25), centres(45, 53, 0.25)
    shape = ("time", "lat", "lon"), np.ones((2, len(lat), len(lon)))
    names = ({"u10": "eastward_wind", "v10": "northward_wind"} if standard_names else {"u10": None, "v10": None})
    data = xarray.Dataset({name: (shape[0], shape[1] * np.array([1, 2])[:, None, None] * size,
                                  {"units": units, **({"standard_name": names.get(name)} if names.get(name) else {})})
                           for name, size, units in (("u10", 10.0, "m/s"), ("v10", 5.0, "m/s"), ("t2m", 280.0, "K"))},
                          coords={"lat": lat, "lon": lon,
                                  "time": np.array(["2024-01-01T00", "2024-01-01T06"], "M8[ns]")})
    data.to_netcdf(path, engine="netcdf4")
    return path


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


# ---- The file, the program, the example ---------------------------------------------------------------------------
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


def test_only_the_window_of_a_grid_of_gebcos_size_is_read(tmp_path):
    """43200 x 86400 samples of 16 bits, 7.5 GB: written around the window alone, and read there alone."""
    path = tmp_path / "global.nc"
    step = 1 / 240
    lon, lat = centres(-180, 180, step), centres(-90, 90, step)
    columns, rows = slice(12900, 13800), slice(33000, 33600)
    with netCDF4.Dataset(path, "w") as file:
        for name, values, units in (("lat", lat, "degrees_north"), ("lon", lon, "degrees_east")):
            file.createDimension(name, len(values))
            file.createVariable(name, "f8", (name,))[:] = values
            file[name].units = units
        elevation = file.createVariable("elevation", "i2", ("lat", "lon"), chunksizes=(300, 300))
        elevation.units = "m"
        elevation[rows, columns] = sea(*np.meshgrid(lon[columns], lat[rows]))
    window = tuple(round(float(v), 3) for v in (lon[columns][30], lat[rows][30], lon[columns][-30], lat[rows][-30]))
    code = f"""
import resource, marea, marea.prepare, xarray, pyproj, scipy.interpolate, scipy.ndimage, netCDF4
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
made = marea.prepare({str(path)!r}, "b.h5", window={window!r})
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
print(made)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, env=ENVIRONMENT,
                          timeout=120)
    assert done.returncode == 0, done.stderr
    first, _, report = done.stdout.partition("\n")
    assert int(first) < 250e3  # KiB; the whole grid takes 7.5 GB
    assert "of 3732480000 samples read" in report and "no cell was without a value" in report


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
