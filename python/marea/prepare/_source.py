# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Gridded geographic data as they are published: netCDF and GeoTIFF files, read only where they are needed."""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ._compiled import ConfigError, DataError, IoError, NotBuilt, units_factor

if TYPE_CHECKING:
    import pyproj
    import xarray

# Names and standard names under which elevations of the Earth are published; "down" are depths by definition.
ELEVATION_NAMES = ("elevation", "z", "band1", "band_1", "topo", "topography", "bathymetry", "depth", "deptho",
                   "bedrock", "altitude", "band_data")
DEPTH_NAMES = ("depth", "deptho")
DEPTH_STANDARD_NAMES = re.compile(r"sea_floor_depth_below_\w+|sea_floor_depth|depth_below_geoid")
ELEVATION_STANDARD_NAMES = re.compile(
    DEPTH_STANDARD_NAMES.pattern + r"|height_above_\w+|(surface_|bedrock_)?altitude|ground_level_altitude")

# Kind -> standard names, units and names of an axis. "rlon" and "rlat" count from a rotated pole.
AXES = {
    "rlon": (("grid_longitude",), None, ("rlon", "grid_longitude")),
    "rlat": (("grid_latitude",), None, ("rlat", "grid_latitude")),
    "lon": (("longitude",), r"degrees?_?(e|east)", ("lon", "longitude", "long")),
    "lat": (("latitude",), r"degrees?_?(n|north)", ("lat", "latitude")),
    "x": (("projection_x_coordinate",), None, ("x", "easting")),
    "y": (("projection_y_coordinate",), None, ("y", "northing")),
}


# Attributes that say something of values, by CF's names, as other spellings of them are reduced: "Scale_Factor", "nodata".
OTHER_SPELLINGS = {
    "scalefactor": "scale_factor", "scale": "scale_factor", "slope": "scale_factor", "addoffset": "add_offset",
    "offset": "add_offset", "intercept": "add_offset", "fillvalue": "_FillValue", "fill": "_FillValue",
    "nodata": "_FillValue", "nodatavalue": "_FillValue", "missingvalue": "missing_value", "missing": "missing_value",
    "validmin": "valid_min", "validmax": "valid_max", "validrange": "valid_range", "unsigned": "_Unsigned",
    "units": "units", "unit": "units", "positive": "positive", "standardname": "standard_name", "axis": "axis",
}
TEXTS = ("units", "positive", "standard_name", "axis", "grid_mapping")


class MissingVariable(DataError):
    """A file without the variable that was asked for."""


def needs(package: str, extra: str) -> Any:
    """Import a package of an optional extra, or say how to get it."""
    import importlib

    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise NotBuilt(f"marea.prepare: the package {package} is needed for this and is not installed; "
                       f'pip install {package}, or pip install "marea[{extra}]"') from error


def in_units_of_marea(units: str) -> tuple[str, float]:
    """What marea writes, and the factor to it: "m" for lengths, "m s-1" for speeds, any other units as they are."""
    known = ("m", "m s-1")
    for target in known if units and units not in known else ():
        factor = units_factor(units, target)
        if factor is not None:
            return target, factor
    return units, 1.0


def range_text(values: Sequence[float]) -> str:
    return f"{min(values):.10g} … {max(values):.10g}"


