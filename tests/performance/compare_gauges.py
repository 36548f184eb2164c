#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""What gauges on coarse grids owe to the bed's sampling, the gauge's and the scheme.

    python tests/performance/compare_gauges.py build/bin/marea bathymetry.h5 [--folder FOLDER]

The tsunami of examples/tsunami with the bathymetry that prepare_bathymetry.py writes there. Differences are root mean
squares over 90 minutes, as shares of the reference's: a run on 480 x 368 cells. "bed alone": the fine grid on the bed
of the coarse one; "scheme": the coarse run against that one.
"""
import argparse
import pathlib
import subprocess

import h5py
import numpy as np

SIZE = (289.2e3, 218.8e3)
HARBOURS = {"neah_bay": (100.0e3, 43.0e3), "victoria": (190.0e3, 38.0e3)}
GRIDS = [(60, 46), (120, 92), (240, 184)]
FINE = (480, 368)
CASE = """[grid]
nx = {cells[0]}
ny = {cells[1]}
x = [0.0, 289.2e3]
y = [0.0, 218.8e3]
boundary_x = ["open", "open"]
boundary_y = ["open", "open"]
[solver]
name = "shallow_water"
coriolis = 1.1e-4
manning = 0.025
cfl = 0.8
bathymetry = {{ file = "{bed}", regrid = "{regrid}", extrapolate = "nearest" }}
[solver.gauges]
{gauges}
[initial]
profile = "gaussian_hump"
centre = [40.0e3, 60.0e3]
radius = [25.0e3, 18.0e3]
angle = 20.0
height = 2.0
[output]
folder = "{folder}"
every = 5400.0
fields = ["eta"]
[run]
end_time = 5400.0
"""


def simulate(program, folder, cells, bed, regrid):
    """The gauges of a run as {name: rows of time and eta}; NAME_nearest stands in the middle of the harbour's cell."""
    gauges = dict(HARBOURS)
    for name, place in HARBOURS.items():
        gauges[name + "_nearest"] = [(int(p * n / s) + 0.5) * s / n for p, n, s in zip(place, cells, SIZE)]
    case = folder.with_suffix(".toml")
    case.write_text(CASE.format(cells=cells, bed=bed, regrid=regrid, folder=folder,
                                gauges="\n".join(f"{name} = [{x}, {y}]" for name, (x, y) in gauges.items())))
    subprocess.run([program, "simulate", case], check=True, stdout=subprocess.DEVNULL)
    with h5py.File(folder / "run.h5") as run:
        return {name: run[f"tables/gauge_{name}"][:, :2] for name in gauges}


def write_bed(path, run, cells):
    """The bed of a coarse run as a file."""
    with h5py.File(run / "run.h5") as source, h5py.File(path, "w") as file:
        file["bathymetry"] = np.squeeze(source["bathymetry"][:])
        for axis, n, size in zip("xy", cells, SIZE):
            file[axis] = (np.arange(n) + 0.5) * size / n


def difference(series, reference):
    """In percent."""
    times = np.arange(0.0, 5400.0, 2.0)
    a, b = (np.interp(times, s[:, 0], s[:, 1]) for s in (series, reference))
    return 100 * np.sqrt(np.mean((a - b) ** 2) / np.mean(b**2))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("bathymetry", type=pathlib.Path)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("gauges"))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    bed = options.bathymetry.resolve()
    reference = simulate(options.program, options.folder / "reference", FINE, bed, "linear")
    print("| cells | bed | gauge at | between wet cells | nearest cell | bed alone | scheme |")
    print("|---" * 7 + "|")
    for cells in GRIDS:
        for regrid in ("linear", "mean"):
            name = f"{cells[0]}_{regrid}"
            coarse = simulate(options.program, options.folder / name, cells, bed, regrid)
            sampled = (options.folder / f"bed_{name}.h5").resolve()
            write_bed(sampled, options.folder / name, cells)
            fine = simulate(options.program, options.folder / f"fine_{name}", FINE, sampled, "linear")
            for harbour in HARBOURS:
                shares = [difference(coarse[harbour], reference[harbour]),
                          difference(coarse[harbour + "_nearest"], reference[harbour]),
                          difference(fine[harbour], reference[harbour]), difference(coarse[harbour], fine[harbour])]
                print(f"| {cells[0]} x {cells[1]} | {regrid} | {harbour} | "
                      + " | ".join(f"{share:.1f} %" for share in shares) + " |", flush=True)


if __name__ == "__main__":
    main()
