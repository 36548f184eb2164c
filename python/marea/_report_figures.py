# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""The figures of ``report.html``: cost and error, error against lead time, spectra."""

from __future__ import annotations

import itertools

import numpy as np

try:
    from ._maps import Grid
    from ._unlocked import open_unlocked
except ImportError:  # beside a script
    from _maps import Grid
    from _unlocked import open_unlocked

# Distinct in hue and in lightness (Okabe and Ito 2008); every line has its own marker or dash as well.
COLOURS = {"surrogate": "#D55E00", "baseline": "#009E73", "solver": "#0072B2"}
MARKERS = {"surrogate": "*", "baseline": "s", "solver": "o"}


class Fields(Grid):
    """What ``report_fields.h5`` holds of one run: the reference and the forecasts, (leads, channels, y, x)."""

    def __init__(self, path, run=0):
        with open_unlocked(path) as file:
            self.channels = [str(c) for c in np.atleast_1d(file.attrs["channels"])]
            self.time = file["time"][...]
            axes = [file[name][...] for name in ("z", "y", "x") if name in file]
            group = file[f"run_{run}"]
            super().__init__(axes, group["mask"][...] > 0 if "mask" in group else None)
            self.file = str(group.attrs["file"])
            self.reference = group["reference"][...]
            names = sorted((name for name in group if name.startswith("method_")), key=lambda n: int(n.split("_")[1]))
            self.methods = [(str(group[n].attrs["label"]), str(group[n].attrs["kind"]), group[n][...]) for n in names]


def percent_axis(axis):
    """Ticks of a logarithmic axis as plain percentages."""
    from matplotlib.ticker import FuncFormatter, LogLocator

    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:g} %"))
    axis.set_minor_formatter("")


def dashes(methods):
    """A line style for each of (label, kind): solid surrogate, dashed solvers, dotted baselines, no two alike."""
    dashed = itertools.cycle([(0, (6, 2)), (0, (6, 2, 1, 2)), (0, (3, 2)), (0, (8, 2, 1, 1, 1, 1)), (0, (12, 3))])
    dotted = itertools.cycle([(0, (1, 1)), (0, (1, 2.5)), (0, (3, 1, 1, 1)), (0, (1, 4))])
    return {label: "-" if kind == "surrogate" else next(dashed if kind == "solver" else dotted)
            for label, kind in methods}


def label_points(axes, labels):
    """Write (text, point, colour, size) beside their points, each on the side where it covers the fewest others."""
    renderer = axes.figure.canvas.get_renderer()
    share = np.linspace(0, 1, 60)[:, None]
    points = np.empty((0, 2))  # markers, and lines densely
    for line in axes.lines:
        corners = line.get_transform().transform(line.get_xydata())
        points = np.concatenate([points, corners, *((1 - share) * a + share * b for a, b in zip(corners, corners[1:]))])
    placed = [text.get_window_extent(renderer) for text in axes.texts if text.get_text()]

    def covered(note):
        box = note.get_window_extent(renderer).padded(1)
        outside = not (axes.bbox.contains(*box.min) and axes.bbox.contains(*box.max))
        inside = np.all((points > box.min) & (points < box.max), axis=1).sum()
        return 100 * outside + 30 * sum(box.overlaps(other) for other in placed) + inside

    for text, point, colour, size in labels:
        sides = [((0, 10), "center", "bottom"), ((0, -10), "center", "top"), ((-9, 0), "right", "center"),
                 ((9, 0), "left", "center"), ((-7, -9), "right", "top"), ((7, 9), "left", "bottom")]
        notes = [axes.annotate(text, point, xytext=offset, textcoords="offset points", ha=ha, va=va, fontsize=size,
                               color=colour, zorder=4) for offset, ha, va in sides]
        best = min(notes, key=covered)
        for note in notes:
            if note is not best:
                note.remove()
        placed.append(best.get_window_extent(renderer))


