#!/usr/bin/env bash
# Builds Salus when needed and starts it: ./run.sh [--data DIR] [--port N] [--address A] [--no-demo]. The first start fills a demo hospital. Open it as http://localhost:8080: passkeys belong to a name.
# Beyond loopback (--address 0.0.0.0) people sign in, and the way is encrypted: with your certificate (--tls-certificate), or one that is made.
set -euo pipefail
# shellcheck source=eng/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/eng/common.sh"

# value_of NAME: what stands behind that option, or "yes" where nothing does; fails when it is not there.
arguments=("$@")
value_of() {
  local i
  for ((i = 0; i < ${#arguments[@]}; i++)); do
    case ${arguments[i]} in
      "$1") printf '%s' "${arguments[i + 1]:-yes}"; return 0 ;;
      "$1="*) printf '%s' "${arguments[i]#*=}"; return 0 ;;
    esac
  done
  return 1
}
has() { value_of "$1" >/dev/null; }

if address=$(value_of --address) && [[ ! $address =~ ^(127\.|::1$|localhost$) ]]; then
  export Salus__Access__SignIn=${Salus__Access__SignIn:-true}
  if ! has --tls-certificate && ! has --dev-certificate && [[ -z ${Salus__Tls__Certificate:-}${Salus__BehindProxy__0:-} ]]; then
    export Salus__Tls__Development=${Salus__Tls__Development:-true}
  fi
fi

need_tools
# Messages of the build go to stderr; stdout belongs to Salus.
eng/build.sh >&2
exec "$salus_program" serve "$@"
