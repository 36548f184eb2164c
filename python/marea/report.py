# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Turn ``report.json`` of ``marea evaluate`` into a self-contained ``report.html`` with figures.

Needs numpy, h5py and matplotlib alone, so it also runs as a script::

    python -m marea.report FOLDER [FOLDER ...] [--output PAGE]
"""

from __future__ import annotations

import argparse
import base64
import html
import io
import json
import pathlib
import sys

import h5py
import numpy as np

# Distinct in hue and in lightness (Okabe and Ito 2008); every line has its own marker or dash as well.
COLOURS = {"surrogate": "#D55E00", "baseline": "#009E73", "solver": "#0072B2"}
MARKERS = {"surrogate": "*", "baseline": "s", "solver": "o"}

STYLE = """
:root { color-scheme: light dark; --ink: #1c2733; --soft: #5b6b7b; --line: #d5dde5; --paper: #fff; --mark: #fdf1e7; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --soft: #9fb0c0; --line: #33414f; --paper: #12181f; --mark: #3a2a1c; } }
* { box-sizing: border-box; }
body { font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper);
       max-width: 64rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; line-height: 1.2; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
.headline { border-left: 4px solid #D55E00; background: var(--mark); padding: .7rem 1rem; }
.headline p { margin: .25rem 0; } .headline p:first-child { font-weight: 600; font-size: 1.1rem; }
figure { margin: 1rem 0; } figure img { width: 100%; height: auto; background: #fff; border-radius: 4px; }
figcaption, .note { color: var(--soft); font-size: .9rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: .88rem; white-space: nowrap; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child, td:first-child { text-align: left; } tr.surrogate td { font-weight: 600; background: var(--mark); }
"""

ERRORS = [("nrmse", "nRMSE", True), ("vrmse", "VRMSE", False), ("maximum_error", "maximum", False),
          ("conservation", "total", True), ("boundary", "boundary", True), ("front", "coast", True),
          ("spectral_low", "low", True), ("spectral_middle", "middle", True), ("spectral_high", "high", True)]


def duration(seconds):
    """``0.0123`` -> ``12.3 ms``."""
    for limit, factor, unit in ((1e-3, 1e6, "µs"), (1.0, 1e3, "ms"), (120.0, 1.0, "s")):
        if seconds < limit:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds / 60:.3g} min"


def picture(figure, dpi=150):
    """A matplotlib figure as the text of a data URI."""
    import matplotlib.pyplot as plt

    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=dpi, bbox_inches="tight")
    plt.close(figure)
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()


def block(title, figure, caption):
    return (f"<h2>{html.escape(title)}</h2><figure><img alt='{html.escape(caption, quote=True)}' src='{picture(figure)}'>"
            f"<figcaption>{html.escape(caption)}</figcaption></figure>")


class Fields:
    """What ``report_fields.h5`` holds of one run: the reference and the forecasts, (leads, channels, y, x)."""

    def __init__(self, path, run=0):
        with h5py.File(path) as file:
            self.channels = [str(c) for c in np.atleast_1d(file.attrs["channels"])]
            self.time = file["time"][...]
            self.axes = [file[name][...] for name in ("z", "y", "x") if name in file]
            self.mask = file["mask"][...] > 0 if "mask" in file else None
            group = file[f"run_{run}"]
            self.file = str(group.attrs["file"])
            self.reference = group["reference"][...]
            names = sorted((name for name in group if name.startswith("method_")), key=lambda n: int(n.split("_")[1]))
            self.methods = [(str(group[n].attrs["label"]), str(group[n].attrs["kind"]), group[n][...]) for n in names]

    @property
    def planar(self):
        return len(self.axes) == 2

    def masked(self, field):
        return field if self.mask is None else np.where(self.mask, field, np.nan)

    def extent(self):
        y, x = self.axes
        hx, hy = (x[1] - x[0]) / 2, (y[1] - y[0]) / 2
        return np.array([x[0] - hx, x[-1] + hx, y[0] - hy, y[-1] + hy]) / self.length_scale()

    def length_scale(self):
        return 1e3 if self.axes[-1][-1] > 1e4 else 1.0

    def length_unit(self):
        return "km" if self.length_scale() == 1e3 else "m"


def percent_axis(axis):
    """Ticks of a logarithmic axis as plain percentages."""
    from matplotlib.ticker import FuncFormatter, LogLocator

    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:g} %"))
    axis.set_minor_formatter("")


def dashes(methods):
    """A line style for each of (label, kind): solid surrogate, dashed solvers, each baseline its own dots."""
    dotted = iter([(0, (1, 1)), (0, (1, 2.5)), (0, (3, 1, 1, 1)), (0, (1, 4))] * 4)
    return {label: {"surrogate": "-", "solver": "--"}.get(kind) or next(dotted) for label, kind in methods}


def limits(reference):
    """Colour range and map: symmetric and diverging where the field changes sign."""
    finite = reference[np.isfinite(reference)]
    low, high = np.percentile(finite, [0.5, 99.5]) if finite.size else (0, 1)
    if low < 0 < high and -low > 0.2 * high:
        top = max(-low, high)
        return -top, top, "RdBu_r"
    return low, high if high > low else low + 1, "viridis"


def cost_error_plane(report):
    """Every method by cost and error; the solver's lower envelope as a line."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7.5, 4.8))
    envelope = []
    for method in report["methods"]:
        kind = method["kind"]
        single = method.get("precision") == "single"
        first_order = method.get("order") == 1
        marker = "^" if first_order else MARKERS[kind]
        axes.plot(method["seconds"], method["error"], marker=marker, ls="", ms=16 if kind == "surrogate" else 8,
                  color=COLOURS[kind], mfc="white" if single else COLOURS[kind], zorder=3 if kind == "surrogate" else 2)
        if kind != "solver":
            axes.annotate(method["label"], (method["seconds"], method["error"]), xytext=(0, 11), ha="center",
                          textcoords="offset points", fontsize=10, color=COLOURS[kind])
        if method["label"] in report["speed_up"]["envelope"]:
            envelope.append((method["seconds"], method["error"], method["grid"]))
    envelope.sort()
    axes.plot([e[0] for e in envelope], [e[1] for e in envelope], color=COLOURS["solver"], lw=1.2, zorder=1)
    most_accurate = {grid: (seconds, error) for seconds, error, grid in envelope}  # the last of each grid
    for grid, point in most_accurate.items():
        axes.annotate(grid, point, xytext=(-6, -12), textcoords="offset points", ha="right", fontsize=9,
                      color=COLOURS["solver"])
    speed = report["speed_up"]
    if speed["solver_cost_is"] == "interpolated":
        axes.annotate("", xy=(speed["solver_seconds"], speed["error"]), xytext=(speed["surrogate_seconds"], speed["error"]),
                      arrowprops=dict(arrowstyle="<->", color="0.35"))
        axes.annotate(f"× {speed['ratio']:.3g}", (np.sqrt(speed["solver_seconds"] * speed["surrogate_seconds"]), speed["error"]),
                      xytext=(0, -15), textcoords="offset points", ha="center", fontsize=11)
    axes.set(xscale="log", yscale="log", xlabel="seconds a run", ylabel="relative error against the finer reference")
    axes.margins(0.09, 0.12)
    percent_axis(axes.yaxis)
    axes.grid(alpha=0.3, which="both", lw=0.5)
    return figure


def error_by_lead(report, channel):
    import matplotlib.pyplot as plt

    times = report["reference"]["times"]
    figure, axes = plt.subplots(figsize=(7.5, 4.2))
    styles = dashes([(m["label"], m["kind"]) for m in report["methods"]])
    for method in report["methods"]:
        if method["kind"] == "solver" and method["label"] not in report["speed_up"]["envelope"]:
            continue
        values = method["fields"][channel]["leads"]["nrmse"]
        axes.plot(times, values, ls=styles[method["label"]], color=COLOURS[method["kind"]],
                  lw=2.4 if method["kind"] == "surrogate" else 1.1)
        axes.annotate(method["label"], (times[-1], values[-1]), xytext=(4, 0), textcoords="offset points", fontsize=8,
                      va="center", color=COLOURS[method["kind"]])
    axes.set(yscale="log", xlabel="lead time [s]", ylabel=f"nRMSE of {channel}")
    percent_axis(axes.yaxis)
    axes.grid(alpha=0.3, which="both", lw=0.5)
    return figure


def side_by_side(fields, channel, units):
    """Reference, forecasts, and below each forecast its difference from the reference, at the last lead time."""
    import matplotlib.pyplot as plt

    c = fields.channels.index(channel)
    reference = fields.masked(fields.reference[-1, c])
    shown = [m for m in fields.methods if m[1] != "baseline"] + [m for m in fields.methods if m[1] == "baseline"][:1]
    low, high, colours = limits(reference)
    differences = [fields.masked(values[-1, c]) - reference for _, _, values in shown]
    spread = max(np.nanpercentile(np.abs(d), 99) for d in differences) or 1
    figure, axes = plt.subplots(2, len(shown) + 1, figsize=(3.3 * (len(shown) + 1), 5.4), sharex=True, sharey=True,
                                layout="constrained", squeeze=False)
    kwargs = dict(origin="lower", extent=fields.extent(), interpolation="nearest")
    first = axes[0, 0].imshow(reference, vmin=low, vmax=high, cmap=colours, **kwargs)
    axes[0, 0].set_title("reference")
    axes[1, 0].axis("off")
    for k, ((label, kind, values), difference) in enumerate(zip(shown, differences), start=1):
        axes[0, k].imshow(fields.masked(values[-1, c]), vmin=low, vmax=high, cmap=colours, **kwargs)
        axes[0, k].set_title(label if kind != "solver" else "solver " + label, fontsize=9.5)
        second = axes[1, k].imshow(difference, vmin=-spread, vmax=spread, cmap="PuOr", **kwargs)
        axes[1, k].set_title("difference", fontsize=9)
        axes[1, k].set_xlabel(f"x [{fields.length_unit()}]")
    axes[0, 0].set_ylabel(f"y [{fields.length_unit()}]")
    for a in axes.flat:
        a.set_facecolor("0.85")
    figure.colorbar(first, ax=axes[0, :], label=f"{channel} [{units}]")
    figure.colorbar(second, ax=axes[1, :], label=f"difference [{units}]")
    return figure


def spectra(fields, channel):
    """Radial energy spectra at the last lead time (0 outside the mask)."""
    import matplotlib.pyplot as plt

    c = fields.channels.index(channel)

    def radial(field):
        field = np.nan_to_num(fields.masked(field))
        energy = np.abs(np.fft.fft2(field)) ** 2 / field.size**2
        n = max(field.shape)
        ky, kx = (np.fft.fftfreq(m) * n for m in field.shape)
        shell = np.hypot(*np.meshgrid(ky, kx, indexing="ij")).astype(int)
        return np.bincount(shell.ravel(), energy.ravel())[: n // 2]

    figure, axes = plt.subplots(figsize=(7.5, 4.2))
    truth = radial(fields.reference[-1, c])
    shells = np.arange(1, len(truth))
    axes.plot(shells, truth[1:], color="black", lw=1.5, label="reference")
    styles = dashes([(label, kind) for label, kind, _ in fields.methods])
    for label, kind, values in fields.methods:
        axes.plot(shells, radial(values[-1, c])[1:], color=COLOURS[kind], ls=styles[label], label=label)
    axes.set(xscale="log", yscale="log", xlabel="wave number [cycles a domain]", ylabel=f"energy of {channel}")
    axes.legend(fontsize=8, frameon=False)
    axes.grid(alpha=0.3, which="both", lw=0.5)
    return figure


def film_strip(fields, channel, units):
    """Reference, surrogate and difference at some lead times."""
    import matplotlib.pyplot as plt

    c = fields.channels.index(channel)
    surrogate = next(values for _, kind, values in fields.methods if kind == "surrogate")
    leads = np.unique(np.linspace(0, len(fields.time) - 1, 5).round().astype(int))
    low, high, colours = limits(fields.masked(fields.reference[:, c]))
    figure, axes = plt.subplots(3, len(leads), figsize=(2.6 * len(leads), 6.2), sharex=True, sharey=True,
                                layout="constrained", squeeze=False)
    for column, lead in enumerate(leads):
        truth, guess = fields.masked(fields.reference[lead, c]), fields.masked(surrogate[lead, c])
        for row, (name, field) in enumerate((("reference", truth), ("surrogate", guess), ("difference", guess - truth))):
            image = axes[row, column].imshow(field, origin="lower", extent=fields.extent(), vmin=low, vmax=high, cmap=colours)
            axes[row, column].set_facecolor("0.85")
            axes[row, column].set_xticks([])
            axes[row, column].set_yticks([])
            if column == 0:
                axes[row, column].set_ylabel(name)
        axes[0, column].set_title(f"{fields.time[lead]:g} s", fontsize=10)
    figure.colorbar(image, ax=axes, label=f"{channel} [{units}]", shrink=0.6)
    return figure


def error_table(report, channel):
    head = "".join(f"<th>{title}</th>" for _, title, _ in ERRORS)
    rows = []
    for method in report["methods"]:
        errors = method["fields"][channel]
        cells = "".join(f"<td>{errors[key]:.2%}</td>" if share else f"<td>{errors[key]:.3g}</td>" for key, _, share in ERRORS)
        label = ("solver " if method["kind"] == "solver" else "") + method["label"]
        rows.append(f"<tr class='{method['kind']}'><td>{html.escape(label)}</td>{cells}<td>{duration(method['seconds'])}</td></tr>")
    return (f"<h2>Errors of {html.escape(channel)}</h2><div class='scroll'><table><tr><th>method</th>{head}<th>time</th></tr>"
            f"{''.join(rows)}</table></div>")


def gauge_table(report):
    gauges = report["methods"][0].get("gauges")
    if not gauges:
        return ""
    shown = [m for m in report["methods"] if m["kind"] != "solver" or m["label"] == report["speed_up"]["solver_label"]]
    head = "".join(f"<th>{html.escape(m['label'])}</th>" for m in shown)
    rows = []
    for gauge, channels in gauges.items():
        for channel, score in channels.items():
            cells = "".join(f"<td>{m['gauges'][gauge][channel]['mean_absolute_error']:.3g}</td>" for m in shown)
            rows.append(f"<tr><td>{html.escape(gauge)}: {html.escape(channel)}</td>"
                        f"<td>{score['mean_absolute_reference']:.3g}</td>{cells}</tr>")
    return ("<h2>Gauges: mean absolute error</h2><div class='scroll'><table><tr><th>gauge</th><th>mean of the reference</th>"
            f"{head}</tr>{''.join(rows)}</table></div>")


def model_card(card):
    rows = "".join(f"<tr><td>{html.escape(key.replace('_', ' '))}</td><td style='text-align:left;white-space:normal'>"
                   f"{html.escape(str(value))}</td></tr>" for key, value in card.items())
    return f"<h2>Model card</h2><div class='scroll'><table>{rows}</table></div>" if rows else ""


def section(report, fields_path):
    """One evaluated model as a part of the page."""
    model = report["model"]
    units = {o["name"]: o["units"] for o in model["outputs"]}

    def unit_of(channel):
        return units.get(channel) or units.get(channel.rsplit("_", 1)[0], "1")

    title = f"{model['name']} ({model['task']}) against the solver"
    parts = [f"<h1>{html.escape(title)}</h1><div class='headline'>"
             + "".join(f"<p>{html.escape(line)}</p>" for line in report["headline"]) + "</div>"]
    parts.append(block("Cost and error", cost_error_plane(report),
                       "Each point is a method: star surrogate, squares baselines, circles the solver at second order, "
                       "triangles at first order, hollow in single precision. The line joins the best solver configurations."))
    if fields_path.exists():
        fields = Fields(fields_path)
        first = fields.channels[0]
        if len(fields.time) > 1:
            parts.append(block("Error against lead time", error_by_lead(report, first),
                               "Solid: surrogate; dashed: the best solver configurations; dotted: baselines."))
        if fields.planar:
            for channel in fields.channels if len(fields.time) == 1 else [first]:
                parts.append(block(f"Fields: {channel}", side_by_side(fields, channel, unit_of(channel)),
                                   f"Held-out run {pathlib.Path(fields.file).name} at {fields.time[-1]:g} s; grey is land."))
            if len(fields.time) > 1:
                parts.append(block("Rollout", film_strip(fields, first, unit_of(first)),
                                   "The surrogate applied to its own output again and again."))
            parts.append(block("Spectra", spectra(fields, first), "Which wave lengths each method keeps."))
    parts += [error_table(report, channel) for channel in report["methods"][0]["fields"]]
    parts.append("<p class='note'>nRMSE is the relative L2 error; VRMSE is 1 for the mean field; maximum in the field's units; "
                 "total: error of the sum over cells; boundary and coast: errors there over the whole field's norm; low, "
                 "middle, high: nRMSE by thirds of the wave numbers. Means over held-out runs and lead times.</p>")
    parts.append(gauge_table(report))
    parts.append(model_card(model.get("card") or {}))
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
    body = "".join(section(json.loads((folder / "report.json").read_text()), folder / "report_fields.h5") for folder in folders)
    page = ("<!doctype html><html lang='en'><head><meta charset='utf-8'>"
            "<meta name='viewport' content='width=device-width, initial-scale=1'>"
            f"<title>marea: surrogate against solver</title><style>{STYLE}</style></head><body>{body}</body></html>\n")
    path = pathlib.Path(output) if output else folders[0] / "report.html"
    temporary = path.with_suffix(".html.tmp")
    temporary.write_text(page, encoding="utf-8")
    temporary.replace(path)
    return path


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
