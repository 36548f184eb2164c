#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Gets what marea needs and the machine lacks. Safe to call again: with everything there it takes a second.
#
#   bash cmake/bootstrap.sh [--tests] [--benchmarks]
#     --tests       also what only tests need: the_well, safetensors, rasterio and rioxarray
#     --benchmarks  also the peers that marea is measured against: neuraloperator, clawpack (and gfortran to build it)
#
#   MAREA_DEPS_DIR   where dependencies go (default build/deps): venv/ (Python packages, LibTorch), kokkos/, logs/
#   MAREA_DEPS=none  install nothing, only say what is missing (exit 3)
#   Kokkos_ROOT, Torch_DIR, HDF5_ROOT, CMAKE_PREFIX_PATH, CPATH: what modules, Spack or conda provide; used first
#
# Exit: 0 all there · 3 something is missing that this user cannot install; the message says what to ask for.
set -u
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
tests=no benchmarks=no
for argument in "$@"; do
  case "$argument" in
    --tests) tests=yes ;;
    --benchmarks) benchmarks=yes ;;
    *) echo "bootstrap: unknown option '$argument'; known: --tests, --benchmarks" >&2; exit 2 ;;
  esac
done
torch_pin="torch==2.13.0"
logs="$MAREA_DEPS_DIR/logs"
venv="$MAREA_DEPS_DIR/venv"
install=yes
[ "${MAREA_DEPS:-}" = none ] && install=no

give_up() {
  echo "marea: $1" >&2
  exit 3
}

# Folders where headers and CMake packages may stand beside the system's own.
IFS=':;' read -r -a prefixes <<<"${CMAKE_PREFIX_PATH:-}:${HDF5_ROOT:-}:${Eigen3_ROOT:-}:${CONDA_PREFIX:-}:/usr/local:/usr"
IFS=':' read -r -a include_folders <<<"${CPATH:-}:${CPLUS_INCLUDE_PATH:-}"
for prefix in "${prefixes[@]}"; do
  [ -n "$prefix" ] && include_folders+=("$prefix/include" "$prefix/include/eigen3" "$prefix/include/hdf5/openmpi"
    "$prefix/include/hdf5/mpich" "$prefix/include/hdf5/serial")
done
has_header() {
  local folder
  for folder in "${include_folders[@]}"; do [ -n "$folder" ] && [ -e "$folder/$1" ] && return 0; done
  return 1
}
has_program() { command -v "$1" >/dev/null 2>&1; }

# A Python of 3.11 or newer that can make virtual environments and has its C headers.
find_python() {
  local candidate
  for candidate in "${MAREA_BASE_PYTHON:-}" python3 python3.11 python3.12 python3.13 /usr/bin/python3; do
    [ -n "$candidate" ] && "$candidate" -c '
import ensurepip, os, sys, sysconfig, venv
sys.exit(sys.version_info < (3, 11) or not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))
' 2>/dev/null && { command -v "$candidate"; return 0; }
  done
  return 1
}

# ---- 1. Debian packages -------------------------------------------------------------------------------------------
missing=() # required
wanted=()  # optional: what needs them is skipped
need() {   # need "why" package probe…
  local why="$1" package="$2"
  shift 2
  "$@" || { missing+=("$package"); printf '  missing: %-22s %s\n' "$package" "$why"; }
}
want() {
  local why="$1" package="$2"
  shift 2
  "$@" || { wanted+=("$package"); printf '  missing: %-22s %s\n' "$package" "$why"; }
}
check_packages() {
  missing=() wanted=()
  need "C++20 compiler" g++ has_program "${CXX:-g++}"
  need "C compiler" gcc has_program "${CC:-gcc}"
  need "MPI library" libopenmpi-dev has_program mpicc
  need "MPI launcher" openmpi-bin has_program mpiexec
  need "files: HDF5 with MPI" libhdf5-openmpi-dev has_header hdf5.h
  need "case files" libtomlplusplus-dev has_header toml++/toml.h
  need "JSON output" nlohmann-json3-dev has_header nlohmann/json.hpp
  need "command line" libcli11-dev has_header CLI/CLI.hpp
  need "text formatting" libfmt-dev has_header fmt/core.h
  need "log" libspdlog-dev has_header spdlog/spdlog.h
  need "counter-based random numbers" librandom123-dev has_header Random123/philox.h
  need "POD and ridge regression" libeigen3-dev has_header Eigen/Core
  need "test framework" doctest-dev has_header doctest/doctest.h
  if ! find_python >/dev/null; then
    missing+=(python3 python3-venv python3-dev)
    echo "  missing: python3 python3-venv python3-dev   Python 3.11 with headers, for LibTorch and the Python package"
  fi
  if ! find_kokkos >/dev/null; then need "unpacking the Kokkos source" xz-utils has_program xz; fi
  want "compiler cache" ccache has_program ccache
  if [ "$tests" = yes ]; then
    want "tests read files with ncdump" netcdf-bin has_program ncdump
    want "tests read files with h5dump" hdf5-tools has_program h5dump
  fi
  if [ "$benchmarks" = yes ]; then want "builds PyClaw, which benchmarks compare with" gfortran has_program gfortran; fi
}
install_packages() {
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    has_program sudo && sudo -n true 2>/dev/null && as_root=(sudo -n env) || return 1
  fi
  has_program apt-get || return 1
  marea_step "Debian's package lists" "$logs/apt-update.log" "${as_root[@]}" apt-get update
  marea_step "Debian packages" "$logs/apt-install.log" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "$@"
}

