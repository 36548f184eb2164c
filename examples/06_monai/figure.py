# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Simulate the Monai valley experiment and draw the gauges beside the measurements.

    python examples/06_monai/figure.py FOLDER_OF_MONAI_VALLEY_H5 [--marea build/bin/marea] [--figure monai_gauges.png] [-o key=value ...]

The data are public: NTHMP benchmark problem 7. Prints the table of docs/shallow-water.md.
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
        subprocess.run([Path(args.marea).resolve(), "simulate", "case.toml", "--quiet", *overrides], cwd=work, check=True)
        with h5py.File(Path(work) / "monai" / "run.h5") as run:
            computed = {name: run[f"tables/gauge_{name}"][:] for name in ("ch5", "ch7", "ch9")}
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
        print(f"| {name} | {rms:.1f} | {1000 * measured[a, n]:.1f} mm at {time[a]:.2f} s | {1000 * eta[b]:.1f} mm at {time[b]:.2f} s |")
    axes[0].legend(loc="upper left")
    axes[-1].set_xlabel("time [s]")
    figure.suptitle("Monai valley: surface elevation at three gauges")
    figure.savefig(args.figure, dpi=110)


if __name__ == "__main__":
    main()
