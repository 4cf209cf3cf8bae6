#!/usr/bin/env bash
# Profiles the sample texts with the tiny model of the fixtures, as a first look at what the tool prints and writes.
set -euo pipefail
cd "$(dirname "$0")/.."
fp_cli=$(swift build -c release --show-bin-path)/fp-cli
mkdir -p demo-output

run() { echo; echo "\$ fp-cli $*"; "$fp_cli" "$@"; }

run corpus build 'cpp=Fixtures/samples/cpp/*.cpp' python=Fixtures/samples/python \
  finance=Fixtures/samples/finance.jsonl:headline+body numbers=Fixtures/samples/numbers.txt:paragraph \
  legal=Fixtures/samples/legal.txt:paragraph medical=Fixtures/samples/medical.csv:note \
  bills=Fixtures/samples/bills.json:text --output demo-output/corpus.json
run profile --model Fixtures/tiny-llama --corpus demo-output/corpus.json --output demo-output/run
echo
echo "The model is tiny and random, so the numbers show the shape of a profile, not a finding."
echo "Files: demo-output/run (open texts.csv or summary.csv in pandas)."