# ---- 2. Kokkos ----------------------------------------------------------------------------------------------------
find_kokkos() {
  local prefix folder
  [ -n "${Kokkos_DIR:-}" ] && [ -e "$Kokkos_DIR/KokkosConfig.cmake" ] && { echo "$Kokkos_DIR"; return 0; }
  for prefix in "${Kokkos_ROOT:-}" "${KOKKOS_ROOT:-}" "${prefixes[@]}" "$MAREA_DEPS_DIR/kokkos"; do
    for folder in lib lib64; do
      [ "$prefix" = /usr ] && continue # Debian's own is Serial only
      [ -n "$prefix" ] && [ -e "$prefix/$folder/cmake/Kokkos/KokkosConfig.cmake" ] &&
        { echo "$prefix/$folder/cmake/Kokkos"; return 0; }
    done
  done
  return 1
}
# Kokkos 3.4 from the source of Debian's package trilinos, through the machine's own package sources. Needs no root.
build_kokkos() (
  set -e
  work="$(mktemp -d "${TMPDIR:-/tmp}/marea-kokkos.XXXXXX")"
  trap 'rm -rf "$work"' EXIT
  cd "$work"
  mkdir -p parts lists/partial cache/archives/partial
  for file in /etc/apt/sources.list.d/*.sources; do
    [ -e "$file" ] && sed 's/^Types:.*/Types: deb-src/' "$file" >"parts/$(basename "$file")"
  done
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -e "$file" ] && sed -n 's/^deb /deb-src /p' "$file" >"parts/$(basename "$file" .list).list"
  done
  apt=(apt-get -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$work/parts"
    -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root)
  "${apt[@]}" update
  "${apt[@]}" source --download-only trilinos
  tar -xf trilinos_*.orig.tar.* --wildcards '*/packages/kokkos/*'
  cmake -G Ninja -S "$(ls -d ./*/packages/kokkos)" -B build -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=ON \
    -DCMAKE_INSTALL_PREFIX="$MAREA_DEPS_DIR/kokkos" -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_POSITION_INDEPENDENT_CODE=ON \
    -DCMAKE_CXX_STANDARD=17 -DCMAKE_POLICY_VERSION_MINIMUM=3.5 -DKokkos_ENABLE_OPENMP=ON -DKokkos_ENABLE_SERIAL=ON
  ninja -C build -j "$JOBS" install
  "$python" -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "$MAREA_DEPS_DIR/kokkos/lib/libkokkoscore.so"
)

