#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The tsunami case at full size: finer runs and more of them than the quickstart, sized for about an hour on two cores.
#
#   bash examples/tsunami/full.sh [--clean]
#
# Results go to build/tsunami; a second call goes on from what is there.
set -eu
source "$(dirname "${BASH_SOURCE[0]}")/../../cmake/environment.sh"
case "${1:-}" in
  "" ) ;;
  --clean) rm -rf "$MAREA_BUILD_DIR/tsunami" ;;
  *) echo "full: unknown option '$1'; known: --clean" >&2; exit 2 ;;
esac
started=$SECONDS
bash "$MAREA_ROOT/cmake/build.sh"
source "$MAREA_ROOT/cmake/environment.sh"
built=$SECONDS
work="$MAREA_BUILD_DIR/tsunami"
source "$MAREA_ROOT/examples/tsunami/steps.sh"

# The long step leaps over nine output intervals.
long_step=(-o data.stride=9)
net=(-o model.width=24 -o model.modes="[12, 12]")

tsunami_bathymetry
tsunami_ensemble
tsunami_train map map
tsunami_train step step "${net[@]}" -o train.epochs=8
tsunami_train long_step step "${long_step[@]}" "${net[@]}" -o train.epochs=20
tsunami_evaluate map --runs 8 --refinement 4
tsunami_evaluate step --runs 4 --refinement 4
tsunami_evaluate long_step --runs 4 --refinement 4
tsunami_hybrid
tsunami_report map step long_step
tsunami_summary $((built - started)) $((SECONDS - built)) map step long_step
