#!/usr/bin/env bash
# Looks at everything the lock files bring in: hashes, licences, versions known to be bad, advisories where the source gives them. See the .mjs beside it.
set -euo pipefail
# shellcheck source=eng/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

exec node eng/audit-dependencies.mjs