@dataclass
class Tile:
    """One variable of one file, on rising axes; nothing of it is read before `read`."""

    name: str  #: file, for messages
    variable: str
    x: np.ndarray  #: longitudes [degree], perhaps of a rotated pole, or eastings [m] of the samples, rising
    y: np.ndarray  #: latitudes [degree] or northings [m] of the samples, rising
    crs: pyproj.CRS
    units: str  #: after conversion, "" where the file states none
    attrs: dict[str, Any]
    turned: bool  #: stored positive down
    stored: xarray.DataArray = field(repr=False)
    dims: tuple[str, str] = ("y", "x")  #: of `stored`
    falls: tuple[bool, bool] = (False, False)
    factor: float = 1.0  #: from stored to `units`, positive up
    valid: tuple[float, float] = (-np.inf, np.inf)  #: of stored values
    absent: float | None = None  #: the netCDF library's value of samples that were never written

    @property
    def geographic(self) -> bool:
        return bool(self.crs.is_geographic)

    @property
    def rotated(self) -> bool:
        """Whether longitudes and latitudes count from a rotated pole."""
        return is_rotated(self.crs)

    @property
    def where(self) -> str:
        return f"{self.name}:{self.variable}"

    def axis_name(self, axis: str) -> str:
        """What the axis "x" or "y" is called in messages."""
        rotated = "rotated " if self.rotated else ""
        return rotated + {"x": "longitude", "y": "latitude"}[axis] if self.geographic else axis

    def read(self, rows: slice, columns: slice) -> np.ndarray:
        """Values [y, x] of these ranges of samples, NaN where there is none; reads no others from the file."""
        index = {}
        for dim, falls, part, axis in zip(self.dims, self.falls, (rows, columns), (self.y, self.x)):
            index[dim] = slice(len(axis) - part.stop, len(axis) - part.start) if falls else part
        try:
            stored = self.stored.isel(index).transpose(*self.dims).values
        except (OSError, RuntimeError) as error:  # netCDF's and HDF5's errors
            raise DataError(f"{self.where}: cannot be read ({error}); it is damaged or not whole") from error
        exact = 4 if stored.dtype.kind == "f" else 2  # bytes whose values single precision holds
        values = stored.astype("f8" if stored.dtype.itemsize > exact else "f4")
        gaps = ~((stored >= self.valid[0]) & (stored <= self.valid[1])) | ~np.isfinite(values)
        if self.absent is not None:
            gaps |= np.isclose(values, self.absent, rtol=1e-6, atol=0)
        values = values * self.factor if self.factor != 1.0 else values
        values[gaps] = np.nan
        return values[:: -1 if self.falls[0] else 1, :: -1 if self.falls[1] else 1]


def open_source(source: Any, opened: contextlib.ExitStack) -> tuple[str, xarray.Dataset, bool]:
    """Name, dataset and whether it is a netCDF file; a path, Dataset or DataArray is taken. Values are not read.

    `opened` closes what was opened here.
    """
    xarray = needs("xarray", "prepare")
    if isinstance(source, xarray.DataArray):
        source = source.to_dataset(name=source.name or "values")
    if isinstance(source, xarray.Dataset):
        return "the given dataset", xarray.decode_cf(source, decode_times=False), False
    if not isinstance(source, (str, os.PathLike)):
        raise ConfigError(f"marea.prepare: a source must be a path, an xarray.Dataset or a DataArray, not "
                          f"{type(source).__name__}; give an array its axes as xarray.DataArray(values, "
                          "coords={'lat': …, 'lon': …}, dims=('lat', 'lon'))")
    path = pathlib.Path(source).expanduser()
    if not path.is_file():
        raise IoError(f"{path}: {'is a folder; name the files in it' if path.is_dir() else 'does not exist'}")
    try:
        with path.open("rb") as file:
            raster = file.read(4) in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+") or path.suffix.lower() in (".asc", ".vrt")
    except OSError as error:
        raise IoError(f"{path}: cannot be read ({error.strerror})") from error
    if raster:
        needs("rasterio", "geotiff"), needs("rioxarray", "geotiff")
        options = {"engine": "rasterio", "band_as_variable": True}
    else:
        options = {}
    try:
        try:
            data = xarray.open_dataset(path, decode_timedelta=False, **options)
        except ValueError as error:
            if "time" not in str(error):
                raise
            data = xarray.open_dataset(path, decode_times=False, **options)
    except Exception as error:  # each engine has errors of its own
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise DataError(f"{path}: cannot be read as netCDF or GeoTIFF ({first})") from error
    opened.callback(data.close)
    return str(path), data, not raster


