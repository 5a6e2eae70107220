#!/usr/bin/env bash
# Builds what runs: the web application (web/dist) and the server (Release), compiled ahead of time. Fetches packages that are missing. Does nothing when nothing changed.
set -euo pipefail
# shellcheck source=eng/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

stamp=artifacts/built
is_built() { [[ -x $salus_program && -f web/dist/index.html ]] && newer_than_sources "$stamp"; }
if is_built; then exit 0; fi

need_tools
mkdir -p artifacts
# Of two commands at once one builds, and the other one waits for it. Where there is no flock (macOS), both build.
if command -v flock >/dev/null 2>&1; then
  exec 9>artifacts/build.lock
  flock -n 9 || { echo "Another command builds Salus; waiting for it." && flock 9; }
  if is_built; then exit 0; fi
fi

# The start of the build, so that a file saved meanwhile counts as newer.
touch artifacts/building
install_packages eng/native --ignore-scripts
install_packages web
say "web application"
(cd web && npm run --silent build </dev/null)
say "server (about two minutes the first time)"
dotnet build src/Host -c Release --nologo -v quiet -clp:NoSummary --disable-build-servers </dev/null
say "ahead-of-time code"
eng/compile-ahead.sh
mv artifacts/building "$stamp"
