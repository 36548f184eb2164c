# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""marea.prepare: published layouts, written by netCDF4, rasterio and xarray."""

import subprocess
import sys

import marea
import numpy as np
import pytest

from program import ENVIRONMENT
from published import STEP, WINDOW, bathymetry, centres, gebco, sea

netCDF4 = pytest.importorskip("netCDF4")
xarray = pytest.importorskip("xarray")


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
