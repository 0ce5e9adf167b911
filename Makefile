# `make` or `make help` lists what there is. Every target makes its own environment in .venv.
PYTHON ?= python3
BIN := .venv/bin
BENCH := .venv-bench/bin

.DEFAULT_GOAL := help
.PHONY: help app examples test lint types unit thorough stories browser bench bench-app screenshots lock chromium clean

help:  ## list these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */\1\t/' | expand -t 14

app: .venv/app  ## open SeqFlip in the browser
	$(BIN)/streamlit run app.py --server.address 127.0.0.1

examples: .venv/app  ## train anew the examples that come with SeqFlip, about three minutes
	$(BIN)/python examples/make.py

test: lint types unit browser  ## everything that must hold: lint, types, unit and browser tests

lint: .venv/tests  ## style and formatting of the Python code, and which way imports point
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

types: .venv/tests  ## static types, strictly; of what runs on Windows as well
	$(BIN)/mypy --cache-dir .mypy_cache/win32 --platform win32 seqflip pages app.py & windows=$$!; $(BIN)/mypy && wait $$windows

unit: .venv/tests  ## the tests that need no browser, and of the stories those that take seconds
	$(BIN)/pytest --numprocesses 2 --dist loadgroup -m "not slow_story" --ignore tests/browser

thorough: .venv/tests chromium  ## unit and browser tests with every case of which `test` tries some, an hour
	SEQFLIP_TEST_THOROUGH=1 $(BIN)/pytest --numprocesses 2 --ignore tests/stories

stories: .venv/tests  ## what presets and races say of themselves, with five seeds each, about ten minutes
	$(BIN)/pytest --numprocesses 2 --dist loadfile tests/stories

browser: .venv/tests chromium  ## the tests in a real Chromium
	$(BIN)/pytest --numprocesses 2 tests/browser

bench: .venv-bench/ready  ## training speed beside PyTorch and JAX, about ten minutes
	$(BENCH)/pytest --quiet benchmarks
	$(BENCH)/python -m benchmarks

bench-app: .venv/tests chromium  ## how immediate the app is, about five minutes; writes docs/app.md
	$(BIN)/python -m benchmarks.app

screenshots: .venv/tests chromium  ## make the pictures of the README anew
	$(BIN)/python -m tests.browser.screenshots

lock: .venv/app  ## write requirements.lock anew from requirements.txt
	$(BIN)/pip install --quiet pip-tools==7.6.2
	$(BIN)/pip-compile --quiet --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --strip-extras requirements.txt -o requirements.lock
	sed -i '1i # What requirements.txt stands for, with all that it needs in turn and the hash of each file: made by `make lock`.\n' requirements.lock

chromium:
	@tests/browser/ensure_chromium.sh

clean:  ## remove the environments and every tool's cache (never your runs)
	rm -rf .venv .venv-bench .hypothesis .mypy_cache .pytest_cache .ruff_cache

.venv/app: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("SeqFlip needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + ": make PYTHON=/path/to/a/newer/python")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet -r requirements.txt
	$(BIN)/pip install --quiet --no-deps --editable .
	touch $@

.venv/tests: .venv/app tests/requirements.txt requirements-cluster.txt
	$(BIN)/pip install --quiet -r tests/requirements.txt
	touch $@

.venv-bench/ready: benchmarks/requirements.txt requirements.txt
	$(PYTHON) -m venv --clear .venv-bench
	$(BENCH)/pip install --quiet -r benchmarks/requirements.txt
	touch $@