def cost_error_plane(report):
    """Every method by cost and error; the solver's lower envelope as a line."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(5.6, 4.4), layout="constrained")
    envelope, labels = [], []
    for method in report["methods"]:
        if method["error"] is None:
            continue  # the forecast did not stay finite
        kind = method["kind"]
        single = method.get("precision") == "single"
        first_order = method.get("order") == 1
        marker = "^" if first_order else MARKERS[kind]
        axes.plot(method["seconds"], method["error"], marker=marker, ls="", ms=16 if kind == "surrogate" else 8,
                  color=COLOURS[kind], mfc="white" if single else COLOURS[kind], zorder=3 if kind == "surrogate" else 2)
        if kind != "solver":
            labels.append((method["label"], (method["seconds"], method["error"]), COLOURS[kind], 10))
        if method["label"] in report["speed_up"]["envelope"]:
            envelope.append((method["seconds"], method["error"], method["grid"]))
    envelope.sort()
    axes.plot([e[0] for e in envelope], [e[1] for e in envelope], color=COLOURS["solver"], lw=1.2, zorder=1)
    most_accurate = {grid: (seconds, error) for seconds, error, grid in envelope}  # the last of each grid
    labels += [(grid, point, COLOURS["solver"], 9) for grid, point in most_accurate.items()]
    speed = report["speed_up"]
    if speed.get("solver_cost_is") == "interpolated":
        seconds = [speed["surrogate_seconds"], speed["solver_seconds"]]
        axes.plot(seconds, [speed["error"]] * 2, color="0.35", lw=1.2, marker="|", ms=8, zorder=1)
        axes.annotate(f"× {speed['ratio']:.3g}", (np.sqrt(np.prod(seconds)), speed["error"]), xytext=(0, -4),
                      textcoords="offset points", ha="center", va="top", fontsize=11, zorder=4,
                      bbox=dict(boxstyle="round,pad=0.15", fc="white", ec="none", alpha=0.85))
    error = f"relative error of {speed['field']}" if "field" in speed else "relative error against the finer reference"
    axes.set(xscale="log", yscale="log", xlabel="seconds a run", ylabel=error)
    axes.margins(0.14, 0.12)
    percent_axis(axes.yaxis)
    axes.grid(alpha=0.3, which="both", lw=0.5)
    figure.draw_without_rendering()  # the layout stands before the labels are measured
    label_points(axes, labels)
    return figure


def error_by_lead(report, channel):
    import matplotlib.pyplot as plt

    times = report["reference"]["times"]
    figure, axes = plt.subplots(figsize=(5.6, 4.4), layout="constrained")
    best = report["speed_up"]["envelope"]
    shown = [m for m in report["methods"] if m["kind"] != "solver" or m["label"] in best]
    styles = dashes([(m["label"], m["kind"]) for m in shown])
    for method in shown:
        values = method["fields"].get(channel, {}).get("leads", {}).get("nrmse")
        if not values or None in values:
            continue  # the forecast did not stay finite
        axes.plot(times, values, ls=styles[method["label"]], color=COLOURS[method["kind"]], label=method["label"],
                  lw=2.4 if method["kind"] == "surrogate" else 1.1)
    axes.set(yscale="log", xlabel="lead time [s]", ylabel=f"nRMSE of {channel}")
    percent_axis(axes.yaxis)
    axes.grid(alpha=0.3, which="both", lw=0.5)
    figure.legend(loc="outside lower center", ncols=2, fontsize=8, frameon=False, handlelength=3.2)
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

    figure, axes = plt.subplots(figsize=(5.6, 4.4), layout="constrained")
    truth = radial(fields.reference[-1, c])
    shells = np.arange(1, len(truth))
    axes.plot(shells, truth[1:], color="black", lw=1.5, label="reference")
    styles = dashes([(label, kind) for label, kind, _ in fields.methods])
    for label, kind, values in fields.methods:
        axes.plot(shells, radial(values[-1, c])[1:], color=COLOURS[kind], ls=styles[label], label=label)
    axes.set(xscale="log", yscale="log", xlabel="wave number [cycles a domain]", ylabel=f"energy of {channel}")
    figure.legend(loc="outside lower center", ncols=2, fontsize=8, frameon=False, handlelength=3.2)
    axes.grid(alpha=0.3, which="both", lw=0.5)
    return figure
