#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds solvers and hybrid with the host treated as a device (preset `device`) and runs their tests: the device paths
# without a GPU. The last line is "N passed, N failed" (", N skipped" where any was); exit 0 only when some ran and none
# failed. Dependencies are those of tests/run.sh.
#
#   bash tests/device.sh [-k PATTERN]   PATTERN: only tests whose name matches it
set -u
source "$(dirname "${BASH_SOURCE[0]}")/../cmake/environment.sh"
pattern=""
[ "${1:-}" = -k ] && pattern="${2:-}"
build="$MAREA_ROOT/build-device"
folders=(tests/solvers tests/surrogate/hybrid)
failed() { echo "0 passed, 1 failed"; exit 1; }
cd "$MAREA_ROOT" || exit 1
marea_step "configure" "$build/logs/configure.log" cmake --preset device -DMAREA_DEPS_DIR="$MAREA_DEPS_DIR" || failed
marea_step "compile with $JOBS jobs" "$build/logs/build.log" \
  cmake --build "$build" --parallel "$JOBS" --target "${folders[@]/%//all}" || failed
reports=()
for folder in "${folders[@]}"; do
  reports+=("$build/${folder//\//-}.xml")
  rm -f "${reports[-1]}"
  ctest --test-dir "$build/$folder" --parallel "$JOBS" --output-on-failure --test-output-size-passed 1000000 \
    --output-junit "${reports[-1]}" ${pattern:+-R "$pattern"}
done
exec "$MAREA_PY" "$MAREA_ROOT/tests/tally.py" "${reports[@]}"
