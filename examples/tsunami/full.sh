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

tsunami_bathymetry
tsunami_ensemble -o ensemble.members=170
tsunami_train map
tsunami_train step -o train.epochs=5
tsunami_baselines map
tsunami_baselines step
tsunami_evaluate map --runs 12
tsunami_evaluate step --runs 6
tsunami_hybrid
tsunami_report
tsunami_summary $((built - started)) $((SECONDS - built))
