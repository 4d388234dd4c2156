#!/usr/bin/env bash
# Builds the admission code of CloudNativePG from the Go module proxy, puts its CRDs beside it and prints the folder. Exits at once when they
# are there. --ready builds nothing and fails where something is missing.
#   CNPG_ASSETS_DIR   the folder (default: <user's cache>/cnpg-assets/<version>-<os>-<arch>)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
module=github.com/cloudnative-pg/cloudnative-pg
version=$(sed -n "s#^\t$module v##p" go.mod)
command -v go >/dev/null || { echo "build.sh: go is not on the PATH (go.mod names the version it needs)" >&2; exit 1; }
export GOTOOLCHAIN=local GOWORK=off GOFLAGS=-mod=readonly
dir=${CNPG_ASSETS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/cnpg-assets/$version-$(go env GOOS)-$(go env GOARCH)}
stamp="$(cat go.mod go.sum main.go build.sh | cksum) $(go env GOVERSION)"

if [ "$(cat "$dir/.stamp" 2>/dev/null)" != "$stamp" ]; then
  if [ "${1-}" = --ready ]; then exit 1; fi
  mkdir -p "$dir"
  exec 9>"$dir/.lock"
  if command -v flock >/dev/null; then flock 9; fi # a second builder waits for the first
  if [ "$(cat "$dir/.stamp" 2>/dev/null)" != "$stamp" ]; then
    echo "building the admission code of CloudNativePG $version into $dir: minutes on two cores, seconds when cached" >&2
    CGO_ENABLED=0 go build -trimpath -buildvcs=false -gcflags=all=-dwarf=false -ldflags="-s -w" -o "$dir/admission" . >&2
    rm -rf "$dir/crds"
    cp -r "$(go list -m -f '{{.Dir}}' "$module")/config/crd/bases" "$dir/crds"
    chmod -R u+w "$dir/crds"
    echo "$stamp" > "$dir/.stamp"
  fi
fi
echo "$dir"
