#!/usr/bin/env bash
# Installs the system packages the build needs, where they are missing. Says what it does; quick when there is nothing to do.
# With --browser also Chromium, for the tests of the report's page; without it they are skipped.
set -euo pipefail

if [ "$(uname)" = Darwin ]; then
  exit 0 # Accelerate is part of the system.
fi

command -v swift >/dev/null || { echo "setup: swift is not on the PATH; see https://www.swift.org/install" >&2; exit 1; }

missing=()
pkg-config --exists openblas 2>/dev/null || missing+=(libopenblas-dev)
pkg-config --exists lapacke 2>/dev/null || missing+=(liblapacke-dev)
pkg-config --exists sqlite3 2>/dev/null || missing+=(libsqlite3-dev)
[ -e /usr/include/oneapi/dnnl/dnnl.h ] || missing+=(libdnnl-dev)
command -v pkg-config >/dev/null || missing+=(pkg-config)

browser=()
if [ "${1:-}" = --browser ] && ! command -v chromium chromium-browser google-chrome >/dev/null; then browser=(chromium); fi
[ ${#missing[@]} -eq 0 ] && [ ${#browser[@]} -eq 0 ] && exit 0

# What the build cannot do without is an error; what only a test wants is a message.
status=1
[ ${#missing[@]} -eq 0 ] && status=0
give_up() { echo "setup: $1" >&2; exit $status; }

packages=("${missing[@]}" "${browser[@]}")
command -v apt-get >/dev/null || give_up "please install: ${packages[*]}"
root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || give_up "please install as root: apt-get install ${packages[*]}"
  root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
echo "setup: installing ${packages[*]} with apt-get"
"${root[@]}" apt-get update -qq || give_up "apt-get update failed"
if [ ${#missing[@]} -gt 0 ]; then
  "${root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
if [ ${#browser[@]} -gt 0 ]; then
  "${root[@]}" apt-get install -y -qq --no-install-recommends "${browser[@]}" >/dev/null ||
    echo "setup: no Chromium; the tests of the report's page will be skipped" >&2
fi
