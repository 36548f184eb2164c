# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""A trained model."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, overload

import numpy

from . import _core, _named
from ._arguments import array_of, path_of

if TYPE_CHECKING:
    import numpy.typing
    import xarray

    Array = numpy.typing.NDArray[Any]


class OutOfDomainWarning(UserWarning):
    """An input unlike those that a model was trained on."""


class Trust(NamedTuple):
    """How far an input lies from the training's.

    ``score`` above 1 is an alarm, false for 1 % of inputs like the training's; ``level`` is "inside", "doubtful" (to 2)
    or "outside"; ``reason`` "not_finite", "constant", "envelope", "distance", "neighbour" or
    "basis"; ``text`` says it in words.
    """

    score: float
    level: str
    reason: str
    text: str


class Surrogate(getattr(_core, "Surrogate", object)):  # type: ignore[misc]
    """A trained model: fields in, fields out, in physical units. Several threads may call one object.

    ``inputs`` and ``outputs`` say which channel is which: "eta", "velocity_x", …

    Examples
    --------
    >>> model = Surrogate.load("model.h5")
    >>> model(marea.open("run.h5"))             # by name: an xarray.Dataset, units, axes and components checked
    >>> model({"eta": eta, "velocity_x": u, "velocity_y": v})
    >>> model(array)                            # (channels, y, x) in the order of model.inputs
    """

    def __init__(self) -> None:
        raise TypeError("a model comes from marea.Surrogate.load(path)")

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], device: str = "cpu", precision: Literal["single", "double"] = "single"
    ) -> Surrogate:
        """Load a model file; its checksums and golden output are checked.

        Parameters
        ----------
        path : model file
        device : "cpu", "cuda" or "cuda:N"
        precision : "single" or "double"

        Raises
        ------
        IoError, DataError
            when the file cannot be read, or is truncated, damaged or no model file
        """
        if not _core.torch_version:
            raise _core.NotBuilt("surrogate: marea was built with MAREA_SURROGATE=OFF; build it with LibTorch")
        self = cls.__new__(cls)
        _core.Surrogate.__init__(self, path_of(path, "Surrogate.load: path"), device, precision)
        self._warned = set()
        return self

    @overload
    def __call__(self, fields: xarray.Dataset, *, judge: bool = True, band: None = None) -> xarray.Dataset: ...
    @overload
    def __call__(
        self, fields: Mapping[str, Array], *, judge: bool = True, band: None = None
    ) -> dict[str, Array]: ...
    @overload
    def __call__(self, fields: Array, *, judge: bool = True, band: None = None) -> Array: ...
    @overload
    def __call__(self, fields: Any, *, judge: bool = True, band: float) -> tuple[Any, Any]: ...
    def __call__(self, fields, *, judge=True, band=None):
        """Predict, in physical units.

        Parameters
        ----------
        fields : xarray.Dataset, dict of arrays, or numpy.ndarray
            a Dataset holds the model's input fields by name, as ``marea.open`` and ``Solver.to_xarray`` give them;
            vectors as one field with a named axis of components, or by component (velocity_x); every other axis, such
            as time, is a batch. A dict holds arrays (…, [z,] [y,] x) by the names in ``inputs``. An array, float32 or
            float64, is (channels, [z,] [y,] x) in the order of ``inputs``, or a batch of them; any strides.
            With a history a Dataset has an axis time of so many states, an array of a dict one before the spatial axes.
        judge : warn where an input is unlike the training's
        band : a share, such as 0.9: also the half widths of the band that holds so large a share of the true values

        Returns
        -------
        xarray.Dataset, dict or numpy.ndarray
            the same kind with the fields or channels of ``outputs``; a step's Dataset is one interval later. With
            ``band`` two of them, the second with half widths, NaN where an input is not inside the training's domain

        Warns
        -----
        OutOfDomainWarning
            once a model and reason, for an input that is unlike the training's (``trust``)

        Raises
        ------
        ConfigError
            for a field that is missing or unknown
        ShapeError
            for values in other units, on other axes, masked or without named components; when channels are not the
            model's, or the cells are not those of a model that runs on its own grid only

        Notes
        -----
        ``info["extents"]`` are the cells of the training. ``fno`` and ``unet`` run on other numbers of cells too. To
        ``fno`` they are another resolution of the same domain: it learnt a function of fields, so expect the error of
        the training grid's truncation at least. ``unet`` learnt stencils of cells, which are shorter on finer cells: do
        not expect the same function. Values unlike the training's give a guess and a warning, a NaN among them gives
        NaN. The guard of a hybrid run rejects both.
        """
        if isinstance(fields, Mapping):
            answer = _named.predict(self, fields, ask=lambda batch: self._predict(batch, judge))
        else:
            answer = self._predict(array_of(fields, "input"), judge)
        return answer if band is None else (answer, self.band(fields, band))

    def _predict(self, array: Array, judge: bool) -> Array:
        try:
            answer = super().__call__(array)
        except _core.ShapeError as error:
            raise _core.ShapeError(f"{error}; its channels in order are {', '.join(self.inputs)}") from None
        if judge and self.knows_trust:
            for trust in self.trust(array):
                if trust.level != "inside" and trust.reason not in self._warned:
                    self._warned.add(trust.reason)
                    warnings.warn(f"the input of '{self.info['name']}' is unlike its training's: {trust.text}",
                                  OutOfDomainWarning, stacklevel=3)
        return answer

    def trust(self, fields: Any) -> list[Trust]:
        """How far each sample lies from what the model was trained on.

        Parameters
        ----------
        fields : as for a call

        Returns
        -------
        list of Trust
            one a sample, a batch's in C order; empty for models that were trained without it (``knows_trust``)
        """
        verdicts: list[Trust] = []

        def ask(batch: Array) -> Array:
            verdicts.extend(Trust(*verdict) for verdict in super(Surrogate, self).judge(batch))
            return numpy.zeros((len(batch), len(self.outputs), *batch.shape[2:]), batch.dtype)

        if isinstance(fields, Mapping):
            _named.predict(self, fields, ask=ask)
            return verdicts
        return [Trust(*verdict) for verdict in super().judge(array_of(fields, "input"))]

    def band(self, fields: Any, share: float) -> Any:
        """Half widths around a call's answer that hold a share of the true values.

        Calibrated on the validation runs: for inputs like the training's, and on average over cells.

        Parameters
        ----------
        fields : as for a call
        share : between 0 and 1, such as 0.9

        Returns
        -------
        xarray.Dataset, dict or numpy.ndarray
            like a call's; NaN for a sample that is not inside the training's domain

        Raises
        ------
        ConfigError
            when the model was trained without it (``knows_band``), or for another share
        """
        if isinstance(fields, Mapping):
            return _named.predict(self, fields, ask=lambda batch: super(Surrogate, self).band(batch, share))
        return super().band(array_of(fields, "input"), share)

    def deviation(self, fields: Array) -> Array:
        """Standard deviation of each value that a call gives, where the model knows it (``knows_deviation``): pod_gp.

        Parameters
        ----------
        fields : numpy.ndarray
            as for a call: (channels, [z,] [y,] x) in the order of ``inputs``, or a batch of them

        Returns
        -------
        numpy.ndarray
            like a call's, in the units of ``outputs``: what the model's own assumptions say, not a measured error

        Raises
        ------
        ConfigError
            when the model does not know it
        """
        return super().deviation(array_of(fields, "input"))

    def rollout(self, fields: Any, leads: int) -> Any:
        """Apply a step model to its own output again and again.

        Parameters
        ----------
        fields : the first input, as for a call: one state, no batch
        leads : how many intervals

        Returns
        -------
        xarray.Dataset, dict or numpy.ndarray
            the state after 1, 2, … intervals: (time, …) of a Dataset, (leads, …) of a dict, (leads, channels, …) of
            an array
        """
        if isinstance(leads, bool) or not isinstance(leads, (int, numpy.integer)) or leads < 1:
            raise _core.ConfigError(f"rollout: leads = {leads!r} must be a whole number >= 1")
        if isinstance(fields, Mapping):
            return _named.predict(self, fields, leads)
        return super().rollout(array_of(fields, "input"), leads)
