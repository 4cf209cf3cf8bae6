# Each target sets itself up; `make demo` and `make test` are all a new machine needs.
.PHONY: build demo bench test lint format clean

build:
	@bash scripts/setup.sh
	swift build -c release

demo: build
	@bash scripts/demo.sh

bench: build
	.build/release/fp-cli bench

test:
	@bash scripts/setup.sh
	swift build -c release --build-tests
	swift test -c release --skip-build

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

format:
	swift format --in-place --recursive Package.swift Sources Tests

clean:
	rm -rf .build demo-output
