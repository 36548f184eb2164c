# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Solvers, surrogates and their files.

>>> import marea
>>> run = marea.simulate("case.toml")           # snapshots, as the program does
>>> data = run.open()                           # an xarray.Dataset
>>> solver = marea.Solver("shallow_water", grid={"nx": 64, "ny": 64, "x": [0, 1e5], "y": [0, 1e5]})
>>> solver.advance(600.0)                       # step from a notebook
>>> solver.state                                # NumPy view of the solver's memory, (variable, y, x)
>>> marea.prepare("GEBCO_2024.nc", "bathymetry.h5", window=(-126, 48, -122, 50))   # real bathymetry on a local grid
>>> model = marea.Surrogate.load("model.h5")
>>> model(inputs)                               # fields in, fields out, physical units
"""

from ._torch_check import check as _check

_check()  # before anything loads LibTorch

from ._core import (  # noqa: E402
    ConfigError,
    DataError,
    Error,
    FieldInfo,
    IoError,
    NotBuilt,
    NumericalError,
    ShapeError,
    Stopped,
    __version__,
)
from . import _fork  # noqa: E402, F401
from ._jobs import Run, Training, estimate, evaluate, simulate, train  # noqa: E402
from ._listing import listing as list  # noqa: E402
from ._open import open  # noqa: E402
from ._solver import Solver  # noqa: E402
from ._surrogate import OutOfDomainWarning, Surrogate, Trust  # noqa: E402

__all__ = [
    "ConfigError",
    "DataError",
    "Error",
    "FieldInfo",
    "IoError",
    "NotBuilt",
    "NumericalError",
    "OutOfDomainWarning",
    "Run",
    "ShapeError",
    "Solver",
    "Stopped",
    "Surrogate",
    "Training",
    "Trust",
    "__version__",
    "estimate",
    "estimate_page",
    "evaluate",
    "list",
    "open",
    "plot",
    "prepare",
    "report",
    "simulate",
    "train",
]


def __dir__():
    return __all__


def __getattr__(name: str):
    if name in ("estimate_page", "plot", "prepare", "report"):  # they need matplotlib or pyproj: loaded on first use
        import importlib

        return importlib.import_module(f"marea.{name}")
    raise AttributeError(f"module 'marea' has no attribute '{name}'")
