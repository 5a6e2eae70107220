#!/usr/bin/env bash
# Prints the path of librdkafka.so, the C library that Confluent.Kafka calls: for Salus__Kafka__Library, and for tests/Kafka.Tests. Builds it the first time, from source that
# comes from npm with a fixed hash (librdkafka/source.json), in about a minute; later runs find it below SALUS_CACHE (default: ~/.cache/salus). --built: only if it is there.
# Needs gcc, make and zlib's headers; with OpenSSL's it speaks TLS and SASL. Debian: apt-get install gcc make libc6-dev zlib1g-dev libssl-dev
set -euo pipefail
# shellcheck source=eng/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[[ $(uname) == Linux ]] || fail "eng/get-librdkafka.sh builds for Linux. On other systems take the library from the NuGet package librdkafka.redist (docs/modules/monitoring-kafka.md)."

source_of() { node -p "require('./eng/librdkafka/source.json').$1"; }

# -O1: half the time of the compiler. --disable-lz4-ext takes the LZ4 that it carries; zstd, Kerberos and OAuth over HTTP would need more libraries.
flags=(--disable-lz4-ext --disable-gssapi --disable-curl --disable-zstd --disable-debug-symbols)
optimize=-O1

# Of the machine too: what runs on one may not run on another that shares the home folder.
recipe=$(printf '%s ' "$(source_of integrity)" "${flags[@]}" "$optimize"; uname -m; getconf GNU_LIBC_VERSION 2>/dev/null || true)
key=$(source_of library)-$(printf '%s' "$recipe" | sha256sum | cut -c 1-16)
cache=${SALUS_CACHE:-${XDG_CACHE_HOME:-${HOME:-$root/artifacts}/.cache}/salus}/librdkafka/$key
library=$cache/librdkafka.so

# Beside the library stands its hash: a file that was cut off, or changed, is built again.
if [[ -f $library && -f $cache/sha256 ]] && (cd "$cache" && sha256sum --check --status sha256); then
  printf '%s\n' "$library"
  exit 0
fi

[[ ${1:-} != --built ]] || exit 1
for tool in gcc make tar; do
  command -v "$tool" >/dev/null 2>&1 || fail "librdkafka is built by $tool, which is not there. Debian: apt-get install gcc make libc6-dev zlib1g-dev libssl-dev"
done

mkdir -p "$cache"
work=$(mktemp -d "$cache/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
log=$work/build.log

{
  package="$(source_of name)@$(source_of version)"
  archive=$work/$(cd "$work" && npm pack "$package" --silent --ignore-scripts </dev/null 2>>"$log" | tail -n 1)
  [[ -f $archive ]] || fail "The source of librdkafka, npm's $package, could not be fetched: $(tail -n 3 "$log")"
  hash=$(node -p 'const [, file] = process.argv; `sha512-${require("crypto").createHash("sha512").update(require("fs").readFileSync(file)).digest("base64")}`' "$archive")
  [[ $hash == "$(source_of integrity)" ]] || fail "npm's $package is not what it was when it was looked at: its hash is $hash. See eng/librdkafka/source.json."
  tar -xzf "$archive" -C "$work" "$(source_of folder)"
} >&2

build() {
  cd "$work/$folder" &&
  CFLAGS=$optimize ./configure "${flags[@]}" &&
  make -j2 -C src librdkafka.so.1
}
folder=$(source_of folder)
say "librdkafka $(source_of library), once, about a minute" >&2
(build) >>"$log" 2>&1 || fail "librdkafka could not be built: $(grep -m 3 -i 'error\|failed' "$log" || tail -n 3 "$log")
  Debian: apt-get install gcc make libc6-dev zlib1g-dev libssl-dev"

built=$(find "$work" -name librdkafka.so.1 -print -quit)
strip -g "$built"
cp "$built" "$work/librdkafka.so"
mv "$work/librdkafka.so" "$library"
cp "$work/$folder/LICENSES.txt" "$cache/"
(cd "$cache" && sha256sum librdkafka.so >sha256)
printf '%s\n' "$library"
