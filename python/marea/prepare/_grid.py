# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""A local Cartesian grid on the Earth. The projections are PROJ's."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ._compiled import ConfigError
from ._source import Tile, needs

if TYPE_CHECKING:
    import pyproj

Box = tuple[float, float, float, float]  # west, south, east, north

@functools.lru_cache(maxsize=64)
def transformer(source: pyproj.CRS, target: pyproj.CRS) -> pyproj.Transformer:
    return needs("pyproj", "prepare").Transformer.from_crs(source, target, always_xy=True)


def outline(west: float, south: float, east: float, north: float, points: int = 201) -> dict[str, tuple[Any, Any]]:
    """Points along the four sides of a box: x and y of each."""
    x, y = np.linspace(west, east, points), np.linspace(south, north, points)
    return {"west": (np.full(points, west), y), "east": (np.full(points, east), y),
            "south": (x, np.full(points, south)), "north": (x, np.full(points, north))}


def inscribed(to_plane: pyproj.Transformer, box: Box) -> Box:
    """The rectangle between the projected sides of a box: no part of it lies outside.

    Raises
    ------
    ConfigError
        where the sides bend so much that nothing is between them
    """
    sides = {name: to_plane.transform(*points) for name, points in outline(*box).items()}
    west, east = sides["west"][0].max(), sides["east"][0].min()
    south, north = sides["south"][1].max(), sides["north"][1].min()
    if not (np.all(np.isfinite([west, east, south, north])) and west < east and south < north):
        raise ConfigError("marea.prepare: the window is too large for this projection, its sides cross; take a "
                          "smaller window "
                          "or another crs")
    return float(west), float(south), float(east), float(north)


def around(lon: float, lat: float, west: float = 0.0, south: float = 0.0) -> pyproj.CRS:
    """Azimuthal equidistant plane about a point, its origin moved to (west, south) [m] from there.

    Lengths from the centre are true; others err by (r / R)^2 / 6 at the distance r, 0.1 % at 500 km.
    """
    lat, lon, west, south = map(float, (lat, (lon + 180) % 360 - 180, west, south))
    return needs("pyproj", "prepare").CRS.from_proj4(
        f"+proj=aeqd +lat_0={lat!r} +lon_0={lon!r} +x_0={-west!r} +y_0={-south!r} +datum=WGS84 +units=m +no_defs")


@dataclass
class LocalGrid:
    """Cells of a rectangle in the plane of `crs`, or points on axes of their own (`cell` is None)."""

    crs: pyproj.CRS
    x: np.ndarray  #: centres [m], rising
    y: np.ndarray
    cell: tuple[float, float] | None

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.y), len(self.x)

    @property
    def edges(self) -> Box:
        """West, south, east, north of the outermost cells; of axes with unequal steps, of the outermost points."""
        half = (0.0, 0.0) if self.cell is None else (0.5 * self.cell[0], 0.5 * self.cell[1])
        return (float(self.x[0] - half[0]), float(self.y[0] - half[1]),
                float(self.x[-1] + half[0]), float(self.y[-1] + half[1]))

    @property
    def middle(self) -> tuple[float, float]:
        return 0.5 * (self.x[0] + self.x[-1]), 0.5 * (self.y[0] + self.y[-1])

    def centre(self, crs: pyproj.CRS) -> tuple[float, float]:
        """The middle of the grid in another CRS: longitude and latitude in a geographic one."""
        return transformer(self.crs, crs).transform(*self.middle)

    @classmethod
    def of_cells(cls, crs: pyproj.CRS, low: tuple[float, float], cell: tuple[float, float],
                 cells: tuple[int, int]) -> LocalGrid:
        x, y = (low[a] + cell[a] * (np.arange(cells[a]) + 0.5) for a in range(2))
        return cls(crs, x, y, cell)


