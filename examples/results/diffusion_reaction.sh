#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# PDEBench's two-dimensional diffusion and reaction, state -> state, against marea's solver and every classical baseline
# that fits; it writes its row of docs/results.md.
#
#   bash examples/results/diffusion_reaction.sh [--quick] [--clean]
#
# Results go to build/results/diffusion_reaction, with --quick (a few seconds, the row beside them) to
# diffusion_reaction_quick; a second call goes on from what is there.
set -eu
source "$(dirname "${BASH_SOURCE[0]}")/../steps.sh"
begin_case diffusion_reaction "$@"

if [ "$size" = quick ]; then
  simulate_ensemble -o grid.nx=32 -o grid.ny=32 -o initial.squares=32 -o ensemble.members=12 \
    -o run.end_time=1.5
  train_operator step step -o data.coarsen=1 -o model.width=6 -o "model.modes=[4, 4]" -o model.layers=2 \
    -o train.epochs=2
  evaluate_operator step --runs 1 --rounds 1 --baseline-seconds 2
else
  simulate_ensemble
  train_operator step step
  evaluate_operator step --runs 8
fi
write_row step \
  --task "state -> state, ten steps of 0.5, small form" \
  --published "0.12 ([PDEBench](https://arxiv.org/abs/2210.07182)), on 128² cells with 101 states"
