# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Step a solver from Python, look into its memory, and run the same case to a file that xarray opens."""

import marea

case = {
    "grid": {"nx": 96, "ny": 64, "x": [0.0, 96e3], "y": [0.0, 64e3],
             "boundary_x": ["open", "open"], "boundary_y": ["wall", "wall"]},
    "initial": {"profile": "gaussian_hump", "centre": [30e3, 30e3], "radius": 8e3, "height": 2.0},
}
sea = {"name": "shallow_water", "bathymetry": -200.0, "manning": 0.025}

solver = marea.Solver(**sea, **case)
solver.advance(600.0)
print(f"t = {solver.time:.0f} s, {solver.state.shape[0]} fields, highest water {solver.field('eta').max():.3f} m")

run = marea.simulate({**case, "solver": sea, "run": {"end_time": 600.0},
                      "output": {"folder": "from_python", "every": 60.0, "fields": ["eta", "velocity"]}})
data = run.open()
print(f"{data.sizes['time']} snapshots, highest water at the end {float(data.eta[-1].max()):.3f} m")