def refuse_unread(where: str, variable: xarray.DataArray | xarray.Variable) -> None:
    """Raises DataError for what a file says in other words than CF's, and for texts that are numbers."""
    said = {**variable.attrs, **variable.encoding}
    for name, value in variable.attrs.items():
        if name in TEXTS and not isinstance(value, str):
            raise DataError(f"{where}: its attribute {name} = {value!r} must be text; correct it")
        cf = OTHER_SPELLINGS.get(re.sub(r"[-_ .]", "", str(name)).lower())
        if cf is None or name == cf:
            continue
        others = [said[key] for key in ({cf, "missing_value"} if cf == "_FillValue" else {cf}) if key in said]
        if not any(np.array_equal(value, other) for other in others):
            raise DataError(f"{where}: its attribute {name} is not a name that CF knows, so that it would be passed over; "
                            f"rename it to {cf} if it means that (ncrename -a {name},{cf}), else take it out")


def axis_kind(name: str, coordinate: xarray.Variable) -> str | None:
    """A key of AXES or None, by standard_name, units, name and then axis, as CF does."""
    if not np.issubdtype(coordinate.dtype, np.number):
        return None
    attrs = coordinate.attrs
    units, standard_name = str(attrs.get("units", "")).lower(), attrs.get("standard_name")
    for kind, (standard_names, _, _) in AXES.items():
        if standard_name in standard_names:
            return kind
    by_name = next((kind for kind, (_, _, names) in AXES.items() if name.lower() in names), None)
    if by_name in ("rlon", "rlat"):  # their units may be degrees_east too
        return by_name
    for kind, (_, pattern, _) in AXES.items():
        if pattern and re.fullmatch(pattern, units):
            return kind
    return by_name or {"X": "x", "Y": "y"}.get(attrs.get("axis"))


def spatial_axes(data: xarray.Dataset, name: str) -> dict[str, tuple[str, str]]:
    """"x" and "y" of a variable -> its dimension and the kind of the axis; fewer where it has none."""
    found = {}
    for dim in data[name].dims:
        candidates = [dim] if dim in data.variables else []
        candidates += [n for n, v in data.variables.items() if v.dims == (dim,) and n != dim]
        for candidate in candidates:
            kind = axis_kind(str(candidate), data.variables[candidate])
            if kind:
                found["y" if kind in ("rlat", "lat", "y") else "x"] = (str(candidate), kind)
                break
    return found


def is_elevation(name: str, attrs: Mapping[str, Any]) -> bool:
    standard_name = str(attrs.get("standard_name", ""))
    return name.lower() in ELEVATION_NAMES or bool(ELEVATION_STANDARD_NAMES.fullmatch(standard_name))


def pick_variable(where: str, data: xarray.Dataset) -> str:
    """The one field on two spatial axes, of several the one that is an elevation by its name or standard_name."""
    fields = [str(n) for n in data.data_vars if len(spatial_axes(data, n)) == 2 and data[n].dtype.kind in "iufb"]
    if not fields:
        old = " (the one-dimensional layout of GMT 3: convert it with gmt grdconvert)" if "xysize" in data.dims else ""
        raise DataError(f"{where}: holds no field on two axes that are known as lat and lon or x and y{old}; "
                        f"it holds {', '.join(map(str, data.variables)) or 'nothing'}")
    named = [n for n in fields if is_elevation(n, data[n].attrs)] if len(fields) > 1 else fields
    if len(named) != 1:
        raise DataError(f"{where}: holds the fields {', '.join(fields)}; name the one to take as variable")
    return named[0]


def file_crs(where: str, data: xarray.Dataset, name: str, absent_is_none: bool) -> pyproj.CRS | None:
    """The CRS that the file states for a variable: its grid mapping, or GDAL's spatial_ref."""
    pyproj = needs("pyproj", "prepare")
    variable = data[name]
    named = variable.attrs.get("grid_mapping") or variable.encoding.get("grid_mapping")
    mapping = named.split(":")[0] if named else next((n for n in ("spatial_ref", "crs") if n in data.variables), None)
    if mapping is None or absent_is_none and mapping not in data.variables:
        return None
    if mapping not in data.variables:
        raise DataError(f"{where}: names the grid mapping {mapping}, which the file does not hold; say source_crs")
    attrs = data.variables[mapping].attrs
    try:
        text = attrs.get("crs_wkt") or attrs.get("spatial_ref") or attrs.get("epsg_code")  # CF, GDAL, GEBCO
        return pyproj.CRS(text) if text else pyproj.CRS.from_cf(attrs) if "grid_mapping_name" in attrs else None
    except (pyproj.exceptions.CRSError, KeyError) as error:
        raise DataError(f"{where}: the grid mapping {mapping} cannot be understood ({error})") from error


