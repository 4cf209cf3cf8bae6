# Each target sets itself up; `make demo` and `make test` are all a new machine needs.
.PHONY: build demo bench memory test docs torture fuzz sanitize micro-bench lint format clean

swift_files := Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/LlamaBenchmarks

build:
	@bash scripts/setup.sh
	swift build -c release

demo: build
	@bash scripts/demo.sh

bench: build
	.build/release/fp-cli bench

# 100,000 tiny texts under a memory limit: peak memory and processor time; several minutes
memory: build
	python3 scripts/memory.py $(if $(MODEL),--model $(MODEL))

test:
	@bash scripts/setup.sh --browser
	swift build -c release --build-tests
	swift test -c release --skip-build

# DocC catalogues of the libraries; a warning is an error.
docs:
	@bash scripts/setup.sh
	@bash scripts/docs.sh

# Kills, interrupts and starves runs, and compares what comes out; a short form: make torture KILLS=10 OTHERS=5;
# of ablations: make torture COMMAND=ablate
torture: build
	python3 scripts/torture.py --command $(or $(COMMAND),profile) --kills $(or $(KILLS),100) --interrupts $(or $(OTHERS),40) --full-disks $(or $(OTHERS),40)

# Coverage-guided; every parser for a minute, or one: make fuzz PARSER=tokenizer SECONDS=600
fuzz:
	@bash scripts/setup.sh
	@bash scripts/fuzz.sh "$(PARSER)" $(or $(SECONDS),60)

# All tests under AddressSanitizer, then under ThreadSanitizer.
sanitize:
	@bash scripts/setup.sh --browser
	@bash scripts/sanitize.sh address
	@bash scripts/sanitize.sh thread

# One of them: make micro-bench FILTER='Tokenizer.*'
micro-bench:
	@bash scripts/setup.sh
	swift package --package-path Benchmarks benchmark --no-progress --grouping metric $(if $(FILTER),--filter '$(FILTER)')

lint:
	swift format lint --strict --recursive $(swift_files)

format:
	swift format --in-place --recursive $(swift_files)

clean:
	rm -rf .build .build-fuzz .build-address .build-thread Benchmarks/.build demo-output
