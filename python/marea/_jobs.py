# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""What the program does with a case file, from Python: simulate, train, estimate, evaluate."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import _core
from ._arguments import path_of
from ._case import Case, read_case, say_rest
from ._open import open as open_file
from ._progress import progress_bars
from ._surrogate import Surrogate

if TYPE_CHECKING:
    import xarray


@dataclass(frozen=True)
class Run:
    """One simulation that ended."""

    status: str  #: "finished", or "stopped" with a checkpoint written: call again to go on
    snapshot_file: str
    time: float  #: model time
    seconds: float  #: wall time
    steps: int
    mcell_steps_per_second: float
    invariants: list[tuple[str, float, str]]  #: conserved quantities at the end: name, value, units
    #: what a hybrid says of itself: coverage, audited errors, seconds, net_speed_up
    hybrid: dict[str, Any] | None = None

    def open(self, **options: Any) -> xarray.Dataset:
        """The snapshots, see ``marea.open``."""
        return open_file(self.snapshot_file, **options)


def simulate(case: Case, *, progress: bool = True, restart: str | os.PathLike[str] = "auto",
             **overrides: Any) -> Run | list[Run]:
    """Run the simulation or ensemble of a case file: a solver, a surrogate or a hybrid, whatever it names.

    Parameters
    ----------
    case : path of a TOML case file, or a dict of its tables
    progress : show a bar
    restart : "auto" goes on from the newest checkpoint, "never" starts again, or the path of a checkpoint
    **overrides : tables of a case file with new values, ``run={"end_time": 60.0}``, or dotted names,
        ``**{"run.end_time": 60.0}``

    Returns
    -------
    Run, or a list of Run for an ensemble (all its members; those that were complete before have steps 0)

    Raises
    ------
    ConfigError, DataError, IoError, NumericalError
        as the program's exit codes 3, 5 and 4
    KeyboardInterrupt
        after Ctrl-C; a checkpoint is written, the same call goes on from there
    """
    tree = read_case("simulate", case, overrides, ["case", "progress", "restart"])
    say_rest(tree)
    with progress_bars(progress):
        runs = [Run(**result) for result in _core.simulate(tree, path_of(restart, "restart"))]
    return runs if "ensemble" in tree else runs[0]


def _require_surrogates(what: str) -> None:
    if not _core.torch_version:
        raise _core.NotBuilt(f"{what}: marea was built with MAREA_SURROGATE=OFF; build it with LibTorch")


@dataclass(frozen=True)
class Training:
    """One training that ended."""

    model_file: str  #: the weights with the least validation error
    already_done: bool  #: the same training was finished before; nothing was done
    epochs: int
    best_epoch: int  #: counted from 1; 0 for a classical model
    best_error: float  #: validation error of the model
    seconds: float  #: of the whole training
    energy: float  #: [J]
    curve: dict[str, list[float]]  #: column -> one value an epoch

    def load(self, device: str = "cpu", precision: str = "single") -> Surrogate:
        """The trained model, see ``marea.Surrogate.load``."""
        return Surrogate.load(self.model_file, device, precision)


def train(case: Case, *, progress: bool = True, restart: str | os.PathLike[str] = "auto", **overrides: Any) -> Training:
    """Train the model that a training file describes.

    Parameters
    ----------
    case : path of a TOML training file, or a dict of its tables data, model, normalise, train
    progress : show a bar
    restart : "auto" goes on from a checkpoint where there is one, "never" starts again, or the path of a checkpoint
    **overrides : as in ``marea.simulate``

    Raises
    ------
    ConfigError, DataError, IoError, NumericalError
        as the program's exit codes 3, 5 and 4
    KeyboardInterrupt
        after Ctrl-C; a checkpoint is written, the same call goes on from there and ends in the same bits
    """
    _require_surrogates("train")
    tree = read_case("train", case, overrides, ["case", "progress", "restart"])
    with progress_bars(progress):
        return Training(**_core.train(tree, path_of(restart, "restart")))


def estimate(
    case: str | os.PathLike[str] | Mapping[str, Any], *, html: bool = True, progress: bool = True, **overrides: Any
) -> xarray.Dataset:
    """Estimate statistics of the solver's outputs over uncertain inputs, with surrogates as control variates.

    Parameters
    ----------
    case : path of a TOML case file, or a dict of its tables, with [ensemble.vary] and [estimate] (docs/estimate.md)
    html : also draw estimate.html (``marea.estimate_page``)
    progress : show bars
    **overrides : as in ``marea.simulate``

    Returns
    -------
    xarray.Dataset
        what estimate.h5 holds, in memory: of each field and statistic NAME its values, NAME_standard_error, NAME_low
        and NAME_high, in the field's units; attribute "estimate" is what estimate.json holds, with the quantities at
        gauges

    Raises
    ------
    ConfigError, DataError, IoError, NumericalError
        as the program's exit codes 3, 5 and 4
    KeyboardInterrupt
        after Ctrl-C; the same call goes on with the samples that are done
    """
    _require_surrogates("estimate")
    tree = read_case("estimate", case, overrides, ["case", "html", "progress"])
    with progress_bars(progress):
        result = _core.estimate(tree)
    if html:
        from . import estimate_page

        estimate_page.write(result["output"])
    with open_file(pathlib.Path(result["output"]) / "estimate.h5") as file:
        dataset = file.load()
    dataset.attrs["estimate"] = result
    return dataset


def evaluate(
    model: str | os.PathLike[str],
    data: str | os.PathLike[str],
    *,
    output: str | os.PathLike[str] = "report",
    html: bool = True,
    progress: bool = True,
    **options: Any,
) -> dict[str, Any]:
    """Compare a model with baselines and with the solver itself on held-out runs.

    Parameters
    ----------
    model : model file
    data : folder of snapshot files
    output : folder of the report
    html : also draw report.html (``marea.report``)
    **options : as for ``marea evaluate``: baselines, case, split, training_data, runs, reference, refinement,
        resolutions, rounds, device, baseline_seconds

    Returns
    -------
    dict
        what report.json holds; its key "headline" starts with the speed-up at equal error, or says that there is none
    """
    _require_surrogates("evaluate")
    paths = {name: path_of(value, name) for name, value in (("model", model), ("data", data), ("output", output))}
    with progress_bars(progress):
        report = _core.evaluate(_core.OptionTree({**paths, **options}))
    if html:
        from . import report as pages

        pages.write(pathlib.Path(paths["output"]))
    return report
