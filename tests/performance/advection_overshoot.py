# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""How far `advection` overshoots beside a jump: a block of height 1 over half of the domain, along the diagonal.

    python tests/performance/advection_overshoot.py [--cells 50 200] [--cfl 0.5]
"""

import argparse

import marea
import numpy as np


def overshoot(cells, dimensions, cfl):
    """Largest value above 1 in any step of one period, and at its end."""
    grid = {}
    for axis in "xy"[:dimensions]:
        grid |= {f"n{axis}": cells, axis: [0.0, 1.0], f"boundary_{axis}": ["periodic", "periodic"]}
    solver = marea.Solver("advection", grid=grid, initial={"profile": "sine"}, velocity=[1.0, 1.0, 0.0], cfl=cfl)
    block = (abs((np.arange(cells) + 0.5) / cells - 0.5) < 0.25).astype(float)
    solver.write(q=block if dimensions == 1 else np.outer(block, block))
    largest = 0.0
    while solver.time < 1:
        solver.step(min(solver.stable_dt, 1 - solver.time))
        last = solver.field("q").max() - 1
        largest = max(largest, last)
    return largest, last


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, nargs="+", default=[50, 200])
    parser.add_argument("--cfl", type=float, default=0.5)
    options = parser.parse_args()
    for dimensions in (1, 2):
        for cells in options.cells:
            largest, last = overshoot(cells, dimensions, options.cfl)
            print(f"{dimensions}-D, {cells} cells: {100 * largest:.1f} % of the jump, {100 * last:.1f} % after a period")


if __name__ == "__main__":
    main()
