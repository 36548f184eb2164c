# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""marea.prepare: longitudes and latitudes that count from a rotated pole, against the formulas of the sphere."""

import marea
import numpy as np
import pytest

from published import centres, gebco, lonlat_of

pyproj = pytest.importorskip("pyproj")
scipy_stats = pytest.importorskip("scipy.stats")
xarray = pytest.importorskip("xarray")

POLE = {"grid_mapping_name": "rotated_latitude_longitude", "grid_north_pole_latitude": 39.25,
        "grid_north_pole_longitude": -162.0}
WINDOW = (15.0, 49.5, 21.0, 52.0)
RLON, RLAT = centres(-3, 3, 0.05), centres(-2, 2, 0.05)


def true(rlon, rlat):
    """Longitude and latitude [degree] of a place given in rotated ones, by spherical trigonometry."""
    rlon, rlat, pole = np.radians(rlon), np.radians(rlat), np.radians(POLE["grid_north_pole_latitude"])
    lat = np.arcsin(np.sin(pole) * np.sin(rlat) + np.cos(pole) * np.cos(rlat) * np.cos(rlon))
    east = np.cos(rlat) * np.sin(rlon)
    north = np.sin(pole) * np.cos(rlat) * np.cos(rlon) - np.cos(pole) * np.sin(rlat)
    return POLE["grid_north_pole_longitude"] + 180 + np.degrees(np.arctan2(east, north)), np.degrees(lat)


def plane(lon, lat):
    return -3000 + 10 * lon + 20 * lat


def cordex(path, fields=None, pole=POLE, names=("rlon", "rlat"), standard_names=("grid_longitude", "grid_latitude")):
    """A file as regional climate models publish them: axes of the rotated pole, true positions beside them."""
    lon, lat = true(*np.meshgrid(RLON, RLAT))
    dims = names[::-1]
    fields = fields or {"topo": (plane(lon, lat), {"units": "m", "standard_name": "surface_altitude"})}
    data = xarray.Dataset(
        {name: (dims, values, {**attrs, **({"grid_mapping": "rotated_pole"} if pole else {})})
         for name, (values, attrs) in fields.items()},
        coords={**{name: (name, values, {"units": "degrees", "standard_name": standard, "axis": letter})
                   for name, values, standard, letter in zip(names, (RLON, RLAT), standard_names, "XY")},
                "lon": (dims, lon, {"units": "degrees_east", "standard_name": "longitude"}),
                "lat": (dims, lat, {"units": "degrees_north", "standard_name": "latitude"})})
    if pole:
        data["rotated_pole"] = ((), np.int32(0), pole)
    data.to_netcdf(path, engine="netcdf4")
    return path


@pytest.mark.parametrize("sphere", [{}, {"earth_radius": 6371229.0}])
def test_cells_hold_the_values_of_their_true_places(tmp_path, sphere):
    file = cordex(tmp_path / "cordex.nc", pole=POLE | sphere)
    made = marea.prepare(file, window=WINDOW, cell=5000.0, regrid="linear")
    lon, lat = lonlat_of(made)
    assert WINDOW[0] <= lon.min() and lon.max() <= WINDOW[2] and WINDOW[1] <= lat.min() and lat.max() <= WINDOW[3]
    # Along the rotated axes the plane bends by less than 0.6 m a square degree: an eighth of that times the spacing's.
    np.testing.assert_allclose(made.dataset.bathymetry, plane(lon, lat), rtol=0, atol=0.6 * 0.05**2 / 8)
    assert made.dataset.attrs["centre_longitude"] == pytest.approx(18, abs=0.1)
    assert made.dataset.attrs["centre_latitude"] == pytest.approx(50.75, abs=0.1)


def test_without_a_window_the_plane_lies_about_the_true_centre(tmp_path):
    made = marea.prepare(cordex(tmp_path / "cordex.nc"), cell=5000.0)
    lon, lat = lonlat_of(made)
    assert (lon.mean(), lat.mean()) == pytest.approx((18, 50.75), abs=0.05)
    # The whole extent but the outermost cells: four degrees of latitude by six of a circle near the rotated equator.
    assert 4 * 111e3 - 20e3 < made.grid["y"][1] <= 4 * 111.3e3 and 6 * 111e3 - 30e3 < made.grid["x"][1] <= 6 * 111.4e3


def test_the_mean_weighs_by_the_areas_about_the_rotated_pole(tmp_path):
    made = marea.prepare(cordex(tmp_path / "cordex.nc"), window=WINDOW, cell=20e3, regrid="mean")
    rlon, rlat = np.meshgrid(RLON, RLAT)
    lon, lat = true(rlon, rlat)
    x, y = pyproj.Proj(pyproj.CRS.from_wkt(made.dataset.attrs["crs_wkt"]))(lon, lat)
    edges = [np.linspace(*made.grid[axis], made.grid[f"n{axis}"] + 1) for axis in "yx"]
    area = np.cos(np.radians(rlat))
    total, areas = (scipy_stats.binned_statistic_2d(y.ravel(), x.ravel(), values.ravel(), "sum", bins=edges).statistic
                    for values in (area * plane(lon, lat), area))
    np.testing.assert_allclose(made.dataset.bathymetry, total / areas, rtol=1e-9)


