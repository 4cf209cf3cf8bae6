#!/usr/bin/env bash
# Do the generators still write demo.json, byte for byte, and is none of its texts among the training texts?
set -euo pipefail
cd "$(dirname "$0")"
command -v python3 >/dev/null || { echo "check: python3 is not on the PATH" >&2; exit 1; }
export PYTHONDONTWRITEBYTECODE=1
written=$(mktemp)
trap 'rm -f "$written"' EXIT
python3 generate.py --output "$written"
cmp "$written" demo.json
python3 generate.py --verify
