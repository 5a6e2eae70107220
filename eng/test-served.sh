#!/usr/bin/env bash
# Starts the built Salus on a free port and a data folder of its own, runs the *.test.mjs of a folder against it, and always stops it.
# eng/test-served.sh FOLDER REPORT.tap [OPTION OF SERVE...]; the log of Salus is kept beside the report, as REPORT.log, and named to the tests in SALUS_LOG.
# SALUS_TESTS names the files to run, when not all: with sign-in on, as it is unless --no-sign-in is given, access.test.mjs and smart.test.mjs; without it walk.test.mjs.
# monitoring.test.mjs wants no sign-in either, and an empty record is enough; SALUS_PROGRAM names the program, for tests that start one of their own.
# SALUS_APP_PORT is a second free port, for a page of another origin that Salus lets call it.
set -euo pipefail
# shellcheck source=eng/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

tests=$1
report=$(realpath "$2")
log=${report%.tap}.log
shift 2
# Below /tmp and open to pass through: PostgreSQL runs as another account when Salus is root.
folder=$(mktemp -d /tmp/salus-served-XXXXXX)
chmod 755 "$folder"
pid=

stop() {
  local code=$?
  if [[ -n $pid ]] && kill -TERM "$pid" 2>/dev/null; then
    for _ in {1..300}; do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    if kill -KILL "$pid" 2>/dev/null; then
      echo "Salus did not stop within 30 s; it was killed." >&2
      code=1
    fi
    local ended=0
    wait "$pid" || ended=$?
    if [[ $ended -ne 0 ]]; then
      echo "Salus ended with $ended after it was told to stop." >&2
      code=1
    fi
  fi
  if [[ $code -ne 0 && -f $log ]]; then
    echo "-- the last lines of $log" >&2
    tail -n 40 "$log" >&2
  fi
  rm -rf "$folder"
  exit "$code"
}
trap stop EXIT
trap 'exit 130' INT TERM

port=$(node eng/free-port.mjs)
SALUS_APP_PORT=$(node eng/free-port.mjs)
export SALUS_APP_PORT Salus__AllowedOrigins__0=http://127.0.0.1:$SALUS_APP_PORT
"$salus_program" serve --data "$folder/data" --port "$port" "$@" </dev/null >"$log" 2>&1 &
pid=$!
export SALUS_URL=http://127.0.0.1:$port SALUS_LOG=$log SALUS_PROGRAM=$salus_program
node eng/wait-ready.mjs "$SALUS_URL" "$pid" 180 "$folder/data"

cd "$tests"
# Named one by one: Node 20 takes no patterns, and a folder would run helpers too.
# shellcheck disable=SC2086 # SALUS_TESTS may name several files
node --test --test-reporter=spec --test-reporter-destination=stdout --test-reporter=tap --test-reporter-destination="$report" ${SALUS_TESTS:-./*.test.mjs} </dev/null
