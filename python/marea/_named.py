# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Fields by name to a model's channels and back: units, axes and components are checked, not assumed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy

from . import _core
from ._arguments import array_of, refuse_meaning, refuse_packed, units_factor, unknown

if TYPE_CHECKING:
    import xarray

Array = numpy.ndarray
Predict = Callable[[Array], Array]  # (…, C_in, [z,] [y,] x) -> (…, C_out, [z,] [y,] x)


class _Side:
    """The fields and channels on one side of a model, "inputs" or "outputs"."""

    def __init__(self, info: Mapping[str, Any], side: str):
        self.model = info["name"]
        self.axes = list(info.get("axis_names") or ["z", "y", "x"][-len(info["extents"]) :])
        self.components = sorted(self.axes)  # in memory x, y, z, whatever the order of the axes
        self.channels = list(info[side[:-1] + "_channels"])
        self.fields = {field["name"]: field for field in info[side]}

    def names(self, field: Mapping[str, Any]) -> list[str]:
        """Channels of one state of a field: "velocity" -> velocity_x, velocity_y."""
        names = [field["name"] + ("_" if field["rank"] else "")]
        for _ in range(field["rank"]):
            names = [name + component for name in names for component in self.components]
        return names

    def states(self, field: Mapping[str, Any]) -> int:
        return self.channels.count(self.names(field)[0])

    def error(self, text: str) -> _core.ShapeError:
        channels = ", ".join(self.channels)
        return _core.ShapeError(f"model '{self.model}': {text}. Its channels in order are {channels}")

    def stack(self, planes: Mapping[str, list[Array]]) -> Array:
        """(…, C, [z,] [y,] x) of the states of each channel, each (…, [z,] [y,] x)."""
        left = {name: list(states) for name, states in planes.items()}
        arrays = [left[name].pop(0) for name in self.channels]
        shape = numpy.broadcast_shapes(*(array.shape for array in arrays))
        kind = numpy.float32 if all(array.dtype == numpy.float32 for array in arrays) else numpy.float64
        whole = [numpy.broadcast_to(array, shape).astype(kind, copy=False) for array in arrays]
        return numpy.stack(whole, axis=len(shape) - len(self.axes))

    def split(self, answer: Array) -> dict[str, Array]:
        """Channel -> (…, [z,] [y,] x)."""
        at = answer.ndim - len(self.axes) - 1
        return {name: answer.take(c, axis=at) for c, name in enumerate(self.channels)}


def _factor(side: _Side, what: str, found: Any, wanted: str) -> float:
    """What turns values in `found` into values in `wanted`, the model's units."""
    try:
        return units_factor(what, found, wanted)
    except _core.ShapeError as error:
        raise side.error(f"{error}, the model's units") from None


def _check_axis(side: _Side, info: Mapping[str, Any], data: xarray.DataArray, number: int) -> None:
    """The cells must cover the model's domain, in rising order. Raises ShapeError."""
    axis = side.axes[number]
    centres = info["centres"][number] if number < len(info["centres"]) else []
    if axis not in data.coords or len(centres) < 2 or data.sizes[axis] < 2:
        return
    factor = _factor(side, f"the axis {axis}", data[axis].attrs.get("units"), info.get("length_unit", ""))
    mine = factor * numpy.asarray(data[axis].values, dtype=float)
    if not (numpy.diff(mine) > 0).all():
        raise side.error(f"the axis {axis} must rise; pass data.sortby('{axis}')")

    def edges(values: Any) -> tuple[float, float]:
        return values[0] - (values[1] - values[0]) / 2, values[-1] + (values[-1] - values[-2]) / 2

    steps, own_steps = numpy.diff(mine), numpy.diff(centres)
    if numpy.ptp(own_steps) < 1e-3 * own_steps.mean() and numpy.ptp(steps) > 1e-2 * steps.mean():
        raise side.error(f"the cells of axis {axis} must be equally wide, as the model's are")
    tolerance = 1e-2 * (centres[-1] - centres[0]) / (len(centres) - 1)
    own, (low, high) = edges(centres), edges(mine)
    if abs(low - own[0]) > tolerance or abs(high - own[1]) > tolerance:
        raise side.error(
            f"the cells of axis {axis} reach from {low:g} to {high:g}, those of the model from {own[0]:g} to "
            f"{own[1]:g}; a model answers on its own domain"
        )


def _component_axes(side: _Side, field: xarray.DataArray, rank: int) -> list[str]:
    """The axes of components of a field, which must name them."""
    axes = [
        str(axis)
        for axis in field.dims
        if axis in field.coords and set(map(str, field[axis].values)) == set(side.components)
    ]
    if len(axes) != rank:
        raise side.error(
            f"the field '{field.name}' needs {rank} axis of components with a coordinate that names them "
            f"{', '.join(side.components)}; it has the axes {', '.join(map(str, field.dims))}: "
            f"pass field.assign_coords(component=[…]), or its components as fields of their own"
        )
    return axes


