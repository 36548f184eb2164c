# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Snapshot files as xarray datasets."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from . import _core

if TYPE_CHECKING:
    import xarray


def _left_journal(path: str) -> bool:
    try:
        return os.stat(os.path.realpath(path) + ".journal").st_size > 0
    except OSError:
        return False


def open(path: str | os.PathLike[str], *, engine: str = "h5netcdf", **options: Any) -> xarray.Dataset:
    """Open a snapshot file as an ``xarray.Dataset`` with coordinates and units; values are read when used.

    Parameters
    ----------
    path : snapshot file of marea
    engine : {"h5netcdf", "netcdf4"}
    **options : as for ``xarray.open_dataset``, such as chunks

    Returns
    -------
    xarray.Dataset
        fields with axes (time, [z,] [y,] x [, component]); the axis ``sample`` stands only where a file holds several
        trajectories. ``attrs["config_toml"]`` is the case that made it.

    Raises
    ------
    IoError
        when there is no such file
    DataError
        when it is no snapshot file, or when a killed run left changes beside it that ``marea repair`` has to put in place
    """
    import h5py
    import xarray

    path = os.fspath(path)
    if os.path.isdir(path) or not os.path.exists(path):
        kind = "is a folder; name one file in it" if os.path.isdir(path) else "does not exist"
        raise _core.IoError(f"{path}: {kind}")
    if _left_journal(path):
        raise _core.DataError(f"{path}: a killed run left changes in {path}.journal; run marea repair {path} first")
    try:
        with h5py.File(path, "r") as file:
            known = "marea_schema" in file.attrs
            other = next((kind for kind in ("model", "checkpoint") if f"marea_{kind}" in file.attrs), None)
        if known:
            # The clock of a simulation starts at 0 s, not at a date.
            data = xarray.open_dataset(path, engine=engine, decode_times=False, **options)
    except (OSError, ValueError) as error:
        raise _core.DataError(f"{path}: cannot be read as a snapshot file ({error}); see marea inspect") from error
    if other:
        raise _core.DataError(f"{path}: is a {other} file; a snapshot file is needed")
    if not known:
        raise _core.DataError(
            f"{path}: has no attribute marea_schema, it is not a snapshot file of marea; see marea inspect, "
            "and read The Well's files with h5py"
        )
    if data.sizes.get("sample") == 1:
        close = data.close
        data = data.isel(sample=0, drop=True)
        data.set_close(close)
    return data
