# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Samples of a geographic grid on a local one: means, interpolation, gaps, components of vectors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ._compiled import DataError
from ._grid import LocalGrid, position, transformer, unwrap
from ._mosaic import Mosaic
from ._source import needs

if TYPE_CHECKING:
    import pyproj

BAND = 1 << 21  # points that are projected at a time


def bands(rows: int, columns: int) -> Iterator[slice]:
    step = max(1, BAND // columns)
    for start in range(0, rows, step):
        yield slice(start, min(start + step, rows))


def block_mean(mosaic: Mosaic, source: pyproj.CRS, grid: LocalGrid) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The mean of the samples that lie in each cell, and the numbers of samples with and without a value there.

    Each sample weighs as much as the area that it stands for, which shrinks towards the poles on a geographic grid.
    """
    ny, nx = grid.shape
    west, south, east, north = grid.edges
    total, weight, count, absent = (np.zeros(ny * nx) for _ in range(4))
    to_plane = transformer(source, grid.crs)
    columns = len(mosaic.x)
    if source.is_geographic:  # around a pole the axis closes on itself: each sample once
        columns = int(np.searchsorted(mosaic.x, mosaic.x[0] + 360 - 1e-6))
    height, width = np.gradient(mosaic.y), np.gradient(mosaic.x)
    if source.is_geographic:
        height *= np.cos(np.radians(mosaic.y))
    for rows in bands(len(mosaic.y), columns):
        x, y = to_plane.transform(*np.meshgrid(mosaic.x[:columns], mosaic.y[rows]))
        values = mosaic.values[rows, :columns].astype("f8")
        inside = (x >= west) & (x < east) & (y >= south) & (y < north)
        i = np.minimum(((x[inside] - west) / grid.cell[0]).astype(int), nx - 1)
        j = np.minimum(((y[inside] - south) / grid.cell[1]).astype(int), ny - 1)
        areas = np.outer(height[rows], width[:columns])[inside]
        values, cell = values[inside], j * nx + i
        there = ~np.isnan(values)
        total += np.bincount(cell[there], (areas * values)[there], ny * nx)
        weight += np.bincount(cell[there], areas[there], ny * nx)
        count += np.bincount(cell[there], minlength=ny * nx)
        absent += np.bincount(cell[~there], minlength=ny * nx)
    with np.errstate(invalid="ignore"):
        mean = np.where(count > 0, total / weight, np.nan)
    return mean.reshape(ny, nx), count.reshape(ny, nx).astype(int), absent.reshape(ny, nx).astype(int)


def bilinear(mosaic: Mosaic, source: pyproj.CRS, grid: LocalGrid) -> np.ndarray:
    """The bilinear interpolant of the samples at the centres, NaN beside a sample without a value.

    Within half a spacing outside the outermost samples it is constant across the edge.
    """
    interpolate = needs("scipy.interpolate", "prepare").RegularGridInterpolator((mosaic.y, mosaic.x), mosaic.values)
    back = transformer(grid.crs, source)
    result = np.empty(grid.shape)
    for rows in bands(*grid.shape):
        x, y = back.transform(*np.meshgrid(grid.x, grid.y[rows]))
        if source.is_geographic:
            x = unwrap(x, 0.5 * (mosaic.x[0] + mosaic.x[-1]))
        points = np.clip(y, mosaic.y[0], mosaic.y[-1]), np.clip(x, mosaic.x[0], mosaic.x[-1])
        result[rows] = interpolate(points)
    return result


@dataclass
class Gaps:
    """Cells of a field that had no value."""

    mask: np.ndarray
    farthest: float = 0.0  #: distance [m] of a filled cell to the nearest that has a value

    def __len__(self) -> int:
        return int(np.count_nonzero(self.mask))

    def places(self, grid: LocalGrid, most: int = 3) -> list[str]:
        """The largest connected gaps: size, extent and position."""
        ndimage = needs("scipy.ndimage", "prepare")
        labels, number = ndimage.label(self.mask)
        sizes = np.bincount(labels.ravel())[1:]
        boxes = ndimage.find_objects(labels)
        back = transformer(grid.crs, grid.crs.geodetic_crs)
        found = []
        for n in np.argsort(-sizes, kind="stable")[:most]:
            rows, columns = boxes[n]
            x, y = grid.x[columns], grid.y[rows]
            lon, lat = back.transform(0.5 * (x[0] + x[-1]), 0.5 * (y[0] + y[-1]))
            found.append(f"{sizes[n]} at x = {x[0]:.6g} … {x[-1]:.6g}, y = {y[0]:.6g} … {y[-1]:.6g} m, about "
                         f"{position(lon, lat)}")
        return found + ([f"{number - most} more places"] if number > most else [])


def fill(values: np.ndarray, grid: LocalGrid, how: str | float) -> Gaps:
    """Fill what is NaN in place: by the nearest cell, linearly between the cells around each gap, or with a number."""
    gaps = Gaps(np.isnan(values))
    if not len(gaps):
        return gaps
    ndimage = needs("scipy.ndimage", "prepare")
    steps = [float(np.median(np.diff(axis))) if len(axis) > 1 else 1.0 for axis in (grid.y, grid.x)]
    distance, nearest = ndimage.distance_transform_edt(gaps.mask, sampling=steps, return_indices=True)
    gaps.farthest = float(distance.max())
    if not isinstance(how, str):
        values[gaps.mask] = how
        return gaps
    closest = values[tuple(nearest)]
    if how == "linear":
        values[gaps.mask] = _between(values, gaps.mask, grid)
    values[np.isnan(values)] = closest[np.isnan(values)]
    return gaps


def _between(values: np.ndarray, mask: np.ndarray, grid: LocalGrid) -> np.ndarray:
    """Linear on the triangles of the cells that surround the gaps; NaN outside them."""
    ndimage, scipy = needs("scipy.ndimage", "prepare"), needs("scipy.spatial", "prepare")
    interpolate = needs("scipy.interpolate", "prepare")
    x, y = np.meshgrid(grid.x, grid.y)
    rim = ndimage.binary_dilation(mask, np.ones((3, 3))) & ~mask
    try:
        linear = interpolate.LinearNDInterpolator((x[rim], y[rim]), values[rim])
    except (scipy.QhullError, ValueError):  # the cells around lie on one line
        return np.full(np.count_nonzero(mask), np.nan)
    return linear(x[mask], y[mask])


def rotate(u: np.ndarray, v: np.ndarray, grid: LocalGrid, axes: pyproj.CRS) -> tuple[np.ndarray, np.ndarray]:
    """Components along x and y of the grid, from those along the axes of a CRS (east and north of a geographic one)."""
    back, to_plane = transformer(grid.crs, axes), transformer(axes, grid.crs)
    step = 1e-4 if axes.is_geographic else 10.0
    result = np.empty((2, *grid.shape))
    for rows in bands(*grid.shape):
        x, y = np.meshgrid(grid.x, grid.y[rows])
        a, b = back.transform(x, y)
        along = []
        for da, db in ((step, 0.0), (0.0, step)):
            high, low = to_plane.transform(a + da, b + db), to_plane.transform(a - da, b - db)
            dx, dy = high[0] - low[0], high[1] - low[1]
            length = np.hypot(dx, dy)
            along.append((dx / length, dy / length))
        for n in range(2):
            result[n, rows] = u[rows] * along[0][n] + v[rows] * along[1][n]
    return result[0], result[1]


def regrid(mosaic: Mosaic, source: pyproj.CRS, grid: LocalGrid, how: str) -> tuple[np.ndarray, str]:
    """A field on the grid by "mean", "linear" or "none", and a sentence on how it came about."""
    if how == "none":
        return mosaic.values.astype("f8"), "the file's own samples"
    if how == "linear":
        return bilinear(mosaic, source, grid), "bilinear between samples"
    values, count, absent = block_mean(mosaic, source, grid)
    if np.any(count + absent == 0):
        raise DataError(f"marea.prepare: {int(np.count_nonzero(count + absent == 0))} cells hold no sample; use "
                        "larger cells, or "
                        'regrid = "linear"')
    text = f"mean of the samples in each cell, {np.mean(count):.1f} of them ({count.min()} to {count.max()})"
    partly = int(np.count_nonzero((count > 0) & (absent > 0)))
    return values, text + (f"; {partly} cells rest on a part of their samples" if partly else "")
