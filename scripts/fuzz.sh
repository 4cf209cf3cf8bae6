#!/usr/bin/env bash
# Coverage-guided fuzzing of the parsers with libFuzzer and AddressSanitizer, one parser after the other.
#   scripts/fuzz.sh [PARSER] [SECONDS]     all parsers, 60 seconds each, where nothing is said
# What was learnt stays in .build-fuzz/corpus and is where the next run goes on; a document that breaks a parser is left in
# .build-fuzz/findings.
set -euo pipefail
cd "$(dirname "$0")/.."
parsers=${1:-}
seconds=${2:-60}

FP_FUZZ=1 swift build -c release --scratch-path .build-fuzz --product lib-fuzzer
fuzzer=.build-fuzz/release/lib-fuzzer
[ -n "$parsers" ] || parsers=$($fuzzer)

base=/dev/shm
[ -w $base ] || base=${TMPDIR:-/tmp}
folder=$(mktemp -d "$base/fuzz-XXXXXX")
trap 'rm -rf "$folder"' EXIT
mkdir -p .build-fuzz/findings .build-fuzz/seeds

# The memory a document may take, in MB: for the whole process with its sanitizer, and in one allocation.
limits=(-timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=256 -max_len=65536)
status=0
for parser in $parsers; do
  seeds=.build-fuzz/seeds/$parser
  corpus=.build-fuzz/corpus/$parser
  log=.build-fuzz/$parser.log
  mkdir -p "$seeds" "$corpus"
  FUZZ_PARSER=$parser FUZZ_SEEDS=$seeds $fuzzer
  # Swift's allocations that outlive a document are tables made once; leaks are not what is looked for.
  if FUZZ_PARSER=$parser FUZZ_FOLDER=$folder ASAN_OPTIONS=detect_leaks=0 SWIFT_BACKTRACE=enable=no $fuzzer \
    -max_total_time="$seconds" "${limits[@]}" -detect_leaks=0 -print_final_stats=1 \
    -artifact_prefix=".build-fuzz/findings/$parser-" "$corpus" "$seeds" >"$log" 2>&1; then
    result="nothing found"
  else
    result="FOUND: see $log"
    status=1
  fi
  cases=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  covered=$(grep -a -o 'cov: [0-9]*' "$log" | tail -1)
  peak=$(sed -n 's/^stat::peak_rss_mb: *//p' "$log")
  echo "$parser: ${cases:-?} cases, ${covered:-cov: ?}, peak ${peak:-?} MB, $result"
done
exit $status
