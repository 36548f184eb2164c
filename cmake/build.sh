#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Dependencies, configuration and compilation for the two README commands, in one build tree:
#
#   bash cmake/build.sh                     the program
#   bash cmake/build.sh --tests [targets…]  everything, tests too
#
# Exit: 0 built · 3 a dependency is missing and cannot be installed · 1 configuration or compilation failed.
set -u
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
targets=(bin/marea)
bootstrap=()
if [ "${1:-}" = --tests ]; then
  shift
  bootstrap=(--tests)
  targets=("${@:-all}")
fi
logs="$MAREA_BUILD_DIR/logs"
echo "Dependencies (cache: $MAREA_DEPS_DIR)"
bash "$MAREA_ROOT/cmake/bootstrap.sh" "${bootstrap[@]}" || exit
source "$MAREA_ROOT/cmake/environment.sh" # the tools that are there now

echo "Build (log: $logs/build.log)"
marea_step "configure" "$logs/configure.log" cmake -G Ninja -S "$MAREA_ROOT" -B "$MAREA_BUILD_DIR" \
  -DMAREA_DEPS_DIR="$MAREA_DEPS_DIR" -DMAREA_PYTHON=ON -DMAREA_TESTS=ON || exit 1
sed -n '/^-- marea/,/^-- ----/ s/^-- /    /p' "$logs/configure.log"
marea_step "compile with $JOBS jobs" "$logs/build.log" \
  cmake --build "$MAREA_BUILD_DIR" --parallel "$JOBS" --target "${targets[@]}" || exit 1