def footprint(grid: LocalGrid, source: pyproj.CRS, cells: bool) -> Box:
    """West, south, east, north in the source's CRS that hold all cells, or all their centres; longitudes run on."""
    box = grid.edges if cells else (float(grid.x[0]), float(grid.y[0]), float(grid.x[-1]), float(grid.y[-1]))
    back = transformer(grid.crs, source)
    sides = [back.transform(*points) for points in outline(*box).values()]
    x, y = (np.concatenate([side[a] for side in sides]) for a in range(2))
    if not np.all(np.isfinite(x)) or not np.all(np.isfinite(y)):
        raise ConfigError("marea.prepare: the grid reaches beyond what the projection can show; take a smaller "
                          "window or "
                          "another crs")
    south, north = y.min(), y.max()
    if not source.is_geographic:
        return float(x.min()), float(south), float(x.max()), float(north)
    centre = back.transform(0.5 * (box[0] + box[2]), 0.5 * (box[1] + box[3]))[0]
    x = unwrap(x, centre)
    west, east = x.min(), x.max()
    for pole in (-90.0, 90.0):
        px, py = transformer(source, grid.crs).transform(0.0, pole)
        if box[0] <= px <= box[2] and box[1] <= py <= box[3]:
            west, east = centre - 180, centre + 180
            south, north = min(south, pole), max(north, pole)
    return float(west), float(south), float(east), float(north)


def unwrap(lon: np.ndarray, centre: float) -> np.ndarray:
    """Longitudes within 180 degrees of the centre."""
    return centre + (lon - centre + 180.0) % 360.0 - 180.0


def distortion(grid: LocalGrid) -> float:
    """The largest relative error of a length on the grid, along parallels and meridians."""
    pyproj = needs("pyproj", "prepare")
    x, y = (np.linspace(axis[0], axis[-1], 21) for axis in (grid.x, grid.y))
    lon, lat = transformer(grid.crs, grid.crs.geodetic_crs).transform(*np.meshgrid(x, y))
    factors = pyproj.Proj(grid.crs).get_factors(lon, lat)
    scales = np.concatenate([factors.parallel_scale.ravel(), factors.meridional_scale.ravel()])
    return float(np.abs(scales[np.isfinite(scales)] - 1).max(initial=0.0))


def mapped_axes(mosaic_x: np.ndarray, mosaic_y: np.ndarray, source: pyproj.CRS,
                target: pyproj.CRS) -> tuple[np.ndarray, np.ndarray]:
    """The samples' own axes in the plane, where the projection maps each axis by itself.

    Raises
    ------
    ConfigError
        where it does not: only cylindrical projections (eqc, merc) and the source's own plane do
    """
    to_plane = transformer(source, target)
    x, _ = to_plane.transform(mosaic_x, np.full(len(mosaic_x), mosaic_y[0]))
    x_north, _ = to_plane.transform(mosaic_x, np.full(len(mosaic_x), mosaic_y[-1]))
    _, y = to_plane.transform(np.full(len(mosaic_y), mosaic_x[0]), mosaic_y)
    _, y_east = to_plane.transform(np.full(len(mosaic_y), mosaic_x[-1]), mosaic_y)
    bend = max(np.abs(x - x_north).max() / abs(x[-1] - x[0]), np.abs(y - y_east).max() / abs(y[-1] - y[0]))
    if not bend < 1e-9 or np.any(np.diff(x) <= 0) or np.any(np.diff(y) <= 0):
        raise ConfigError(f"marea.prepare: regrid = \"none\" keeps the samples, but in {target.name} they lie on no "
                          "rectangular grid; name a cylindrical crs such as \"+proj=eqc +lat_ts=49 +lat_0=49 "
                          "+lon_0=-124\", "
                          "or use regrid = \"mean\" or \"linear\"")
    return x, y


def metres_between(tile: Tile, crs: pyproj.CRS, x: float, y: float) -> tuple[float, float]:
    """Median distance [m] of neighbouring samples along x and y, at a point of a CRS."""
    dx, dy = float(np.median(np.diff(tile.x))), float(np.median(np.diff(tile.y)))
    if not tile.geographic:
        return dx, dy
    lon, lat = transformer(crs, tile.crs).transform(x, y)
    geod = tile.crs.get_geod()
    return (geod.inv(lon - 0.5 * dx, lat, lon + 0.5 * dx, lat)[2],
            geod.inv(lon, max(lat - 0.5 * dy, -90), lon, min(lat + 0.5 * dy, 90))[2])


def position(lon: float, lat: float) -> str:
    lon = (lon + 180) % 360 - 180
    return f"{abs(lat):.4g}° {'N' if lat >= 0 else 'S'} {abs(lon):.5g}° {'E' if lon >= 0 else 'W'}"
