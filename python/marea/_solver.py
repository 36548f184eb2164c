# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""A solver to step from a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import _core
from ._case import Case, read_case
from ._progress import progress_bars

if TYPE_CHECKING:
    import xarray


class Solver(_core.Solver):
    """A running solver.

    Parameters
    ----------
    name : registry name, as "shallow_water"; see ``marea.list("solvers")``
    grid, initial : tables of a case file as dicts
    surrogate, hybrid : tables of a case file as dicts; with them a surrogate proposes each interval
    **options : options of the solver; see ``marea.list(name)``

    Raises
    ------
    ConfigError
        for an option that is unknown or out of range

    Examples
    --------
    >>> solver = Solver("shallow_water", grid={"nx": 64, "ny": 64, "x": [0, 1e5], "y": [0, 1e5]},
    ...                 initial={"profile": "gaussian_hump", "centre": [5e4, 5e4], "radius": 1e4})
    >>> while solver.time < 600:
    ...     solver.step()
    >>> solver.field("eta").max()
    """

    def __init__(
        self,
        name: str,
        *,
        grid: Mapping[str, Any],
        initial: Mapping[str, Any] | None = None,
        surrogate: Mapping[str, Any] | None = None,
        hybrid: Mapping[str, Any] | None = None,
        **options: Any,
    ):
        tables = {"grid": dict(grid), "solver": {"name": name, **options}}
        for key, table in (("initial", initial), ("surrogate", surrogate), ("hybrid", hybrid)):
            if table is not None:
                tables[key] = dict(table)
        super().__init__(_core.OptionTree(tables))

    @classmethod
    def from_case(cls, case: Case, **overrides: Any) -> Solver:
        """The solver of a case file (path or dict); overrides as in ``marea.simulate``."""
        self = cls.__new__(cls)
        _core.Solver.__init__(self, read_case(case, overrides))
        return self

    def advance(self, until: float, progress: bool = False) -> None:
        """Step to the time `until` (a time, not a duration) exactly. Ctrl-C stops between two steps and leaves the
        solver usable."""
        with progress_bars(progress):
            super().advance(until)

    def to_xarray(self, *names: str) -> xarray.Dataset:
        """Fields of the present state (default: all) as an ``xarray.Dataset`` with coordinates and units."""
        import xarray

        length, time = self.units
        axes = list(self.coordinates)
        coordinates = {
            axis: xarray.DataArray(values, dims=axis, attrs={"units": length})
            for axis, values in self.coordinates.items()
        }
        components = sorted(axes)  # in memory: x, y, z
        coordinates["time"] = xarray.DataArray(self.time, attrs={"units": time})
        data = xarray.Dataset(coords=coordinates, attrs={"solver": self.name})
        for info in self.outputs:
            if names and info.name not in names:
                continue
            vectors = ["component", "component_2"][: info.rank]
            for vector in vectors:
                data.coords[vector] = components
            attributes = {"units": info.units, "long_name": info.long_name, "standard_name": info.standard_name}
            attributes = {key: text for key, text in attributes.items() if text}
            data[info.name] = (axes + vectors, self.field(info.name), attributes)
        for name in names:
            if name not in data:
                self.field(name)  # raises, naming the known ones
        return data

    def __repr__(self) -> str:
        sizes = " x ".join(str(len(values)) for values in self.coordinates.values())
        return f"<marea.Solver {self.name} {sizes}, time {self.time:.6g} {self.units[1]}, {self.steps} steps>"
