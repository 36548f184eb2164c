# SPDX-License-Identifier: Apache-2.0
# What every script of marea shares; to be sourced:  source "<checkout>/cmake/environment.sh"
#
#   MAREA_ROOT         the checkout
#   MAREA_BUILD_DIR    build tree, default <checkout>/build
#   MAREA_DEPS_DIR     cache of dependencies, default <build tree>/deps
#   MAREA_PY           the Python that sees LibTorch, NumPy and the package marea
#   MAREA_BIN          the program
#   MAREA_DATA         laboratory data for the tests that need them, unset where there are none
#   JOBS               how many compilers fit into cores and memory
MAREA_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
: "${MAREA_BUILD_DIR:=$MAREA_ROOT/build}"
: "${MAREA_DEPS_DIR:=$MAREA_BUILD_DIR/deps}"
case "$MAREA_DEPS_DIR" in /*) ;; *) MAREA_DEPS_DIR="$PWD/$MAREA_DEPS_DIR" ;; esac
MAREA_PY="$MAREA_DEPS_DIR/venv/bin/python"
MAREA_BIN="$MAREA_BUILD_DIR/bin/marea"
if [ -z "${MAREA_DATA:-}" ] && [ -d "$MAREA_ROOT/../shared/data" ]; then
  MAREA_DATA="$(cd "$MAREA_ROOT/../shared/data" && pwd -P)"
fi
export MAREA_ROOT MAREA_BUILD_DIR MAREA_DEPS_DIR MAREA_PY MAREA_BIN MAREA_DATA
export PYTHONPATH="$MAREA_BUILD_DIR/python${PYTHONPATH:+:$PYTHONPATH}"
unset PYTHONHOME

# A waiting thread spins for some microseconds, the time between two loops of a solver, and then sleeps; ranks may share
# cores: right for desktops, notebooks and CI.
export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-passive}" GOMP_SPINCOUNT="${GOMP_SPINCOUNT:-3000}"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_mpi_yield_when_idle=1

# CMake 3.24 or newer and Ninja: the machine's, else those that bootstrap.sh put beside LibTorch.
marea_cmake_is_new() {
  local version
  version="$(cmake --version 2>/dev/null | sed -n 's/^cmake version //p')"
  [ -n "$version" ] && [ "$(printf '3.24\n%s\n' "$version" | sort -V | head -n 1)" = 3.24 ]
}
if ! marea_cmake_is_new || ! command -v ninja >/dev/null; then PATH="$MAREA_DEPS_DIR/venv/bin:$PATH"; fi

# A LibTorch unit takes 1.5 GB to compile.
marea_jobs() {
  local cores memory
  cores="$(nproc 2>/dev/null || echo 2)"
  memory="$(awk '/^MemAvailable/ { print int($2 / 1500000) }' /proc/meminfo 2>/dev/null || echo "$cores")"
  [ "$memory" -lt 1 ] && memory=1
  [ "$memory" -lt "$cores" ] && echo "$memory" || echo "$cores"
}
JOBS="${JOBS:-$(marea_jobs)}"

# marea_step "what" logfile command…: runs the command, shows the time it takes, and its last lines when it fails.
marea_step() {
  local what="$1" log="$2" start=$SECONDS shown=0 elapsed pid status last
  shift 2
  mkdir -p "$(dirname "$log")"
  "$@" </dev/null >"$log" 2>&1 &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    elapsed=$((SECONDS - start))
    if [ -t 1 ]; then
      last="$(tail -c 200 "$log" 2>/dev/null | tr '\r' '\n' | grep -v '^ *$' | tail -n 1 | cut -c 1-70)"
      printf '\r\033[K  %s  %d s  %s' "$what" "$elapsed" "$last"
    elif [ $((elapsed - shown)) -ge 15 ]; then
      shown=$elapsed
      last="$(tail -c 200 "$log" 2>/dev/null | tr '\r' '\n' | grep -v '^ *$' | tail -n 1 | cut -c 1-90)"
      printf '  %s  %d s  %s\n' "$what" "$elapsed" "$last"
    fi
  done
  wait "$pid"
  status=$?
  [ -t 1 ] && printf '\r\033[K'
  if [ "$status" -eq 0 ]; then
    printf '  %s: done in %d s\n' "$what" $((SECONDS - start))
  else
    printf '  %s: FAILED after %d s. The last lines of %s:\n' "$what" $((SECONDS - start)) "$log" >&2
    tail -n 30 "$log" | sed 's/^/    /' >&2
  fi
  return "$status"
}
