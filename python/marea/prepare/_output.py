# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""The field file, the tables of a case file that go with it, and the sentences on both."""

from __future__ import annotations

import json
import os
import pathlib
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _grid as local
from ._compiled import IoError, __version__
from ._plane import Request
from ._regrid import Gaps
from ._source import unrotated

if TYPE_CHECKING:
    import pyproj
    import xarray

ROTATION = 7.292115e-5  # of the Earth [rad s-1]


def describe(grid: local.LocalGrid) -> str:
    west, south, east, north = grid.edges
    back = local.transformer(grid.crs, grid.crs.geodetic_crs)
    corners = [local.position(*back.transform(*corner)) for corner in ((west, south), (east, north))]
    ny, nx = grid.shape
    cells = f"{nx} x {ny} cells of {grid.cell[0]:.6g} x {grid.cell[1]:.6g} m" if grid.cell else f"{nx} x {ny} points"
    return (f"{cells}, from {corners[0]} to {corners[1]}, in {crs_text(grid.crs)}; "
            f"lengths on it are true to {100 * local.distortion(grid):.2g} %")


def crs_text(crs: pyproj.CRS) -> str:
    if crs.name != "unknown":
        return crs.name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a PROJ string says less than WKT: the file has the latter
        return crs.to_proj4()


def summary(request: Request, values: np.ndarray) -> str:
    units = request.first.units or ("m" if request.is_bathymetry else "")
    text = f"{request.output}: {values.min():.6g} to {values.max():.6g} {units}".rstrip()
    if request.is_bathymetry:
        text += f", {100 * np.mean(values < 0):.3g} % of the cells lie below 0"
    return text


def as_dataset(fields: dict[str, np.ndarray], filled: dict[str, Gaps], requests: list[Request], grid: local.LocalGrid,
               how: dict[str, str], fill: Any) -> xarray.Dataset:
    """The fields with axes, units and where they come from."""
    import xarray

    dataset = xarray.Dataset()
    for name, values in (("x", grid.x), ("y", grid.y)):
        dataset[name] = (name, values, {"units": "m", "standard_name": f"projection_{name}_coordinate",
                                        "axis": name.upper(), "long_name": f"{name} on the plane of crs_wkt"})
    for request in requests:
        tile, values = request.first, fields[request.output]
        attrs = {"units": tile.units or ("m" if request.is_bathymetry else "")}
        attrs |= {k: str(tile.attrs[k]) for k in ("long_name", "standard_name") if k in tile.attrs}
        if request.is_bathymetry:
            attrs.pop("standard_name", None)
            attrs |= {"long_name": "bed elevation, positive up", "positive": "up"}
        attrs |= {"cell_methods": "area: mean" if how[request.output] == "mean" else "area: point",
                  "source": f"{pathlib.Path(tile.name).name}:{tile.variable}",
                  "filled_cells": len(filled[request.output])}
        if len(filled[request.output]):
            attrs |= {"filled_with": str(fill), "filled_at_most_from": filled[request.output].farthest,
                      "filled_where": "; ".join(filled[request.output].places(grid, most=20))}
        if not attrs["units"]:
            del attrs["units"]
        dataset[request.output] = (("y", "x"), values, attrs)
    tile = requests[0].first
    titles = {str(t.attrs[key]) for r in requests for t in r.tiles
              for key in ("file_title", "file_source", "file_references") if key in t.attrs}
    names = list(dict.fromkeys(pathlib.Path(t.name).name for r in requests for t in r.tiles))
    lon, lat = grid.centre(unrotated(tile.crs))
    dataset.attrs = {"Conventions": "CF-1.10", "prepared_by": f"marea {__version__}",
                     "source": "; ".join([", ".join(names), *sorted(titles)]), "crs_wkt": grid.crs.to_wkt(),
                     "centre_longitude": float(lon), "centre_latitude": float(lat)}
    return dataset


def tables(grid: local.LocalGrid, requests: list[Request], output: Any) -> tuple[dict[str, Any], str]:
    """The table [grid], as it is and as text with what goes with it."""
    west, south, east, north = (round(edge, 6) for edge in grid.edges)
    ny, nx = grid.shape
    table = {"nx": nx, "ny": ny, "x": [west, east], "y": [south, north], "boundary_x": ["open", "open"],
             "boundary_y": ["open", "open"]}
    lines = ["[grid]", f"nx = {nx}", f"ny = {ny}", f"x = [{west!r}, {east!r}]", f"y = [{south!r}, {north!r}]",
             'boundary_x = ["open", "open"]', 'boundary_y = ["open", "open"]']
    if any(r.is_bathymetry for r in requests):
        lon, lat = grid.centre(grid.crs.geodetic_crs)
        path = pathlib.Path(output).expanduser() if output is not None else "FILE"
        lines += ["", "[solver]", 'name = "shallow_water"',
                  f"coriolis = {2 * ROTATION * np.sin(np.radians(lat)):.4g}  # at {local.position(lon, lat)} [s-1]", "",
                  "[solver.bathymetry]", f'file = {json.dumps(str(path), ensure_ascii=False)}']
    return table, "\n".join(lines) + "\n"


def write(path: str, dataset: xarray.Dataset) -> None:
    """A field file with dimension scales, whole or not at all."""
    import h5py

    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        with h5py.File(temporary, "w", libver=("earliest", "v110")) as file:
            file.attrs.update(dataset.attrs)
            for name in ("x", "y", *dataset.data_vars):
                file[name] = dataset[name].values
                file[name].attrs.update(dataset[name].attrs)
            for name in ("x", "y"):
                file[name].make_scale(name)
            for name in dataset.data_vars:
                for axis, scale in enumerate(("y", "x")):
                    file[name].dims[axis].attach_scale(file[scale])
        os.replace(temporary, path)
    except (OSError, RuntimeError) as error:  # HDF5's errors
        raise IoError(f"{path}: cannot be written ({error})") from error
    finally:
        pathlib.Path(temporary).unlink(missing_ok=True)