@pytest.mark.parametrize("standard_names", [("x_wind", "y_wind"), ("grid_eastward_wind", "grid_northward_wind")])
def test_components_along_the_rotated_axes_are_turned_to_the_grid(tmp_path, standard_names):
    rlon, rlat = np.meshgrid(RLON, RLAT)
    lon, lat = true(rlon, rlat)
    ahead, behind = true(rlon + 1e-4, rlat), true(rlon - 1e-4, rlat)
    east, north = (ahead[0] - behind[0]) * np.cos(np.radians(lat)), ahead[1] - behind[1]
    east, north = east / np.hypot(east, north), north / np.hypot(east, north)  # of the unit vector along rlon
    u, v = 10 * east + 5 * north, -10 * north + 5 * east  # 10 m/s to the east, 5 m/s to the north
    assert 0.03 < np.abs(north).max() < 0.07, "the axes differ from those of the compass"
    file = cordex(tmp_path / "wind.nc", {
        name: (values, {"units": "m s-1", "standard_name": standard})
        for name, values, standard in zip("uv", (u, v), standard_names)})
    made = marea.prepare(file, window=WINDOW, cell=10e3, variables=["u", "v"], regrid="linear")
    assert "u, v: turned from the axes of the source to the axes of the grid" in str(made)
    compass = xarray.Dataset({name: (("lat", "lon"), np.full((2, 2), size), {"standard_name": f"{to}_wind"})
                              for name, size, to in (("u", 10.0, "eastward"), ("v", 5.0, "northward"))},
                             coords={"lat": [45.0, 55.0], "lon": [10.0, 25.0]})
    expected = marea.prepare(compass, window=WINDOW, cell=10e3, variables=["u", "v"], regrid="linear")
    # Angles on the sphere differ from those on the ellipsoid by its flattening times the angle between the axes.
    for name in "uv":
        np.testing.assert_allclose(made.dataset[name], expected.dataset[name], rtol=0, atol=11.2 / 298 * 0.07)
    with pytest.raises(marea.DataError, match=f"{standard_names[1]} is one component of a vector.*take "
                                              f"{standard_names[0]} as well"):
        marea.prepare(file, window=WINDOW, variables="v")


@pytest.mark.parametrize("names, standard_names", [
    (("rlon", "rlat"), ("grid_longitude", "grid_latitude")),
    (("rlon", "rlat"), ("", "")),
    (("x", "y"), ("grid_longitude", "grid_latitude")),
])
def test_a_rotated_pole_that_the_file_does_not_place_is_refused(tmp_path, names, standard_names):
    file = cordex(tmp_path / "a.nc", pole=None, names=names, standard_names=standard_names)
    with pytest.raises(marea.DataError, match=r"a\.nc:topo: has axes of a rotated pole \(grid_longitude, "
                                              r"grid_latitude\) and no grid mapping .* or say source_crs"):
        marea.prepare(file, cell=5000.0)
    given = marea.prepare(file, window=WINDOW, cell=5000.0, source_crs=pyproj.CRS.from_cf(POLE))
    stated = marea.prepare(cordex(tmp_path / "b.nc"), window=WINDOW, cell=5000.0)
    np.testing.assert_array_equal(given.dataset.bathymetry, stated.dataset.bathymetry)


def test_axes_and_grid_mapping_that_contradict_each_other_are_refused(tmp_path):
    plain = cordex(tmp_path / "a.nc", pole={"grid_mapping_name": "latitude_longitude"})
    with pytest.raises(marea.DataError, match="has axes of a rotated pole .*, but its CRS .* has none"):
        marea.prepare(plain, cell=5000.0)
    turned = cordex(tmp_path / "b.nc", names=("longitude", "latitude"), standard_names=("longitude", "latitude"))
    with pytest.raises(marea.DataError, match="has longitudes and latitudes as axes, but its CRS is that of a rotated"):
        marea.prepare(turned, cell=5000.0)


def test_a_grid_mapping_that_the_file_does_not_hold_is_refused(tmp_path):
    file = gebco(tmp_path / "a.nc", centres(10, 25, 0.1), centres(45, 55, 0.1), grid_mapping="projection")
    with pytest.raises(marea.DataError, match="a.nc:elevation: names the grid mapping projection, which the file does "
                                              "not hold; say source_crs"):
        marea.prepare(file, window=WINDOW)
    assert marea.prepare(file, window=WINDOW, cell=20e3, source_crs="EPSG:4326").grid["nx"] > 10
