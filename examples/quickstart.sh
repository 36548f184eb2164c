#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds, and does marea's main job on a small scale: tsunamis over the real bathymetry of the
# Strait of Juan de Fuca, two surrogates trained on them, an honest report on both, and a guarded hybrid run.
#
#   bash examples/quickstart.sh [--clean]   --clean: forget earlier results; otherwise what is there is kept
#
# Results go to build/quickstart. MAREA_DEPS=none installs nothing.
set -eu
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"
begin tsunami quickstart "$@"
net=(-o model.width=24 -o model.modes="[12, 12]")

prepare_bathymetry
simulate_ensemble -o grid.nx=120 -o grid.ny=92 -o ensemble.members=96
train_operator map map "${net[@]}" -o train.epochs=40
train_operator step step "${net[@]}" -o data.coarsen=2 -o train.epochs=2 -o train.rollout="[1]"
evaluate_operator map --runs 6
evaluate_operator step --runs 3
guarded_run
report map step
