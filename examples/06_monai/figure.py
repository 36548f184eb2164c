# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Simulate the Monai valley experiment and draw the gauges beside the measurements.

    python examples/06_monai/figure.py FOLDER_OF_MONAI_VALLEY_H5 [--marea build/bin/marea] [--figure monai_gauges.png]
        [-o key=value ...]

The data are public: NTHMP benchmark problem 7. Prints the table of docs/shallow-water.md and the highest run-up.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import h5py
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np


def highest_run_up(run):
    """Height of the highest bed that was ever wet, and where: (z, x, y) [m]."""
    bed, surface = run["t0_fields/bathymetry"][...].squeeze(), run["t0_fields/max_eta"][...].squeeze()
    wet = np.where(surface > bed + 1e-3, bed, -np.inf)
    j, i = np.unravel_index(wet.argmax(), wet.shape)
    return wet[j, i], run["dimensions/x"][i], run["dimensions/y"][j]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--marea", default="build/bin/marea")
    parser.add_argument("--figure", default="monai_gauges.png")
    parser.add_argument("-o", dest="options", action="append", default=[], metavar="key=value")
    args = parser.parse_args()
    data = (args.folder / "monai_valley.h5").resolve()
    case = Path(__file__).resolve().with_name("case.toml").read_text().replace('"monai_valley.h5"', f'"{data}"')
    with tempfile.TemporaryDirectory() as work:
        (Path(work) / "case.toml").write_text(case)
        overrides = [word for option in args.options for word in ("-o", option)]
        program = Path(args.marea).resolve()
        subprocess.run([program, "simulate", "case.toml", "--quiet", *overrides], cwd=work, check=True)
        with h5py.File(Path(work) / "monai" / "run.h5") as run:
            computed = {name: run[f"tables/gauge_{name}"][:] for name in ("ch5", "ch7", "ch9")}
            run_up = highest_run_up(run)
    with h5py.File(data) as file:
        time, measured = file["gauge_time"][:], file["gauge_eta"][:]
    during = time <= 22.5
    time, measured = time[during], measured[during]

    figure, axes = plt.subplots(3, 1, figsize=(7, 7), sharex=True, sharey=True, constrained_layout=True)
    print("| gauge | rms difference [mm] | first crest measured | first crest computed |\n|---|---|---|---|")
    for n, (axis, (name, series)) in enumerate(zip(axes, computed.items())):
        eta = np.interp(time, series[:, 0], series[:, 1])
        axis.plot(time, 1000 * measured[:, n], color="black", lw=1, label="measured")
        axis.plot(time, 1000 * eta, color="tab:blue", lw=1.6, ls="--", label="marea")
        axis.set_ylabel(f"{name}: surface [mm]")
        axis.grid(alpha=0.3)
        a, b = measured[:, n].argmax(), eta.argmax()
        rms = 1000 * np.sqrt(np.mean((eta - measured[:, n]) ** 2))
        crests = (f"{1000 * height:.1f} mm at {time[at]:.2f} s" for height, at in ((measured[a, n], a), (eta[b], b)))
        print(f"| {name} | {rms:.1f} | {' | '.join(crests)} |")
    height, x, y = run_up
    print(f"\nHighest run-up: {1000 * height:.0f} mm at x = {x:.2f} m, y = {y:.2f} m; measured: about 90 mm (mean of "
          "six runs) near x = 5.16 m, y = 1.88 m.")
    axes[0].legend(loc="upper left")
    axes[-1].set_xlabel("time [s]")
    figure.suptitle("Monai valley: surface elevation at three gauges")
    figure.savefig(args.figure, dpi=110)


if __name__ == "__main__":
    main()
