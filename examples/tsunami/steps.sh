# SPDX-License-Identifier: Apache-2.0
# The steps of the tsunami example, for quickstart.sh and full.sh; each is one command of marea, run in $work, and is
# passed over when its result is there. To be sourced after cmake/environment.sh with $work set. NAME is that of a
# surrogate, models/NAME.h5 and report/NAME; CASE a case file of this folder; what follows goes to the command.
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

# NAME CASE …
tsunami_train() {
  local name="$1" case="$2"
  shift 2
  echo "Training of the $name operator"
  "$MAREA_BIN" train "$cases/$case.toml" -o "train.output=models/$name.h5" "$@"
}

# NAME …: it trains the classical baselines too.
tsunami_evaluate() {
  local name="$1"
  shift
  if [ "report/$name/report.json" -nt "models/$name.h5" ]; then return; fi
  echo "Evaluation of the $name operator"
  "$MAREA_BIN" evaluate "models/$name.h5" --data runs --output "report/$name" --reference report/reference "$@"
}

tsunami_hybrid() {
  echo "Guarded hybrid run"
  OMP_NUM_THREADS=1 "$MAREA_BIN" simulate "$cases/hybrid.toml" "$@" | tee hybrid.log
}

# NAME …: one page on all.
tsunami_report() {
  "$MAREA_PY" "$MAREA_ROOT/python/marea/report.py" "${@/#/report/}" --output report.html >/dev/null
}

# SECONDS_OF_BUILD SECONDS_OF_WORK NAME …
tsunami_summary() {
  local name times="Set-up and build $1 s, the work $2 s."
  shift 2
  echo
  for name in "$@"; do
    echo "$name operator:"
    sed -n '3,5 s/  $//p' "report/$name/report.md"
  done
  grep -A 3 '^hybrid:' hybrid.log
  echo "$times Report: $work/report.html"
}
