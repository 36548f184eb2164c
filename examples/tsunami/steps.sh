# SPDX-License-Identifier: Apache-2.0
# The steps of the tsunami example, for quickstart.sh and full.sh; each is one command of marea, run in $work, and is
# passed over when its result is there. To be sourced after cmake/environment.sh with $work set.
cases="$MAREA_ROOT/examples/tsunami"
mkdir -p "$work"
cd "$work"

tsunami_bathymetry() {
  [ -e bathymetry.h5 ] || "$MAREA_PY" "$cases/prepare_bathymetry.py" bathymetry.h5
}

# One member a core: each rank runs members of its own.
tsunami_ensemble() {
  echo "Ensemble of tsunamis"
  OMP_NUM_THREADS=1 mpiexec -n "$(nproc)" "$MAREA_BIN" simulate "$cases/ensemble.toml" "$@"
}

tsunami_train() {
  local task="$1"
  shift
  echo "Training of the $task operator"
  "$MAREA_BIN" train "$cases/$task.toml" "$@"
}

# Baselines learn from the same samples in seconds.
tsunami_baselines() {
  local task="$1" name
  shift
  echo "Baselines of the $task operator"
  for name in persistence nearest_run pod_ridge; do
    "$MAREA_BIN" train "$cases/$task.toml" --quiet -o "model={name='$name'}" \
      -o "train.output=models/${task}_$name.h5" "$@"
  done
}

tsunami_evaluate() {
  local task="$1"
  shift
  if [ "report/$task/report.json" -nt "models/$task.h5" ]; then return; fi
  echo "Evaluation of the $task operator"
  "$MAREA_BIN" evaluate "models/$task.h5" --data runs --output "report/$task" --reference report/reference "$@" \
    --baseline "models/${task}_persistence.h5" --baseline "models/${task}_nearest_run.h5" \
    --baseline "models/${task}_pod_ridge.h5"
}

tsunami_hybrid() {
  echo "Guarded hybrid run"
  OMP_NUM_THREADS=1 "$MAREA_BIN" simulate "$cases/hybrid.toml" "$@" | tee hybrid.log
}

tsunami_report() {
  "$MAREA_PY" "$MAREA_ROOT/python/marea/report.py" report/map report/step --output report.html >/dev/null
}

tsunami_summary() {
  local task
  echo
  for task in map step; do
    echo "$task operator:"
    sed -n '3,5 s/  $//p' "report/$task/report.md"
  done
  grep -A 3 '^hybrid:' hybrid.log
  echo "Set-up and build $1 s, the work $2 s. Report: $work/report.html"
}
