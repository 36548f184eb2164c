# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""What ``marea estimate`` left in a folder, and the figures of ``estimate.html``."""

from __future__ import annotations

import errno
import json
import os
import pathlib

import numpy as np

try:
    from ._maps import Grid
    from ._report_figures import COLOURS
    from ._unlocked import open_unlocked
except ImportError:  # beside a script
    from _maps import Grid
    from _report_figures import COLOURS
    from _unlocked import open_unlocked

COARSE = "#009E73"


class Study:
    """A folder's ``estimate.json``, the fields of its ``estimate.h5`` and the samples of its pilot."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.result = json.loads((self.folder / "estimate.json").read_text())
        if not (self.folder / "estimate.h5").exists():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self.folder / "estimate.h5"))
        with open_unlocked(self.folder / "estimate.h5") as file:
            axes = [file["dimensions"][name][...] for name in ("z", "y", "x") if name in file["dimensions"]]
            names = {str(name).split("/")[-1]: name for name in file["t0_fields"]}
            self.fields = {name: file["t0_fields"][path][...] for name, path in names.items()}
        self.grid = Grid(axes)

    def grid_of(self, quantity):
        """The grid with the mask of the cells in which a field varies, as far as the statistics tell."""
        spread = self.fields.get(f"{quantity}_std", self.fields.get(f"{quantity}_mean_standard_error"))
        return Grid(self.grid.axes, None if spread is None else spread > 0)

    def first_standard_error(self):
        """Of the mean of the first quantity, of a field the root mean square over its cells; None without a mean."""
        first = self.result["estimates"][0]
        name = first["quantity"] + "_mean_standard_error"
        if name in self.fields:
            return float(np.sqrt(np.mean(self.fields[name] ** 2)))
        return next((e["standard_error"] for e in self.result["estimates"]
                     if e["quantity"] == first["quantity"] and e["statistic"] == "mean"), None)

    def pilot(self, model):
        """Values of the first quantity that a model gave in the pilot, of a field means over cells: (inputs,)."""
        values = np.full(self.result["pilot"], np.nan)
        cells = self.result["estimates"][0]["cells"]
        for path in sorted((self.folder / "samples").glob(f"model{model}_*.h5")):
            first, count = map(int, path.stem.split("_")[1:])
            if first < len(values):
                with open_unlocked(path) as file:
                    part = file["values"][: len(values) - first, :cells].mean(axis=1)
                values[first : first + count] = part
        return values


def colour_of(result, model):
    if model == 0:
        return COLOURS["solver"]
    return COLOURS["surrogate"] if result["models"][model]["surrogate"] else COARSE


def convergence(study):
    """Standard error against cost: of plain Monte Carlo, without surrogates, and of the estimator that was chosen."""
    import matplotlib.pyplot as plt

    result = study.result
    first = result["estimates"][0]
    product = result["variance_times_seconds"]
    achieved = study.first_standard_error()
    middle = max(result["sample_seconds"], 1e-9)
    seconds = middle * np.geomspace(0.1, 10 * max(result["cost_of_monte_carlo"], 1), 50)

    def error(times):
        return np.sqrt(times * product / seconds)

    figure, axes = plt.subplots(figsize=(5.6, 4.4), layout="constrained")
    axes.fill_between(seconds, error(result["cost_of_monte_carlo_low"]), error(result["cost_of_monte_carlo_high"]),
                      color=COLOURS["solver"], alpha=0.15, lw=0)
    axes.plot(seconds, error(result["cost_of_monte_carlo"]), color=COLOURS["solver"], ls="--",
              label="plain Monte Carlo of the solver")
    axes.plot(seconds, error(result["cost_without_surrogates"]), color=COARSE, ls=":", lw=2,
              label="best without surrogates")
    axes.plot(seconds, error(1), color=COLOURS["surrogate"], label=f"chosen: {result['method']}")
    if achieved is not None:
        axes.plot(result["sample_seconds"], achieved, marker="*", ms=16, ls="", color=COLOURS["surrogate"],
                  label="this study")
    axes.set(xscale="log", yscale="log", xlabel="seconds of the samples, pilot not counted",
             ylabel=f"standard error of the mean of {first['quantity']}")
    axes.grid(alpha=0.3, which="both", lw=0.5)
    figure.legend(loc="outside lower center", ncols=2, fontsize=8, frameon=False, handlelength=3.2)
    return figure


def allocation(study):
    """Share of each model in the time of the samples, with how often it ran."""
    import matplotlib.pyplot as plt

    models = study.result["models"]
    seconds = np.array([m["seconds"] * m["samples"] for m in models])
    share = 100 * seconds / max(seconds.sum(), 1e-300)
    figure, axes = plt.subplots(figsize=(5.6, 0.9 + 0.4 * len(models)), layout="constrained")
    bars = axes.barh(range(len(models)), share, color=[colour_of(study.result, m) for m in range(len(models))])
    texts = [f"{m['samples']} samples" if m["samples"] else "left out" for m in models]
    axes.bar_label(bars, texts, padding=4, fontsize=9)
    axes.set_yticks(range(len(models)), [m["label"] for m in models])
    axes.invert_yaxis()
    axes.set(xlabel="share of the samples' time [%]", xlim=(0, 1.25 * share.max() if share.max() > 0 else 1))
    return figure


def sobol_of(result, quantity):
    """Of each varied parameter the estimates of its indices of first and total order."""
    indices = {}
    for e in result["estimates"]:
        order, _, parameter = e["statistic"].removeprefix("sobol_").partition("_")
        if e["quantity"] == quantity and e["statistic"].startswith("sobol_"):
            indices.setdefault(parameter, {})[order] = e
    return indices


def sobol(study, quantity):
    """Sobol indices of each varied parameter, with their standard errors."""
    import matplotlib.pyplot as plt

    indices = sobol_of(study.result, quantity)
    rows = np.arange(len(indices))
    figure, axes = plt.subplots(figsize=(5.6, 1.1 + 0.5 * len(indices)), layout="constrained")
    for order, shift, colour in (("first", -0.2, COLOURS["solver"]), ("total", 0.2, COLOURS["surrogate"])):
        values, errors = ([pair[order][key] for pair in indices.values()] for key in ("value", "standard_error"))
        axes.barh(rows + shift, values, 0.38, xerr=errors, color=colour, label=f"{order} order", capsize=2)
    axes.set_yticks(rows, list(indices))
    axes.invert_yaxis()
    axes.axvline(0, color="0.35", lw=0.8)
    axes.set(xlabel=f"share of the variance of {quantity}")
    figure.legend(loc="outside lower center", ncols=2, fontsize=8, frameon=False)
    return figure


def samples(study):
    """Each model against the solver on the inputs of the pilot."""
    import matplotlib.pyplot as plt

    result = study.result
    first = result["estimates"][0]
    truth = study.pilot(0)
    figure, axes = plt.subplots(figsize=(5.6, 4.4), layout="constrained")
    for model, marker in zip(range(1, len(result["models"])), "o^sDvP<>" * len(result["models"])):
        axes.plot(truth, study.pilot(model), marker=marker, ls="", ms=5, mfc="none", color=colour_of(result, model),
                  label=result["models"][model]["label"])
    low, high = np.nanmin(truth), np.nanmax(truth)
    axes.plot([low, high], [low, high], color="0.35", lw=1, label="equal to the solver")
    what = first["quantity"] + (", mean over cells" if first["cells"] > 1 else "")
    axes.set(xlabel=f"solver: {what}", ylabel="model")
    axes.grid(alpha=0.3, lw=0.5)
    figure.legend(loc="outside lower center", ncols=2, fontsize=8, frameon=False)
    return figure
