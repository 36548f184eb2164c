#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The tsunami case at full size: finer runs and more of them than the quickstart, sized for about an hour on two cores.
#
#   bash examples/tsunami/full.sh [--clean]
#
# Results go to build/tsunami; a second call goes on from what is there.
set -eu
source "$(dirname "${BASH_SOURCE[0]}")/../steps.sh"
begin tsunami tsunami "$@"

# The long step leaps over nine output intervals.
long_step=(-o data.stride=9)
net=(-o model.width=24 -o model.modes="[12, 12]")

prepare_bathymetry
simulate_ensemble
train_operator map map
train_operator step step "${net[@]}" -o train.epochs=8
train_operator long_step step "${long_step[@]}" "${net[@]}" -o train.epochs=20
evaluate_operator map --runs 8 --refinement 4
evaluate_operator step --runs 4 --refinement 4
evaluate_operator long_step --runs 4 --refinement 4
guarded_run
report map step long_step
