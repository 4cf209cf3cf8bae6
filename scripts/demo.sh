#!/usr/bin/env bash
# Profiles held-out texts of seven domains with the small trained model of the fixtures, compares the domains block by
# block and writes the report.
set -euo pipefail
cd "$(dirname "$0")/.."
fp_cli=$(swift build -c release --show-bin-path)/fp-cli
rm -rf demo-output

run() { echo; echo "\$ fp-cli $*"; "$fp_cli" "$@"; }

run profile --model Fixtures/demo-model --corpus Fixtures/corpora/demo.json --output demo-output --no-report
run compare demo-output --metric block_influence
run report demo-output
echo
echo "The model is a toy of 1.7 million parameters, trained on generated texts (Fixtures/demo-model/README.md)."
echo "Open file://$PWD/demo-output/report.html in a browser; the numbers are in demo-output/*.csv."
