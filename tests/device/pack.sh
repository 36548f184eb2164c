#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the preset `cuda` on a machine with nvcc, GPU or not, and packs program, tests, benchmarks and every library
# that they need into one archive, which runs in any folder of a bare machine: check.sh. See docs/marenostrum5.md.
#
#   Kokkos_ROOT=… Torch_DIR=… bash tests/device/pack.sh ARCHIVE.tar.xz [FOLDER …]
#
#   Kokkos_ROOT   a shared Kokkos with CUDA
#   Torch_DIR     share/cmake/Torch of a CUDA LibTorch of the version that the other machine has; unset: no surrogates
#   BUILD         build tree (build-cuda); with BUILD_ONLY_PACK=1 it is packed as it is
#   JOBS          compilers at a time (all cores)
#   FOLDER …      taken along as extra/NAME, their lib/ searched at run time: LibTorch's, for a machine without it
set -euo pipefail
archive=$(realpath -m "${1:?pack.sh ARCHIVE.tar.xz [FOLDER …]}"); shift
project=$(cd "$(dirname "$0")/../.." && pwd)
build=$(realpath -m "${BUILD:-$project/build-cuda}")
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
torch_lib=""; [ -n "${Torch_DIR:-}" ] && torch_lib=$(realpath "$Torch_DIR/../../../lib")

# The toolkit itself, where nvcc in PATH may be a wrapper.
toolkit() { realpath "$(nvcc --dryrun -E -x cu /dev/null 2>&1 | sed -n 's/^#\$ _\{0,1\}TOP=//p' | head -1)"; }

# Empty libraries under the names and sonames that LibTorch asks for, where the toolkit has none: enough to link.
# The driver's has the one function that Kokkos calls, so that the linker keeps it.
stand_in() {
  local folder=$1 cuda=$2 needed name
  mkdir -p "$folder"
  echo 'int cuStreamGetCtx(void) { return 3; }' |
    gcc -shared -fPIC -Wl,-soname,libcuda.so.1 -x c - -o "$folder/libcuda.so"
  [ -n "$torch_lib" ] || return 0
  readelf -d "$torch_lib"/*.so* 2>/dev/null | sed -n 's/.*NEEDED.*\[\(lib\(cu\|nv\)[^]]*\)\]/\1/p' | sort -u |
  while read -r needed; do
    name=${needed%%.so*}.so
    [ -e "$cuda/lib64/$name" ] || [ -e "$folder/$name" ] ||
      gcc -shared -Wl,-soname,"$needed" -x c /dev/null -o "$folder/$name"
  done
}

compile() {
  local cuda=$1 options=()
  stand_in "$build/stand_in" "$cuda"
  if [ -n "${Torch_DIR:-}" ]; then options+=("-DTorch_DIR=$Torch_DIR"); else options+=(-DMAREA_SURROGATE=OFF); fi
  (cd "$project" && cmake --preset cuda -B "$build" "-DKokkos_ROOT=${Kokkos_ROOT:?a shared Kokkos with CUDA}" \
    -DMAREA_NATIVE=OFF -DMAREA_PYTHON=OFF -DMAREA_BENCHMARKS=ON \
    "-DCUDA_TOOLKIT_ROOT_DIR=$cuda" "-DCUDAToolkit_ROOT=$cuda" "-DCMAKE_CUDA_COMPILER=$cuda/bin/nvcc" \
    "-DCMAKE_LIBRARY_PATH=$build/stand_in" "-DCUDA_cuda_driver_LIBRARY=$build/stand_in/libcuda.so" \
    -DCMAKE_EXE_LINKER_FLAGS=-Wl,--allow-shlib-undefined -DCMAKE_SHARED_LINKER_FLAGS=-Wl,--allow-shlib-undefined \
    "${options[@]}")
  cmake --build "$build" --parallel "${JOBS:-$(nproc)}"
}

# Libraries of the system that files load, but those of C, C++, CUDA's driver. With LibTorch comes its own libgomp.
system_libraries() {
  { for file in "$@"; do ldd "$file" 2>/dev/null || true; done; } | awk '$3 ~ /^\// { print $3 }' | sort -u |
    grep -E '^(/usr)?/lib' |
    grep -vE '/(libc|libm|libdl|libpthread|librt|libresolv|libutil|libstdc\+\+|libgcc_s|libcuda|ld-linux[^/]*)\.so' |
    { [ -n "$torch_lib" ] && grep -v '/libgomp\.so' || cat; }
}

# One line a test: name, seconds allowed, processors, command; {root} is where the archive is unpacked.
list_tests() {
  ctest --test-dir "$build" --show-only=json-v1 | python3 -c '
import json, os, sys
build = sys.argv[1]
for test in json.load(sys.stdin)["tests"]:
    command = test.get("command", [])
    program = [n for n, word in enumerate(command) if word.startswith(build + "/bin/test_")]
    if not program or program[0] != len(command) - 1 or not os.path.exists(command[-1]):
        continue
    words = ["mpirun", *command[1:-1]] if program[0] else []
    properties = {p["name"]: p["value"] for p in test["properties"]}
    words.append(command[-1].replace(build, "{root}"))
    print(test["name"], int(properties.get("TIMEOUT", 120)), properties.get("PROCESSORS", 1), *words)' "$build"
}

pack_mpi() {
  local mpi=/usr/lib/x86_64-linux-gnu pmix
  if [ ! -d "$mpi/openmpi/lib" ]; then
    echo "no Open MPI of the system: the other machine needs this machine's MPI" >&2
    return 0
  fi
  mkdir -p "$tree/mpi/bin" "$tree/mpi/etc" "$tree/mpi/share"
  cp -rL "$mpi/openmpi/lib" "$tree/mpi/lib"
  cp -L /usr/bin/orterun "$tree/mpi/bin/mpirun"; cp -L /usr/bin/orted "$tree/mpi/bin/"
  cp -rL /etc/openmpi "$tree/mpi/etc/openmpi"; cp -rL /usr/share/openmpi "$tree/mpi/share/openmpi"
  for pmix in "$mpi"/pmix*/lib/pmix; do [ -d "$pmix" ] && cp -rL "$pmix" "$tree/mpi/lib/pmix"; done
  find "$tree/mpi" -name '*.a' -delete
}

