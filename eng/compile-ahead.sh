#!/usr/bin/env bash
# Makes artifacts/salus, the program that run.sh, ./salus and the browser tests start, from the built server: compiled ahead of time for this machine.
# Where there is no such compiler it is a copy of the built server, which works and starts slower; with CI=true that is a failure.
set -euo pipefail
# shellcheck source=eng/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

log=artifacts/compile-ahead.log
program=$(dirname "$salus_program")
mark=$program/not-compiled-ahead
# A copy is newer than what it was made from: it would pass for compiled.
[[ ! -e $mark ]] || rm -rf "$program"
mkdir -p artifacts
if dotnet build eng/ReadyToRun/ReadyToRun.proj --nologo -v quiet -clp:NoSummary --disable-build-servers </dev/null >"$log" 2>&1; then
  exit 0
fi

reason=$(grep -m 1 'error' "$log" || tail -n 1 "$log")
[[ ${CI:-} != true ]] || fail "Salus could not be compiled ahead of time: $reason"
printf '%s\n' "Salus is not compiled ahead of time: $reason" \
  "It works, and computes more in its first minute. To try again: rm artifacts/built; all messages are in $log." >&2
rm -rf "$program"
cp -R artifacts/bin/Host/release "$program"
touch "$mark"
