# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Fields known in closed form, in files of the layouts in which they are published."""

import marea
import numpy as np
import pytest

netCDF4, pyproj, xarray, _ = map(pytest.importorskip, ("netCDF4", "pyproj", "xarray", "scipy"))

WINDOW = (-126.0, 48.0, -123.0, 50.0)
STEP = 1 / 60  # degrees between samples


def centres(low, high, step=STEP):
    """Pixel-centre registered, as GEBCO's: from half a step after `low`."""
    return low + step * (np.arange(round((high - low) / step)) + 0.5)


def sea(lon, lat):
    """Elevation [m] in whole metres; steep enough that a mistake of one sample shows."""
    lon = (np.asarray(lon) + 180) % 360 - 180
    return np.round(-2000 + 900 * np.cos(np.radians(40 * lon)) + 800 * np.sin(np.radians(60 * lat)))


def smooth_sea(lon, lat):
    """`sea` before it is rounded."""
    return -2000 + 900 * np.cos(np.radians(40 * lon)) + 800 * np.sin(np.radians(60 * lat))


def interpolation_error(step):
    """Bound [m]: an eighth of the square of the spacing times the curvature, and the rounding to whole metres."""
    return step**2 / 8 * (900 * np.radians(40) ** 2 + 800 * np.radians(60) ** 2) + 0.5


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


def lonlat_of(made):
    """Longitude and latitude of the cell centres, by the inverse of the file's CRS."""
    crs = pyproj.CRS.from_wkt(made.dataset.attrs["crs_wkt"])
    return pyproj.Proj(crs)(*np.meshgrid(made.dataset.x, made.dataset.y), inverse=True)


def bathymetry(source, **options):
    """On cells of 4 km in the window."""
    return marea.prepare(source, window=WINDOW, cell=4000.0, **options).dataset.bathymetry


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
