#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Powers of a chip's blocks and conductivities of two layers -> temperature, against marea's solver and every classical
# baseline, and as the solver's first guess; it writes its row of docs/results.md.
#
#   bash examples/results/chip_thermal.sh [--quick] [--clean]
#
# Results go to build/results/chip_thermal, with --quick (a few seconds, the row beside them) to chip_thermal_quick; a
# second call goes on from what is there.
set -eu
source "$(dirname "${BASH_SOURCE[0]}")/../steps.sh"
begin_case chip_thermal "$@"
cp "$MAREA_ROOT/examples/09_chip/die.flp" .

if [ "$size" = quick ]; then
  small=(-o grid.nx=24 -o grid.ny=18)
  simulate_ensemble "${small[@]}" -o ensemble.members=36
  train_operator map map -o model.width=6 -o "model.modes=[2, 3, 3]" -o model.layers=2 \
    -o train.epochs=3 -o train.warmup=0
  evaluate_operator map --runs 2 --rounds 1 --baseline-seconds 2
  warm_starts "${small[@]}" -o ensemble.members=2
else
  simulate_ensemble
  train_operator map map
  evaluate_operator map --runs 20 --baseline-seconds 300
  warm_starts
fi
blocks=$("$MAREA_PY" "$MAREA_ROOT/examples/results/chip_thermal/blocks.py" models/map.h5 runs)
write_row map --also "$blocks" \
  --task "powers of six blocks, conductivities of two layers -> temperature rise" --published "none known"
