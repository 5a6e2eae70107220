#!/usr/bin/env bash
# Starts the built Salus on a free port and a data folder of its own, runs the *.test.mjs of a folder against it, and always stops it.
# eng/test-served.sh FOLDER REPORT.tap [OPTION OF SERVE...]; the log of Salus is kept beside the report, as REPORT.log.
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
"$salus_program" serve --data "$folder/data" --port "$port" "$@" </dev/null >"$log" 2>&1 &
pid=$!
export SALUS_URL=http://127.0.0.1:$port
node eng/wait-ready.mjs "$SALUS_URL" "$pid" 180

cd "$tests"
# Named one by one: Node 20 takes no patterns, and a folder would run helpers too.
node --test --test-reporter=spec --test-reporter-destination=stdout --test-reporter=tap --test-reporter-destination="$report" ./*.test.mjs </dev/null
