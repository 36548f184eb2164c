# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Compare marea's shallow-water solver with GeoClaw, on uniform grids and with adaptive refinement.

The tsunami of examples/tsunami without rotation (GeoClaw's Cartesian Coriolis force is a beta plane), one thread each.
What counts is the largest elevation since the start on the cells of 120 x 92 whose centre is sea, as relative L2
distance to both codes' own fine runs. Seconds are processor seconds of the time loop: no start-up, no output. Rounds
of A, B, A, B, ...; medians.

    python tests/performance/compare_geoclaw.py build/bin/marea [--reference 8] [--rounds 3] [--source FOLDER]

Needs gfortran, make, clawpack (its Python part writes GeoClaw's input) and the source distribution of the same version,
which holds the Fortran: --source is where it was unpacked; without it pip fetches it. What is GeoClaw's own stays in
the working folder (--work).
"""

import argparse
import contextlib
import importlib.metadata
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tarfile
import tomllib

import h5py
import numpy as np
from scipy.interpolate import RegularGridInterpolator

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "tsunami"
JUDGED = (120, 92)

# Beyond the boundary lies still water, as marea's `open` has it; over land the state goes on unchanged.
BOUNDARY = """
subroutine bc2amr(val, aux, nrow, ncol, meqn, naux, hx, hy, level, time, xlo, xhi, ylo, yhi)
  use amr_module, only: xlower, ylower, xupper, yupper
  implicit none
  integer, intent(in) :: nrow, ncol, meqn, naux, level
  real(kind=8), intent(in) :: hx, hy, time, xlo, xhi, ylo, yhi
  real(kind=8), intent(inout) :: val(meqn, nrow, ncol), aux(naux, nrow, ncol)
  integer :: i, j
  real(kind=8) :: x, y
  call extrapolate(val, aux, nrow, ncol, meqn, naux, hx, hy, level, time, xlo, xhi, ylo, yhi)
  if (xlo > xlower - 0.1d0*hx .and. xhi < xupper + 0.1d0*hx .and. &
      ylo > ylower - 0.1d0*hy .and. yhi < yupper + 0.1d0*hy) return
  do j = 1, ncol
    y = ylo + (j - 0.5d0)*hy
    do i = 1, nrow
      x = xlo + (i - 0.5d0)*hx
      if (x > xlower .and. x < xupper .and. y > ylower .and. y < yupper) cycle
      if (aux(1, i, j) < 0.d0) val(1:3, i, j) = (/ -aux(1, i, j), 0.d0, 0.d0 /)
    end do
  end do
end subroutine bc2amr
"""

# The Gaussian hump of marea's [initial], over the sea.
START = """
subroutine qinit(meqn, mbc, mx, my, xlower, ylower, dx, dy, q, maux, aux)
  implicit none
  integer, intent(in) :: meqn, mbc, mx, my, maux
  real(kind=8), intent(in) :: xlower, ylower, dx, dy
  real(kind=8), intent(inout) :: q(meqn, 1-mbc:mx+mbc, 1-mbc:my+mbc), aux(maux, 1-mbc:mx+mbc, 1-mbc:my+mbc)
  integer :: i, j
  real(kind=8) :: x, y, along, across, eta
  q = 0.d0
  do j = 1, my
    y = ylower + (j - 0.5d0)*dy - {y}d0
    do i = 1, mx
      x = xlower + (i - 0.5d0)*dx - {x}d0
      along = (x*({cos}d0) + y*({sin}d0)) / {along}d0
      across = (y*({cos}d0) - x*({sin}d0)) / {across}d0
      eta = 0.d0
      if (aux(1, i, j) < 0.d0) eta = {height}d0 * exp(-along**2 - across**2)
      q(1, i, j) = max(0.d0, eta - aux(1, i, j))
    end do
  end do
end subroutine qinit
"""

# What GeoClaw keeps the largest value of: the surface, as marea's files have it.
KEPT = """
subroutine fgmax_values(mx, my, meqn, mbc, maux, q, aux, dx, dy, xlower, ylower, i1, i2, j1, j2, values)
  use fgmax_module
  use geoclaw_module, only: dry_tolerance
  implicit none
  integer, intent(in) :: mx, my, meqn, mbc, maux, i1, i2, j1, j2
  real(kind=8), intent(in) :: q(meqn, 1-mbc:mx+mbc, 1-mbc:my+mbc), aux(maux, 1-mbc:mx+mbc, 1-mbc:my+mbc)
  real(kind=8), intent(in) :: dx, dy, xlower, ylower
  real(kind=8), intent(inout) :: values(FG_NUM_VAL, 1-mbc:mx+mbc, 1-mbc:my+mbc)
  integer :: i, j
  do j = j1, j2
    do i = i1, i2
      values(1, i, j) = min(aux(1, i, j), 0.d0)
      if (q(1, i, j) > dry_tolerance) values(1, i, j) = q(1, i, j) + aux(1, i, j)
    end do
  end do
end subroutine fgmax_values
"""

MAKEFILE = """
CLAW_PKG = geoclaw
EXE = xgeoclaw
include $(CLAW)/geoclaw/src/2d/shallow/Makefile.geoclaw
EXCLUDE_SOURCES = bc2amr.f90 qinit.f90 fgmax_values.f90
MODULES =
SOURCES = extrapolate.f90 boundary.f90 start.f90 kept.f90 $(CLAW)/riemann/src/rpn2_geoclaw.f \\
  $(CLAW)/riemann/src/rpt2_geoclaw.f $(CLAW)/riemann/src/geoclaw_riemann_utils.f
include $(CLAW)/clawutil/src/Makefile.common
"""


def fetched_source(work):
    """The unpacked source distribution of the installed clawpack."""
    version = importlib.metadata.version("clawpack")
    folder = work / f"clawpack-{version}"
    if not folder.exists():
        subprocess.run([sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", "clawpack", "--dest", work,
                        f"clawpack=={version}"], check=True)
        with tarfile.open(work / f"clawpack-{version}.tar.gz") as archive:
            archive.extractall(work, filter="data")
    return folder


def build_geoclaw(source, work, hump):
    """GeoClaw with marea's boundary, start and running maximum, for this machine."""
    folder = work / "geoclaw"
    folder.mkdir(exist_ok=True)
    own = (source / "geoclaw/src/2d/shallow/bc2amr.f90").read_text()
    angle = np.deg2rad(hump["angle"])
    start = START.format(x=hump["centre"][0], y=hump["centre"][1], cos=np.cos(angle), sin=np.sin(angle),
                         along=hump["radius"][0], across=hump["radius"][1], height=hump["height"])
    for name, text in {"extrapolate.f90": re.sub(r"subroutine bc2amr\b", "subroutine extrapolate", own),
                       "boundary.f90": BOUNDARY, "start.f90": start, "kept.f90": KEPT, "Makefile": MAKEFILE}.items():
        (folder / name).write_text(text)
    done = subprocess.run(["make", "-j1", ".exe"], cwd=folder, text=True, capture_output=True,
                          env={**os.environ, "CLAW": str(source), "FC": "gfortran", "FFLAGS": "-O3 -march=native"})
    if done.returncode:
        sys.exit(f"GeoClaw does not build:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return folder / "xgeoclaw"


def write_topography(bathymetry, path, parts=4):
    """The bed as marea interpolates it, on even rows `parts` times as dense as the file's: GeoClaw takes uneven rows
    for even ones, and means of a bilinear surface over its cells."""
    from clawpack.geoclaw.topotools import Topography

    with h5py.File(bathymetry) as file:
        x, y, bed = file["x"][...], file["y"][...], file["bathymetry"][...]
    fine = [np.linspace(axis[0], axis[-1], parts * (len(axis) - 1) + 1) for axis in (x, y)]
    step = fine[0][1] - fine[0][0]
    wide = [np.arange(axis[0] - 4 * parts * step, axis[-1] + 4 * parts * step, step) for axis in (x, y)]
    inside = np.meshgrid(*(np.clip(w, axis[0], axis[-1]) for w, axis in zip(wide, (x, y))), indexing="xy")
    topography = Topography()
    topography.x, topography.y = wide
    topography.Z = RegularGridInterpolator((y, x), bed)((inside[1], inside[0]))
    topography.write(path, topo_type=3)


def run_geoclaw(program, folder, case, topography, cells, ratios=(), tolerance=0.0):
    """Largest elevation [y, x] on the finest cells, processor seconds of the time loop, cells x steps."""
    from clawpack.clawutil import data
    from clawpack.geoclaw import fgmax_tools

    folder.mkdir(parents=True, exist_ok=True)
    run = data.ClawRunData("geoclaw", 2)
    claw, amr, geo = run.clawdata, run.amrdata, run.geo_data
    claw.lower[:], claw.upper[:] = zip(case["grid"]["x"], case["grid"]["y"])
    claw.num_cells[:] = cells
    claw.num_eqn, claw.num_aux, claw.capa_index, claw.num_waves = 3, 1, 0, 3
    claw.output_style, claw.num_output_times, claw.tfinal = 1, 1, case["run"]["end_time"]
    claw.output_format, claw.output_t0, claw.verbosity = "binary32", False, 0
    claw.dt_variable, claw.dt_initial, claw.dt_max, claw.steps_max = True, 0.2, 1e99, 1000000
    claw.cfl_desired, claw.cfl_max, claw.order, claw.transverse_waves = 0.75, 1.0, 2, 2
    claw.limiter, claw.use_fwaves, claw.source_split, claw.num_ghost = ["mc"] * 3, True, "godunov", 2
    claw.bc_lower[:], claw.bc_upper[:] = ["extrap"] * 2, ["extrap"] * 2
    amr.amr_levels_max, amr.max1d, amr.aux_type = len(ratios) + 1, 60, ["center"]
    amr.refinement_ratios_x = amr.refinement_ratios_y = amr.refinement_ratios_t = list(ratios) or [1]
    amr.flag_richardson, amr.flag2refine, amr.regrid_interval, amr.regrid_buffer_width = False, True, 3, 2
    amr.clustering_cutoff, amr.verbosity_regrid = 0.7, 0
    geo.gravity, geo.coordinate_system, geo.coriolis_forcing = case["solver"]["gravity"], 1, False
    geo.sea_level, geo.dry_tolerance, geo.friction_forcing = 0.0, 1e-3, True
    geo.manning_coefficient, geo.friction_depth = case["solver"]["manning"], 1e6
    run.refinement_data.variable_dt_refinement_ratios = True
    run.refinement_data.wave_tolerance = tolerance
    run.topo_data.topofiles.append([3, str(topography)])
    run.fgmax_data.num_fgmax_val = 1
    fine = [n * int(np.prod(ratios, dtype=int)) for n in cells]
    width = [(claw.upper[k] - claw.lower[k]) / fine[k] for k in (0, 1)]
    kept = fgmax_tools.FGmaxGrid()
    kept.point_style, kept.nx, kept.ny, kept.dx, kept.dy = 2, *fine, *width
    kept.x1, kept.x2 = claw.lower[0] + width[0] / 2, claw.upper[0] - width[0] / 2
    kept.y1, kept.y2 = claw.lower[1] + width[1] / 2, claw.upper[1] - width[1] / 2
    kept.tstart_max, kept.tend_max, kept.dt_check, kept.min_level_check, kept.interp_method = 0.0, 1e10, 0.0, 1, 0
    run.fgmax_data.fgmax_grids.append(kept)
    with contextlib.redirect_stdout(sys.stderr):
        run.write(str(folder))
    subprocess.run([str(program)], cwd=folder, check=True, stdout=subprocess.DEVNULL,
                   env={**os.environ, "OMP_NUM_THREADS": "1"})
    rows = [line.split() for line in (folder / "timing.txt").read_text().splitlines()]
    levels = [row for row in rows if len(row) == 4 and row[0].isdigit()]  # level, wall, processor seconds, cell updates
    regridding = sum(float(row[2]) for row in rows if row and row[0] == "Regridding")
    seconds = sum(float(row[2]) for row in levels) + regridding
    largest = np.loadtxt(folder / "fgmax0001.txt")[:, 4].reshape(fine[1], fine[0])
    return largest, seconds, sum(float(row[3]) for row in levels)


def run_marea(program, folder, case_file, cells, *options):
    """The same of marea, and the bed."""
    command = [program, "simulate", case_file, "--restart", "never", "--json"]
    options = [f"grid.nx={cells[0]}", f"grid.ny={cells[1]}", f"output.folder={folder}", *options]
    log = subprocess.run([*map(str, command), *(word for option in options for word in ("-o", option))], check=True,
                         stdout=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}).stdout
    steps = json.loads(log.splitlines()[-1])["steps"]
    with h5py.File(folder / "run.h5") as file:
        largest, bed = (file["t0_fields"][name][...].squeeze() for name in ("max_eta", "bathymetry"))
        return largest, float(file.attrs["cpu_seconds"]), steps * largest.size, bed


def on_judged_cells(values):
    """Block means of a finer grid, nearest values of a coarser one."""
    ny, nx = values.shape
    if nx < JUDGED[0]:
        return np.kron(values, np.ones((JUDGED[1] // ny, JUDGED[0] // nx)))
    return values.reshape(JUDGED[1], ny // JUDGED[1], JUDGED[0], nx // JUDGED[0]).mean(axis=(1, 3))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path, help="marea")
    parser.add_argument("--source", type=pathlib.Path, help="unpacked source distribution of clawpack")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("geoclaw_comparison"), help="working folder")
    parser.add_argument("--reference", type=int, default=8, help="of 120 x 92 cells, the fine runs")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--uniform", type=float, nargs="*", default=[0.5, 1, 2], help="of 120 x 92 cells")
    parser.add_argument("--tolerances", type=float, nargs="*", default=[0.1, 0.3],
                        help="adaptive: refine where |eta| is above [m]")
    args = parser.parse_args()
    work, program = args.work.resolve(), args.program.resolve()
    given = args.source and args.source.resolve()
    work.mkdir(parents=True, exist_ok=True)
    os.chdir(work)  # clawpack writes a log where it stands
    source = given or fetched_source(work)
    if not (work / "bathymetry.h5").exists():
        subprocess.run([sys.executable, EXAMPLE / "prepare_bathymetry.py", work / "bathymetry.h5"], check=True)
    write_topography(work / "bathymetry.h5", work / "bed.tt3")
    text = (EXAMPLE / "ensemble.toml").read_text().split("[ensemble]")[0]
    text = re.sub(r"coriolis = .*", "coriolis = 0.0", text).replace('"bathymetry.h5"', f'"{work / "bathymetry.h5"}"')
    text = re.sub(r"\[solver\.gauges\].*?\n\n", "", text, flags=re.DOTALL)
    text = re.sub(r"\nevery = .*", "\nevery = 5400.0", text).replace('precision = "single"', 'precision = "double"')
    (work / "case.toml").write_text(text)
    case = tomllib.loads(text)
    geoclaw = build_geoclaw(source, work, case["initial"])

    def cells(factor):
        return [round(n * factor) for n in JUDGED]

    def name(counts):
        return f"{counts[0]} x {counts[1]}"

    def geo(counts, *rest):
        return run_geoclaw(geoclaw, work / "runs_geoclaw", case, work / "bed.tt3", counts, *rest)

    def own(counts, *options):
        return run_marea(program, work / "runs_marea", work / "case.toml", counts, *options)

    fine = cells(args.reference)
    largest, _, _, bed = own(fine)
    references = {"marea": on_judged_cells(largest), "geoclaw": on_judged_cells(geo(fine)[0])}
    sea = on_judged_cells(bed) < 0

    def distance(values, reference):
        return float(np.linalg.norm((values - reference)[sea]) / np.linalg.norm(reference[sea]))

    fastest = ("solver.cfl=1.0", "solver.precision=single")
    methods = {}
    for factor in args.uniform:
        counts = cells(factor)
        methods[f"marea {name(counts)}"] = lambda counts=counts: own(counts)
        methods[f"marea {name(counts)}, single precision, cfl 1"] = lambda counts=counts: own(counts, *fastest)
        methods[f"GeoClaw {name(counts)}"] = lambda counts=counts: geo(counts)
    for tolerance in args.tolerances:
        for ratios in ([2, 2], [2, 2, 2]):
            label = f"GeoClaw {name(cells(0.5))} refined {' x '.join(map(str, ratios))} where |eta| > {tolerance} m"
            methods[label] = lambda r=ratios, t=tolerance: geo(cells(0.5), r, t)
    seconds, rows = {label: [] for label in methods}, {}
    for _ in range(args.rounds):
        for label, method in methods.items():
            values, spent, updates = method()[:3]
            seconds[label].append(spent)
            values = on_judged_cells(values)
            rows[label] = {f"distance_to_{code}": distance(values, r) for code, r in references.items()}
            rows[label]["cell_steps"] = updates
    for label, row in rows.items():
        row["seconds"] = statistics.median(seconds[label])
        row["mcell_steps_per_s"] = row["cell_steps"] / row["seconds"] / 1e6
    print(json.dumps({"references": name(fine), "rounds": args.rounds,
                      "between_references": distance(references["geoclaw"], references["marea"]), "methods": rows},
                     indent=1))


if __name__ == "__main__":
    main()
