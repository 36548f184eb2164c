#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The FNO paper's permeability -> pressure, against marea's solver and every classical baseline, and as the solver's first
# guess; it writes its row of docs/results.md.
#
#   bash examples/results/darcy_fno.sh [--quick] [--clean]
#
# Results go to build/results/darcy_fno, with --quick (a few seconds, the row beside them) to darcy_fno_quick; a second
# call goes on from what is there.
set -eu
source "$(dirname "${BASH_SOURCE[0]}")/../steps.sh"
size=full
if [ "${1:-}" = --quick ]; then size=quick && shift; fi
export OMP_NUM_THREADS=1

if [ "$size" = quick ]; then
  begin results/darcy_fno results/darcy_fno_quick "$@"
  RESULTS="$work/results.md"
  simulate_ensemble -o grid.nx=24 -o grid.ny=24 -o ensemble.members=36
  train_operator map map -o model.width=6 -o "model.modes=[4, 4]" -o model.layers=2 -o train.epochs=3 -o train.warmup=0
  evaluate_operator map --runs 2 --rounds 1
  warm_starts -o grid.nx=24 -o grid.ny=24 -o ensemble.members=2
else
  begin results/darcy_fno results/darcy_fno "$@"
  simulate_ensemble
  train_operator map map
  evaluate_operator map --runs 20 --baseline-seconds 300
  warm_starts
fi
write_row map --case darcy_fno --command "bash examples/results/darcy_fno.sh" \
  --task "permeability -> pressure" --published "0.0108 on 85² ([FNO paper](https://arxiv.org/abs/2010.08895))"
