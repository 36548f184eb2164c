#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds, and does marea's main job on a small scale: tsunamis over the real bathymetry of the
# Strait of Juan de Fuca, two surrogates trained on them, an honest report on both, and a guarded hybrid run.
#
#   bash examples/quickstart.sh [--clean]   --clean: forget earlier results; otherwise what is there is kept
#
# Results go to build/quickstart. MAREA_DEPS=none installs nothing.
set -eu
source "$(dirname "${BASH_SOURCE[0]}")/../cmake/environment.sh"
case "${1:-}" in
  "" ) ;;
  --clean) rm -rf "$MAREA_BUILD_DIR/quickstart" ;;
  *) echo "quickstart: unknown option '$1'; known: --clean" >&2; exit 2 ;;
esac
started=$SECONDS
bash "$MAREA_ROOT/cmake/build.sh"
source "$MAREA_ROOT/cmake/environment.sh"
built=$SECONDS
work="$MAREA_BUILD_DIR/quickstart"
source "$MAREA_ROOT/examples/tsunami/steps.sh"

tsunami_bathymetry
tsunami_ensemble -o grid.nx=120 -o grid.ny=92 -o ensemble.members=96
tsunami_train map map -o train.epochs=40 -o model.width=24 -o model.modes="[12, 12]"
tsunami_train step step -o data.coarsen=2 -o train.epochs=2 -o train.rollout="[1]" -o model.width=24 \
  -o model.modes="[12, 12]"
tsunami_evaluate map --runs 6
tsunami_evaluate step --runs 3
tsunami_hybrid
tsunami_report map step
tsunami_summary $((built - started)) $((SECONDS - built)) map step
