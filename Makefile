# Every target sets up what it needs by itself; the second time that takes seconds and no network.
#   make demo      the whole path on this machine: market, flows, orders, audit
#   make test      Rust tests, lint, Python tests
#   make bench     all benchmarks, or one: make bench BENCH=market_flow
#   make chaos     crash everything, over and over: make chaos SEED=1 MINUTES=10
#   make soak      an ingestor struck under load, and an exact count: make soak SEED=1 MINUTES=10
#   make lint      ruff, mypy, rustfmt, clippy
#   make setup     only set up
#   make clean     remove everything that set-up made; the data in .tapeflow stays (tapeflow down --wipe)
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := setup

# rust_ingest/target unless the environment says otherwise: one folder, so that nothing is built twice.
export CARGO_TARGET_DIR ?= $(CURDIR)/rust_ingest/target
export PIP_DISABLE_PIP_VERSION_CHECK := 1

VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
STAMPS := $(VENV)/stamps
STEP := infra/setup/step
CARGO := cargo
# Cargo would share the two jobs of set-up.
ALL_CORES := env -u MAKEFLAGS
RUST_SOURCES := $(shell find rust_ingest schemas -name target -prune -o -type f -print 2>/dev/null)
# maturin builds the extension module, by settings of its own: built here too, it would be built twice.
WORKSPACE := --release --workspace --exclude tapeflow-native
PROGRAMS := ingestor exchange router

.PHONY: setup set-up demo test rust-test python-test bench chaos soak lint clean

# Two at once: Python's packages come over the network while Rust is built.
setup:
	@$(MAKE) --no-print-directory -j2 set-up

set-up: $(STAMPS)/rust $(STAMPS)/packages $(STAMPS)/extension $(STAMPS)/kafka

$(STAMPS)/python:
	@python=$$(infra/setup/find_python); \
	$(STEP) "Virtual environment in $(VENV) ($$python)" "$$python" -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/packages: pyproject.toml infra/setup/requirements.py | $(STAMPS)/python
	@$(BIN)/python infra/setup/requirements.py > $(STAMPS)/requirements.txt
	@$(STEP) "Python packages (about 400 MB the first time)" $(BIN)/pip install --quiet --no-input -r $(STAMPS)/requirements.txt
	@touch $@

$(STAMPS)/rust: $(RUST_SOURCES) | $(STAMPS)/python
	@command -v $(CARGO) >/dev/null || { echo "cargo not found: install Rust 1.88 or newer (rustup.rs)" >&2; exit 1; }
	@$(STEP) "Rust programs" $(ALL_CORES) $(CARGO) build $(WORKSPACE) --locked --manifest-path rust_ingest/Cargo.toml
	@for program in $(PROGRAMS); do ln -sf "$(CARGO_TARGET_DIR)/release/tapeflow-$$program" $(BIN)/; done
	@touch $@

$(STAMPS)/extension: $(RUST_SOURCES) pyproject.toml $(STAMPS)/packages $(STAMPS)/rust
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(STEP) "Rust extension flows._native, and the command tapeflow" \
		$(ALL_CORES) $(BIN)/maturin develop --release --locked
	@touch $@

$(STAMPS)/kafka: flows/stack/jars.py $(STAMPS)/packages
	@$(STEP) "Kafka's files" $(BIN)/python -c "from flows.stack import jars; jars.main()"
	@touch $@

# Only the tests of the page need a browser.
$(STAMPS)/browser: infra/setup/browser | $(STAMPS)/python
	@$(STEP) "Browser for the tests of the page" infra/setup/browser
	@touch $@

# Only the tests of rules and dashboards need it.
$(STAMPS)/prometheus: infra/setup/prometheus | $(STAMPS)/python
	@$(STEP) "Prometheus for the tests of rules and dashboards" infra/setup/prometheus $(BIN)
	@touch $@

demo: setup
	@$(BIN)/tapeflow demo $(ARGS)

# Python's tests come last: their summary closes the run.
test: setup rust-test lint python-test

rust-test: setup
	@$(STEP) "Rust tests" $(CARGO) test $(WORKSPACE) --locked --quiet --manifest-path rust_ingest/Cargo.toml

lint: setup
	@$(STEP) "ruff" $(BIN)/ruff check .
	@$(STEP) "mypy" $(BIN)/mypy
	@$(STEP) "rustfmt" rustfmt --check --edition 2024 $(filter %.rs,$(RUST_SOURCES))
	@PYO3_PYTHON=$(BIN)/python $(STEP) "clippy" $(CARGO) clippy --release --workspace --locked --all-targets --quiet \
		--manifest-path rust_ingest/Cargo.toml -- --deny warnings

# Two files of tests at once, each process with a stack of its own: tests wait more than they work.
# Gigabytes were built just before: a broker whose flush waits behind them stood still for half a minute.
python-test: setup $(STAMPS)/browser $(STAMPS)/prometheus rust-test lint
	@$(STEP) "What was built is on the disk" sync
	@$(BIN)/pytest --numprocesses 2 --dist loadfile $(ARGS)

bench: setup
	@$(BIN)/pytest --override-ini="timeout=0" --override-ini="addopts=" --override-ini="python_files=*.py" -q -s $(if $(BENCH),tests/bench/$(BENCH).py,tests/bench)

chaos: setup
	@$(BIN)/python -m tests.chaos $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES)) \
		$(if $(MARKET_SECONDS),--market-seconds $(MARKET_SECONDS))

soak: setup
	@$(BIN)/python -m tests.soak $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES))

# A target folder that CARGO_TARGET_DIR names may be shared with other projects: it stays.
clean:
	rm -rf $(VENV) rust_ingest/target flows/_native*.so .mypy_cache .ruff_cache .pytest_cache .hypothesis
