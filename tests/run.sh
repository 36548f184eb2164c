#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds, runs every test: C++ (ctest) and Python (pytest).
# The last line is "N passed, N failed" (", N skipped" where any was); exit 0 only when some ran and none failed.
#
#   bash tests/run.sh [-k PATTERN]   PATTERN: only ctest tests whose name matches it, and pytest's -k
set -u
source "$(dirname "${BASH_SOURCE[0]}")/../cmake/environment.sh"
pattern=""
[ "${1:-}" = -k ] && pattern="${2:-}"
started=$SECONDS
bash "$MAREA_ROOT/cmake/build.sh" --tests || { status=$?; echo "0 passed, 1 failed"; exit $status; }
source "$MAREA_ROOT/cmake/environment.sh"
built=$SECONDS
reports="$MAREA_BUILD_DIR/reports"
mkdir -p "$reports"
rm -f "$reports"/*.xml

echo "C++ tests"
ctest --test-dir "$MAREA_BUILD_DIR" --parallel "$JOBS" --output-on-failure --test-output-size-passed 1000000 \
  --output-junit "$reports/ctest.xml" ${pattern:+-R "$pattern"}
echo "Python tests"
OMP_NUM_THREADS=1 "$MAREA_PY" -m pytest -q -p no:cacheprovider "$MAREA_ROOT/tests/python" "$MAREA_ROOT/tests/wall" \
  --junitxml "$reports/pytest.xml" ${pattern:+-k "$pattern"}
echo "Set-up and build took $((built - started)) s, tests $((SECONDS - built)) s."
exec "$MAREA_PY" "$MAREA_ROOT/tests/tally.py" "$reports/ctest.xml" "$reports/pytest.xml"