def _read(side: _Side, info: Mapping[str, Any], value: Any, name: str) -> Array:
    """The array of a channel; of an xarray.DataArray with its axes checked, in the model's units."""
    if not hasattr(value, "dims") or not hasattr(value, "coords"):
        return array_of(value, name)
    refuse_packed(f"the field '{name}'", value.attrs)
    if list(value.dims[-len(side.axes) :]) != side.axes:
        raise side.error(f"'{name}' has the axes {list(value.dims)}; pass value.transpose(..., {', '.join(side.axes)})")
    for number in range(len(side.axes)):
        _check_axis(side, info, value, number)
    field = next(field for field in side.fields.values() if name in side.names(field))
    refuse_meaning(f"the field '{name}'", value.attrs, field["standard_name"])
    units = field["units"]
    factor = _factor(side, f"the field '{name}'", value.attrs.get("units"), units)
    return array_of(value, name) if factor == 1 else factor * array_of(value, name)


def _planes(side: _Side, info: Mapping[str, Any], data: xarray.Dataset) -> dict[str, list[xarray.DataArray]]:
    """The states of each channel, by the names of fields, components and axes."""
    planes: dict[str, list[xarray.DataArray]] = {}
    for name, field in side.fields.items():
        channels = side.names(field)
        if name in data:
            axes = _component_axes(side, data[name], field["rank"])
            letters = [channel[len(name) + 1 :] for channel in channels]
            found = [data[name].sel(dict(zip(axes, letter)), drop=True) for letter in letters]
        elif all(channel in data for channel in channels):
            found = [data[channel] for channel in channels]
        else:
            raise unknown(f"model '{info['name']}': no field", name, map(str, data.data_vars))
        for channel, plane in zip(channels, found):
            refuse_packed(f"the field '{channel}'", plane.attrs)
            refuse_meaning(f"the field '{channel}'", plane.attrs, field["standard_name"])
            missing = [axis for axis in side.axes if axis not in plane.dims]
            if missing:
                raise side.error(f"the field '{channel}' has no axis {', '.join(missing)}: "
                                 f"{', '.join(map(str, plane.dims))}")
            factor = _factor(side, f"the field '{channel}'", plane.attrs.get("units"), field["units"])
            for number in range(len(side.axes)):
                _check_axis(side, info, plane, number)
            plane = plane if factor == 1 else factor * plane
            planes[channel] = _states(side, info, plane, channel, side.states(field))
    return planes


def _states(
    side: _Side, info: Mapping[str, Any], plane: xarray.DataArray, name: str, states: int
) -> list[xarray.DataArray]:
    """Those of a history, the oldest first, or the one."""
    if int(info["history"]) == 1:
        return [plane]
    if states == 1:
        return [plane.isel(time=-1, drop=True) if "time" in plane.dims else plane]
    if plane.sizes.get("time") != states:
        raise side.error(f"the field '{name}' needs an axis time of {states} states, the oldest first")
    if "time" in plane.coords:
        times = [plane.time.isel(time=state, drop=True).reset_coords(drop=True) for state in range(states)]
        for earlier, later in zip(times, times[1:]):
            gap, wanted = later.values - earlier.values, _later(side, earlier, info, 1).values - earlier.values
            if abs(gap - wanted) > 1e-6 * abs(wanted):
                raise side.error(f"the states of '{name}' are {gap} apart, those of the model {wanted}, the oldest "
                                 "first")
    return [plane.isel(time=state, drop=True) for state in range(states)]


def _later(side: _Side, time: xarray.DataArray, info: Mapping[str, Any], leads: int) -> xarray.DataArray:
    """The time `leads` intervals after `time`, in its own units."""
    interval, unit = info["interval"] * leads, info.get("time_unit", "s")
    if numpy.issubdtype(time.dtype, numpy.datetime64) or numpy.issubdtype(time.dtype, numpy.timedelta64):
        return time + numpy.timedelta64(round(1e9 * interval * _factor(side, "the interval", unit, "s")), "ns")
    units = time.attrs.get("units")
    return time + interval * (_factor(side, "the axis time", unit, str(units)) if units else 1.0)