# ---- 3. Python packages, LibTorch among them ----------------------------------------------------------------------
# Prints which of the given requirements the environment does not meet.
unmet() {
  [ $# -gt 0 ] || return 0
  [ -x "$MAREA_PY" ] || { printf '%s\n' "$@"; return; }
  "$MAREA_PY" -c '
import sys
from importlib.metadata import PackageNotFoundError, version
try:
    from packaging.requirements import Requirement
except ImportError:  # a bare environment
    from pip._vendor.packaging.requirements import Requirement
for text in sys.argv[1:]:
    requirement = Requirement(text)
    try:
        if requirement.specifier.contains(version(requirement.name), prereleases=True):
            continue
    except PackageNotFoundError:
        pass
    print(text)
' "$@"
}
make_venv() (
  set -e
  "$python" -m venv "$venv"
  # A LibTorch that a module, Spack or conda gives to this Python is used, not installed again.
  if [ "$own_torch" = no ]; then
    "$python" -c 'import sysconfig; print(sysconfig.get_path("purelib")); print(sysconfig.get_path("platlib"))' \
      >"$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/marea_outer.pth"
  fi
)
pip_install() { "$MAREA_PY" -m pip install --disable-pip-version-check --progress-bar off "$@"; }
check_torch() { "$MAREA_PY" -c 'import torch; assert torch.ones(2).sum().item() == 2; print(torch.__version__)'; }

# ---- The order of things ------------------------------------------------------------------------------------------
check_packages
if [ ${#missing[@]} -gt 0 ]; then
  [ "$install" = yes ] || give_up "missing: ${missing[*]} (MAREA_DEPS=none: nothing is installed)"
  install_packages "${missing[@]}" "${wanted[@]}" || give_up "these Debian packages are needed; ask an administrator for
    apt-get install ${missing[*]}
or make them visible through CMAKE_PREFIX_PATH and CPATH (modules, Spack, conda), then run the same command again."
  check_packages
  [ ${#missing[@]} -eq 0 ] || give_up "still missing after installation: ${missing[*]}; see $logs/apt-install.log"
elif [ ${#wanted[@]} -gt 0 ] && [ "$install" = yes ]; then
  install_packages "${wanted[@]}" || echo "  going on without ${wanted[*]}: what needs them is skipped"
fi

python="$(find_python)"
own_torch=yes
if [ -n "${Torch_DIR:-}" ] || [ -e "$venv/lib/python3"*/site-packages/marea_outer.pth ] ||
  { [ ! -x "$MAREA_PY" ] && "$python" -c 'import importlib.metadata as m; m.version("torch")' 2>/dev/null; }; then
  own_torch=no
fi
tools=() packages=("pybind11>=3.1" "numpy>=2" scipy xarray h5py h5netcdf netCDF4 pyproj matplotlib tqdm
  pytest "scikit-build-core>=1.1")
[ "$own_torch" = yes ] && packages=("$torch_pin" "${packages[@]}")
marea_cmake_is_new || tools+=("cmake>=3.24")
has_program ninja || tools+=(ninja)
mapfile -t tools < <(unmet "${tools[@]}")
mapfile -t packages < <(unmet "${packages[@]}")
peers=()
[ "$tests" = yes ] && peers+=(the_well safetensors rasterio rioxarray scikit-learn pydmd)
[ "$benchmarks" = yes ] && peers+=(neuraloperator clawpack)
mapfile -t peers < <(unmet "${peers[@]}")
kokkos="$(find_kokkos)" || kokkos=""

if [ "$install" = no ] && [ -n "${tools[*]}${packages[*]}" -o -z "$kokkos" ]; then
  give_up "missing: ${tools[*]} ${packages[*]}$([ -n "$kokkos" ] || echo ' kokkos') (MAREA_DEPS=none: nothing is installed)"
fi
if [ ! -x "$MAREA_PY" ]; then
  marea_step "virtual environment for Python packages" "$logs/venv.log" make_venv || give_up "python -m venv failed"
fi
if [ ${#tools[@]} -gt 0 ]; then
  marea_step "build tools: ${tools[*]}" "$logs/pip-tools.log" pip_install "${tools[@]}" ||
    give_up "CMake >= 3.24 and Ninja are needed to build"
fi
kokkos_job=""
if [ -z "$kokkos" ]; then
  echo "  Kokkos (parallel loops), from Debian's source package: in the background, log $logs/kokkos.log"
  build_kokkos </dev/null >"$logs/kokkos.log" 2>&1 &
  kokkos_job=$!
fi
if [ ${#packages[@]} -gt 0 ]; then
  echo "  missing in Python: ${packages[*]}"
  marea_step "Python packages" "$logs/pip.log" pip_install "${packages[@]}" ||
    give_up "the Python packages above are needed; where there is no index to take them from, put wheels into a folder and
set PIP_FIND_LINKS=<folder>, or set Torch_DIR to a LibTorch that is there"
  [ -n "${Torch_DIR:-}" ] || marea_step "check of LibTorch" "$logs/torch.log" check_torch || give_up "LibTorch does not load"
fi
for peer in "${peers[@]}"; do # each may fail alone; torch stays as it is
  marea_step "peer for tests: $peer" "$logs/pip-$peer.log" pip_install "$peer" $([ "$own_torch" = yes ] && echo "$torch_pin") ||
    echo "  going on without $peer: the tests that need it are skipped"
done
if [ -n "$kokkos_job" ]; then
  marea_step "Kokkos" "$logs/kokkos-wait.log" tail --pid="$kokkos_job" -f /dev/null
  wait "$kokkos_job" || { tail -n 20 "$logs/kokkos.log" >&2; give_up "Kokkos could not be built, log $logs/kokkos.log. Build
Kokkos 3.4 or newer yourself (-DBUILD_SHARED_LIBS=ON -DKokkos_ENABLE_OPENMP=ON) and set Kokkos_ROOT to its prefix"; }
fi
echo "  dependencies: all there (Python packages and LibTorch: $venv, Kokkos: $(find_kokkos))"
