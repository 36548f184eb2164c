# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Small maps of fields for pages: their grid, colours and scale."""

from __future__ import annotations

import numpy as np


class Grid:
    """A grid's axes, slowest first, and the mask outside of which maps are grey, or None."""

    def __init__(self, axes, mask=None):
        self.axes, self.mask = axes, mask

    @property
    def planar(self):
        return len(self.axes) == 2

    def masked(self, field):
        return field if self.mask is None else np.where(self.mask, field, np.nan)

    def extent(self):
        y, x = self.axes
        hx, hy = (x[1] - x[0]) / 2, (y[1] - y[0]) / 2
        return (x[0] - hx, x[-1] + hx, y[0] - hy, y[-1] + hy)


def limits(reference):
    """Colour range and map: symmetric and diverging where the field changes sign."""
    finite = reference[np.isfinite(reference)]
    low, high = np.percentile(finite, [0.5, 99.5]) if finite.size else (0, 1)
    if low < 0 < high and -low > 0.2 * high:
        top = max(-low, high)
        return -top, top, "RdBu_r"
    return low, high if high > low else low + 1, "viridis"


def small_map(fields, field, low, high, colours, height=1.5):
    """One field without axes, to stand in a row of such. Contours at half the range, dashed where negative, tell the
    signs of a diverging map apart in grey."""
    import matplotlib.pyplot as plt

    left, right, bottom, top = fields.extent()
    width = min(max(height * (right - left) / (top - bottom), 0.6 * height), 2.5 * height)
    figure = plt.figure(figsize=(width, height), facecolor="0.8")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.imshow(field, origin="lower", extent=fields.extent(), vmin=low, vmax=high, cmap=colours,
                interpolation="nearest", aspect="auto")
    if low < 0:
        axes.contour(field, levels=[low / 2, high / 2], extent=fields.extent(), colors="black", linewidths=0.6,
                     linestyles=["dashed", "solid"])
    axes.set_axis_off()
    return figure


def colour_bar(low, high, colours, label):
    """The scale of a row of small maps, lying."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(4.6, 0.62), layout="constrained")
    norm = plt.Normalize(low, high)
    figure.colorbar(plt.cm.ScalarMappable(norm, colours), cax=axes, orientation="horizontal", label=label,
                    extend="both", ticks=plt.MaxNLocator(5))
    return figure
