# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""A solver to step from a notebook."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import _core
from ._arguments import array_of, name_of
from ._case import Case, read_case, say_rest
from ._progress import progress_bars

if TYPE_CHECKING:
    import numpy
    import numpy.typing
    import xarray


class Solver(_core.Solver):
    """A running solver. It serves one call at a time: a second thread's call meanwhile is an Error.

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
        name = name_of(name, "Solver: name", _core.list_solvers())
        tables = {"grid": dict(grid), "solver": {"name": name, **options}}
        for key, table in (("initial", initial), ("surrogate", surrogate), ("hybrid", hybrid)):
            if table is not None:
                tables[key] = dict(table)
        tree = _core.OptionTree(tables)
        say_rest(tree)
        super().__init__(tree)

    @classmethod
    def from_case(cls, case: Case, **overrides: Any) -> Solver:
        """The solver of a case file (path or dict); overrides as in ``marea.simulate``."""
        tree = read_case("from_case", case, overrides, ["case"])
        say_rest(tree)
        self = cls.__new__(cls)
        _core.Solver.__init__(self, tree)
        return self

    @functools.cached_property
    def _is_hybrid(self) -> bool:
        return "surrogate" in self.options

    def step(self, dt: float | None = None) -> float:
        """One step.

        Parameters
        ----------
        dt : its length in model time; default: the largest stable one, beyond which it warns

        Returns
        -------
        float
            the length of the step

        Raises
        ------
        NumericalError
            when the state is no longer finite; the message names field, index and time
        """
        # A hybrid's own solver takes as many stable steps as its interval needs.
        if dt is not None and not self._is_hybrid:
            stable = self.stable_dt
            if dt > stable * (1 + 1e-9):
                warnings.warn(
                    f"{self.name}: dt = {dt:g} is longer than the stable step {stable:g}: the state may grow without "
                    "bound; use step(), or advance(until)",
                    stacklevel=2,
                )
        return super().step(dt)

    def advance(self, until: float, progress: bool = False) -> None:
        """Step to the time `until` (a time, not a duration) exactly. Ctrl-C stops between two steps and leaves the
        solver usable."""
        with progress_bars(progress):
            super().advance(until)

    def field(self, name: str) -> numpy.typing.NDArray[numpy.float64]:
        """A copy of one field of the present state.

        Parameters
        ----------
        name : one of the names in ``outputs``

        Returns
        -------
        numpy.ndarray
            float64, [z,] [y,] x, and for a vector a last axis of components

        Raises
        ------
        ConfigError
            for an unknown name; it lists the known ones and suggests the nearest
        """
        return super().field(name_of(name, "field", (info.name for info in self.outputs)))

    def write(self, **fields: numpy.typing.ArrayLike) -> None:
        """Set the state from named fields, the time unchanged.

        Parameters
        ----------
        **fields
            arrays by name: the prognostic fields, or any set that the solver can turn into them

        Raises
        ------
        ConfigError
            for a field that the solver cannot use
        ShapeError
            when an array does not fit the grid, has masked values or is none
        DataError
            for NaN and infinity
        """
        super().write(**{name: array_of(value, name) for name, value in fields.items()})

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
        infos = {info.name: info for info in self.outputs}
        for name in names or infos:
            values = self.field(name)
            info = infos[name]
            vectors = ["component", "component_2"][: info.rank]
            for vector in vectors:
                data.coords[vector] = components
            attributes = {"units": info.units, "long_name": info.long_name, "standard_name": info.standard_name}
            attributes = {key: text for key, text in attributes.items() if text}
            data[info.name] = (axes + vectors, values, attributes)
        return data

    def __repr__(self) -> str:
        sizes = " x ".join(str(len(values)) for values in self.coordinates.values())
        try:
            state = f"time {self.time:.6g} {self.units[1]}, {self.steps} steps"
        except _core.Error:
            state = "at work in another thread"
        return f"<marea.Solver {self.name} {sizes}, {state}>"
