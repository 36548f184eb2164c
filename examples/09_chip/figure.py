# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Simulate the chip of case.toml and draw the die's temperature over its blocks and a cut through the package.

    python examples/09_chip/figure.py [--marea build/bin/marea] [--figure heat_conduction.png]
"""

import argparse
import pathlib
import subprocess
import tempfile

import h5py
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASE = "examples/09_chip/case.toml"


def blocks():
    """Name, and width, height, left x, bottom y [m] of each block."""
    for line in (ROOT / "examples/09_chip/die.flp").read_text().splitlines():
        if line and not line.startswith("#"):
            name, *numbers = line.split()
            yield name, *map(float, numbers)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--marea", default="build/bin/marea")
    parser.add_argument("--figure", default="heat_conduction.png")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        command = [pathlib.Path(args.marea).resolve(), "simulate", CASE, "-o", f"output.folder={scratch}", "--quiet"]
        subprocess.run(command, cwd=ROOT, check=True)
        with h5py.File(pathlib.Path(scratch) / "run.h5") as run:
            celsius = run["t0_fields/temperature"][0, -1] - 273.15
            x, y, z = (1e3 * run[f"dimensions/{axis}"][:] for axis in "xyz")
    figure, (die, cut) = plt.subplots(1, 2, figsize=(9, 3.4), constrained_layout=True)
    figure.colorbar(die.pcolormesh(x, y, celsius[0], cmap="magma"), ax=die, label="°C")
    for name, width, height, left, bottom in blocks():
        die.add_patch(plt.Rectangle((1e3 * left, 1e3 * bottom), 1e3 * width, 1e3 * height, fill=False, color="white"))
        die.text(1e3 * (left + width / 2), 1e3 * (bottom + height / 2), name.replace("_", "\n"), color="white",
                 ha="center", va="center", fontsize=8, bbox={"facecolor": "black", "alpha": 0.4, "linewidth": 0})
    die.set(title="die", xlabel="x [mm]", ylabel="y [mm]", aspect="equal")
    row = abs(y - 9.5).argmin()
    figure.colorbar(cut.pcolormesh(x, z, celsius[:, row], cmap="magma"), ax=cut, label="°C")
    cut.set(title="cut through the cores, y = 9.5 mm", xlabel="x [mm]", ylabel="z [mm]")
    figure.savefig(args.figure, dpi=80)


if __name__ == "__main__":
    main()
