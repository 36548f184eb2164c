# SPDX-License-Identifier: Apache-2.0
# The steps of the worked cases, for quickstart.sh, tsunami/full.sh, flooding/{quick,full}.sh and results/*.sh; each is
# one command of marea and is passed over when its result is there. NAME is that of a surrogate, models/NAME.h5 and
# report/NAME; CASE a case file of the folder given to `begin`; what follows goes to the command.
source "$(dirname "${BASH_SOURCE[0]}")/../cmake/environment.sh"

# CASES WORK [--clean]: builds marea and enters build/WORK; the case files are those of examples/CASES. Where MAREA_WORK
# names a folder it enters WORK there with the program as it is (the tests do).
begin() {
  case "${3:-}" in
    "" ) ;;
    --clean) rm -rf "${MAREA_WORK:-${MAREA_BUILD_DIR:?}}/$2" ;;
    *) echo "$(basename "$0" .sh): unknown option '$3'; known: --clean" >&2; exit 2 ;;
  esac
  started=$SECONDS
  if [ -z "${MAREA_WORK:-}" ]; then
    bash "$MAREA_ROOT/cmake/build.sh"
    source "$MAREA_ROOT/cmake/environment.sh"
  fi
  built=$SECONDS
  cases="$MAREA_ROOT/examples/$1" work="${MAREA_WORK:-$MAREA_BUILD_DIR}/$2"
  mkdir -p "$work"
  cd "$work"
}

# CASE [--quick] [--clean]: begins a case of results/ at size=full; with --quick at size=quick, in a folder of its own,
# where its row then stands too. One thread.
begin_case() {
  case_name="$1" size=full
  shift
  export OMP_NUM_THREADS=1
  if [ "${1:-}" = --quick ]; then
    shift
    size=quick
    begin "results/$case_name" "results/${case_name}_quick" "$@"
    RESULTS="$work/results.md"
  else
    begin "results/$case_name" "results/$case_name" "$@"
  fi
}

prepare_bathymetry() {
  [ -e bathymetry.h5 ] || "$MAREA_PY" "$MAREA_ROOT/examples/tsunami/prepare_bathymetry.py" bathymetry.h5
}

# One member a core: each rank runs members of its own.
simulate_ensemble() {
  echo "Ensemble"
  OMP_NUM_THREADS=1 mpiexec -n "$(nproc)" "$MAREA_BIN" simulate "$cases/ensemble.toml" "$@"
}

# NAME CASE …
train_operator() {
  local name="$1" case="$2"
  shift 2
  echo "Training of the $name operator"
  "$MAREA_BIN" train "$cases/$case.toml" -o "train.output=models/$name.h5" "$@"
}

# NAME …: it trains the classical baselines too.
evaluate_operator() {
  local name="$1"
  shift
  if [ "report/$name/report.json" -nt "models/$name.h5" ]; then return; fi
  echo "Evaluation of the $name operator"
  "$MAREA_BIN" evaluate "models/$name.h5" --data runs --output "report/$name" --reference report/reference "$@"
}

# A first guess for the steady solver, on runs that no training saw; what it saves goes to warm.json.
warm_starts() {
  if [ -e warm.json ]; then return; fi
  echo "Warm starts"
  OMP_NUM_THREADS=1 "$MAREA_BIN" simulate "$cases/warm.toml" --json "$@" > warm.partial
  mv warm.partial warm.json
}

# NAME …: the row of docs/results.md, or of the page that RESULTS names, of the case that `begin_case` began.
write_row() {
  local name="$1"
  shift
  "$MAREA_PY" "$MAREA_ROOT/examples/results/row.py" "${RESULTS:-$MAREA_ROOT/docs/results.md}" \
    --case "$case_name" --command "bash examples/results/$case_name.sh" --report "report/$name/report.json" \
    --warm warm.json "$@"
  sed -n '3,5 s/  $//p' "report/$name/report.md"
}

guarded_run() {
  echo "Guarded hybrid run"
  OMP_NUM_THREADS=1 "$MAREA_BIN" simulate "$cases/hybrid.toml" "$@" | tee hybrid.log
}

# NAME …: one page on all, and what it says in a few lines.
report() {
  local name
  "$MAREA_PY" "$MAREA_ROOT/python/marea/report.py" "${@/#/report/}" --output report.html >/dev/null
  echo
  for name in "$@"; do
    echo "$name operator:"
    sed -n '3,5 s/  $//p' "report/$name/report.md"
  done
  if [ -e hybrid.log ]; then grep -A 3 '^hybrid:' hybrid.log; fi
  echo "Set-up and build $((built - started)) s, the work $((SECONDS - built)) s. Report: $work/report.html"
}