def _dataset(
    model: Any, data: xarray.Dataset, leads: int | None, ask: Predict | None
) -> xarray.Dataset:
    import xarray

    info = model.info
    inputs, outputs = _Side(info, "inputs"), _Side(info, "outputs")
    planes = _planes(inputs, info, data)
    flat = [plane.reset_coords(drop=True) for states in planes.values() for plane in states]
    whole = iter([plane.transpose(..., *inputs.axes) for plane in xarray.broadcast(*flat)])
    arrays = {name: [next(whole) for _ in states] for name, states in planes.items()}
    first = next(iter(arrays.values()))[0]
    front = [str(axis) for axis in first.dims[: -len(inputs.axes)]]
    stacked = inputs.stack({name: [array_of(plane.values, name) for plane in states]
                            for name, states in arrays.items()})
    if leads is not None:
        if front:
            raise inputs.error(f"a rollout starts from one state; choose one along {', '.join(front)}")
        front = ["time"]
    answers = outputs.split(_answer(model, stacked, len(inputs.axes), leads, ask))

    coords = {axis: first.coords[axis] for axis in first.dims if axis in first.coords}
    time = data.coords["time"] if "time" in data.coords else None
    if info["task"] == "step" and time is not None:
        in_batch = leads is None and "time" in front
        newest = time.isel(time=-1, drop=True) if "time" in time.dims and not in_batch else time
        if leads is not None:
            newest = newest.reset_coords(drop=True)
            coords["time"] = xarray.concat([_later(inputs, newest, info, lead + 1) for lead in range(leads)], "time")
        else:
            coords["time"] = _later(inputs, newest, info, 1)
        coords["time"].attrs.update(time.attrs)
    result = xarray.Dataset(coords=coords, attrs={"model": info["name"]})
    for name, field in outputs.fields.items():
        attributes = {key: field[key] for key in ("units", "long_name", "standard_name") if field[key]}
        vectors = ["component", "component_2"][: field["rank"]]
        for vector in vectors:
            result.coords[vector] = outputs.components
        values = numpy.stack([answers[channel] for channel in outputs.names(field)], axis=-1)
        values = values.reshape(*values.shape[:-1], *[len(outputs.components)] * field["rank"])
        result[name] = ([*front, *outputs.axes, *vectors], values, attributes)
    return result


def _dict(
    model: Any, values: Mapping[str, Any], leads: int | None, ask: Predict | None
) -> dict[str, Array]:
    inputs, outputs = _Side(model.info, "inputs"), _Side(model.info, "outputs")
    for name in values:
        if name in inputs.fields and name not in inputs.channels:
            raise inputs.error(
                f"'{name}' is a vector: an array alone does not say which component is which; pass "
                f"{', '.join(inputs.names(inputs.fields[name]))}, or an xarray.Dataset that names them"
            )
        if name not in inputs.channels:
            raise unknown(f"model '{inputs.model}': unknown field", name, dict.fromkeys(inputs.channels))
    planes: dict[str, list[Array]] = {}
    for name in dict.fromkeys(inputs.channels):
        if name not in values:
            raise inputs.error(f"the field '{name}' is missing")
        array, states = _read(inputs, model.info, values[name], name), inputs.channels.count(name)
        axis = array.ndim - len(inputs.axes) - 1
        if array.ndim < len(inputs.axes) + (states > 1) or (states > 1 and array.shape[axis] != states):
            before = f"{states} states, " if states > 1 else ""
            raise inputs.error(f"'{name}' has shape {array.shape}; pass (…, {before}{', '.join(inputs.axes)})")
        planes[name] = [array.take(state, axis=axis) for state in range(states)] if states > 1 else [array]
    try:
        stacked = inputs.stack(planes)
    except ValueError as error:
        shapes = ", ".join(f"{name} {states[0].shape}" for name, states in planes.items())
        raise inputs.error(f"the fields do not fit together: {shapes}") from error
    return outputs.split(_answer(model, stacked, len(inputs.axes), leads, ask))


def _answer(
    model: Any, stacked: Array, axes: int, leads: int | None, ask: Predict | None
) -> Array:
    if leads is not None:
        return model.rollout(stacked, leads)
    front = stacked.shape[: -axes - 1]
    answer = (ask or model)(stacked.reshape(-1, *stacked.shape[-axes - 1 :]))
    return answer.reshape(*front, *answer.shape[1:])


def predict(
    model: Any, values: Mapping[str, Any], leads: int | None = None, ask: Predict | None = None
) -> Any:
    """What a model says to fields by name: a Dataset to a Dataset, a dict to a dict of channels.

    Parameters
    ----------
    values : xarray.Dataset, or dict of arrays (…, [z,] [y,] x) by the names of channels
    leads : for a rollout, how many intervals
    ask : what answers to a batch of arrays in the place of a call of the model

    Raises
    ------
    ConfigError, ShapeError
        for a field that is missing, in other units, on other axes, or whose components are not named
    """
    if hasattr(values, "data_vars"):
        return _dataset(model, values, leads, ask)
    return _dict(model, values, leads, ask)