def source_crs(where: str, data: xarray.Dataset, name: str, kinds: set[str], given: Any) -> pyproj.CRS:
    """CRS of a variable: the file's own, or the given one; WGS 84 for longitudes and latitudes without any."""
    pyproj = needs("pyproj", "prepare")
    stated = file_crs(where, data, name, given is not None)
    crs = stated if given is None else as_crs(given, "source_crs")
    if given is not None and stated is not None and not crs.equals(stated, ignore_axis_order=True):
        raise DataError(f"{where}: states the CRS {stated.name} and source_crs says {crs.name}; leave source_crs "
                        "out, or correct the file")
    check_pole(where, kinds, crs)
    if crs is None and kinds != {"lon", "lat"}:
        raise DataError(f"{where}: has axes x and y without a CRS; say source_crs = \"EPSG:4326\" for longitudes and "
                        "latitudes, or the projection of the file")
    if crs is None:
        return pyproj.CRS.from_epsg(4326)
    if kinds & {"lon", "lat"} and not crs.is_geographic:
        raise DataError(f"{where}: has longitudes and latitudes as axes, but its CRS {crs.name} is a projection; "
                        "correct the grid mapping, or the names and units of the axes")
    if not crs.is_geographic and any(a.unit_conversion_factor != 1.0 for a in crs.axis_info[:2]):
        raise DataError(f"{where}: the CRS {crs.name} is not in metres; warp the file to one that is")
    return crs


def is_rotated(crs: pyproj.CRS) -> bool:
    return bool(crs.is_geographic and crs.is_derived)


def check_pole(where: str, kinds: set[str], crs: pyproj.CRS | None) -> None:
    """Axes of a rotated pole go with the CRS of one, and those of the Earth's pole with another."""
    rotated = bool(kinds & {"rlon", "rlat"})
    if rotated and crs is None:
        raise DataError(f"{where}: has axes of a rotated pole (grid_longitude, grid_latitude) and no grid mapping that "
                        "says where it lies; give the file its variable with grid_mapping_name = "
                        "\"rotated_latitude_longitude\", or say source_crs")
    if rotated and not is_rotated(crs):
        raise DataError(f"{where}: has axes of a rotated pole (grid_longitude, grid_latitude), but its CRS {crs.name} "
                        "has none; correct the grid mapping, or the standard names of the axes")
    if kinds & {"lon", "lat"} and crs is not None and is_rotated(crs):
        raise DataError(f"{where}: has longitudes and latitudes as axes, but its CRS is that of a rotated pole; "
                        "correct the grid mapping, or call the axes grid_longitude and grid_latitude")


def unrotated(crs: pyproj.CRS) -> pyproj.CRS:
    """Longitudes and latitudes about the Earth's own pole, on the datum of a CRS."""
    if is_rotated(crs):
        return crs.source_crs
    return crs if crs.is_geographic else crs.geodetic_crs


def as_crs(value: Any, key: str) -> pyproj.CRS:
    pyproj = needs("pyproj", "prepare")
    try:
        return pyproj.CRS.from_user_input(value)
    except pyproj.exceptions.CRSError as error:
        raise ConfigError(f"marea.prepare: {key} = {value!r} is no coordinate reference system that PROJ knows; "
                          'give one as "EPSG:32610" or as "+proj=…"') from error


