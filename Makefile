# What one does with evt: make demo, make test, make install.

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
# A program of fixed address with the C++ library inside starts in two thirds of the time: the Swift
# libraries have 90,000 pointers to relocate, and libstdc++ 5,000 symbols to look up.
RELEASE = -c release --product evt --static-swift-stdlib -Xswiftc -cross-module-optimization \
  -Xswiftc -L$(CURDIR)/.build/static -Xlinker -no-pie
TESTS = -c release -Xswiftc -enable-testing --scratch-path .build-test
EVT = .build/release/evt
SUDO = $(shell [ "$$(id -u)" = 0 ] || echo sudo)
PACKAGES = zlib1g-dev liblz4-dev pkg-config curl

# ISA-L (libisal-dev) inflates gzip twice as fast as zlib. It is used where it is installed.
export EVT_ISAL ?= $(shell pkg-config --exists libisal 2>/dev/null && echo 1)

.PHONY: all deps build demo test test-release fuzz fuzz-sql lint golden man samples bench install \
  uninstall dist clean

all: build

# The two C libraries, and curl for evt alert, unless they are there. Says what it installs.
deps:
	@if pkg-config --exists zlib liblz4 2>/dev/null && command -v curl >/dev/null; then :; \
	elif command -v apt-get >/dev/null; then \
	  echo "installing $(PACKAGES)"; \
	  $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq $(PACKAGES); \
	else \
	  echo "please install zlib, liblz4 (with headers), pkg-config and curl" >&2; exit 1; \
	fi

# The program, with the Swift libraries inside: it starts in milliseconds and needs no toolchain.
build: deps
	@mkdir -p .build/static && ln -sf \
	  "$$($$(command -v clang || command -v cc) -print-file-name=libstdc++.a)" .build/static/
	$(SWIFT) build $(RELEASE)

# From the samples to a funnel, in a store that is gone afterwards.
demo: build
	@bash Samples/demo.sh $(EVT)

# Optimised like the program: the tests over every byte and every moment are many.
test: deps
	$(SWIFT) test $(TESTS)

# The zones once more with the program as it is shipped: a static one has no zones of the system's.
test-release: build
	EVT_PROGRAM=$(CURDIR)/.build/release $(SWIFT) test $(TESTS) \
	  --filter 'EvtCLITests\.(TrendCommandTests|ReadmeTests)'

# Each fuzz target for a while, on from where it was left. Built apart, under AddressSanitizer. What
# makes one fail is kept in .build-fuzz; evt-fuzz TARGET FILE runs it again, and it becomes a row
# of FuzzTargetTests.
FUZZ_SECONDS ?= 10
FUZZER = .build-fuzz/release/evt-fuzz
fuzz: deps
	EVT_FUZZ=1 $(SWIFT) build -c release --product evt-fuzz --scratch-path .build-fuzz \
	  --sanitize address -Xswiftc -enable-testing -Xswiftc -sanitize=fuzzer \
	  -Xcc -fsanitize=fuzzer-no-link -Xswiftc -use-ld=lld
	@set -e; export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0; \
	for target in $$($(FUZZER)); do \
	  corpus=.build-fuzz/corpus/$$target; mkdir -p $$corpus; $(FUZZER) $$target --seeds $$corpus; \
	  echo "fuzzing $$target for $(FUZZ_SECONDS) seconds"; \
	  $(FUZZER) $$target $$corpus -max_total_time=$(FUZZ_SECONDS) -timeout=60 -rss_limit_mb=4096 \
	    -verbosity=0 -artifact_prefix=.build-fuzz/$$target-; \
	done

# Random SELECTs over random logs, answered by evt and by ClickHouse (chdb from PyPI).
QUERIES ?= 10000
SEED ?= 1
fuzz-sql: build
	python3 -m venv .build-bench/venv
	.build-bench/venv/bin/pip install --quiet chdb
	.build-bench/venv/bin/python Fuzz/sql.py --queries $(QUERIES) --seed $(SEED) --keep

lint:
	$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests Fuzz

# Rewrites what the tests expect the program to print; git diff is the review.
golden: deps
	EVT_GOLDEN=1 $(SWIFT) test $(TESTS) --filter 'EvtCLITests\.(GoldenTests|ReadmeTests)'

man:
	mandoc -T lint -W warning man/*.[157]

# The samples are generated: a test holds that these seeds give these bytes.
samples: build
	$(EVT) gen --rows 500 --days 7 --users 60 --seed 1 --start 2025-03-03 -o Samples/shop.ndjson
	$(EVT) gen --rows 500 --days 7 --users 60 --seed 11 --start 2025-03-10 \
	  | gzip -n9 > Samples/shop-2.ndjson.gz
	$(EVT) gen --rows 300 --days 7 --users 40 --seed 12 --start 2025-03-10 --shape tracker \
	  -o Samples/tracker.ndjson

# evt, ClickHouse and DuckDB on one log, with answers compared; the report is kept in Benchmarks/.
ROWS ?= 5000000
bench: build
	python3 -m venv .build-bench/venv
	.build-bench/venv/bin/pip install --quiet chdb duckdb duckdb-cli pytz
	install -m 755 $(EVT) .build-bench/evt-installed
	.build-bench/venv/bin/python Benchmarks/bench.py --rows $(ROWS) --keep

install: build
	install -D -m 755 $(EVT) $(DESTDIR)$(PREFIX)/bin/evt
	for page in man/*.[157]; do \
	  install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page#man/}; \
	done
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
	  $(DESTDIR)$(PREFIX)/share/zsh/site-functions $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	$(EVT) --generate-completion-script bash \
	  > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/evt
	$(EVT) --generate-completion-script zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_evt
	$(EVT) --generate-completion-script fish \
	  > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/evt.fish

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/evt $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_evt \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions/evt \
	  $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/evt.fish
	for page in man/*.[157]; do \
	  rm -f $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page#man/}; \
	done

# One file that runs on any Linux of this processor, also in an empty container. With zlib: ISA-L has
# no static library.
dist: deps
	EVT_ISAL= $(SWIFT) build $(RELEASE) --scratch-path .build-dist -Xswiftc -static-executable -Xlinker -s
	install -D -m 755 .build-dist/release/evt dist/evt-linux-$$(uname -m)
	@ls -l dist/evt-linux-$$(uname -m)

clean:
	rm -rf .build .build-test .build-fuzz .build-dist dist
