#!/usr/bin/env bash
# Builds the DocC catalogues of the libraries into .build/docs; a warning is an error.
set -euo pipefail
cd "$(dirname "$0")/.."

docc=$(command -v docc || true)
[ -n "$docc" ] || docc=$(dirname "$(readlink -f "$(command -v swift)")")/docc
# A compiler writes the symbols of a module when it builds it: a build of its own, from the beginning.
rm -rf .build-docs .build/docs
graphs=$PWD/.build-docs/symbol-graphs
mkdir -p "$graphs" .build/docs
swift build --scratch-path .build-docs --target Profiler -Xswiftc -emit-symbol-graph -Xswiftc -emit-symbol-graph-dir \
  -Xswiftc "$graphs"

for library in LlamaCore Profiler; do
  mkdir "$graphs/$library"
  mv "$graphs/$library"*.symbols.json "$graphs/$library/"
  "$docc" convert "Sources/$library/$library.docc" --additional-symbol-graph-dir "$graphs/$library" \
    --fallback-display-name "$library" --fallback-bundle-identifier "forward-pass-profiler.$library" \
    --output-path ".build/docs/$library.doccarchive" --warnings-as-errors
  echo "docs: .build/docs/$library.doccarchive"
done