def axis_values(where: str, name: str, coordinate: xarray.Variable, geographic: bool) -> tuple[np.ndarray, bool]:
    """Coordinates in degrees or metres, rising, and whether the file has them falling."""
    values = np.asarray(coordinate.values, dtype="f8")
    units = str(coordinate.attrs.get("units", "")).strip()
    needed = "degree" if geographic else "m"
    factor = 1.0 if not units or geographic and units.lower().startswith("degree") else units_factor(units, needed)
    if factor is None:
        raise DataError(f"{where}: axis {name} is in {units!r}; {'degrees' if geographic else 'lengths'} are needed")
    values = values * factor if factor != 1.0 else values
    if len(values) < 2 or not np.all(np.isfinite(values)):
        raise DataError(f"{where}: axis {name} must have two finite coordinates or more")
    falls = bool(values[-1] < values[0])
    values = values[::-1] if falls else values
    if np.any(np.diff(values) <= 0):
        raise DataError(f"{where}: axis {name} must rise or fall strictly, but does not at index "
                        f"{int(np.argmax(np.diff(values) <= 0)) + 1}")
    return values, falls


def check_degrees(where: str, lon: np.ndarray, lat: np.ndarray) -> None:
    if max(abs(lat)) > 90.01 or max(abs(lon)) > 540 or lon[-1] - lon[0] > 360.5:
        raise DataError(f"{where}: the axes run over {range_text(lon)} and {range_text(lat)}, which are no "
                        "longitudes and "
                        "latitudes in degrees; say source_crs where they are metres of a projection")


def valid_range(where: str, variable: xarray.DataArray) -> tuple[float, float]:
    """valid_min, valid_max, valid_range as bounds of the unpacked values."""
    attrs, packing = variable.attrs, variable.encoding
    low, high = attrs.get("valid_range", (attrs.get("valid_min", -np.inf), attrs.get("valid_max", np.inf)))
    scale, offset = float(packing.get("scale_factor", 1.0)), float(packing.get("add_offset", 0.0))
    packed = np.dtype(packing.get("dtype", variable.dtype)).kind in "iu" and (scale != 1.0 or offset != 0.0)
    bounds = []
    for bound in (low, high):
        # By the netCDF conventions a bound of the type of the packed values is packed as they are.
        unpack = packed and np.isfinite(bound) and np.asarray(bound).dtype.kind in "iu"
        bounds.append(float(bound) * scale + offset if unpack else float(bound))
    if bounds[0] > bounds[1] and scale >= 0:
        raise DataError(f"{where}: valid_range {bounds[0]} … {bounds[1]} admits no value")
    slack = 0.5 * abs(scale) if packed else 0.0  # unpacking rounds
    return min(bounds) - slack, max(bounds) + slack


def never_written(variable: xarray.DataArray) -> float | None:
    """The unpacked value of samples of a netCDF file that nobody wrote, where no attribute names one."""
    packing = variable.encoding
    stored = np.dtype(packing.get("dtype", variable.dtype))
    if "_FillValue" in packing or "missing_value" in packing or stored.itemsize < 2:
        return None
    fill = needs("netCDF4", "prepare").default_fillvals.get(stored.str[1:])
    if fill is None:
        return None
    return float(fill) * float(packing.get("scale_factor", 1.0)) + float(packing.get("add_offset", 0.0))


def is_depth(where: str, name: str, attrs: Mapping[str, Any], positive: str | None) -> bool:
    """Whether the values grow downward: by the caller, the attribute positive, or a standard_name that is a depth."""
    said = str(attrs.get("positive", "")).lower() or None
    defined = "down" if DEPTH_STANDARD_NAMES.fullmatch(str(attrs.get("standard_name", ""))) else None
    if positive is None and said and defined and said != defined:
        raise DataError(f"{where}: says positive = {said!r}, but its standard_name {attrs['standard_name']} is a "
                        "depth; "
                        'say positive = "up" or "down"')
    direction = positive or said or defined
    if direction is None and name.lower() in DEPTH_NAMES:
        raise DataError(f"{where}: does not say whether {name} grows upward or downward; say positive = \"down\" or "
                        "\"up\"")
    if direction not in (None, "up", "down"):
        raise DataError(f"{where}: positive = {direction!r} must be up or down")
    return direction == "down"


