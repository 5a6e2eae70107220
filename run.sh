#!/usr/bin/env bash
# Builds Salus when needed and starts it: ./run.sh [--data DIR] [--port N] [--no-demo]. The first start fills a demo hospital.
set -euo pipefail
# shellcheck source=eng/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/eng/common.sh"

need_tools
# Messages of the build go to stderr; stdout belongs to Salus.
eng/build.sh >&2
exec "$salus_program" serve "$@"
