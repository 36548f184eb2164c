# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""From what the caller says about the grid to the grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _grid as local
from ._compiled import ConfigError, DataError
from ._mosaic import Mosaic, assemble
from ._source import Tile, as_crs, is_rotated, needs, range_text, unrotated

if TYPE_CHECKING:
    import pyproj


@dataclass
class Request:
    """One field to make."""

    output: str
    tiles: list[Tile]
    mosaic: Mosaic | None = None

    @property
    def first(self) -> Tile:
        return self.tiles[0]

    @property
    def is_bathymetry(self) -> bool:
        return self.output == "bathymetry"


def numbers(value: Any, count: int, key: str, rule: str) -> list[float]:
    try:
        found = [float(v) for v in value]
    except (TypeError, ValueError):
        found = []
    if len(found) != count or not np.all(np.isfinite(found)):
        raise ConfigError(f"marea.prepare: {key} = {value!r} must be {rule}")
    return found


MOST_CELLS = 10**9  #: of a grid that prepare makes


class Plane:
    """What the caller says about the grid, and the grid that follows from it."""

    def __init__(self, window: Any, crs: Any, x: Any, y: Any, cell: Any, cells: Any) -> None:
        self.window = None if window is None else check_window(window)
        self.crs = None if crs is None else plane_crs(crs)
        self.rectangle = None
        if (x is None) != (y is None) or x is not None and (window is not None or crs is None):
            raise ConfigError("marea.prepare: x and y are given together, with crs and instead of window")
        if x is not None:
            low_high = [numbers(v, 2, k, "(low, high) [m], low < high") for k, v in (("x", x), ("y", y))]
            for key, (low, high) in zip("xy", low_high):
                if not low < high:
                    raise ConfigError(f"marea.prepare: {key} = ({low}, {high}) must rise")
            self.rectangle = (low_high[0][0], low_high[1][0], low_high[0][1], low_high[1][1])
        if cell is not None and cells is not None:
            raise ConfigError("marea.prepare: cell and cells exclude each other")
        pair = [cell, cell] if np.isscalar(cell) else cell
        self.cell = None if cell is None else numbers(pair, 2, "cell", "a length or (dx, dy) [m]")
        self.cells = None if cells is None else numbers(cells, 2, "cells", "(nx, ny)")
        if self.cell is not None and min(self.cell) <= 0:
            raise ConfigError(f"marea.prepare: cell = {cell} must be greater than 0")
        if self.cells is not None and (min(self.cells) < 2 or any(n % 1 for n in self.cells)):
            raise ConfigError(f"marea.prepare: cells = {cells} must be whole numbers, 2 or more")
        self.what = "the grid" if window is None else "the window"

    def grid_of(self, requests: list[Request], regrid: str) -> local.LocalGrid:
        tile = requests[0].first
        lonlat = unrotated(tile.crs) if tile.geographic else needs("pyproj", "prepare").CRS.from_epsg(4326)
        box, box_crs = self.box(requests[0].tiles, lonlat)
        middle = centre_of(box)
        if is_rotated(box_crs):
            middle = local.transformer(box_crs, lonlat).transform(*middle)
        own_plane = self.crs is None and tile.geographic
        if self.window is not None and tile.geographic and not tile.rotated:
            check_covered(requests, self.window)
        target = self.crs or (local.around(*middle) if tile.geographic else tile.crs)
        if regrid == "none":
            return self.own_points(requests, target, box, box_crs)
        if self.rectangle is not None:
            return self.exact(target, tile)
        rectangle = local.inscribed(local.transformer(box_crs, target), box)
        steps = local.metres_between(tile, target, *centre_of(rectangle))
        low, cell, count = self.divide(rectangle, steps, aligned=not own_plane)
        if own_plane:
            target, low = local.around(*middle, *low), (0.0, 0.0)
        return local.LocalGrid.of_cells(target, low, cell, count)

    def box(self, tiles: list[Tile], lonlat: pyproj.CRS) -> tuple[local.Box, pyproj.CRS]:
        """The window, or all that there is, with the CRS it is meant in."""
        if self.window is not None:
            return self.window, lonlat
        box = (min(t.x[0] for t in tiles), min(t.y[0] for t in tiles), max(t.x[-1] for t in tiles),
               max(t.y[-1] for t in tiles))
        if self.rectangle is None and tiles[0].geographic and (box[2] - box[0] > 180 or box[3] - box[1] > 90):
            raise ConfigError(f"marea.prepare: the sources reach over longitudes {range_text((box[0], box[2]))} and "
                              "latitudes "
                              f"{range_text((box[1], box[3]))}, too much for a plane; name a window")
        return tuple(map(float, box)), tiles[0].crs

    def divide(self, rectangle: Sequence[float], steps: tuple[float, float],
               aligned: bool) -> tuple[tuple[float, float], tuple[float, float], tuple[int, int]]:
        """Low corner, cell and number of cells: all there is room for, in the middle or at multiples of the cell."""
        lengths = [rectangle[2] - rectangle[0], rectangle[3] - rectangle[1]]
        if self.cells is not None:
            count = tuple(int(n) for n in self.cells)
            return tuple(rectangle[:2]), tuple(lengths[a] / count[a] for a in range(2)), count
        cell = tuple(self.cell or [round_up(max(steps))] * 2)
        low, count = [], []
        for a in range(2):
            n = int(np.floor(lengths[a] / cell[a] + 1e-9))
            start = rectangle[a] + 0.5 * (lengths[a] - n * cell[a])
            if aligned:
                start = np.ceil(rectangle[a] / cell[a] - 1e-9) * cell[a]
                n = int(np.floor((rectangle[a + 2] - start) / cell[a] + 1e-9))
            low.append(float(start))
            count.append(n)
        if count[0] * count[1] > MOST_CELLS:
            raise ConfigError(f"marea.prepare: {count[0]} x {count[1]} cells of {cell[0]:g} x {cell[1]:g} m are more than "
                              f"{MOST_CELLS:.0e}; take larger cells or a smaller window")
        if min(count) < 2:
            raise ConfigError(f"marea.prepare: cells of {cell[0]:g} x {cell[1]:g} m do not fit twice into "
                              f"{lengths[0]:.6g} x "
                              f"{lengths[1]:.6g} m; take smaller cells or a larger window")
        return tuple(low), cell, tuple(count)

    def exact(self, target: pyproj.CRS, tile: Tile) -> local.LocalGrid:
        """Cells that fill `x` and `y`."""
        west, south, east, north = self.rectangle
        lengths = (east - west, north - south)
        if self.cells is None and self.cell is None:
            side = round_up(max(local.metres_between(tile, target, *centre_of(self.rectangle))))
            count = [max(2, int(length / side)) for length in lengths]
        elif self.cells is not None:
            count = [int(n) for n in self.cells]
        else:
            count = [max(1, round(lengths[a] / self.cell[a])) for a in range(2)]
            for a in range(2):
                if abs(count[a] * self.cell[a] - lengths[a]) > 1e-9 * lengths[a]:
                    raise ConfigError(f"marea.prepare: {'xy'[a]} spans {lengths[a]:.10g} m, no whole number of cells "
                                      "of "
                                      f"{self.cell[a]:.10g} m; {count[a] * self.cell[a]:.10g} m would be")
        cell = tuple(lengths[a] / count[a] for a in range(2))
        return local.LocalGrid.of_cells(target, (west, south), cell, tuple(count))

    def own_points(self, requests: list[Request], target: pyproj.CRS, box: Any, box_crs: pyproj.CRS) -> local.LocalGrid:
        """The samples themselves, for regrid = "none"."""
        if self.cell or self.cells or self.rectangle:
            raise ConfigError('marea.prepare: regrid = "none" keeps the samples; leave cell, cells, x and y out')
        if not box_crs.equals(requests[0].first.crs, ignore_axis_order=True):
            raise ConfigError('marea.prepare: regrid = "none" takes no window in degrees from projected files or those '
                              'of a rotated pole; leave it out')
        for request in requests:
            request.mosaic = trimmed(assemble(request.tiles, box, self.what), box)
        first = requests[0].mosaic
        for request in requests[1:]:
            if not (np.array_equal(request.mosaic.x, first.x) and np.array_equal(request.mosaic.y, first.y)):
                raise DataError(f'marea.prepare: {request.output} lies on other samples than {requests[0].output}; '
                                'use regrid '
                                '= "linear" or "mean"')
        x, y = local.mapped_axes(first.x, first.y, requests[0].first.crs, target)
        return local.LocalGrid(target, x, y, uniform_cell(x, y))


