# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Simulate case.toml, two phases and log-normal, and draw permeability and pressure of both.

    python examples/08_darcy/figure.py [--marea build/bin/marea] [--figure darcy.png]
"""

import argparse
import pathlib
import subprocess
import tempfile

import h5py
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

CASE = pathlib.Path(__file__).resolve().with_name("case.toml")
LOG_NORMAL = ["-o", 'solver.permeability={ profile = "log_normal", seed = 1 }']


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--marea", default="build/bin/marea")
    parser.add_argument("--figure", default="darcy.png")
    args = parser.parse_args()
    figure, axes = plt.subplots(1, 4, figsize=(13, 3.2), constrained_layout=True)
    with tempfile.TemporaryDirectory() as scratch:
        for pair, (name, options) in zip((axes[:2], axes[2:]), {"two_phase": [], "log_normal": LOG_NORMAL}.items()):
            command = [args.marea, "simulate", CASE, "-o", f"output.folder={scratch}/{name}", "--quiet", *options]
            subprocess.run(command, check=True)
            with h5py.File(pathlib.Path(scratch) / name / "run.h5") as run:
                fields = {"permeability": run["permeability"][...], "p": run["t0_fields/p"][0, -1]}
            for axis, (field, values) in zip(pair, fields.items()):
                picture = axis.imshow(values, origin="lower", extent=[0, 1, 0, 1], cmap="magma")
                axis.set_title(f"{name}: {field}", fontsize=9)
                figure.colorbar(picture, ax=axis, shrink=0.8)
    figure.savefig(args.figure, dpi=75)


if __name__ == "__main__":
    main()