def squeeze(where: str, variable: xarray.DataArray, dims: tuple[str, str],
            select: Mapping[str, Any]) -> tuple[xarray.DataArray, dict[str, str]]:
    """The variable on its two spatial dimensions, and what was selected along the others."""
    taken = {}
    for dim in [d for d in variable.dims if d not in dims]:
        if dim in select:
            if dim not in variable.coords:
                raise DataError(f"{where}: dimension {dim} has no coordinates to select {select[dim]!r} from")
            try:
                variable = variable.sel({dim: select[dim]}, method="nearest")
            except (KeyError, TypeError, ValueError) as error:
                raise ConfigError(f"{where}: cannot select {dim} = {select[dim]!r} ({error})") from error
            taken[str(dim)] = str(variable[dim].values)
        elif variable.sizes[dim] == 1:
            variable = variable.isel({dim: 0}, drop=True)
        else:
            raise DataError(f"{where}: has {variable.sizes[dim]} values along {dim}; say which with select, as in "
                            f"select = {{{str(dim)!r}: …}}")
    return variable, taken


def open_tile(source: Any, variable: str | None, opened: contextlib.ExitStack, *, crs: Any = None,
              units: str | None = None, positive: str | None = None, select: Mapping[str, Any] | None = None) -> Tile:
    """One variable of one source, ready to be read in parts; everything the file says about its values is applied.

    Parameters
    ----------
    source : path of a netCDF or GeoTIFF file, ``xarray.Dataset`` or ``xarray.DataArray``
    variable : name in the file; None: its only field, or its only elevation
    opened : closes the file, after which the tile cannot be read any more
    crs, units, positive : what a file that does not say so has
    select : dimension -> coordinate (the nearest is taken), for fields of more than two dimensions

    Raises
    ------
    IoError, DataError, ConfigError, NotBuilt
        for what cannot be read, understood, or is missing
    """
    name, data, netcdf = open_source(source, opened)
    if variable is None:
        variable = pick_variable(name, data)
    elif variable not in data.data_vars:
        raise MissingVariable(f"{name}: has no variable {variable}; it holds "
                              f"{', '.join(map(str, data.data_vars)) or 'none'}")
    where = f"{name}:{variable}"
    axes = spatial_axes(data, variable)
    if len(axes) != 2:
        curved = any(v.ndim == 2 and axis_kind(str(n), v) for n, v in data.variables.items())
        raise DataError(f"{where}: needs the axes lat and lon, or x and y, as one-dimensional coordinates, has "
                        f"{', '.join(map(str, data[variable].dims)) or 'no axes'}"
                        + ("; a curvilinear grid must be put on a regular one first" if curved else ""))
    for spoken, of in ((where, data[variable]), *((f"{name}:{n}", data.variables[n]) for n, _ in axes.values())):
        refuse_unread(spoken, of)
    kinds = {kind for _, kind in axes.values()}
    stated = source_crs(where, data, variable, kinds, crs)
    (x, x_falls), (y, y_falls) = (axis_values(where, axes[a][0], data.variables[axes[a][0]], bool(stated.is_geographic))
                                  for a in "xy")
    if stated.is_geographic:
        check_degrees(where, x, y)
    dims = tuple(str(data.variables[axes[a][0]].dims[0]) for a in "yx")
    stored, taken = squeeze(where, data[variable], dims, select or {})
    attrs = dict(data[variable].attrs)
    said = str(attrs.get("units", "")).strip()
    target, factor = in_units_of_marea(units if units is not None else said)
    turned = is_depth(where, variable, attrs, positive)
    for key in ("title", "institution", "references", "source", "history", "license"):
        if key in data.attrs:
            attrs.setdefault(f"file_{key}", str(data.attrs[key]))
    attrs["selected"] = ", ".join(f"{k} = {v}" for k, v in taken.items())
    return Tile(name, variable, x, y, stated, target, attrs, turned, stored, dims, (y_falls, x_falls),
                -factor if turned else factor, valid_range(where, data[variable]),
                never_written(data[variable]) if netcdf else None)
