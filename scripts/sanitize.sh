#!/usr/bin/env bash
# Runs the whole test suite under a sanitizer, in a build of its own. A report of the sanitizer fails the run.
#   scripts/sanitize.sh address|thread [FILTER]
set -euo pipefail
cd "$(dirname "$0")/.."
sanitizer=$1
case $sanitizer in
address)
  # Not leaks: OpenBLAS, libgomp and the Swift runtime keep what they allocate once.
  export ASAN_OPTIONS=detect_leaks=0:abort_on_error=1
  ;;
thread) ;; # Nothing to suppress: OpenBLAS and oneDNN are not instrumented, and their own threads are switched off.
*)
  echo "expected address or thread, found $sanitizer" >&2
  exit 1
  ;;
esac
export SWIFT_BACKTRACE=enable=no
arguments=(-c release --scratch-path ".build-$sanitizer" --sanitize "$sanitizer")
swift build "${arguments[@]}" --build-tests
swift test "${arguments[@]}" --skip-build ${2:+--filter "$2"}
