#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An ensemble and its surrogate on MareNostrum 5, general purpose partition: one member a rank, then a training on one
# node. Submit with your account:
#   sbatch --account=ACCOUNT --qos=gp_bsccase examples/04_marenostrum5.sh CASE.toml TRAIN.toml
#
# Jobs that reach the wall limit write checkpoints and exit with 75: the script submits itself again to go on.
# MAREA_MODULES names the modules of the release at hand; MAREA_LAUNCH replaces srun (a dry run:
# MAREA_LAUNCH="mpirun -n 2").
#SBATCH --job-name=marea
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=56
#SBATCH --cpus-per-task=2
#SBATCH --time=02:00:00
#SBATCH --signal=TERM@300
set -u
case_file=$1
train_file=$2
MAREA=${MAREA_BIN:-marea}
if [ -n "${MAREA_MODULES:-}" ]; then module load $MAREA_MODULES; fi

export OMP_NUM_THREADS=${SLURM_CPUS_PER_TASK:-1}
export SRUN_CPUS_PER_TASK=$OMP_NUM_THREADS  # srun does not inherit it from sbatch
if [ -n "${SLURM_JOB_ID:-}" ]; then export OMP_PROC_BIND=close OMP_PLACES=cores; fi

go_on() {  # what the last command said: done, or stopped with a checkpoint
  if [ "$1" -eq 75 ] && [ -n "${SLURM_JOB_ID:-}" ]; then
    exec sbatch --account="$SLURM_JOB_ACCOUNT" --qos="$SLURM_JOB_QOS" "$0" "$case_file" "$train_file"
  fi
  [ "$1" -eq 0 ] || exit "$1"
}

${MAREA_LAUNCH:-srun} "$MAREA" simulate "$case_file" --restart auto
go_on $?
cores=${SLURM_CPUS_ON_NODE:-1}
OMP_NUM_THREADS=${MAREA_TRAIN_THREADS:-$cores} \
  ${MAREA_TRAIN_LAUNCH:-srun --nodes=1 --ntasks=1 --cpus-per-task=$cores} \
  "$MAREA" train "$train_file" --restart auto
go_on $?
