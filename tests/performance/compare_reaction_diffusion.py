# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Compare marea's reaction_diffusion with NumPy, Numba and py-pde on PDEBench's FitzHugh-Nagumo equations.

All have the same cells, so the same semi-discrete equations; each advances a smooth state to t = 5 on one core with
the longest step of its list whose error is within the target. Error: relative L2 of u against marea with a tenth of its
smallest step. Rounds run in turns, and the medians of the per-round ratios to marea are printed. Peers that are not
installed are left out.

    python tests/performance/compare_reaction_diffusion.py build/bin/marea build/bin/bench_solver [--cells 128]
        [--target 1e-3] [--rounds 5]
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import h5py
import numpy as np

K, DU, DV, END = 5e-3, 1e-3, 5e-3, 5.0
CASE = """[grid]
nx = {n}
ny = {n}
x = [-1.0, 1.0]
y = [-1.0, 1.0]
boundary_x = ["wall", "wall"]
boundary_y = ["wall", "wall"]
[solver]
name = "reaction_diffusion"
reaction = {{ profile = "fitzhugh_nagumo" }}
time_step = {dt}
precision = "{precision}"
[initial]
profile = "sine"
amplitude = 0.8
waves = [2, 1, 0]
[output]
folder = "out"
every = 5.0
[run]
end_time = 5.0
"""


def initial(n):
    """u and v [2, y, x], as the profile of the case."""
    x = (np.arange(n) + 0.5) / n
    wave = 0.8 * np.sin(2 * np.pi * (2 * x[None, :] + x[:, None]))
    return np.stack([wave, wave])


class Marea:
    name, steps = "marea", (0.25, 0.2, 0.125, 0.1, 0.05, 0.025)

    def __init__(self, n, simulate, bench, precision="double"):
        self.n, self.programs, self.precision = n, (Path(simulate).resolve(), Path(bench).resolve()), precision
        self.name += "" if precision == "double" else ", " + precision

    def end(self, dt):
        with tempfile.TemporaryDirectory() as folder:
            case = Path(folder) / "case.toml"
            case.write_text(CASE.format(n=self.n, dt=dt, precision=self.precision))
            subprocess.run([self.programs[0], "simulate", case, "--quiet"], cwd=folder, check=True)
            with h5py.File(Path(folder) / "out" / "run.h5") as run:
                return run["t0_fields/u"][0, -1]

    def seconds(self, dt):
        steps = round(END / dt)
        with tempfile.TemporaryDirectory() as folder:
            case = Path(folder) / "case.toml"
            case.write_text(CASE.format(n=self.n, dt=dt, precision=self.precision))
            done = subprocess.run([self.programs[1], case, str(steps)], capture_output=True, text=True, check=True)
        return self.n**2 * steps / (1e6 * json.loads(done.stdout)["mcell_steps_per_s"])


class InProcess:
    """A peer with `walk(q, dt, steps)`, which is compiled before it is timed."""

    steps = (0.0125, 0.01, 0.005, 0.0025, 0.00125)

    def __init__(self, n):
        self.n, self.h2 = n, (2.0 / n) ** 2
        self.walk(initial(n), 1e-5, 2)

    def stable(self, dt):
        return dt * 8 * DV / self.h2 <= 2

    def end(self, dt):
        return self.walk(initial(self.n), dt, round(END / dt))[0]

    def seconds(self, dt):
        q, start = initial(self.n), time.perf_counter()
        self.walk(q, dt, round(END / dt))
        return time.perf_counter() - start


class NumPy(InProcess):
    name = "NumPy, Heun"

    def rate(self, q):
        p = np.pad(q, ((0, 0), (1, 1), (1, 1)), "edge")
        around = p[:, :-2, 1:-1] + p[:, 2:, 1:-1] + p[:, 1:-1, :-2] + p[:, 1:-1, 2:] - 4 * q
        u, v = q
        return np.stack([u - u * u * u - K - v + DU / self.h2 * around[0], u - v + DV / self.h2 * around[1]])

    def walk(self, q, dt, steps):
        for _ in range(steps):
            first = self.rate(q)
            q = q + dt / 2 * (first + self.rate(q + dt * first))
        return q


