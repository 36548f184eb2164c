# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Runs of another program: write NumPy arrays in the layout that marea reads, learn from them, predict.

The runs here are heat diffusing on a periodic square, from its Fourier series.
"""

import pathlib

import h5py
import marea
import numpy as np

runs, n = 24, 32
x = (np.arange(n) + 0.5) / n                            # centres of the cells [m]
time = np.arange(9) * 1.0                               # [s], the same in every run
rng = np.random.default_rng(1)
heat = np.zeros((runs, time.size, n, n), "f4")          # [run, time, y, x]
for kx, ky in [(1, 0), (0, 1), (1, 1), (2, 1), (1, 2)]:
    wave = np.exp(2j * np.pi * (kx * x[None, :] + ky * x[:, None]))
    decay = np.exp(-1e-3 * (2 * np.pi) ** 2 * (kx**2 + ky**2) * time)
    amplitude = rng.normal(size=(runs, 1, 1, 1)) + 1j * rng.normal(size=(runs, 1, 1, 1))
    heat += (amplitude * decay[:, None, None] * wave).real

pathlib.Path("heat").mkdir(exist_ok=True)
with h5py.File("heat/runs.h5", "w", libver=("earliest", "v110")) as file:
    file.attrs["n_trajectories"] = runs
    axes = file.create_group("dimensions")
    axes.attrs["spatial_dims"] = ["y", "x"]             # in the order of the arrays
    for name, values in {"y": x, "x": x, "time": time}.items():
        axes[name] = values
    boundaries = file.create_group("boundary_conditions")
    for name in ("y", "x"):
        boundary = boundaries.create_group(f"{name}_periodic")
        boundary.attrs["bc_type"] = "PERIODIC"          # or WALL, OPEN: a network treats the edges accordingly
        boundary.attrs["associated_dims"] = [name]
    fields = file.create_group("t0_fields")             # t1_fields: vectors, with one more axis for the component
    fields.attrs["field_names"] = ["heat"]
    fields["heat"] = heat
    fields["heat"].attrs.update(sample_varying=True, time_varying=True)

training = marea.train({
    "data": {"folder": "heat", "inputs": ["heat"], "outputs": ["heat"]},
    "model": {"name": "pod_ridge"},
    "train": {"output": "heat.model.h5"},
}, progress=False)
later = training.load()(heat[:, 0][:, None])[:, 0]      # (batch, channels, y, x): one second on, for all runs
error = np.linalg.norm(later - heat[:, 1]) / np.linalg.norm(heat[:, 1])
unchanged = np.linalg.norm(heat[:, 0] - heat[:, 1]) / np.linalg.norm(heat[:, 1])
print(f"relative error after one step {error:.1e}, of doing nothing {unchanged:.1e}: diffusion is a linear map")
