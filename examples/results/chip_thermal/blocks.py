# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""How far the surrogate's highest temperature of each block of the die is from the solver's, on the test runs [K].

Usage: blocks.py MODEL RUNS, beside the floorplan that the runs name; MODEL: `source` and `conductivity` -> `rise`
"""

import pathlib
import sys
import tomllib

import h5py
import marea
import numpy as np


def blocks_of(file):
    """Names of the blocks, and which cells of the die have their centre in each, (z, y, x)."""
    die = tomllib.loads(file.attrs["config_toml"])["solver"]["layers"][0]
    y, x = np.meshgrid(file["dimensions/y"][...], file["dimensions/x"][...], indexing="ij")
    blocks = {}
    for line in pathlib.Path(die["floorplan"]).read_text().splitlines():
        if line and not line.startswith("#"):
            name, *numbers = line.split()
            width, height, left, bottom = map(float, numbers)
            inside = (left <= x) & (x < left + width) & (bottom <= y) & (y < bottom + height)
            blocks[name] = np.broadcast_to(inside, (die["cells"], *inside.shape))
    return blocks


def main():
    model = marea.Surrogate.load(sys.argv[1])
    highest, errors = [], []
    for path in sorted(pathlib.Path(sys.argv[2]).glob("*.h5")):
        with h5py.File(path) as file:
            if file.attrs["split"] != "test":
                continue
            rise = model({name: file[name][...] for name in ("source", "conductivity")})["rise"]
            for name, cells in blocks_of(file).items():
                highest.append(file["rise"][0, -1, : len(cells)][cells].max())
                errors.append(abs(rise[: len(cells)][cells].max() - highest[-1]))
    print(f"highest rise of a block off by {np.mean(errors):.2g} K in the mean, {max(errors):.2g} K at most (it is "
          f"{min(highest):.2g} to {max(highest):.2g} K)")


if __name__ == "__main__":
    main()