class Numba(InProcess):
    name = "Numba, Heun"

    def __init__(self, n):
        import numba

        @numba.njit(fastmath=True)
        def fill(q):
            q[:, 0, :], q[:, -1, :] = q[:, 1, :], q[:, -2, :]
            q[:, :, 0], q[:, :, -1] = q[:, :, 1], q[:, :, -2]

        @numba.njit(fastmath=True)
        def stage(at, start, out, weight, own, a, b):
            """out = (1 - own) start + own (at + weight rate(at))."""
            for j in range(1, at.shape[1] - 1):
                for i in range(1, at.shape[2] - 1):
                    u, v = at[0, j, i], at[1, j, i]
                    lu = at[0, j - 1, i] + at[0, j + 1, i] + at[0, j, i - 1] + at[0, j, i + 1] - 4 * u
                    lv = at[1, j - 1, i] + at[1, j + 1, i] + at[1, j, i - 1] + at[1, j, i + 1] - 4 * v
                    ru, rv = u - u * u * u - K - v + a * lu, u - v + b * lv
                    out[0, j, i] = (1 - own) * start[0, j, i] + own * (u + weight * ru)
                    out[1, j, i] = (1 - own) * start[1, j, i] + own * (v + weight * rv)

        @numba.njit(fastmath=True)
        def walk(q, dt, steps, a, b):
            mid = np.empty_like(q)
            for _ in range(steps):
                fill(q)
                stage(q, q, mid, dt, 1.0, a, b)
                fill(mid)
                stage(mid, q, q, dt, 0.5, a, b)

        self.compiled = walk
        super().__init__(n)

    def walk(self, q, dt, steps):
        padded = np.pad(q, ((0, 0), (1, 1), (1, 1)), "edge")
        self.compiled(padded, dt, steps, DU / self.h2, DV / self.h2)
        return padded[:, 1:-1, 1:-1]


class PyPde(InProcess):
    name = "py-pde, Runge-Kutta"
    steps = (0.0125, 0.01, 0.005)

    def __init__(self, n):
        import pde

        self.pde, self.grid, self.made = pde, pde.CartesianGrid([[-1, 1]] * 2, n), {}
        self.equations = pde.PDE({"u": f"u - u**3 - {K} - v + {DU} * laplace(u)", "v": f"u - v + {DV} * laplace(v)"},
                                 bc="neumann")
        super().__init__(n)

    def walk(self, q, dt, steps):
        fields = [self.pde.ScalarField(self.grid, values.T) for values in q]
        state = self.pde.FieldCollection(fields, labels=["u", "v"])
        if dt not in self.made:
            solver = self.pde.solvers.RungeKuttaSolver(self.equations, adaptive=False)
            self.made[dt] = solver.make_stepper(state.copy(), dt=dt)
            self.made[dt](state.copy(), 0, 2 * dt)
        self.made[dt](state, 0, steps * dt)
        return np.stack([field.data.T for field in state])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("marea")
    parser.add_argument("bench")
    parser.add_argument("--cells", type=int, default=128)
    parser.add_argument("--target", type=float, default=1e-3)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    methods = [Marea(args.cells, args.marea, args.bench, precision) for precision in ("double", "single")]
    for peer in (NumPy, Numba, PyPde):
        try:
            methods.append(peer(args.cells))
        except ImportError as missing:
            print(f"{peer.name}: left out, {missing}")
    reference = methods[0].end(Marea.steps[-1] / 10)
    chosen = []
    for method in methods:
        for dt in method.steps:
            if hasattr(method, "stable") and not method.stable(dt):
                continue
            error = np.linalg.norm(method.end(dt) - reference) / np.linalg.norm(reference)
            if error <= args.target:
                chosen.append((method, dt, error))
                break
    rounds = [[method.seconds(dt) for method, dt, _ in chosen] for _ in range(args.rounds)]
    print(f"{args.cells}^2 cells to t = {END}, one core, error at most {args.target}, {args.rounds} rounds in turns")
    print("| method | step | error | seconds | times marea's |\n|---|---|---|---|---|")
    for n, (method, dt, error) in enumerate(chosen):
        seconds = statistics.median(times[n] for times in rounds)
        ratio = statistics.median(times[n] / times[0] for times in rounds)
        print(f"| {method.name} | {dt} | {error:.1e} | {seconds:.3f} | {ratio:.1f} |")


if __name__ == "__main__":
    main()
