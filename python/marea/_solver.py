# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""A solver to step from a notebook."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy

from . import _core
from ._arguments import array_of, name_of, refuse_meaning, refuse_packed, units_factor
from ._case import Case, read_case, refuse_fields, say_rest
from ._progress import progress_bars

if TYPE_CHECKING:
    import numpy.typing
    import xarray


def _refuse_negative(info: _core.FieldInfo, values: numpy.ndarray) -> None:
    """Raises DataError for values below 0 by more than the rounding of single precision."""
    least = -(2.0**-23) * max(float(values.max(initial=0.0)), 0.0)
    below = values < least
    if below.any():
        place = numpy.unravel_index(below.argmax(), below.shape)
        raise _core.DataError(f"{info.name} must be 0 or more, but {below.sum()} values are less, the first "
                              f"{float(values[place]):g} {info.units} at {[int(n) for n in place]}")


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
        for key, table in (("grid", grid), ("initial", initial), ("surrogate", surrogate), ("hybrid", hybrid)):
            if table is not None and not isinstance(table, Mapping):
                raise _core.ConfigError(f"Solver: {key} is of type {type(table).__name__}; pass a dict of its options")
        tables = {"grid": dict(grid), "solver": {"name": name, **options}}
        for key, table in (("initial", initial), ("surrogate", surrogate), ("hybrid", hybrid)):
            if table is not None:
                tables[key] = dict(table)
        refuse_fields("", tables)
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
            when the state is not finite, in the step after the one that made it so or up to 16 steps later; the message
            names field, cell and time
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
        solver usable.

        Raises
        ------
        NumericalError
            when the state is not finite at the end, or before; the message names field, place and time
        """
        try:
            until = float(until)
        except (TypeError, ValueError) as error:
            raise _core.ConfigError(f"advance: until = {until!r} must be a number, a time of the solver") from error
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
            for NaN and infinity, and for values below 0 of a field that has none, such as a depth
        """
        arrays = {name: self._values(value, name) for name, value in fields.items()}
        for info in self.outputs:
            if info.lower_bound == "0" and info.name in arrays:
                _refuse_negative(info, arrays[info.name])
        super().write(**arrays)

    def _values(self, value: numpy.typing.ArrayLike, name: str) -> numpy.ndarray:
        """The array of a field in this solver's order. What an xarray.DataArray says of itself is applied or
        refused."""
        if not hasattr(value, "dims") or not hasattr(value, "coords"):
            return array_of(value, name)
        axes, length = list(self.coordinates), self.units[0]
        info = next((info for info in self.outputs if info.name == name), None)
        refuse_packed(name, value.attrs)
        refuse_meaning(name, value.attrs, info.standard_name if info else "")
        vectors = [dim for dim in value.dims if dim not in axes]
        if any(axis not in value.dims for axis in axes) or len(vectors) != (info.rank if info else 0):
            raise _core.ShapeError(f"{name} has the axes {list(value.dims)}; needed are {axes} and those of components")
        for axis in axes:
            if axis not in value.coords:
                continue
            mine, given = numpy.asarray(self.coordinates[axis]), numpy.asarray(value[axis], dtype=float)
            given = given * units_factor(f"the axis {axis} of {name}", value[axis].attrs.get("units"), length)
            if given.shape != mine.shape or abs(given - mine).max() > 1e-6 * abs(mine).max():
                raise _core.ShapeError(f"{name} lies elsewhere along {axis} than the solver's cells: bring it there by "
                                       f"data.sortby('{axis}') or data.interp({axis}=…)")
        for vector in vectors:
            if vector not in value.coords or set(map(str, value[vector].values)) != set(axes):
                raise _core.ShapeError(f"{name}: the axis {vector} needs a coordinate that names the components {axes}")
            value = value.sel({vector: sorted(axes)})
        factor = units_factor(name, value.attrs.get("units"), info.units if info else "")
        array = array_of(value.transpose(*axes, *vectors), name)
        return array if factor == 1 else factor * array

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
