# Two commands on a fresh machine: `make demo` and `make test`. Both make .venv and install what is missing.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet -c constraints.txt

.PHONY: demo test lint types tests docs pages format clean help

help: ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*##/\t/'

.venv/user: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Ringcast needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 2; }
	$(PYTHON) -m venv .venv
	$(PIP) -e '.[simulation]'
	touch $@

.venv/dev: .venv/user
	$(PIP) -e '.[dev]'
	touch $@

demo: .venv/user ## reconstruct sample events with the shipped weights; prints a table and the path of a report
	$(BIN)/ringcast demo

test: .venv/dev lint types tests ## every check that CI runs

lint: .venv/dev ## style, format and import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

types: .venv/dev ## static types
	$(BIN)/mypy

tests: .venv/dev ## the test suite with the docstring examples
	$(BIN)/pytest -q -n 2 --dist worksteal

.venv/docs: .venv/dev
	$(PIP) -e '.[dev,docs]'
	touch $@

pages: .venv/dev ## run the commands of README and docs again and renew their outputs and pictures
	RINGCAST_RENEW_PICTURES=1 $(BIN)/cog -r -P -I docs README.md docs/*.md docs/*/*.md

docs: .venv/docs ## the documentation as HTML in build/docs
	$(BIN)/sphinx-build -q -W --keep-going -b html docs build/docs
	@echo build/docs/index.html

format: .venv/dev ## rewrite the code in the house format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean: ## remove the environment and caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build
