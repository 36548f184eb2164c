# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Simulate the PDEBench, Gray-Scott and cardiac cases here and draw them side by side, for docs/reaction-diffusion.md.

    python examples/10_reaction_diffusion/figure.py [--marea build/bin/marea] [--figure reaction_diffusion.png]
        [--runs FOLDER]

The cardiac case takes about a minute on one core. `--runs` keeps the runs and takes those that are there.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import h5py
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

HERE = Path(__file__).resolve().parent


def state(folder, marea, case, field, time):
    """A field of a case at a time, and the ends of the domain."""
    text = (HERE / case).read_text()
    output = Path(folder) / text.split('folder = "')[1].split('"')[0] / "run.h5"
    if not output.exists():
        subprocess.run([Path(marea).resolve(), "simulate", HERE / case, "--quiet"], cwd=folder, check=True)
    with h5py.File(output) as run:
        at = abs(run["dimensions/time"][:] - time).argmin()
        x, y = run["dimensions/x"][:], run["dimensions/y"][:]
        half = (x[1] - x[0]) / 2
        return run[f"t0_fields/{field}"][0, at], [x[0] - half, x[-1] + half, y[0] - half, y[-1] + half]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--marea", default="build/bin/marea")
    parser.add_argument("--figure", default="reaction_diffusion.png")
    parser.add_argument("--runs")
    args = parser.parse_args()
    panels = [("pdebench.toml", "u", 5.0, "PDEBench: u, t = 5"),
              ("gray_scott.toml", "v", 10000.0, "Gray-Scott, mu: v, t = 10,000"),
              ("cardiac.toml", "u", 300.0, "ventricle, S1: u, 300 ms"),
              ("cardiac.toml", "u", 800.0, "after S2 at 330 ms: u, 800 ms")]
    figure, axes = plt.subplots(1, 4, figsize=(13, 3.4), constrained_layout=True)
    with tempfile.TemporaryDirectory() as scratch:
        for axis, (case, field, time, title) in zip(axes, panels):
            values, ends = state(args.runs or scratch, args.marea, case, field, time)
            picture = axis.imshow(values, origin="lower", extent=ends, cmap="magma")
            axis.set_title(title, fontsize=9)
            figure.colorbar(picture, ax=axis, shrink=0.8)
    figure.savefig(args.figure, dpi=75)


if __name__ == "__main__":
    main()
