# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Files in The Well's layout that are not marea's own, as xarray datasets.

Layout: https://polymathic-ai.org/the_well/data_format/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h5py
import numpy
import xarray
from xarray.backends import BackendArray
from xarray.core import indexing

from . import _core

if TYPE_CHECKING:
    from collections.abc import Mapping


def is_well(file: h5py.File) -> bool:
    """True for what has The Well's groups."""
    return "dimensions" in file and any(f"t{rank}_fields" in file for rank in range(3))


class _Stored(BackendArray):
    """A dataset of the file, read when used."""

    def __init__(self, dataset: h5py.Dataset):
        self.dataset, self.shape, self.dtype = dataset, dataset.shape, dataset.dtype

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        support = indexing.IndexingSupport.OUTER_1VECTOR
        return indexing.explicit_indexing_adapter(key, self.shape, support, self.dataset.__getitem__)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


#: what the layout says and what HDF5 keeps for itself
_LAYOUT = {"sample_varying", "time_varying", "dim_varying", "symmetric", "CLASS", "NAME", "DIMENSION_LIST",
           "REFERENCE_LIST"}


def _attributes(source: h5py.HLObject) -> dict[str, Any]:
    return {
        key: _text(value) if isinstance(value, (bytes, str)) else value
        for key, value in source.attrs.items()
        if key not in _LAYOUT and not key.startswith("_Netcdf4") and getattr(value, "dtype", None) != bool
    }


def _within_valid_range(variable: xarray.Variable) -> xarray.Variable:
    """NaN where CF's valid_min, valid_max and valid_range, which speak of the values as stored, say so."""
    attributes = dict(variable.attrs)
    low, high = attributes.pop("valid_range", (attributes.pop("valid_min", None), attributes.pop("valid_max", None)))
    if low is None and high is None:
        return variable
    stored = variable.copy(deep=False)
    stored.attrs = attributes
    for limit, is_inside in ((low, numpy.greater_equal), (high, numpy.less_equal)):
        if limit is not None:
            stored = stored.where(xarray.Variable(variable.dims, is_inside(variable.values, limit)))
    stored.attrs = attributes
    return stored


def _flag(dataset: h5py.Dataset, name: str) -> bool:
    return bool(dataset.attrs.get(name, False))


def _dims(dataset: h5py.Dataset, axes: list[str], rank: int) -> list[str]:
    varying = [bool(flag) for flag in dataset.attrs.get("dim_varying", [True] * len(axes))]
    dims = ["sample"] * _flag(dataset, "sample_varying") + ["time"] * _flag(dataset, "time_varying")
    dims += [axis for axis, varies in zip(axes, varying) if varies]
    return dims + ["component", "component_2"][:rank]


def _require_rank(path: str, name: str, dataset: h5py.Dataset, dims: list[str]) -> None:
    if dataset.ndim != len(dims):
        raise _core.DataError(
            f"{path}: {name} has {dataset.ndim} axes, its attributes sample_varying, time_varying and dim_varying say "
            f"{', '.join(dims) or 'none'}"
        )


def _fields(path: str, file: h5py.File, axes: list[str]) -> Mapping[str, xarray.Variable]:
    found = {}
    for rank in range(3):
        group = file.get(f"t{rank}_fields", {})
        for name in map(_text, group.attrs.get("field_names", list(group)) if len(group) else []):
            if name not in group:
                raise _core.DataError(f"{path}: t{rank}_fields names the field '{name}', which is not there")
            dims = _dims(group[name], axes, rank)
            _require_rank(path, f"t{rank}_fields/{name}", group[name], dims)
            data = indexing.LazilyIndexedArray(_Stored(group[name]))
            found[name] = xarray.Variable(dims, data, _attributes(group[name]))
    return found


def open_well(path: str, file: h5py.File) -> xarray.Dataset:
    """The fields of an open file with axes (sample, time, …spatial axes…, component); closing it closes the file.

    Raises
    ------
    DataError
        where the file contradicts itself or does not name its axes
    """
    dimensions = file["dimensions"]
    if "spatial_dims" not in dimensions.attrs:
        raise _core.DataError(f"{path}: /dimensions has no attribute spatial_dims; it names the axes in the arrays' "
                              "order")
    axes = [_text(name) for name in dimensions.attrs["spatial_dims"]]
    coords: dict[str, Any] = {}
    for name in ["time", *axes]:
        if name not in dimensions:
            raise _core.DataError(f"{path}: /dimensions has no dataset '{name}'")
        dataset = dimensions[name]
        dims = ["sample", name] if dataset.ndim == 2 and _flag(dataset, "sample_varying") else [name]
        _require_rank(path, f"dimensions/{name}", dataset, dims)
        coords[name if dims == [name] else f"{name}_of_sample"] = (dims, dataset[()], _attributes(dataset))
    fields = _fields(path, file, axes)
    for vector in ("component", "component_2"):
        if any(vector in field.dims for field in fields.values()):
            coords[vector] = numpy.array(axes)
    attributes = {key: _text(file.attrs[key]) for key in ("dataset_name", "grid_type") if key in file.attrs}
    fields = {name: _within_valid_range(field) for name, field in fields.items()}
    try:
        # Packed values and gaps as CF defines them. The clock of a simulation starts at 0 s, not at a date.
        data = xarray.decode_cf(xarray.Dataset(fields, coords, attributes), decode_times=False)
    except ValueError as error:
        raise _core.DataError(f"{path}: its fields and axes do not fit together ({error})") from error
    for name, scalar in file.get("scalars", {}).items():
        if isinstance(scalar, h5py.Dataset) and scalar.ndim == 0:
            data[name] = ((), scalar[()], _attributes(scalar))
    data.set_close(file.close)
    return data
