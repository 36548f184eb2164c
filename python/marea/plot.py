# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Pictures: one field, a statistic beside its standard error, and the report of an evaluation."""

from __future__ import annotations

import os
import pathlib
from typing import TYPE_CHECKING, Any

import numpy as np

from ._core import ConfigError
from ._open import open as open_file

if TYPE_CHECKING:
    import matplotlib.axes


def field(data: Any, name: str | None = None, *, time: float | None = None, ax: Any = None,
          **style: Any) -> matplotlib.axes.Axes:
    """Draw one field.

    Parameters
    ----------
    data : snapshot file, ``xarray.Dataset``, ``xarray.DataArray`` or ``marea.Solver``
    name : of the field; not for a DataArray
    time : the snapshot nearest to this time, which must be within the data's; default: the last
    ax : axes to draw into; default: new ones
    **style : as for ``pcolormesh`` (two axes) or ``plot`` (one)

    Returns
    -------
    matplotlib.axes.Axes
        A field that changes sign is drawn with a diverging map symmetric about zero, any other with cividis; both
        read without colour vision. Of a vector the magnitude is drawn, of a 3-D field the middle level.
    """
    import matplotlib.pyplot as plt

    if isinstance(data, (str, os.PathLike)):
        with open_file(data) as dataset:
            return field(dataset, name, time=time, ax=ax, **style)
    if hasattr(data, "to_xarray") and hasattr(data, "advance"):
        data = data.to_xarray(name)
    if hasattr(data, "data_vars"):
        data = data[name]
    if "time" in data.dims:
        first, last = float(data.time[0]), float(data.time[-1])
        if time is not None and not first <= time <= last:
            raise ConfigError(f"plot.field: time = {time} must be from {first:g} to {last:g}, the times of the data")
        data = data.isel(time=-1) if time is None else data.sel(time=time, method="nearest")
    label = data.name or "field"
    units = data.attrs.get("units", "1")
    components = [dim for dim in data.dims if str(dim).startswith("component")]
    if components:
        data = np.sqrt((data**2).sum(components))
        label = f"|{label}|"
    if data.ndim == 3:
        data = data.isel({data.dims[0]: data.sizes[data.dims[0]] // 2})
    if ax is None:
        ax = plt.subplots(layout="constrained")[1]
    title = f"{label} [{units}]"
    if "time" in data.coords:
        title += f" at {float(data.time):.6g} {data.time.attrs.get('units', '')}"
    x = data.dims[-1]

    def axis_label(dim: Any) -> str:
        return f"{dim} [{data[dim].attrs.get('units', 'm')}]"

    ax.set_xlabel(axis_label(x))
    ax.set_title(title)
    values = np.asarray(data)
    if data.ndim == 1:
        ax.plot(data[x], values, **style)
        ax.set_ylabel(f"{label} [{units}]")
        return ax
    low, high = np.nanmin(values), np.nanmax(values)
    if low < 0 < high:
        limit = max(-low, high)
        style = {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit, **style}
    else:
        style = {"cmap": "cividis", **style}
    mesh = ax.pcolormesh(data[x], data[data.dims[0]], values, **style)
    ax.set_ylabel(axis_label(data.dims[0]))
    ax.set_aspect("equal")
    ax.figure.colorbar(mesh, ax=ax, label=f"{label} [{units}]")
    return ax


def estimate(data: Any, name: str, *, axes: Any = None, **style: Any) -> Any:
    """Draw a statistic of a field beside its standard error.

    Parameters
    ----------
    data : what ``marea.estimate`` returned, or the folder that it wrote
    name : of the statistic, as "max_eta_mean"
    axes : two axes to draw into; default: new ones
    **style : as in ``marea.plot.field``, for both

    Returns
    -------
    array of two matplotlib.axes.Axes
    """
    import matplotlib.pyplot as plt

    if isinstance(data, (str, os.PathLike)):
        with open_file(pathlib.Path(data) / "estimate.h5") as dataset:
            return estimate(dataset, name, axes=axes, **style)
    known = [n.removesuffix("_standard_error") for n in map(str, data.data_vars) if n.endswith("_standard_error")]
    if name not in known:
        raise ConfigError(f"plot.estimate: '{name}' is no statistic of a field; known: {', '.join(known) or 'none'}")
    if axes is None:
        axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")[1]
    for ax, what in zip(axes, (name, name + "_standard_error")):
        field(data, what, ax=ax, **style)
    return axes


def report(folder: str | os.PathLike[str]) -> pathlib.Path:
    """Draw the report that an evaluation left in `folder` as report.html; returns its path."""
    from . import report as pages

    return pages.write(folder)
