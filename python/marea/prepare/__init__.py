# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Real bathymetry and forcing: from published files on longitudes and latitudes to a field file on a local grid.

>>> made = marea.prepare("GEBCO_2024.nc", "bathymetry.h5", window=(-126, 48, -122, 50), cell=1000.0)
>>> print(made)                                 # what was done, and the tables to paste into the case file
>>> made.dataset.bathymetry.plot()

The same in the shell::

    python -m marea.prepare GEBCO_2024.nc --window -126 48 -122 50 --cell 1000 --output bathymetry.h5

The packages pyproj, scipy and netCDF4 do the work (``pip install "marea[prepare]"``); GeoTIFF and ESRI ASCII files
need rasterio and rioxarray as well (``pip install "marea[geotiff]"``).
"""

from __future__ import annotations

import argparse
import contextlib
import glob
import os
import pathlib
import sys
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _grid as local
from . import _regrid as regridding
from ._compiled import ConfigError, DataError, IoError, NotBuilt
from ._mosaic import assemble
from ._output import as_dataset, describe, summary, tables, write
from ._plane import Plane, Request
from ._source import MissingVariable, is_elevation, is_rotated, open_tile, range_text, unrotated

if TYPE_CHECKING:
    import xarray

HIGHEST, DEEPEST = 9000.0, -11500.0  # [m], beyond everything on the Earth


@dataclass
class Prepared:
    """What `prepare` made; as text, the report and the tables to paste."""

    path: str | None  #: the field file
    dataset: xarray.Dataset  #: its content
    grid: dict[str, Any]  #: the table [grid] of a case file
    toml: str  #: that table as text, and the one that names the file
    report: list[str]  #: what was done, a sentence a line
    filled: dict[str, np.ndarray] = field(repr=False)  #: field -> where it had no value [y, x]

    def __str__(self) -> str:
        return "\n".join(self.report) + "\n\n" + self.toml


def prepare(sources: Any, output: str | os.PathLike[str] | None = None, *, window: Sequence[float] | None = None,
            crs: Any = None, x: Sequence[float] | None = None, y: Sequence[float] | None = None,
            cell: float | Sequence[float] | None = None, cells: Sequence[int] | None = None, regrid: str = "auto",
            fill: str | float | None = None, variables: str | Sequence[str] | Mapping[str, str] | None = None,
            units: str | Mapping[str, str] | None = None, positive: str | Mapping[str, str] | None = None,
            select: Mapping[str, Any] | None = None, vectors: Sequence[Sequence[str]] | None = None,
            source_crs: Any = None) -> Prepared:
    """Put published fields on a local Cartesian grid, and write them as a field file of marea.

    Only the samples of the window are read. Scale factors, offsets, fill values, valid ranges, falling axes, longitudes
    of 0 to 360 or -180 to 180 degrees, depths that are positive down and known units are applied as the file states
    them; what cannot be understood is refused.

    Parameters
    ----------
    sources : path, ``xarray.Dataset`` or ``xarray.DataArray``, or a list of these: the tiles of one grid
        Paths may hold ``*``. GEBCO, ETOPO, EMODnet and what else xarray opens as netCDF, GeoTIFF, ESRI ASCII.
    output : field file to write; None: only return it
    window : (west, south, east, north) in degrees; default: the whole extent of the sources
        West beyond east, or east beyond 180, runs over the dateline. The grid is the rectangle between the projected
        sides, so that nothing of it lies outside of the window.
    crs : coordinate reference system of the grid as pyproj takes it, in metres
        Default: that of the sources where they are projected, else the azimuthal equidistant projection about the
        window's centre, with the origin in the grid's south-western corner.
    x, y : extents (low, high) [m] of the grid in `crs`, instead of a window
    cell : side of the cells [m], or (dx, dy); default: the spacing of the samples
    cells : (nx, ny) instead
    regrid : {"auto", "mean", "linear", "none"}
        "mean" of all samples in a cell; "linear" between samples; "none" keeps the samples where they lie, for
        cylindrical projections alone. "auto": the mean where cells are 1.5 times wider than the samples' spacing.
    fill : {"nearest", "linear"} or a number, for cells without a value; default: they are an error
        What was filled is in the report, in `filled`, and in the file's attributes.
    variables : name in the files, several, or {name of the field: name in the files}
        Default: the only field, or the only one that is an elevation; elevations become "bathymetry".
    units, positive : units of values, and "up" or "down", where the files are silent or wrong; or {field: …}
    select : {dimension: coordinate} for what has more than two dimensions; the nearest is taken
    vectors : pairs of fields that are components along the axes of the sources (east and north), to be turned to those
        of the grid; default: those whose standard names say so (eastward_wind and northward_wind, x_wind and y_wind)
    source_crs : of sources that do not state any; default WGS 84 for longitudes and latitudes

    Returns
    -------
    Prepared
        the content of the file as ``xarray.Dataset``, the table [grid], and the report

    Raises
    ------
    ConfigError
        for an argument
    DataError
        for what a source holds or lacks: both ranges where it does not cover the window, the number and the places of
        cells without a value
    IoError
        for a file that is not there
    NotBuilt
        for a package that is not installed
    """
    check_output(output)
    check_words(regrid, fill)
    plane = Plane(window, crs, x, y, cell, cells)
    with contextlib.ExitStack() as opened:
        requests = open_requests(sources, variables, opened, units=units, positive=positive, select=select,
                                 source_crs=source_crs)
        grid = plane.grid_of(requests, regrid)
        report = [describe(grid)]
        fields, how = {}, {}
        filled: dict[str, regridding.Gaps] = {}
        for request in requests:
            name = request.output
            how[name] = method(request, grid, regrid)
            fields[name], filled[name], lines = make_field(request, grid, plane.what, how[name], fill)
            report += lines
    report += turn_vectors(fields, requests, grid, vectors)
    report += [summary(request, fields[request.output]) for request in requests]
    dataset = as_dataset(fields, filled, requests, grid, how, fill)
    table, toml = tables(grid, requests, output)
    path = None
    if output is not None:
        path = str(pathlib.Path(output).expanduser())
        write(path, dataset)
        report.append(f"wrote {path}")
    return Prepared(path, dataset, table, toml, report, {name: gaps.mask for name, gaps in filled.items()})


# ---- Arguments ----------------------------------------------------------------------------------------------------
def check_words(regrid: str, fill: Any) -> None:
    if regrid not in ("auto", "mean", "linear", "none"):
        raise ConfigError(f'marea.prepare: regrid = {regrid!r} must be "auto", "mean", "linear" or "none"')
    number = isinstance(fill, (int, float)) and not isinstance(fill, bool) and np.isfinite(fill)
    if fill is not None and not number and fill not in ("nearest", "linear"):
        raise ConfigError(f'marea.prepare: fill = {fill!r} must be "nearest", "linear" or a finite number')


def check_output(output: Any) -> None:
    """An output that exists must be one that `prepare` wrote."""
    import h5py

    if output is None:
        return
    path = pathlib.Path(output).expanduser()
    if not path.parent.is_dir():
        raise IoError(f"{path}: the folder {path.parent} does not exist")
    if not path.exists():
        return
    try:
        with h5py.File(path, "r") as file:
            own = "prepared_by" in file.attrs
    except OSError:
        own = False
    if not own:
        raise ConfigError(f"{path}: exists and was not written by marea.prepare; name another output, or remove it")


def by_field(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else value


def open_requests(sources: Any, variables: Any, opened: contextlib.ExitStack, *, units: Any, positive: Any, select: Any,
                  source_crs: Any) -> list[Request]:
    """The fields to make with the files that hold them; nothing is read yet."""
    sources = source_list(sources)
    wanted: list[tuple[str | None, str | None]] = [(None, None)]
    if isinstance(variables, str):
        wanted = [(None, variables)]
    elif isinstance(variables, Mapping):
        wanted = list(variables.items())
    elif variables is not None:
        wanted = [(None, name) for name in variables]
    requests: list[Request] = []
    for output, name in wanted:
        tiles, missing = [], None
        for source in sources:
            key = output or name or "bathymetry"
            try:
                tiles.append(open_tile(source, name, opened, crs=source_crs, units=by_field(units, key),
                                       positive=by_field(positive, key), select=select))
            except MissingVariable as error:
                missing = error
        if not tiles or missing is not None and len(wanted) == 1:
            raise missing
        if output is None:
            one = len(wanted) == 1 and is_elevation(tiles[0].variable, tiles[0].attrs)
            output = "bathymetry" if one else tiles[0].variable
        if output in ("x", "y", "z") or "/" in output or output in [r.output for r in requests]:
            raise ConfigError(f"marea.prepare: a field cannot be called {output!r}"
                              f"{', it is that of an axis' if output in 'xyz' else ', it stands twice or holds a /'}; "
                              "name it as in variables = {\"bathymetry\": \"z\"}")
        requests.append(Request(output, tiles))
    return requests


def source_list(sources: Any) -> list[Any]:
    if isinstance(sources, (str, os.PathLike)) or not isinstance(sources, (list, tuple)):
        sources = [sources]
    found = []
    for source in sources:
        pattern = os.path.expanduser(os.fspath(source)) if isinstance(source, (str, os.PathLike)) else None
        if pattern is not None and glob.has_magic(pattern) and not os.path.exists(pattern):
            files = sorted(glob.glob(pattern))
            if not files:
                raise IoError(f"{pattern}: no file has a name like this")
            found += files
        else:
            found.append(source)
    if not found:
        raise ConfigError("marea.prepare: sources is empty; name a file")
    return found


# ---- The fields ---------------------------------------------------------------------------------------------------
def method(request: Request, grid: local.LocalGrid, regrid: str) -> str:
    """"auto" becomes the mean where every cell holds a sample, wherever they lie."""
    if regrid != "auto":
        return regrid
    steps = local.metres_between(request.first, grid.crs, *grid.middle)
    return "mean" if min(grid.cell) >= 1.5 * max(steps) else "linear"


def make_field(request: Request, grid: local.LocalGrid, what: str, how: str,
               fill: Any) -> tuple[np.ndarray, regridding.Gaps, list[str]]:
    """One field on the grid, its gaps, and the sentences on it."""
    source = request.first.crs
    if request.mosaic is None:
        request.mosaic = assemble(request.tiles, local.footprint(grid, source, how == "mean"), what)
    mosaic = request.mosaic
    stored = sum(len(t.x) * len(t.y) for t in request.tiles)
    lines = [f"{request.output}: {request.first.where}{said(request)}; {len(mosaic.x)} x {len(mosaic.y)} of {stored} "
             "samples "
             f"read{f' from {len(request.tiles)} files' if len(request.tiles) > 1 else ''}"]
    if mosaic.differing:
        lines.append(f"  {mosaic.differing} samples stand in two files with values up to {mosaic.largest:.6g} apart; "
                     "the file "
                     "that was named first counts")
    values, text = regridding.regrid(mosaic, source, grid, how)
    lines.append(f"  {text}")
    missing = int(np.count_nonzero(np.isnan(values)))
    if missing == values.size:
        raise DataError(f"{request.first.where}: has no value at all in {what}")
    if missing and fill is None:
        gaps = regridding.Gaps(np.isnan(values))
        raise DataError(f"{request.first.where}: {missing} of {values.size} cells have no value: "
                        f"{'; '.join(gaps.places(grid))}; say fill = \"nearest\", \"linear\" or a number, or move "
                        "the window")
    gaps = regridding.fill(values, grid, fill if fill is not None else "nearest")
    if missing:
        shown = f'"{fill}"' if isinstance(fill, str) else f"{fill:g}"
        lines.append(f"  {missing} of {values.size} cells ({100 * missing / values.size:.2g} %) had no value and "
                     "were filled with "
                     f"{shown}, at most {gaps.farthest:.6g} m from a value: {'; '.join(gaps.places(grid))}")
    else:
        lines.append("  no cell was without a value")
    check_bathymetry(request, values)
    return values, gaps, lines


def said(request: Request) -> str:
    tile = request.first
    parts = [f"in {tile.attrs['units']}" if tile.attrs.get("units") else "without units" if not tile.units else ""]
    if not tile.units and request.is_bathymetry:
        parts = ["which states no units, metres are assumed"]
    if tile.turned:
        parts.append("positive down, turned")
    if tile.attrs.get("selected"):
        parts.append(tile.attrs["selected"])
    return "".join(f", {part}" for part in parts if part)


def check_bathymetry(request: Request, values: np.ndarray) -> None:
    if not request.is_bathymetry:
        return
    tile = request.first
    if tile.units not in ("m", ""):
        raise DataError(f"{tile.where}: is in {tile.units!r}; a length is needed, say units = \"m\" where the file "
                        "is wrong")
    if values.min() < DEEPEST or values.max() > HIGHEST:
        raise DataError(f"{tile.where}: elevations of {range_text((values.min(), values.max()))} m do not exist on "
                        "the Earth; "
                        "say its units, or check its scale_factor and _FillValue")


def turn_vectors(fields: dict[str, np.ndarray], requests: list[Request], grid: local.LocalGrid,
                 vectors: Any) -> list[str]:
    """Turns components along the sources' axes to the grid's, in place."""
    by_name = {r.output: r for r in requests}
    lines = []
    for u, v in vector_pairs(by_name, grid, vectors):
        axes = component_axes(by_name[u])
        if axes.equals(grid.crs, ignore_axis_order=True):
            continue
        fields[u], fields[v] = regridding.rotate(fields[u], fields[v], grid, axes)
        for name in (u, v):
            for request in by_name[name].tiles:
                request.attrs.pop("standard_name", None)
                request.attrs["long_name"] = f"component along {'x' if name == u else 'y'} of the grid"
        compass = axes.is_geographic and not is_rotated(axes)
        lines.append(f"{u}, {v}: turned from {'east and north' if compass else 'the axes of the source'} to the axes "
                     "of the grid")
    return lines


# Words of standard names that make a field the component of a vector, and those of its partner.
PARTNERS = {"eastward": "northward", "northward": "eastward", "x": "y", "y": "x"}


def standard_words(request: Request) -> list[str]:
    return str(request.first.attrs.get("standard_name", "")).split("_")


def component_axes(request: Request) -> Any:
    """The CRS along whose axes a component lies: the Earth's, or (x_wind, grid_eastward_wind) the source's."""
    words, crs = standard_words(request), request.first.crs
    return unrotated(crs) if {"eastward", "northward"} & set(words) and words[0] != "grid" else crs


def vector_pairs(requests: dict[str, Request], grid: local.LocalGrid, vectors: Any) -> list[tuple[str, str]]:
    """Fields that are the first and second component of a vector."""
    if vectors is not None:
        for pair in vectors:
            if isinstance(pair, str) or len(pair) != 2 or any(name not in requests for name in pair):
                raise ConfigError(f"marea.prepare: vectors holds {pair!r}; pairs of the fields {', '.join(requests)} "
                                  "are needed")
        return [tuple(pair) for pair in vectors]
    named = {"_".join(standard_words(request)): name for name, request in requests.items()}
    pairs = []
    for full, name in named.items():
        words = full.split("_")
        places = [n for n, word in enumerate(words) if word in PARTNERS]
        if len(places) != 1 or component_axes(requests[name]).equals(grid.crs, ignore_axis_order=True):
            continue
        own = words[places[0]]
        words[places[0]] = PARTNERS[own]
        partner = named.get("_".join(words))
        if partner is None:
            raise DataError(f"{requests[name].first.where}: {full} is one component of a vector, which the grid's "
                            f"axes turn; take {'_'.join(words)} as well, or say vectors = []")
        if own in ("eastward", "x"):
            pairs.append((name, partner))
    return pairs


# ---- The program --------------------------------------------------------------------------------------------------
def pairs(texts: Sequence[str], key: str) -> dict[str, Any]:
    """NAME=VALUE of the command line; a value that is a number becomes one."""
    found: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise ConfigError(f"marea.prepare: --{key} {text} must be NAME=VALUE")
        found[name] = number_or_text(value)
    return found


def number_or_text(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m marea.prepare", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Put published bathymetry or other fields on a local Cartesian grid, and write them as a field "
                    "file.",
        epilog="example:\n  python -m marea.prepare GEBCO_2024.nc --window -126 48 -122 50 --cell 1000 --output "
               "bathymetry.h5")
    add = made.add_argument
    add("sources", nargs="+", help="netCDF or GeoTIFF file; several are the tiles of one grid")
    add("-o", "--output", required=True, help="field file to write")
    add("--window", nargs=4, type=float, metavar=("WEST", "SOUTH", "EAST", "NORTH"),
        help="degrees; west beyond east runs over the dateline; default: the whole file")
    add("--crs", help='projection of the grid, such as EPSG:32610 or "+proj=…"; default: azimuthal equidistant')
    add("--x", nargs=2, type=float, metavar=("LOW", "HIGH"), help="extent [m] in --crs, with --y instead of --window")
    add("--y", nargs=2, type=float, metavar=("LOW", "HIGH"))
    add("--cell", nargs="+", type=float, metavar="SIZE", help="side of a cell [m], or dx and dy; default: the samples'")
    add("--cells", nargs=2, type=int, metavar=("NX", "NY"), help="number of cells instead")
    add("--regrid", default="auto", help="mean (of the samples in a cell), linear, none, or auto (default)")
    add("--fill", type=number_or_text, help="nearest, linear or a number for cells without a value; default: an error")
    add("--variable", action="append", metavar="[FIELD=]NAME", help="field to take, what to call it; may be repeated")
    add("--units", help="units of the values where the file does not say them")
    add("--positive", help="up or down, where the file does not say it")
    add("--select", action="append", default=[], metavar="DIMENSION=VALUE", help="coordinate along a further dimension")
    add("--vector", action="append", nargs=2, metavar=("U", "V"), help="components along east and north, to be turned")
    add("--source-crs", help="CRS of a file that does not state any")
    return made


def named_variables(texts: Sequence[str] | None) -> Any:
    if not texts:
        return None
    if not any("=" in text for text in texts):
        return texts[0] if len(texts) == 1 else list(texts)
    return {text.partition("=")[0]: text.partition("=")[2] or text for text in texts}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0, 2 for wrong usage, 3 for bad input, 5 for a file that is not there or cannot be written."""
    options = parser().parse_args(arguments)
    cell = options.cell[0] if options.cell and len(options.cell) == 1 else options.cell
    try:
        print(prepare(options.sources, options.output, window=options.window, crs=options.crs, x=options.x, y=options.y,
                      cell=cell, cells=options.cells, regrid=options.regrid, fill=options.fill,
                      variables=named_variables(options.variable), units=options.units, positive=options.positive,
                      select=pairs(options.select, "select"), vectors=options.vector, source_crs=options.source_crs),
              end="")
    except (ConfigError, DataError, NotBuilt) as error:
        print(f"error: {error}", file=sys.stderr)
        return 3
    except IoError as error:
        print(f"error: {error}", file=sys.stderr)
        return 5
    return 0


class _Callable(types.ModuleType):
    """Lets ``marea.prepare(…)`` and ``marea.prepare.prepare(…)`` be the same."""

    def __call__(self, *arguments: Any, **options: Any) -> Prepared:
        return prepare(*arguments, **options)


sys.modules[__name__].__class__ = _Callable
