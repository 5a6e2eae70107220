#!/usr/bin/env bash
# Every check of the project, from a fresh clone: builds once, runs all tests, ends with "N passed, N failed, N skipped".
# CI=true: a tool that is missing is a failure instead of a skip, and lock files must fit.
set -euo pipefail
# shellcheck source=eng/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/eng/common.sh"

results=$root/artifacts/test-results
need_tools
rm -rf "$results"
mkdir -p "$results"
: >"$results/steps.tsv"

# step NAME REPORT COMMAND...: runs the command and remembers how it ended. REPORT is "-" where the exit code says everything.
step() {
  local name=$1 report=$2 code=0
  shift 2
  say "$name"
  "$@" </dev/null || code=$?
  printf '%s\t%s\t%s\n' "$name" "$code" "$report" >>"$results/steps.tsv"
  return "$code"
}

has_chromium() {
  [[ -n ${CHROMIUM:-} ]] || command -v chromium chromium-browser google-chrome >/dev/null 2>&1
}

get_chromium() {
  has_chromium && return
  if [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >"$results/apt.log" 2>&1 && return
    tail -n 5 "$results/apt.log" >&2
  fi
  echo "Chromium is missing: the browser tests need it. Install it (Debian: apt-get install chromium) or name the program in CHROMIUM."
  return 1
}

# Sets the clock of a process back (tests/Faults.Tests). Where it cannot be installed, that test is skipped, or fails with CI=true.
get_faketime() {
  [[ $(uname) == Linux && -z $(find /usr/lib -name libfaketimeMT.so.1 -print -quit 2>/dev/null) ]] || return 0
  if [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null 2>&1; then
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends faketime; } >>"$results/apt.log" 2>&1 || tail -n 5 "$results/apt.log" >&2
  fi
}

client_tests() {
  install_packages tests/Clients --ignore-scripts
  step "clients" clients.tap eng/test-served.sh tests/Clients "$results/clients.tap" --no-demo
}

browser_tests() {
  if [[ -z $(find tests/Browser -maxdepth 1 -name '*.test.mjs' -print -quit 2>/dev/null) ]]; then
    echo "tests/Browser holds no *.test.mjs." >&2
    step "browser" - false
    return
  fi
  if ! has_chromium && [[ ${CI:-} != true ]]; then
    find tests/Browser -maxdepth 1 -name '*.test.mjs' >"$results/browser.skip"
    step "browser" browser.skip true
    return
  fi
  install_packages tests/Browser
  step "browser" browser.tap eng/test-served.sh tests/Browser "$results/browser.tap"
}

say "packages"
get_chromium || [[ ${CI:-} != true ]] || step "chromium" - false || true
get_faketime
install_packages eng/native --ignore-scripts
install_packages web

web() { npm --prefix web run --silent "$@"; }
step "web lint" - web lint || true
step "web typecheck" - web typecheck || true
step "web tests" web.vitest.json web test -- --reporter=default --reporter=json --outputFile.json="$results/web.vitest.json" || true
built=true
step "web build" - web build || built=false

# No build servers: they outlive the build, and on a build machine they keep it from ending.
if step "build" - dotnet build Salus.slnx -c Release --nologo -v quiet -clp:NoSummary --disable-build-servers; then
  for project in tests/*.Tests/*.csproj; do
    name=$(basename "$project" .csproj)
    # One after the other: each starts its own PostgreSQL. A test that hangs ends its run instead of the whole day.
    step "$name" "$name.trx" dotnet test "$project" -c Release --no-build --nologo -v quiet --results-directory "$results" \
      --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" --blame-hang-timeout 10m --blame-hang-dump-type none || true
  done
  # The official form of a report, for each runner.
  views=${SALUS_DATA:-../shared/data}/sql-on-fhir
  for runner in process database; do
    if [[ -d $views ]]; then
      step "views, $runner" - artifacts/bin/Host/release/salus views test "$views" --runner "$runner" --report "$results/test_report.$runner.json" || true
    fi
  done
  if $built && step "ahead-of-time code" - eng/compile-ahead.sh; then
    client_tests || true
    browser_tests || true
  fi
fi

node eng/count-tests.mjs "$results"
