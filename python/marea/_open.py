# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Snapshot files as xarray datasets."""

from __future__ import annotations

import fcntl
import os
import tomllib
from typing import TYPE_CHECKING, Any

from . import _core
from ._arguments import path_of

if TYPE_CHECKING:
    import h5py
    import xarray


def _left_journal(path: str) -> bool:
    try:
        return os.stat(os.path.realpath(path) + ".journal").st_size > 0
    except OSError:
        return False


def _writer(path: str) -> str:
    """The process that is writing a run, "process 4711 on node7"; "" for nobody."""
    lock = os.path.splitext(os.path.realpath(path))[0] + ".lock"
    try:
        descriptor = os.open(lock, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.read(descriptor, 256).decode(errors="replace") or "another process"
    except OSError:  # a file system without locks
        return ""
    finally:
        os.close(descriptor)
    return ""


def _require_readable(path: str) -> None:
    if os.path.isdir(path) or not os.path.exists(path):
        kind = "is a folder; name one file in it" if os.path.isdir(path) else "does not exist"
        raise _core.IoError(f"{path}: {kind}")
    if writer := _writer(path):
        raise _core.IoError(
            f"{path}: is being written by {writer}; open it when the run has ended, or stop that process (a run goes "
            "on from its checkpoint)"
        )
    if _left_journal(path):
        raise _core.DataError(f"{path}: a killed run left changes in {path}.journal; run marea repair {path} first")


def _decode(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value


def _without_flags(data: xarray.Dataset) -> xarray.Dataset:
    """Attributes that are HDF5's flags as 0 and 1: netCDF knows no other, and the data may be written out again."""
    import numpy

    def plain(value: Any) -> Any:
        return value.astype("i1") if getattr(value, "dtype", None) == numpy.bool_ else value

    for holder in (data, *data.variables.values()):
        holder.attrs = {key: plain(value) for key, value in holder.attrs.items()}
    return data


def _with_tables(data: xarray.Dataset, file: h5py.File) -> xarray.Dataset:
    """Gauges and a hybrid's ledger as variables [row, column]; the columns say their names and units."""
    for name, table in file.get("tables", {}).items():
        row, column = f"{name}_row", f"{name}_column"
        data[name] = ((row, column), table[()], tomllib.loads(_decode(table.attrs.get("attributes", ""))))
        data.coords[column] = [_decode(text) for text in table.attrs["columns"]]
        data.coords[f"{name}_units"] = (column, [_decode(text) for text in table.attrs["units"]])
    return data


def open(path: str | os.PathLike[str], *, engine: str = "h5netcdf", **options: Any) -> xarray.Dataset:
    """Open a snapshot file as an ``xarray.Dataset`` with coordinates and units; values are read when used.

    A partial run may be resumed while its file is open here; open it again to see the new snapshots. The engine netcdf4
    locks the file meanwhile.

    Parameters
    ----------
    path : snapshot file of marea, or another one in The Well's layout
    engine : {"h5netcdf", "netcdf4"} for marea's own files
    **options : as for ``xarray.open_dataset``, such as chunks

    Returns
    -------
    xarray.Dataset
        fields with axes (time, [z,] [y,] x [, component]); the axis ``sample`` stands only where a file holds several
        trajectories. ``attrs["config_toml"]`` is the case that made it. Tables of the run (gauges, the ``ledger`` of a
        hybrid) are variables [row, column]. The file stays open, without a lock, until ``close()``: h5py reads beside
        it with ``locking=False``.

    Raises
    ------
    IoError
        when there is no such file, or a process is writing it
    DataError
        when it is no snapshot file, or when a killed run left changes beside it that ``marea repair`` has to put in
        place
    """
    from ._unlocked import open_unlocked

    path = path_of(path, "open: path")
    _require_readable(path)
    try:
        file = open_unlocked(path)
    except (OSError, ValueError) as error:
        raise _core.DataError(f"{path}: cannot be read as a snapshot file ({error}); see marea inspect") from error
    if "marea_schema" in file.attrs:
        with file:
            data = _open_own(path, file, engine, options)
    else:
        data = _open_foreign(path, file, options)
    if data.sizes.get("sample") == 1:
        close = data.close
        data = data.isel(sample=0, drop=True)
        data.set_close(close)
    return data


def _open_own(path: str, file: h5py.File, engine: str, options: dict[str, Any]) -> xarray.Dataset:
    import xarray

    if engine == "h5netcdf" and not file.id.get_access_plist().get_file_locking()[0]:
        options = {**options, "driver_kwds": {"locking": False, **options.get("driver_kwds", {})}}
    try:
        # The clock of a simulation starts at 0 s, not at a date.
        data = xarray.open_dataset(path, engine=engine, decode_times=False, **options)
    except (OSError, ValueError) as error:
        raise _core.DataError(f"{path}: cannot be read as a snapshot file ({error}); see marea inspect") from error
    return _without_flags(_with_tables(data, file))


def _open_foreign(path: str, file: h5py.File, options: dict[str, Any]) -> xarray.Dataset:
    from ._well import is_well, open_well

    try:
        for kind in ("model", "checkpoint"):
            if f"marea_{kind}" in file.attrs:
                raise _core.DataError(f"{path}: is a {kind} file; a snapshot file is needed")
        if not is_well(file):
            raise _core.DataError(
                f"{path}: has neither the attribute marea_schema nor The Well's groups: it is not a snapshot file of "
                "marea; see marea inspect, and read it with h5py or xarray"
            )
        data = open_well(path, file)
    except BaseException:
        file.close()
        raise
    return data.chunk(options["chunks"]) if "chunks" in options else data
