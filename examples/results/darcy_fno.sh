#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The FNO paper's permeability -> pressure, against marea's solver and every classical baseline, and as the solver's
# first guess; it writes its row of docs/results.md.
#
#   bash examples/results/darcy_fno.sh [--quick] [--clean]
#
# Results go to build/results/darcy_fno, with --quick (a few seconds, the row beside them) to darcy_fno_quick; a second
# call goes on from what is there.
set -eu
source "$(dirname "${BASH_SOURCE[0]}")/../steps.sh"
begin_case darcy_fno "$@"

if [ "$size" = quick ]; then
  simulate_ensemble -o grid.nx=24 -o grid.ny=24 -o ensemble.members=36
  train_operator map map -o model.width=6 -o "model.modes=[4, 4]" -o model.layers=2 -o train.epochs=3 -o train.warmup=0
  evaluate_operator map --runs 2 --rounds 1
  warm_starts -o grid.nx=24 -o grid.ny=24 -o ensemble.members=2
else
  simulate_ensemble
  train_operator map map
  evaluate_operator map --runs 20 --baseline-seconds 300
  warm_starts
fi
write_row map \
  --task "permeability -> pressure" --published "0.0108 on 85² ([FNO paper](https://arxiv.org/abs/2010.08895))"