def check_window(window: Any) -> local.Box:
    west, south, east, north = numbers(window, 4, "window", "(west, south, east, north) in degrees")
    if not -90 <= south < north <= 90:
        raise ConfigError(f"marea.prepare: window has south = {south:g} and north = {north:g}; -90 <= south < north "
                          "<= 90 must "
                          "hold, and the order is west, south, east, north")
    if abs(west) > 360 or abs(east) > 360:
        raise ConfigError(f"marea.prepare: window has west = {west:g} and east = {east:g}; longitudes lie within 360 "
                          "degrees")
    width = (east - west) % 360
    if not 0 < width <= 180:
        raise ConfigError(f"marea.prepare: the window runs {width or 360:g} degrees east, from {west:g} to {east:g}, "
                          "too far for "
                          "a plane; the order is west, south, east, north")
    return west, south, west + width, north


def plane_crs(value: Any) -> pyproj.CRS:
    crs = as_crs(value, "crs")
    if crs.is_geographic or crs.is_geocentric or any(a.unit_conversion_factor != 1.0 for a in crs.axis_info[:2]):
        raise ConfigError(f"marea.prepare: crs = {value!r} ({crs.name}) must be a projection in metres")
    return crs


def centre_of(box: Sequence[float]) -> tuple[float, float]:
    return 0.5 * (box[0] + box[2]), 0.5 * (box[1] + box[3])


def round_up(length: float) -> float:
    """Two significant digits, not less than the length."""
    unit = 10.0 ** (np.floor(np.log10(length)) - 1)
    return float(f"{np.ceil(length / unit - 1e-6) * unit:.6g}")


def uniform_cell(x: np.ndarray, y: np.ndarray) -> tuple[float, float] | None:
    steps = np.diff(x), np.diff(y)
    if all(np.ptp(s) < 1e-6 * s.mean() for s in steps):
        return float(steps[0].mean()), float(steps[1].mean())
    return None


def trimmed(mosaic: Mosaic, box: Sequence[float]) -> Mosaic:
    """Without the margin around the box."""
    slack = 1e-9 * max(map(abs, box))
    columns = (mosaic.x >= box[0] - slack) & (mosaic.x <= box[2] + slack)
    rows = (mosaic.y >= box[1] - slack) & (mosaic.y <= box[3] + slack)
    values = mosaic.values[np.ix_(rows, columns)]
    return Mosaic(mosaic.x[columns], mosaic.y[rows], values, mosaic.differing, mosaic.largest)


def check_covered(requests: list[Request], window: local.Box) -> None:
    """That the files hold the whole window and not only the rectangle inside it."""
    for request in requests:
        assemble(request.tiles, window, "the window", read=False)
