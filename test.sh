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

# step NAME REPORT COMMAND...: runs the command and remembers how it ended, and from which second on and how long it ran. REPORT is "-" where the exit code says everything.
step() {
  local name=$1 report=$2 code=0 began=$SECONDS
  shift 2
  say "$name"
  "$@" </dev/null || code=$?
  printf '%s\t%s\t%s\t%s\t%s\n' "$name" "$code" "$report" "$began" "$((SECONDS - began))" >>"$results/steps.tsv"
  return "$code"
}

# dotnet_tests PROJECT: a test that hangs ends its run instead of the whole day.
dotnet_tests() {
  local name
  name=$(basename "$1" .csproj)
  step "$name" "$name.trx" dotnet test "$1" -c Release --no-build --nologo -v quiet --results-directory "$results" \
    --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" --blame-hang-timeout 10m --blame-hang-dump-type none || true
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

# For the tests of device data over a broker. Where they are not installed, these tests are skipped, or fail with CI=true. Not installed where an init system
# would start the service of the package, now or at the next boot: it listens on every network.
get_broker() {
  [[ $(uname) == Linux ]] || return 0
  [[ -n $(find /usr/lib/rabbitmq/lib -name rabbitmq-server -print -quit 2>/dev/null) && -x /usr/bin/mosquitto_pub ]] && return 0
  if [[ $(id -u) -eq 0 && ! -d /run/systemd/system ]] && command -v apt-get >/dev/null 2>&1; then
    local policy=/usr/sbin/policy-rc.d made=false
    if [[ ! -e $policy ]]; then
      printf '#!/bin/sh\nexit 101\n' >"$policy"
      chmod 755 "$policy"
      made=true
    fi
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends rabbitmq-server mosquitto-clients; } >>"$results/apt.log" 2>&1 || tail -n 5 "$results/apt.log" >&2
    if $made; then rm -f "$policy"; fi
  fi
}

# The C library of Kafka's client, with the mock of a cluster that tests/Kafka.Tests are run against, is compiled. Where it cannot be, they are skipped, or fail with CI=true.
get_compiler() {
  [[ $(uname) == Linux ]] && ! eng/get-librdkafka.sh --built >/dev/null || return 0
  command -v gcc >/dev/null 2>&1 && command -v make >/dev/null 2>&1 && [[ -f /usr/include/zlib.h && -f /usr/include/openssl/ssl.h ]] && return 0
  if [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null 2>&1; then
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends gcc make libc6-dev zlib1g-dev libssl-dev; } >>"$results/apt.log" 2>&1 || tail -n 5 "$results/apt.log" >&2
  fi
}

# tests_from ORDER: runs the test projects that are left in the row, by the order of ls (-1, or -r from the other end). Who moves the file of one runs it.
tests_from() {
  local next
  for next in $(ls "$1" "$results/row"); do
    mv "$results/row/$next" "$results/$next.taken" 2>/dev/null || continue
    next=tests/${next#*-}.Tests
    dotnet_tests "$next/$(basename "$next").csproj"
  done
}

client_tests() {
  install_packages tests/Clients --ignore-scripts
  step "clients" clients.tap eng/test-served.sh tests/Clients "$results/clients.tap" --no-demo --no-sign-in
}

timescale_tests() {
  install_packages tests/Timescale --ignore-scripts
  step "timescaledb" timescale.tap bash -c 'cd tests/Timescale && node --test --test-reporter=spec --test-reporter-destination=stdout --test-reporter=tap --test-reporter-destination="$0" ./timescale.test.mjs' "$results/timescale.tap"
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
  # The page of an app, whose library is with the tests of clients.
  install_packages tests/Clients --ignore-scripts
  SALUS_TESTS=walk.test.mjs step "browser" browser.tap eng/test-served.sh tests/Browser "$results/browser.tap" --no-sign-in || true
  SALUS_TESTS=monitoring.test.mjs step "monitoring" monitoring.tap eng/test-served.sh tests/Browser "$results/monitoring.tap" --no-demo --no-sign-in || true
  # Tests change pages faster than people do.
  Salus__Limits__InteractivePerMinute=0 SALUS_TESTS="access.test.mjs smart.test.mjs" \
    step "access" access.tap eng/test-served.sh tests/Browser "$results/access.tap"
}

say "packages"
# What Debian has to give comes beside the build, and so does what is compiled with it.
{
  get_chromium || [[ ${CI:-} != true ]] || step "chromium" - false || true
  get_faketime
  get_broker
  get_compiler
  eng/get-librdkafka.sh >/dev/null || true
} >"$results/packages.log" 2>&1 &
packages=$!
install_packages eng/native --ignore-scripts

web() { npm --prefix web run --silent "$@"; }
# As eng/build.sh does, so that ./salus and ./run.sh find it built.
touch artifacts/building
# Beside the build of the server, which looks into web/dist only when it runs. The build of the web application checks its types too.
{
  install_packages web || true
  step "web build" - web build || true
  step "web lint" - web lint || true
  step "web tests" web.vitest.json web test -- --reporter=default --reporter=json --outputFile.json="$results/web.vitest.json" || true
} >"$results/web.log" 2>&1 &
web=$!

# Tests are over before code that counts its branches pays.
export DOTNET_TieredPGO=0

# No build servers: they outlive the build, and on a build machine they keep it from ending.
built_server=true
step "build" - dotnet build Salus.slnx -c Release --nologo -v quiet -clp:NoSummary --disable-build-servers -p:SkipWeb=true || built_server=false
wait "$packages" "$web" || true
cat "$results/packages.log" "$results/web.log"
built=false
if grep -q $'^web build\t0\t' "$results/steps.tsv"; then built=true; fi

if $built_server; then
  # After the restore: licences are read from the packages.
  step "dependencies" - eng/audit-dependencies.sh || true
  # The official form of a report, for each runner.
  views=${SALUS_DATA:-../shared/data}/sql-on-fhir
  for runner in process database; do
    if [[ -d $views ]]; then
      step "views, $runner" - artifacts/bin/Host/release/salus views test "$views" --runner "$runner" --report "$results/test_report.$runner.json" || true
    fi
  done
  compiled=false
  if step "ahead-of-time code" - eng/compile-ahead.sh; then
    compiled=true
    ! $built || mv artifacts/building artifacts/built
    # For tests that start Salus as a process: a start takes a fifth less work.
    export SALUS_PROGRAM=$salus_program
  fi
  # Two at a time, from the two ends of one row: what waits most of the time, for a browser, a broker or a server that was killed, runs beside what computes.
  mkdir "$results/row"
  row=(Access Host Records Fhir Monitoring Kernel Simulation Bench Architecture Faults Kafka RabbitMq)
  for project in tests/*.Tests; do
    project=$(basename "$project" .Tests)
    # One that is new is run first.
    place=0
    for i in "${!row[@]}"; do [[ ${row[i]} != "$project" ]] || place=$((i + 1)); done
    touch "$results/row/$(printf '%02d' "$place")-$project"
  done
  SALUS_LIBRDKAFKA=$(eng/get-librdkafka.sh) || true
  export SALUS_LIBRDKAFKA
  {
    if $built && $compiled; then
      client_tests || true
      browser_tests || true
    fi
    timescale_tests || true
    tests_from -r
  } >"$results/beside.log" 2>&1 &
  beside=$!
  tests_from -1
  wait "$beside" || true
  cat "$results/beside.log"
  rmdir "$results/row" || step "projects that were not run" - false || true
fi

node eng/count-tests.mjs "$results"
