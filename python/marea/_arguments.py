# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""What callers may pass: paths, names, arrays. Anything else is one line that says what to pass instead."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

import numpy

from . import _core


def path_of(value: Any, what: str) -> str:
    """`value` as the text of a path, with ~ expanded. Raises ConfigError for what is no path."""
    if isinstance(value, (str, os.PathLike)):
        return os.path.expanduser(os.fsdecode(os.fspath(value)))
    raise _core.ConfigError(f"{what} is of type {type(value).__name__}; pass a path: str or pathlib.Path")


def name_of(value: Any, what: str, known: Iterable[str]) -> str:
    """`value`, a name. Raises ConfigError for what is no text."""
    if isinstance(value, str):
        return value
    names = ", ".join(known)
    raise _core.ConfigError(f"{what} is of type {type(value).__name__}; pass one of the names {names}")


def unknown(what: str, name: str, known: Iterable[str]) -> _core.ConfigError:
    """The error for a name that is none of `known`; it suggests the nearest."""
    known = list(known)
    near = _core.nearest_name(name, known)
    hint = f", did you mean '{near}'?" if near else ";"
    return _core.ConfigError(f"{what} '{name}'{hint} known: {', '.join(known)}")


def _from_tensor(tensor: Any, what: str) -> numpy.ndarray:
    """Of a torch tensor, which NumPy refuses in words of its own."""
    steps = [
        (tensor.requires_grad, "needs gradients", "detach()"),
        (tensor.device.type != "cpu", f"lives on {tensor.device}", "cpu()"),
        (str(tensor.dtype) == "torch.bfloat16", "is bfloat16", "float()"),
        (str(tensor.layout) != "torch.strided", "is sparse", "to_dense()"),
        (tensor.is_complex(), "is complex", "real"),
    ]
    faults = [(fault, remedy) for is_so, fault, remedy in steps if is_so]
    if faults:
        says, remedies = " and ".join(fault for fault, _ in faults), ".".join(remedy for _, remedy in faults)
        raise _core.ShapeError(f"{what}: the torch tensor {says}; pass tensor.{remedies}.numpy()")
    return tensor.numpy()


def units_factor(what: str, found: Any, wanted: str) -> float:
    """What turns values in `found` into values in `wanted`; 1 where one of them says nothing. Raises ShapeError."""
    if not found or not wanted:
        return 1.0
    factor = _core.units_factor(str(found), wanted)
    if factor is None:
        raise _core.ShapeError(f"{what} is in '{found}', and nothing is known to turn that into '{wanted}'")
    return factor


def refuse_packed(what: str, attributes: Mapping[Any, Any]) -> None:
    """Raises ShapeError where attributes of an xarray.DataArray say what has not been applied to its values."""
    packing = ("scale_factor", "add_offset", "_FillValue", "missing_value")
    plain = {name.replace("_", "").lower() for name in packing} | {"nodata", "nodatavalue", "scale", "offset"}
    said = [key for key in attributes if str(key).replace("_", "").lower() in plain]
    if str(attributes.get("positive", "")).lower() == "down":
        said.append("positive = 'down'")
    if said:
        raise _core.ShapeError(
            f"{what} has the attribute {said[0]}, which is not applied yet: pass xarray.decode_cf(data), which knows "
            f"{', '.join(packing)}; values upwards"
        )


def refuse_meaning(what: str, attributes: Mapping[Any, Any], wanted: str) -> None:
    """Raises ShapeError where a standard_name says another quantity than the field's own.

    Names of one quantity above other levels ("sea_surface_height_above_geoid", "… _mean_sea_level") are alike.
    """
    said = str(attributes.get("standard_name", ""))
    if said and wanted and said.partition("_above_")[0] != wanted.partition("_above_")[0]:
        raise _core.ShapeError(
            f"{what} has standard_name = '{said}', but must be '{wanted}'; correct the attribute, or pass the right field"
        )


def array_of(value: Any, what: str) -> numpy.ndarray:
    """`value` as an array of real numbers; no copy where it is one.

    Raises ShapeError for text, masked values, tensors that NumPy cannot read, and what is no array of numbers.
    """
    if isinstance(value, (str, bytes, os.PathLike)):
        raise _core.ShapeError(
            f"{what} is text, {str(value)[:60]!r}; pass an array of numbers (marea.open reads the arrays of a file)"
        )
    if type(value).__module__.split(".")[0] == "torch":
        return _from_tensor(value, what)
    try:
        if isinstance(value, (list, tuple)):
            value = numpy.ma.asarray(value)  # keeps the masks of what it holds
        masked = numpy.ma.count_masked(value) if isinstance(value, numpy.ma.MaskedArray) else 0
        array = numpy.ma.getdata(value) if isinstance(value, numpy.ma.MaskedArray) else numpy.asarray(value)
    except (ValueError, TypeError, RuntimeError) as error:
        reason = str(error).partition("\n")[0]
        raise _core.ShapeError(f"{what}: no array can be made of it ({reason}); pass a numpy.ndarray") from error
    if masked:
        raise _core.ShapeError(
            f"{what}: {masked} of {array.size} values are masked; pass array.filled(value), with numpy.nan where "
            "nothing is known (a model answers NaN with NaN)"
        )
    if array.dtype.kind not in "fiub":
        raise _core.ShapeError(f"{what} has dtype {array.dtype}; pass real numbers, array.astype('f4') or 'f8'")
    return array
