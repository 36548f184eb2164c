#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Checks an archive of tests/device/pack.sh on a bare machine with a GPU: unpacks it, runs the tests and the benchmarks,
# and prints one table. Needs neither root nor a compiler, and changes nothing outside FOLDER.
#
#   bash check.sh ARCHIVE.tar.xz [FOLDER]
#
#   TORCH_LIB   LibTorch's lib/, where neither the archive nor `python3 -c "import torch"` has it
#   LIMIT       seconds for all (540): tests that would start after two thirds of it are left out
#   JOBS        programs at a time (half the cores, at most 8; with a GPU 2, on which programs take turns)
#   MPIRUN      the machine's own mpirun, where libmpi too is the machine's
#   RESULTS     where table.md and the tests' output go (FOLDER/results)
set -uo pipefail
archive=$(realpath "${1:?check.sh ARCHIVE.tar.xz [FOLDER]}")
folder=${2:-$(mktemp -d)}
limit=${LIMIT:-540}
mkdir -p "$folder" && tar -xf "$archive" -C "$folder" || exit 5
root=$(realpath "$folder/marea")
results=$(realpath -m "${RESULTS:-$folder/results}"); mkdir -p "$results"
gpu=$(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader 2>/dev/null | head -1)
cores=$(nproc); most=8; [ -n "$gpu" ] && most=2
jobs=${JOBS:-$((cores / 2 < 1 ? 1 : cores / 2 > most ? most : cores / 2))}

torch_lib=${TORCH_LIB:-$(python3 -c 'import os, torch; print(os.path.dirname(torch.__file__) + "/lib")' 2>/dev/null)}
path="$root/lib"
for lib in "$root"/extra/*/lib; do [ -d "$lib" ] && path+=":$lib"; done
if [ -n "$torch_lib" ]; then
  path+=":$torch_lib"
  for lib in "$torch_lib"/../../nvidia/*/lib; do [ -d "$lib" ] && path+=":$lib"; done
fi
if [ -z "${MPIRUN:-}" ] && [ -d "$root/mpi" ]; then # the carried Open MPI: its own parts, never another version's
  path+=":$root/mpi/lib"
  mpi="$root/mpi"
  export OPAL_PREFIX="$mpi" OPAL_BINDIR="$mpi/bin" OPAL_LIBDIR="$mpi/lib" OPAL_PKGLIBDIR="$mpi/lib/openmpi3"
  export OPAL_SYSCONFDIR="$mpi/etc/openmpi" OPAL_DATADIR="$mpi/share" OPAL_PKGDATADIR="$mpi/share/openmpi"
  export PMIX_PREFIX="$mpi" PMIX_LIBDIR="$mpi/lib" PMIX_PKGLIBDIR="$mpi/lib/pmix"
fi
export LD_LIBRARY_PATH="$path:$root/sys${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
driver=$(/sbin/ldconfig -p 2>/dev/null | awk '/libcuda\.so\.1/ { print $NF; exit }')
[ -n "$driver" ] && export LD_PRELOAD="$driver" # programs that were linked without the driver's library
export PATH="$root/bin:$root/mpi/bin:$PATH"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 \
  OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_io=^ompio OMPI_MCA_pml=ob1 \
  OMPI_MCA_btl=self,vader
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1} OMP_PROC_BIND=false OMP_WAIT_POLICY=passive

missing=$(ldd "$root/bin/"* 2>/dev/null | awk '/not found/ { print $1 }' | sort -u | tr '\n' ' ')
version=$(marea version 2>&1); views=$(marea version --check 2>&1); views_code=$?

# One test in a folder of its own; a line "pass NAME seconds", "fail …", "late …" or "left NAME".
run_test() {
  local name=$1 allowed=$2 words=("${@:4}") code begin=$SECONDS
  [ "$(date +%s)" -lt "$last_start" ] || { echo "left $name"; return; }
  mkdir -p "$results/$name"; cd "$results/$name" || return
  words=("${words[@]//\{root\}/$root}")
  [ "${words[0]}" = mpirun ] && words[0]=${MPIRUN:-mpirun}
  timeout -k 5 $((allowed < 120 ? allowed : 120)) "${words[@]}" > output.txt 2>&1; code=$?
  case $code in
    0) echo "pass $name $((SECONDS - begin))" ;;
    124 | 137) echo "late $name" ;;
    *) echo "fail $name $code" ;;
  esac
}
export -f run_test; export root results
last_start=$(($(date +%s) + limit * 2 / 3)); export last_start
# Programs of many ranks last: they share the GPU, where one waits for the other.
sort -s -n -k3,3 "$root/tests.txt" | xargs -P "$jobs" -d '\n' -I{} bash -c 'run_test $0' {} > "$results/tests.txt"
count() { grep -c "^$1 " "$results/tests.txt"; }

sizes="512 2048 4096"; [ -n "$gpu" ] || sizes=512

# One figure of a benchmark's JSON.
figure() { sed -n "s/.*\"$1\": *\(-\{0,1\}[0-9.e+-]*\).*/\1/p"; }
bench() {
  local json
  json=$(timeout 60 bench_shallow_water "$@" 2>> "$results/bench_errors.txt")
  echo "$json" | tee -a "$results/bench.json"
}
giga() {
  bench "$@" | figure mcell_steps_per_s | awk '{ printf "%.2f", $1 / 1000; found = 1 } END { if (!found) printf "-" }'
}

{
  echo "| what | value |"
  echo "|---|---|"
  echo "| GPU, driver | ${gpu:-none} |"
  echo "$version" | grep -E '^(marea|build|kokkos|libtorch|devices|mpi) ' | sed 's/^\([a-z]*\) *\(.*\)/| \1 | \2 |/'
  echo "| libraries not found | ${missing:-none} |"
  echo "| \`marea version --check\` | $views (exit code $views_code) |"
  echo "| tests | $(count pass) passed, $(count fail) failed, $(count late) too slow, $(count left) not run |"
  sed -n 's/^fail \([^ ]*\).*/| failed | \1 |/p; s/^late \(.*\)/| too slow | \1 |/p' "$results/tests.txt"
  for precision in double single; do
    for cells in $sizes; do
      steps=$((cells > 2048 ? 100 : 300))
      plain=$(giga --cells $cells --steps $steps --precision $precision)
      gauges=$(giga --cells $cells --steps $steps --precision $precision --gauges 16)
      echo "| shallow water $cells², $precision: 10⁹ cells x steps a second; with 16 gauges | $plain; $gauges |"
    done
  done
  small=$(bench --cells 256 --steps 1000)
  echo "| a step of 256², double [µs] | $(figure us_per_step <<< "$small") |"
  echo "| copy within the device's memory [GB/s] | $(figure triad_gb_per_s <<< "$small") |"
  if [ -x "$root/bin/bench_surrogate_call" ]; then
    call=$(timeout 60 bench_surrogate_call --device cuda 2>> "$results/bench_errors.txt")
    echo "| Surrogate::predict over a raw LibTorch call [µs] | $(figure overhead_us <<< "$call") |"
  fi
  echo "| seconds for all this | $SECONDS |"
} | tee "$results/table.md"
[ "$(count fail)" = 0 ] && [ "$(count late)" = 0 ] && [ "$views_code" = 0 ]
