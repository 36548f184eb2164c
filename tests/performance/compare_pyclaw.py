# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Compare marea's shallow-water solver with PyClaw's classic solver (Roe, MC limiter) on the radial dam break.

Rounds of A, B, A, B, ... on one core; medians of the per-round ratios. Then, once each, time and mean L1 error of both
at t = 1 against a fine radial solution, at several resolutions: what an error costs. Needs clawpack.

    python tests/performance/compare_pyclaw.py build/bin/bench_shallow_water [--cells 512] [--rounds 5]
        [--errors 64 128 256] [--reference 8192]
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

import numpy as np


def run_pyclaw(cells, end):
    """Depth [y, x] at `end`, steps, seconds."""
    from clawpack import pyclaw, riemann

    solver = pyclaw.ClawSolver2D(riemann.shallow_roe_with_efix_2D)
    solver.limiters = pyclaw.limiters.tvd.MC
    solver.bc_lower[:] = solver.bc_upper[:] = [pyclaw.BC.extrap] * 2
    axes = [pyclaw.Dimension(-2.5, 2.5, cells, name=name) for name in "xy"]
    domain = pyclaw.Domain(axes)
    state = pyclaw.State(domain, 3)
    state.problem_data["grav"] = 1.0
    x, y = state.p_centers
    state.q[0] = np.where(x**2 + y**2 <= 0.25, 2.0, 1.0)
    state.q[1:] = 0
    controller = pyclaw.Controller()
    controller.solution, controller.solver = pyclaw.Solution(state, domain), solver
    controller.tfinal, controller.num_output_times = end, 1
    controller.keep_copy, controller.output_format, controller.verbosity = True, None, 0
    start = time.perf_counter()
    controller.run()
    seconds = time.perf_counter() - start
    return controller.frames[-1].q[0].T, solver.status["numsteps"], seconds


def radial_depth(end, cells=8192, length=4.0):
    """Fine radial solution: centres and depth; finite volumes, minmod, HLL, Heun. The dam stands on an edge of its
    cells when cells are a multiple of 8."""
    dr = length / cells
    edge = np.arange(cells + 1) * dr
    volume = 0.5 * (edge[1:] ** 2 - edge[:-1] ** 2)
    h, q, now = np.where(edge[:-1] + dr / 2 < 0.5, 2.0, 1.0), np.zeros(cells), 0.0

    def rate(h, q):
        hg, ug = np.pad(h, 2, "symmetric"), np.pad(q / h, 2, "symmetric")
        ug[:2] *= -1
        hg[-2:], ug[-2:] = h[-1], q[-1] / h[-1]

        def sides(f):
            a, b = f[1:-1] - f[:-2], f[2:] - f[1:-1]
            s = 0.5 * np.where(a * b > 0, np.where(abs(a) < abs(b), a, b), 0)
            return (f[1:-1] + s)[:-1], (f[1:-1] - s)[1:]

        (hl, hr), (ul, ur) = sides(hg), sides(ug)
        cl, cr = np.sqrt(hl), np.sqrt(hr)
        sl, sr = np.minimum(np.minimum(ul - cl, ur - cr), 0), np.maximum(np.maximum(ul + cl, ur + cr), 0)
        pl, pr = hl * ul**2 + hl**2 / 2, hr * ur**2 + hr**2 / 2
        mass = (sr * hl * ul - sl * hr * ur + sl * sr * (hr - hl)) / (sr - sl)
        momentum = (sr * pl - sl * pr + sl * sr * (hr * ur - hl * ul)) / (sr - sl)
        return -np.diff(edge * mass) / volume, (-np.diff(edge * momentum) + h**2 / 2 * dr) / volume

    while now < end:
        dt = min(0.45 * dr / np.max(abs(q / h) + np.sqrt(h)), end - now)
        a, b = rate(h, q)
        h1, q1 = h + dt * a, q + dt * b
        a, b = rate(h1, q1)
        h, q, now = 0.5 * (h + h1 + dt * a), 0.5 * (q + q1 + dt * b), now + dt
    return edge[:-1] + dr / 2, h


def mean_error(h, radius, depth):
    """Mean of |h - reference| over the cells of [-2.5, 2.5]^2."""
    centres = -2.5 + (np.arange(len(h)) + 0.5) * 5 / len(h)
    return float(abs(h - np.interp(np.hypot(*np.meshgrid(centres, centres)), radius, depth)).mean())


def run_marea(program, *options):
    return json.loads(subprocess.run([program, *map(str, options)], check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("--cells", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--errors", type=int, nargs="*", default=[64, 128, 256])
    parser.add_argument("--reference", type=int, default=8192, help="cells of the radial solution")
    args = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.chdir(tempfile.mkdtemp())  # PyClaw writes a log where it stands
    ratios, ours, theirs, roof = [], [], [], []
    for _ in range(args.rounds):
        marea = run_marea(args.program, "--cells", args.cells, "--end", 0.1)
        _, steps, seconds = run_pyclaw(args.cells, 0.1)
        ours.append(marea["mcell_steps_per_s"])
        theirs.append(args.cells**2 * steps / seconds / 1e6)
        ratios.append(ours[-1] / theirs[-1])
        roof.append(marea["share_of_roof"])
    result = {"cells": args.cells, "rounds": args.rounds, "marea_mcell_steps_per_s": statistics.median(ours),
              "pyclaw_mcell_steps_per_s": statistics.median(theirs), "ratio": statistics.median(ratios),
              "ratio_min": min(ratios), "ratio_max": max(ratios), "share_of_roof": statistics.median(roof),
              "errors": []}
    if args.errors:
        radius, depth = radial_depth(1.0, args.reference)
    for cells in args.errors:
        h, steps, seconds = run_pyclaw(cells, 1.0)
        row = {"cells": cells, "pyclaw": {"l1_error": mean_error(h, radius, depth), "steps": steps, "seconds": seconds}}
        marea = run_marea(args.program, "--cells", cells, "--end", 1, "--error", "--reference", args.reference)
        row["marea"] = {key: marea[key] for key in ("l1_error", "steps", "seconds")}
        result["errors"].append(row)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
