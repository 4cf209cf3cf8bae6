#!/usr/bin/env bash
# Installs the system packages the build needs, where they are missing. Says what it does; quick when there is nothing to do.
set -euo pipefail

if [ "$(uname)" = Darwin ]; then
  exit 0 # Accelerate is part of the system.
fi

command -v swift >/dev/null || { echo "setup: swift is not on the PATH; see https://www.swift.org/install" >&2; exit 1; }

missing=()
pkg-config --exists openblas 2>/dev/null || missing+=(libopenblas-dev)
pkg-config --exists lapacke 2>/dev/null || missing+=(liblapacke-dev)
[ -e /usr/include/oneapi/dnnl/dnnl.h ] || missing+=(libdnnl-dev)
command -v pkg-config >/dev/null || missing+=(pkg-config)
[ ${#missing[@]} -eq 0 ] && exit 0

command -v apt-get >/dev/null || { echo "setup: please install: ${missing[*]}" >&2; exit 1; }
root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "setup: please install as root: apt-get install ${missing[*]}" >&2; exit 1; }
  root=(sudo)
fi
echo "setup: installing ${missing[*]} with apt-get"
export DEBIAN_FRONTEND=noninteractive
"${root[@]}" apt-get update -qq
"${root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
