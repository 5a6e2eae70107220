# shellcheck shell=bash
# Shared by run.sh, test.sh, salus and the scripts here; sourced, never run. Leaves the shell in the root of the repository.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root" || exit 1

# shellcheck disable=SC2034 # used by the scripts that source this
salus_program="$root/artifacts/salus/salus"

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

say() { printf '\n== %s\n' "$*"; }

# The SDK that global.json accepts, and the Node.js that the web tools ask for (Vite 8: 20.19 or 22.12).
need_tools() {
  if ! dotnet --version >/dev/null 2>&1; then
    fail "Salus needs the .NET SDK 10, and there is none on the PATH.
  Get it from https://dotnet.microsoft.com/download/dotnet/10.0
  (Debian, Ubuntu: apt-get install dotnet-sdk-10.0; macOS: brew install dotnet-sdk; Windows: winget install Microsoft.DotNet.SDK.10)."
  fi
  if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' >/dev/null 2>&1; then
    fail "Salus needs Node.js 20.19 or newer, and $(node --version 2>/dev/null || echo none) is on the PATH.
  Get it from https://nodejs.org/en/download (macOS: brew install node; Windows: winget install OpenJS.NodeJS.LTS)."
  fi
  command -v npm >/dev/null 2>&1 || fail "Salus needs npm, which comes with Node.js: https://nodejs.org/en/download"
}

# npm ci in a folder, unless what is installed is newer than the lock file.
install_packages() {
  local folder=$1
  shift
  if [[ ! -f $folder/node_modules/.package-lock.json || $folder/package-lock.json -nt $folder/node_modules/.package-lock.json ]]; then
    say "npm ci in $folder"
    (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error "$@" </dev/null)
    touch "$folder/node_modules/.package-lock.json"
  fi
}

# True when nothing below the sources is newer than the given file.
newer_than_sources() {
  local built=$1
  [[ -f $built ]] && [[ -z "$(find src eng web global.json Directory.*.props Directory.*.targets \
    \( -name node_modules -o -name dist -o -name '*.gen.ts' -o -name '*.md' \) -prune -o -type f -newer "$built" -print -quit)" ]]
}
