#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds and runs every verification at full length (MAREA_VERIFY=1): the C++ tests that compare with published and exact
# numbers (they include support/verification.hpp) and the Python tests that know MAREA_VERIFY. Prints a table of the
# numbers, docs/verification.md's; the last line is that of tests/run.sh. Exit 0 only when some ran, none failed and the
# page has a row for each number.
#
#   bash tests/verify.sh [-k PATTERN]   PATTERN: only programs whose name matches it, and pytest's -k
set -u
source "$(dirname "${BASH_SOURCE[0]}")/../cmake/environment.sh"
pattern=""
[ "${1:-}" = -k ] && pattern="${2:-}"
cd "$MAREA_ROOT" || exit 1
mapfile -t programs < <(grep -rl --include='test_*.cpp' 'support/verification.hpp' tests | xargs -n1 basename -s .cpp |
  grep -E -- "$pattern" | sort)
mapfile -t python_tests < <(grep -l MAREA_VERIFY tests/python/test_*.py)
targets=("${programs[@]:-bin/marea}")
[ ${#python_tests[@]} -gt 0 ] && targets=(all)
bash cmake/build.sh --tests "${targets[@]}" || { status=$?; echo "0 passed, 1 failed"; exit $status; }
source cmake/environment.sh
export MAREA_VERIFY=1
reports=("$MAREA_BUILD_DIR/reports/verify-ctest.xml")
mkdir -p "$MAREA_BUILD_DIR/reports"
rm -f "$MAREA_BUILD_DIR"/reports/verify-*.xml

ctest --test-dir "$MAREA_BUILD_DIR" --parallel "$JOBS" --output-on-failure --test-output-size-passed 1000000 \
  --output-junit "${reports[0]}" -R "^($(IFS='|'; echo "${programs[*]:-none}"))\.np1$"
if [ ${#python_tests[@]} -gt 0 ]; then
  reports+=("$MAREA_BUILD_DIR/reports/verify-pytest.xml")
  OMP_NUM_THREADS=1 "$MAREA_PY" -m pytest -q -p no:cacheprovider "${python_tests[@]}" --junitxml "${reports[1]}" \
    ${pattern:+-k "$pattern"}
fi
"$MAREA_PY" tests/verification.py "${reports[@]}"
rows=$?
"$MAREA_PY" tests/tally.py "${reports[@]}"
exit $(($? | rows))
