# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""The samples of a box from all the tiles that hold them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ._compiled import DataError
from ._source import Tile, range_text


@dataclass
class Mosaic:
    """Samples of all tiles in a box: axes rising, longitudes running on over the dateline."""

    x: np.ndarray
    y: np.ndarray
    values: np.ndarray  #: [y, x], NaN where there is none
    differing: int = 0  #: samples that two tiles give with other values; the first tile's stand
    largest: float = 0.0  #: difference among them


def coverage(tiles: Sequence[Tile]) -> str:
    x, y = (tiles[0].axis_name(axis) for axis in "xy")
    shown = [f"{t.name}: {x} {range_text(t.x)}, {y} {range_text(t.y)}" for t in tiles[:4]]
    return "; ".join(shown) + ("; …" if len(tiles) > 4 else "")


def _merged(parts: Sequence[np.ndarray], native: float, what: str) -> np.ndarray:
    """One rising axis of all parts; coordinates that differ by less than a tenth of the spacing are one."""
    values = np.sort(np.concatenate(parts))
    values = values[np.concatenate([[True], np.diff(values) > 0.1 * native])]
    steps = np.diff(values)
    if len(steps) and steps.min() < 0.5 * native:
        raise DataError(f"marea.prepare: the files do not lie on one grid: their {what} interlock (spacings of "
                        f"{steps.min():.6g} and {native:.6g}); give files of one resolution")
    return values


def holes(axis: np.ndarray) -> np.ndarray:
    """Which distances of neighbours are 1.5 times the usual one or more: rows that a file leaves out.

    The usual distance is the median of the eleven around it, so that axes may be stretched.
    """
    steps = np.diff(axis)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(steps, 5, mode="reflect"), 11)
    return steps > 1.5 * np.median(around, axis=-1)


def spacing(axis: np.ndarray) -> tuple[float, float]:
    """Smallest and largest distance of neighbours beside the holes."""
    steps = np.diff(axis)[~holes(axis)]
    return float(steps.min()), float(steps.max())


def refuse_holes(tiles: Sequence[Tile], axis: str, low: float, high: float) -> None:
    """Refuses a file that leaves out rows or columns between `low` and `high` of which no other file has any."""
    for tile in tiles:
        values = getattr(tile, axis)
        usual = spacing(values)[1]
        for n in np.flatnonzero(holes(values)):
            start, end = values[n], values[n + 1]
            turns = range(-3, 4) if tile.geographic and axis == "x" else (0,)
            needed = any(end + 360.0 * turn > low and start + 360.0 * turn < high for turn in turns)
            others = np.concatenate([getattr(t, axis) for t in tiles])
            if needed and not np.any((others > start + 0.1 * usual) & (others < end - 0.1 * usual)):
                raise DataError(f"{tile.where}: its {tile.axis_name(axis)} leaves out what lies between {start:.10g} "
                                f"and {end:.10g}, where steps of {usual:.6g} at most are usual; values are not "
                                "interpolated over missing rows: give the whole file, the tile that holds them, or a "
                                "window beside them")


def assemble(tiles: Sequence[Tile], box: tuple[float, float, float, float], what: str, margin: int = 2,
             read: bool = True) -> Mosaic:
    """Read the samples of (west, south, east, north) and up to `margin` more on each side, from all tiles.

    Longitudes of the box may run beyond 180 or 360; a tile is taken at every multiple of 360
    degrees that meets the box.
    Only these samples are read; with ``read = False`` none, and only the coverage is checked.

    Raises
    ------
    DataError
        where the tiles do not reach to within half of their spacing of the box; `what` names the box in the message
    """
    west, south, east, north = box
    first = tiles[0]
    if any(not t.crs.equals(first.crs, ignore_axis_order=True) for t in tiles):
        raise DataError(f"marea.prepare: {first.name} and another file have different CRS; prepare them one at a time")
    if len({t.units for t in tiles}) > 1:
        units = " and in ".join(sorted({t.units or "no units" for t in tiles}))
        raise DataError(f"marea.prepare: {first.variable} is in {units}; give units, or files of one unit")
    (low_x, high_x), (low_y, high_y) = (
        (min(spacing(getattr(t, a))[0] for t in tiles), max(spacing(getattr(t, a))[1] for t in tiles)) for a in "xy")
    refuse_holes(tiles, "x", west, east)
    refuse_holes(tiles, "y", south, north)
    pieces = []
    for tile in tiles:
        rows = _inside(tile.y, south - margin * high_y, north + margin * high_y)
        for turn in range(-3, 4) if tile.geographic else (0,):
            columns = _inside(tile.x + 360.0 * turn, west - margin * high_x, east + margin * high_x)
            if rows.stop > rows.start and columns.stop > columns.start:
                pieces.append((tile, rows, columns, tile.x[columns] + 360.0 * turn))
    outside = DataError(f"marea.prepare: {what} is not covered: it needs {range_text((west, east))} by "
                        f"{range_text((south, north))}, there is {coverage(tiles)}")
    if not pieces:
        raise outside
    x = _merged([p[3] for p in pieces], low_x, f"{first.axis_name('x')}s" if first.geographic else "x")
    y = _merged([p[0].y[p[1]] for p in pieces], low_y, f"{first.axis_name('y')}s" if first.geographic else "y")
    reach = 0.5 + 1e-3  # of a spacing: a sample stands for the half of it on each side
    for axis, low, high, step in ((x, west, east, high_x), (y, south, north, high_y)):
        between = (np.diff(axis) > 1.5 * step) & (axis[1:] > low) & (axis[:-1] < high)  # two files
        if low < axis[0] - reach * step or high > axis[-1] + reach * step or np.any(between):
            raise outside
    mosaic = Mosaic(x, y, np.full((len(y), len(x)) if read else (0, 0), np.nan, "f4"))
    if not read:
        return mosaic
    for tile, rows, columns, tile_x in pieces:
        _place(mosaic, tile.read(rows, columns), tile_x, tile.y[rows])
    return mosaic


def _inside(axis: np.ndarray, low: float, high: float) -> slice:
    return slice(int(np.searchsorted(axis, low, "left")), int(np.searchsorted(axis, high, "right")))


def _nearest(axis: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.searchsorted(0.5 * (axis[1:] + axis[:-1]), values)


def _place(mosaic: Mosaic, values: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
    """Puts a piece where no earlier one has values, and counts where two differ."""
    if values.dtype.itemsize > mosaic.values.dtype.itemsize:
        mosaic.values = mosaic.values.astype(values.dtype)
    place = np.ix_(_nearest(mosaic.y, y), _nearest(mosaic.x, x))
    there = mosaic.values[place]
    difference = np.abs(there - values)
    other = difference > 0
    mosaic.differing += int(np.count_nonzero(other))
    mosaic.largest = max(mosaic.largest, float(difference[other].max(initial=0.0)))
    mosaic.values[place] = np.where(np.isnan(there), values, there)
