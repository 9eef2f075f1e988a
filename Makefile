# Everything one does with this repository; each target brings what it needs.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Two installers in one .venv at once would break it.
.NOTPARALLEL:
.PHONY: help setup run test check bench prove lock

PORT ?= 8501
LEADS ?= 20000
# Which tests; empty means all.
MARKS ?= not slow
BIN := .venv/bin
# What numba compiles: each of these in lib.core, run as a module, does so and keeps the machine code.
COMPILED := replay.replay sla.queueing evidence.candidates statistics.regression leads.arranging \
    handoffs.cycles.deriving

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-7s %s\n", $$1, $$2}' Makefile

setup: .venv/stamp-run .venv/stamp-warm  ## make .venv with what the app needs, and compile what is compiled

# Whoever names another database with HANDSHAKE_DB needs no sample.
run: setup $(if $(HANDSHAKE_DB),,data/handshake.duckdb)  ## start the app on 127.0.0.1, with sample data when there is none (PORT=8501)
	@echo "Handshake starts on http://127.0.0.1:$(PORT) (Ctrl+C stops it)"
	@exec $(BIN)/streamlit run app.py --server.port $(PORT)

test: .venv/stamp-dev .venv/stamp-warm  ## run the tests but the slow ones (all with MARKS=); without Chromium those in a browser are skipped
	$(BIN)/pytest -n 2 --dist loadfile -m "$(MARKS)"

check: .venv/stamp-dev  ## lint, formatting, types, and which layer may import which
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/stamp-bench .venv/stamp-warm  ## measure the speeds that the design promises
	$(BIN)/python -m bench

prove: .venv/stamp-dev .venv/stamp-warm  ## set what is expected of drafts against worlds whose truth is known (hours)
	$(BIN)/python -m bench.truth --write docs/decisions/0029-worlds-whose-truth-is-known.md

# One file for every system and for every Python from 3.11 on (docs/decisions/0019).
UV := 0.13.9
LOCK = .venv/uv-$(UV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --custom-compile-command "make lock"

# What is locked already stays as it is, unless requirements*.txt ask for something else.
lock: .venv/uv-$(UV)  ## after an edit of requirements*.txt: write everything that comes with it into *.lock, with hashes
	$(LOCK) requirements.txt --output-file requirements.lock
	$(LOCK) requirements-dev.txt --constraint requirements.lock --output-file requirements-dev.lock

.venv/uv-$(UV): | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --target $@ uv==$(UV)

# The newest interpreter would be a gamble on what the pinned packages support, so `python3` is asked first.
# Asked means run: a version manager's shim exists for versions that are not there.
$(BIN)/python:
	@for candidate in $(PYTHON) python3 python3.11 python3.12 python3.13 python3.14 python; do \
	    if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	        echo "Making .venv with $$("$$candidate" --version)"; \
	        "$$candidate" -m venv --clear .venv && exit 0; \
	        rm -rf .venv; exit 1; \
	    fi; \
	done; \
	echo "make: no Python 3.11 or newer with its venv module was found; install one (Debian: apt-get install python3-venv), or name it with PYTHON=." >&2; \
	exit 1

# Stamps lie inside .venv: whoever deletes it deletes them. The interpreter is only an order, not a reason, to
# install again: its date is that of the system's.
.venv/stamp-run: requirements.lock | $(BIN)/python
	@echo "Installing requirements.lock"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/stamp-dev: requirements-dev.lock requirements.lock | $(BIN)/python
	@echo "Installing requirements-dev.lock"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@ .venv/stamp-run

# On top and without hashes: pip checks all of a command's packages, or none.
.venv/stamp-bench: requirements-bench.txt .venv/stamp-dev
	@echo "Installing requirements-bench.txt"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@touch $@

# Compiled once here, so that no visitor waits for a compiler.
.venv/stamp-warm: $(addprefix lib/core/,$(addsuffix .py,$(subst .,/,$(COMPILED)))) $(wildcard lib/core/*/kernels.py) .venv/stamp-run
	@echo "Compiling $(COMPILED) (once)"
	@for module in $(COMPILED); do $(BIN)/python -m lib.core.$$module || exit 1; done
	@touch $@

# Made under another name: an interrupted start leaves no half-filled database behind.
data/handshake.duckdb: | .venv/stamp-warm
	@rm -f data/new.duckdb data/new.duckdb.wal
	@mkdir -p data
	$(BIN)/python -m lib sample --leads $(LEADS) --db data/new.duckdb
	@mv data/new.duckdb $@
