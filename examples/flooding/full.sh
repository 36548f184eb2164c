#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The flooding case at full size: finer runs and more of them than quick.sh.
#
#   bash examples/flooding/full.sh [--clean]
#
# Results go to build/flooding; a second call goes on from what is there.
set -eu
source "$(dirname "${BASH_SOURCE[0]}")/../steps.sh"
begin flooding flooding "$@"

prepare_bathymetry
simulate_ensemble
train_operator map map
evaluate_operator map --runs 8
report map
