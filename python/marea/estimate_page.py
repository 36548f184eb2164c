# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Turn what ``marea estimate`` left in a folder into a self-contained ``estimate.html`` with figures.

Needs numpy, h5py and matplotlib alone, and also runs as a script without the rest of the package::

    python -m marea.estimate_page FOLDER
"""

from __future__ import annotations

import argparse
import html
import pathlib
import sys

import numpy as np

try:
    from . import _estimate_figures as figures
    from ._maps import limits
    from ._page import block, duration, headline, maps, number, save, table
except ImportError:  # run as a script
    import _estimate_figures as figures
    from _maps import limits
    from _page import block, duration, headline, maps, number, save, table


def scale_of(field, from_zero):
    """Colours of a map; what cannot be negative begins at 0."""
    low, high, colours = limits(np.maximum(field, 0) if from_zero else field)
    return (0.0 if from_zero or low < 0 and colours == "viridis" else low), high, colours


def statistic_table(result):
    rows = []
    for e in result["estimates"]:
        mean = "" if e["cells"] == 1 else ", mean over cells"
        interval = f"{number(e['low'])} to {number(e['high'])}" if "low" in e else number(None)
        grid = number(e.get("discretisation_error"))
        rows.append(("", [f"{e['statistic']} of {e['quantity']}{mean}", e["units"], number(e["value"]),
                          number(e["standard_error"]), interval, grid]))
    return ("<h2>Statistics</h2>"
            + table(["statistic", "units", "value", "standard error", f"{100 * result['confidence']:g} % interval",
                     "error of the grid"], rows)
            + "<p class='note'>Intervals are statistical: the error of the solver on its own grid is not in them. It "
              "stands beside, by Richardson's extrapolation from half as many cells an axis on the inputs of the pilot.</p>")


def statistic_maps(study):
    """Each statistic of a field beside its standard error."""
    if not study.grid.planar:
        return ""
    text = ""
    for e in study.result["estimates"]:
        name = f"{e['quantity']}_{e['statistic']}"
        if name not in study.fields:
            continue
        grid = study.grid_of(e["quantity"])
        units = "" if e["units"] == "1" else f" [{e['units']}]"
        from_zero = e["statistic"].startswith(("std", "exceedance", "sobol"))
        parts = [(f"{e['statistic']}{units}", study.fields[name], from_zero),
                 (f"standard error{units}", study.fields[name + "_standard_error"], True)]
        text += (f"<h2>{html.escape(e['statistic'])} of {html.escape(e['quantity'])}</h2><div class='maps pair'>"
                 + "".join("<div>" + maps(grid, [(title, field)], scale_of(grid.masked(field), zero), title, "map")
                           + "</div>" for title, field, zero in parts) + "</div>")
    return text + ("<p class='note'>Grey cells do not vary.</p>" if text else "")


def sobol_part(study):
    """Bars and a table of the Sobol indices of each quantity."""
    def cells(e):
        return [number(e["value"]), number(e["standard_error"])]

    text = ""
    for quantity in dict.fromkeys(e["quantity"] for e in study.result["estimates"]):
        indices = figures.sobol_of(study.result, quantity)
        if indices:
            text += block(f"Sobol indices of {quantity}", figures.sobol(study, quantity),
                          "Share of the variance by each parameter alone (first order) and with others (total). Of a "
                          "field, means over its cells. Bars: standard errors.")
            text += table(["parameter", "first order", "standard error", "total order", "standard error"],
                          [("", [name, *cells(pair["first"]), *cells(pair["total"])])
                           for name, pair in indices.items()])
    return text


def allocation_table(result):
    models, total = result["models"], sum(m["seconds"] * m["samples"] for m in result["models"])
    rows = [("surrogate" if m["surrogate"] else "",
             [m["label"], duration(m["seconds"]), f"{m['correlation']:.4f}", str(m["samples"]),
              duration(m["seconds"] * m["samples"]), number(m["seconds"] * m["samples"] / total if total else 0, True)])
            for m in models]
    groups = [("", [", ".join(models[m]["label"] for m in g["models"]), str(g["samples"])]) for g in result["groups"]]
    return (table(["model", "a sample takes", "correlation", "samples", "all samples", "share"], rows)
            + "<p class='note'>Correlation with the solver in the pilot, over the first quantity.</p>"
            + f"<details><summary>{len(groups)} groups of samples</summary>"
            + table(["models that run on the same inputs", "samples"], groups) + "</details>")


def section(study):
    """A study as the body of a page."""
    result = study.result
    first = result["estimates"][0]["quantity"]
    return "".join([
        headline("Statistics over uncertain inputs", result["headline"]),
        statistic_table(result),
        statistic_maps(study),
        sobol_part(study),
        block("Convergence", figures.convergence(study),
              f"Standard error of the mean of {first} that each estimator would leave, from the pilot's covariances "
              "and costs; the star is what this study's own samples say. Shaded: 95 % range of plain Monte Carlo's line."),
        block("Allocation", figures.allocation(study), "Where the time of the samples went, and how often each ran."),
        allocation_table(result),
        block("Samples", figures.samples(study),
              f"The {result['pilot']} inputs of the pilot: each model against the solver. The pilot fixed weights and "
              "allocation and is in no statistic above."),
    ])


def write(folder, output=None):
    """Write the page of a study and return its path.

    Parameters
    ----------
    folder : path of the folder that ``marea estimate`` wrote
    output : path of the page; by default ``estimate.html`` in the folder

    Raises
    ------
    FileNotFoundError
        when the folder holds no ``estimate.json`` or ``estimate.h5``
    """
    import matplotlib

    matplotlib.use("Agg")
    folder = pathlib.Path(folder)
    return save(output or folder / "estimate.html", "marea: statistics over uncertain inputs",
                section(figures.Study(folder)))


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Write estimate.html from what marea estimate found.")
    parser.add_argument("folder", help="folder that marea estimate wrote")
    parser.add_argument("--output", help="the page; default estimate.html in the folder")
    options = parser.parse_args(arguments)
    try:
        print(write(options.folder, output=options.output))
    except FileNotFoundError as error:
        print(f"estimate_page: {error.filename} is missing; run marea estimate first", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