[ -n "${BUILD_ONLY_PACK:-}" ] || compile "$(toolkit)"
tree="$work/marea"
mkdir -p "$tree/lib" "$tree/sys"
cp -a "$build/bin" "$tree/bin"
cp -a "$build"/lib/*.so* "$tree/lib/"
kokkos=$(dirname "$(ldd "$build"/lib/libmarea_solvers.so | awk '/libkokkoscore/ { print $3 }')")
cp -a "$kokkos"/libkokkos*.so* "$tree/lib/"
{ ldd "$build"/bin/* "$build"/lib/*.so 2>/dev/null || true; } |
  awk '$1 ~ /^libcudart/ && $3 ~ /^\// { print $3 }' | sort -u |
  while read -r cudart; do cp -L "$cudart" "$tree/sys/"; done
list_tests > "$tree/tests.txt"
pack_mpi
system_libraries "$build"/bin/* "$build"/lib/*.so /usr/bin/orterun \
  $(find "$tree/mpi" -name '*.so*' 2>/dev/null) | while read -r library; do cp -nL "$library" "$tree/sys/"; done
for folder in "$@"; do mkdir -p "$tree/extra"; cp -a "$(realpath "$folder")" "$tree/extra/"; done
cp "$project/tests/device/check.sh" "$tree/"
{ readelf -V "$tree"/bin/* "$tree"/lib/*.so "$tree"/sys/* 2>/dev/null || true; } |
  grep -o 'GLIBC_2\.[0-9]*' | sort -V | tail -1 > "$tree/glibc.txt"
XZ_OPT="-T0 -3" tar -cJf "$archive" -C "$work" marea
echo "$archive: $(du -h "$archive" | cut -f1), $(wc -l < "$tree/tests.txt") tests, needs $(cat "$tree/glibc.txt")"
