#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The flooding case on a small scale: coarser runs and fewer of them than full.sh, in a few minutes on two cores.
#
#   bash examples/flooding/quick.sh [--clean]
#
# Results go to build/flooding_quick; a second call goes on from what is there.
set -eu
source "$(dirname "${BASH_SOURCE[0]}")/../steps.sh"
begin flooding flooding_quick "$@"

prepare_bathymetry
simulate_ensemble -o grid.nx=144 -o grid.ny=120 -o ensemble.members=96
train_operator map map -o data.coarsen=2 -o train.epochs=40 -o model.width=24 -o model.modes="[12, 12]"
evaluate_operator map --runs 6
report map
