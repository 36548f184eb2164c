# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Time of marea's multigrid to a residual of 1e-8 beside Eigen's sparse LDL^T, pyamg and hypre's BoomerAMG, on one core.

Rounds of A, B, C, ...; medians of seconds (set-up and solution, from an assembled matrix) and of the per-round ratios
to marea. pyamg: conjugate gradients with its Ruge-Stueben and smoothed-aggregation defaults. hypre: conjugate gradients
with BoomerAMG's defaults, threshold 0.25 in 2-D and 0.5 in 3-D, called in its shared library. Peers that are not there
are left out.

    python tests/performance/compare_multigrid.py build/bin/bench_multigrid [--hypre libHYPRE.so] [--rounds 3]
        [--ldlt 1024 32] [--case uniform|waves|layers] [--sizes 128 256 512 1024] [--cubes 32 64]
"""

import argparse
import contextlib
import ctypes
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time

import numpy as np
import scipy.sparse

TOLERANCE = 1e-8


def matrix(cells, dimensions, kind):
    """The matrix of bench_multigrid.cpp and its right side, x fastest."""
    x = (np.arange(cells) + 0.5) / cells
    y, x = np.meshgrid(x, x, indexing="ij")
    plane = {"uniform": lambda: np.ones_like(x), "layers": lambda: np.where((10 * y).astype(int) % 2 == 1, 1e6, 1.0),
             "waves": lambda: np.exp(3 * np.sin(2 * np.pi * x) * np.sin(2 * np.pi * y))}[kind]()
    a = plane if dimensions == 2 else np.broadcast_to(plane, (cells, cells, cells))
    scale = cells ** (2 - dimensions)  # area over distance
    number = np.arange(a.size).reshape(a.shape)
    diagonal, rows, columns, values = np.zeros(a.shape), [], [], []
    for axis in range(dimensions):
        low, high = (np.take(a, range(*ends), axis) for ends in ((0, cells - 1), (1, cells)))
        face = scale * 2 * low * high / (low + high)
        for side, own, other in ((0, (0, cells - 1), (1, cells)), (1, (1, cells), (0, cells - 1))):
            rows.append(np.take(number, range(*own), axis).ravel())
            columns.append(np.take(number, range(*other), axis).ravel())
            values.append(-face.ravel())
            index = [slice(None)] * dimensions
            index[axis] = slice(*own)
            diagonal[tuple(index)] += face
            index[axis] = -side  # the end of the domain, held
            diagonal[tuple(index)] += 2 * scale * a[tuple(index)]
    rows.append(number.ravel()), columns.append(number.ravel()), values.append(diagonal.ravel())
    size = (a.size, a.size)
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return scipy.sparse.csr_matrix(entries, shape=size), np.full(a.size, 1.0 / a.size)


def timed(setup, solve, a, f):
    start = time.perf_counter()
    made = setup(a)
    middle = time.perf_counter()
    u, iterations = solve(made)
    end = time.perf_counter()
    residual = np.linalg.norm(f - a @ u) / np.linalg.norm(f)
    assert residual <= 1.1 * TOLERANCE, residual
    return {"setup_s": middle - start, "solve_s": end - middle, "iterations": iterations, "residual": residual}


def by_pyamg(make):
    def run(a, f, dimensions):
        def solve(hierarchy):
            residuals = []
            u = hierarchy.solve(f, tol=TOLERANCE, accel="cg", residuals=residuals, maxiter=200)
            return u, len(residuals) - 1

        return timed(make, solve, a, f)

    return run


class Hypre:
    """Calls of hypre's C interface: IJ matrix and vectors, PCG, BoomerAMG."""

    def __init__(self, path):
        mpi = ctypes.CDLL("libmpi.so.40", ctypes.RTLD_GLOBAL)
        mpi.MPI_Init(None, None)
        self.library = ctypes.CDLL(path, ctypes.RTLD_GLOBAL)
        self.world = ctypes.c_void_p(ctypes.addressof(ctypes.c_byte.in_dll(mpi, "ompi_mpi_comm_world")))
        self("HYPRE_Init")

    def __call__(self, name, *arguments):
        error = getattr(self.library, name)(*arguments)
        if error:
            raise RuntimeError(f"{name}: error {error}")

    def make(self, name, *arguments):
        handle = ctypes.c_void_p()
        self(name, *arguments, ctypes.byref(handle))
        return handle

    def vector(self, values):
        rows = ctypes.c_int(len(values) - 1)
        ij = self.make("HYPRE_IJVectorCreate", self.world, ctypes.c_int(0), rows)
        self("HYPRE_IJVectorSetObjectType", ij, ctypes.c_int(5555))
        self("HYPRE_IJVectorInitialize", ij)
        self.index = np.arange(len(values), dtype=np.int32)
        self("HYPRE_IJVectorSetValues", ij, ctypes.c_int(len(values)), self.index.ctypes, values.ctypes)
        self("HYPRE_IJVectorAssemble", ij)
        return ij, self.make("HYPRE_IJVectorGetObject", ij)

    def run(self, a, f, dimensions):
        last = ctypes.c_int(a.shape[0] - 1)
        ij = self.make("HYPRE_IJMatrixCreate", self.world, ctypes.c_int(0), last, ctypes.c_int(0), last)
        self("HYPRE_IJMatrixSetObjectType", ij, ctypes.c_int(5555))
        self("HYPRE_IJMatrixInitialize", ij)
        counts, rows = np.diff(a.indptr).astype(np.int32), np.arange(a.shape[0], dtype=np.int32)
        columns = a.indices.astype(np.int32)
        self("HYPRE_IJMatrixSetValues", ij, ctypes.c_int(a.shape[0]), counts.ctypes, rows.ctypes, columns.ctypes,
             a.data.ctypes)
        self("HYPRE_IJMatrixAssemble", ij)
        matrix = self.make("HYPRE_IJMatrixGetObject", ij)
        source, result = self.vector(f), self.vector(np.zeros_like(f))
        amg = self.make("HYPRE_BoomerAMGCreate")
        for option, value in (("Tol", ctypes.c_double(0)), ("MaxIter", ctypes.c_int(1)),
                              ("StrongThreshold", ctypes.c_double(0.25 if dimensions == 2 else 0.5))):
            self(f"HYPRE_BoomerAMGSet{option}", amg, value)
        pcg = self.make("HYPRE_ParCSRPCGCreate", self.world)
        for option, value in (("Tol", ctypes.c_double(TOLERANCE)), ("MaxIter", ctypes.c_int(200)),
                              ("TwoNorm", ctypes.c_int(1))):
            self(f"HYPRE_PCGSet{option}", pcg, value)
        solve, setup = self.library.HYPRE_BoomerAMGSolve, self.library.HYPRE_BoomerAMGSetup
        self("HYPRE_PCGSetPrecond", pcg, solve, setup, amg)

        def finish(_):
            self("HYPRE_ParCSRPCGSolve", pcg, matrix, source[1], result[1])
            values, iterations = np.zeros_like(f), ctypes.c_int()
            self("HYPRE_IJVectorGetValues", result[0], ctypes.c_int(len(f)), self.index.ctypes, values.ctypes)
            self("HYPRE_PCGGetNumIterations", pcg, ctypes.byref(iterations))
            return values, iterations.value

        done = timed(lambda _: self("HYPRE_ParCSRPCGSetup", pcg, matrix, source[1], result[1]), finish, a, f)
        for destroy, handle in (("ParCSRPCG", pcg), ("BoomerAMG", amg), ("IJMatrix", ij), ("IJVector", source[0]),
                                ("IJVector", result[0])):
            self(f"HYPRE_{destroy}Destroy", handle)
        return done


