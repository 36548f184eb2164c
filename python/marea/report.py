# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Turn ``report.json`` of ``marea evaluate`` into a self-contained ``report.html`` with figures.

Needs numpy, h5py and matplotlib alone, and also runs as a script without the rest of the package::

    python -m marea.report FOLDER [FOLDER ...] [--output PAGE]
"""

from __future__ import annotations

import argparse
import html
import json
import pathlib
import sys

import numpy as np

try:
    from . import _report_figures as figures
    from ._maps import limits
    from ._page import block, duration, headline, maps, number, save, table
except ImportError:  # run as a script
    import _report_figures as figures
    from _maps import limits
    from _page import block, duration, headline, maps, number, save, table

ERRORS = [("nrmse", "nRMSE", True), ("vrmse", "VRMSE", False), ("mean_absolute_error", "mean error", False),
          ("maximum_error", "maximum", False), ("conservation", "total", True), ("boundary", "boundary", True),
          ("front", "front", True), ("spectral_low", "low", True), ("spectral_middle", "middle", True),
          ("spectral_high", "high", True), ("violations", "out of bounds", True)]
IN_UNITS = ("mean_absolute_error", "maximum_error")
CARD_UNITS = {"seconds": "s", "energy": "J", "data_seconds": "s", "data_cpu_seconds": "s"}


def name_of(method):
    return ("solver " if method["kind"] == "solver" else "") + method["label"]


def method_table(report, titles, cells_of, before=()):
    """A row a method: first the learned models and the best solver configurations, the others folded away."""
    best = report["speed_up"]["envelope"]
    rows = [(m["kind"], [name_of(m), *cells_of(m)]) for m in report["methods"]]
    first = [row for row, m in zip(rows, report["methods"])
             if m["kind"] != "solver" or m["label"] in best or m["made_the_data"]]
    rest = [row for row in rows if row not in first]
    text = table(titles, [*before, *first])
    if rest:
        text += f"<details><summary>{len(rest)} more solver configurations</summary>{table(titles, rest)}</details>"
    return text


def cost_table(report):
    def cells(m):
        tried = ", ".join(f"{threads}: {duration(seconds)}" for threads, seconds in m["seconds_by_threads"].items())
        return [number(m["error"], True), duration(m["seconds"]),
                f"{duration(m['seconds_minimum'])} – {duration(m['seconds_maximum'])}", str(m["threads"]), tried]

    speed = report["speed_up"]
    at_equal_error = []
    if speed.get("solver_cost_is") == "interpolated":
        at_equal_error = [("", ["solver at equal error, interpolated", number(speed["error"], True),
                                duration(speed["solver_seconds"]), "–", "–", "–"])]
    named = f"error of {speed['field']} (headline)" if "field" in speed else "error (headline)"
    passed_over = "".join(
        f"<p class='note'>Baseline {html.escape(b['label'])} was not trained: {html.escape(b['why'])}.</p>"
        for b in report.get("baselines_passed_over", []))
    return method_table(report, ["method", named, "time of a run", "range", "threads", "time by threads, first run"],
                        cells, at_equal_error) + passed_over


def error_table(report, channel, units):
    def cells(m):
        errors = m["fields"].get(channel, {})
        return [number(errors.get(key), share) for key, _, share in ERRORS]

    return (f"<h2>Errors of {html.escape(channel)}</h2>"
            + method_table(report, ["method", *(title + (f" [{units}]" if key in IN_UNITS else "")
                                                for key, title, _ in ERRORS)], cells))


def drift_table(report):
    reference = report["reference"].get("drift")
    if not reference:
        return ""

    def change(quantity):
        relative = quantity["units"] == "1"
        return number(quantity["final"], relative) + ("" if relative else f" {quantity['units']}")

    return ("<h2>Drift of conserved quantities</h2>"
            + method_table(report, ["method", *reference], lambda m: [change(m["drift"][name]) for name in reference],
                           [("", ["reference", *map(change, reference.values())])])
            + "<p class='note'>Magnitude of the change from the start to the last lead time, relative to the start "
              "unless units stand by it; a solver's on its own grid. Water leaves through open boundaries: compare "
              "with the reference.</p>")


def arrival_table(report):
    if "arrivals" not in report["methods"][0]:
        return ""
    reached = number(report["methods"][0]["arrivals"]["reached"], True)
    return ("<h2>Arrivals</h2>"
            + method_table(report, ["method", "cells misjudged", "mean error where reached [s]"],
                           lambda m: [number(m["arrivals"]["misjudged"], True),
                                      number(m["arrivals"].get("mean_absolute_error"))])
            + f"<p class='note'>A wave reaches {reached} of the cells before 99 % of the run in the reference. "
              "Misjudged: reached in one of forecast and reference alone.</p>")


def gauge_table(report, unit_of):
    gauges = report["methods"][0].get("gauges")
    if not gauges:
        return ""
    places = "; ".join(f"{name}: cell at ({', '.join(f'{x:.6g}' for x in place['cell'])}), {place['distance']:.3g} away"
                       for name, place in report["reference"]["gauges"].items())
    columns = [(gauge, channel) for gauge, channels in gauges.items() for channel in channels]
    reference = [number(gauges[g][c]["mean_absolute_reference"]) for g, c in columns]
    return ("<h2>Gauges: mean absolute error</h2>"
            + method_table(report, ["method", *(f"{g}: {c} [{unit_of(c)}]" for g, c in columns)],
                           lambda m: [number(m["gauges"][g][c]["mean_absolute_error"]) for g, c in columns],
                           [("", ["mean of the reference", *reference])])
            + f"<p class='note'>{html.escape(places)}.</p>")


def trust_table(report):
    trust = report.get("trust")
    if not trust:
        return ""
    text = "<h2>Trust</h2>"
    if "alarms" in trust:
        text += (f"<p>Of {trust['runs']} held-out inputs {trust['alarms']} raise an alarm: an input unlike the "
                 "training's.</p>")
    band = trust.get("band", {})
    if "coverage" in band:
        rows = [("", [channel, number(held, True), number(band["coverage_of_reference"][channel], True)])
                for channel, held in band["coverage"].items()]
        text += (f"<p>Share of the values that the band of {100 * band['share']:g} % holds, {band['runs']} runs:</p>"
                 + table(["output", "data's own", "finer reference"], rows))
    return text


def model_card(card):
    def text(key, value):
        rounded = f"{value:.3g}" if isinstance(value, float) else str(value)
        return f"{rounded} {CARD_UNITS[key]}" if key in CARD_UNITS else rounded

    rows = "".join(f"<tr><td>{html.escape(key.replace('_', ' '))}</td><td>{html.escape(text(key, value))}</td></tr>"
                   for key, value in card.items())
    return f"<h2>Model card</h2><table class='card'>{rows}</table>" if rows else ""


def scale_of(fields, channel):
    return limits(fields.masked(fields.reference[:, fields.channels.index(channel)]))


def side_by_side(fields, channel, units):
    """Reference and forecasts at the last lead time, and the differences."""
    c = fields.channels.index(channel)
    truth = fields.reference[-1, c]
    fields_of = [(("solver " if kind == "solver" else "") + label, values[-1, c])
                 for label, kind, values in fields.methods]
    differences = [(label, values - truth) for label, values in fields_of]
    own = next(values[-1, c] for _, kind, values in fields.methods if kind == "surrogate") - truth
    spread = np.nanpercentile(np.abs(fields.masked(own)), 99) if np.isfinite(own).all() else 0
    spread = spread or max(abs(limit) for limit in scale_of(fields, channel)[:2])
    return (f"<h2>Fields: {html.escape(channel)} at {fields.time[-1]:g} s</h2>"
            + maps(fields, [("reference", truth), *fields_of], scale_of(fields, channel), f"{channel} [{units}]")
            + "<h3>Difference from the reference</h3>"
            + maps(fields, differences, (-spread, spread, "PuOr"), f"difference [{units}]")
            + f"<p class='note'>Held-out run {html.escape(pathlib.Path(fields.file).name)}; the colours of the "
              "differences end where the surrogate's error does (99th percentile). Contours at half the range, dashed "
              "where negative."
            + ("" if fields.mask is None else " Grey cells lie outside the mask.") + "</p>")


def film_strip(fields, channel, units):
    """Reference, surrogate and their difference at some lead times."""
    c = fields.channels.index(channel)
    guess = next(values for _, kind, values in fields.methods if kind == "surrogate")
    leads = np.unique(np.linspace(0, len(fields.time) - 1, 5).round().astype(int))
    shown = [(f"{fields.time[lead]:g} s: {what}", values[lead, c]) for lead in leads
             for what, values in (("reference", fields.reference), ("surrogate", guess),
                                  ("difference", guess - fields.reference))]
    return ("<h2>Rollout</h2>" + maps(fields, shown, scale_of(fields, channel), f"{channel} [{units}]", "maps film")
            + "<p class='note'>The surrogate applied to its own output again and again.</p>")


def section(report, fields_path):
    """One evaluated model as a part of the page."""
    model = report["model"]
    units = {o["name"]: o["units"] for o in model["outputs"]}

    def unit_of(channel):
        return units.get(channel) or units.get(channel.rsplit("_", 1)[0], "1")

    what = f"step of {model['interval']:g} s" if model["task"] == "step" else model["task"]
    title = f"{model['name']} ({what}) against the solver"
    parts = [headline(title, report["headline"])]
    parts.append(block("Cost and error", figures.cost_error_plane(report),
                       "Each point is a method: star surrogate, squares baselines, circles the solver at second order, "
                       "triangles at first order, hollow in single precision. The line joins the best solver "
                       "configurations; the bar leads to the solver's cost at the surrogate's error, with the ratio of "
                       "the two costs."))
    parts.append(cost_table(report))
    if fields_path.exists():
        fields = figures.Fields(fields_path)
        first = fields.channels[0]
        if len(fields.time) > 1:
            parts.append(block("Error against lead time", figures.error_by_lead(report, first),
                               "Solid: surrogate; dashed: the best solver configurations; dotted: baselines."))
        if fields.planar:
            parts += [side_by_side(fields, channel, unit_of(channel))
                      for channel in (fields.channels if len(fields.time) == 1 else [first])]
            if len(fields.time) > 1:
                parts.append(film_strip(fields, first, unit_of(first)))
            parts.append(block("Spectra", figures.spectra(fields, first), "Which wave lengths each method keeps."))
    parts += [error_table(report, channel, unit_of(channel)) for channel in report["methods"][0]["fields"]]
    parts.append("<p class='note'>nRMSE is the relative L2 error; VRMSE is 1 for the mean field; mean error and "
                 "maximum: of the magnitude, in the field's units; total: error of the sum over cells; boundary and "
                 "front (wet/dry): errors there over the whole field's norm; low, middle, high: nRMSE by thirds of the "
                 "wave numbers; out of bounds: cells whose value cannot be, as its field declares. Means over held-out "
                 "runs and lead times.</p>")
    parts += [drift_table(report), arrival_table(report), gauge_table(report, unit_of), trust_table(report),
              model_card(model.get("card") or {})]
    return "".join(parts)


def write(*folders, output=None):
    """Write one page on the models evaluated into these folders and return its path.

    Parameters
    ----------
    folders : paths of folders that ``marea evaluate`` wrote, one a model
    output : path of the page; by default ``report.html`` in the first folder

    Raises
    ------
    FileNotFoundError
        when a folder holds no ``report.json``
    """
    import matplotlib

    matplotlib.use("Agg")
    folders = [pathlib.Path(folder) for folder in folders]
    body = "".join(section(json.loads((folder / "report.json").read_text()), folder / "report_fields.h5")
                   for folder in folders)
    return save(output or folders[0] / "report.html", "marea: surrogate against solver", body)


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Write report.html from what marea evaluate measured.")
    parser.add_argument("folder", nargs="+", help="folder that marea evaluate wrote; several give one page")
    parser.add_argument("--output", help="the page; default report.html in the first folder")
    options = parser.parse_args(arguments)
    try:
        print(write(*options.folder, output=options.output))
    except FileNotFoundError as error:
        print(f"report: {error.filename} is missing; run marea evaluate first", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