def peers_there(hypre):
    """Names and callables (matrix, right side, dimensions) of the peers on this machine."""
    found = {}
    if importlib.util.find_spec("pyamg"):
        import pyamg

        found["pyamg_ruge_stueben"] = by_pyamg(pyamg.ruge_stuben_solver)
        found["pyamg_aggregation"] = by_pyamg(pyamg.smoothed_aggregation_solver)
    with contextlib.suppress(OSError):
        found["hypre_boomeramg"] = Hypre(hypre).run
    return found


def compare(program, peers, cells, dimensions, kind, rounds, most_ldlt):
    """Medians over rounds in turns, and of each round's seconds over marea's."""
    def marea(method):
        command = [program, str(cells), str(dimensions), kind, method]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    a, f = matrix(cells, dimensions, kind)
    contenders = {"marea": lambda: marea("multigrid"),
                  **{name: lambda run=run: run(a, f, dimensions) for name, run in peers.items()}}
    if cells <= most_ldlt[dimensions]:
        contenders["eigen_ldlt"] = lambda: marea("ldlt")
    small, small_f = matrix(16, dimensions, kind)
    for run in peers.values():
        run(small, small_f, dimensions)  # pages of the program
    taken = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            taken[name].append(run())
    row = {"cells": cells, "dimensions": dimensions, "case": kind}
    for name, runs in taken.items():
        seconds = [run["setup_s"] + run["solve_s"] for run in runs]
        ratios = [own / run for own, run in zip(seconds, (r["setup_s"] + r["solve_s"] for r in taken["marea"]))]
        row[name] = {"seconds": statistics.median(seconds), "setup_s": statistics.median(r["setup_s"] for r in runs),
                     "iterations": runs[-1]["iterations"], "ratio": statistics.median(ratios),
                     "ratio_min": min(ratios), "ratio_max": max(ratios)}
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("--hypre", default="libHYPRE.so", help="hypre's shared library")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--case", default="uniform", choices=("uniform", "waves", "layers"))
    parser.add_argument("--sizes", type=int, nargs="*", default=[128, 256, 512, 1024])
    parser.add_argument("--cubes", type=int, nargs="*", default=[32, 64])
    parser.add_argument("--ldlt", type=int, nargs=2, default=[1024, 32], help="most cells a side for Eigen, 2-D, 3-D")
    args = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    peers = peers_there(args.hypre)
    print("peers:", ", ".join(peers) or "none but Eigen", file=sys.stderr)
    for cells, dimensions in [(n, 2) for n in args.sizes] + [(n, 3) for n in args.cubes]:
        most_ldlt = {2: args.ldlt[0], 3: args.ldlt[1]}
        row = compare(args.program, peers, cells, dimensions, args.case, args.rounds, most_ldlt)
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
