# The verbs to work by. Each sets up what it needs in $(VENV), from python3 and the package registry alone;
# stamps make a second call fast. `make test PYTHON=python3.13 VENV=.venvs/3.13` runs on another Python.
PYTHON ?= python3
VENV ?= .venv
ARGS ?=

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
# One pip at a time in one environment, also under `make -j`.
.NOTPARALLEL:

BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
# For `make bench` alone.
PEERS := .venvs/peers
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# --no-compile: byte code is written at the first import, where it is needed.
PIP := $(BIN)/python -m pip install -qq --no-compile --no-deps
# A file's tests stay in one process as far as that goes, so that what a file prepares is prepared once.
PARALLEL := -n 2 --dist worksteal
PYTEST := $(BIN)/python -m pytest $(PARALLEL) $(ARGS)

.PHONY: help setup run demo test cover rest lint format check pictures bench docs lock wheel clean

help: ## show the verbs
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

setup: $(STAMPS)/comity ## install Comity into .venv, from this checkout

run: $(STAMPS)/comity $(STAMPS)/portal ## the portal at http://localhost:8000/, over a log made on the first run
	@$(BIN)/comity serve $(ARGS)

demo: $(STAMPS)/comity ## answer a handful of real questions, with reasons
	@$(BIN)/comity demo

test: $(STAMPS)/comity $(STAMPS)/test ## run the whole suite, in parallel and in random order
	@$(PYTEST)

# The parts that must be covered in every branch, and the tests that see to it: by cases, not by the dice of generated
# registers, whose seed is fixed here (`make test` draws anew). Nothing else is measured: that would make it far slower.
LAWFUL := tests/law tests/rules tests/test_cases.py tests/test_rows.py tests/test_service.py tests/test_public_register.py

cover: $(STAMPS)/comity $(STAMPS)/test ## try the law and the rules, and fail where a branch of them is not reached
	@$(BIN)/coverage erase
	@failed=0; $(BIN)/coverage run -m pytest $(PARALLEL) --hypothesis-seed=0 $(LAWFUL) $(ARGS) || failed=$$?; \
	$(BIN)/coverage combine --quiet; $(BIN)/coverage report || failed=$$?; exit $$failed

rest: $(STAMPS)/comity $(STAMPS)/test ## run what `make cover` does not
	@$(PYTEST) $(addprefix --ignore=,$(LAWFUL))

lint: $(STAMPS)/comity $(STAMPS)/lint ## style, format, types, and the floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(STAMPS)/lint ## let the formatter and the safe fixes do their work
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

check: lint test ## what must pass before a change goes in

pictures: $(STAMPS)/comity $(STAMPS)/test ## take the pictures in the documentation anew, on the browser's journeys
	@COMITY_PICTURES=$(CURDIR)/docs/pictures COMITY_BROWSER=required \
		$(BIN)/python -m pytest tests/server/test_journeys.py tests/server/desk/test_journey.py

bench: $(STAMPS)/comity $(STAMPS)/bench $(PEERS)/.complete ## measure, each against what one would write instead
	$(BIN)/python benchmarks $(ARGS)

docs: $(STAMPS)/comity $(STAMPS)/portal $(STAMPS)/docs ## run the gallery, and build the documentation into site/
	$(BIN)/python docs/gallery/build.py
	$(BIN)/zensical build --clean --strict

lock: $(VENV)/bin/python ## resolve pyproject.toml anew into requirements/ (ARGS=--upgrade for newer versions)
	$(PIP) uv
	requirements/lock.sh $(BIN)/uv $(ARGS)

wheel: $(STAMPS)/comity ## build the wheel into dist/
	@rm -rf dist
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

clean: ## remove what was built; the environments stay (rm -rf .venv .venvs)
	rm -rf dist site build htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .import_linter_cache
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# Peers under other licences, asked as programs apart; nothing of Comity imports what is there.
$(PEERS)/.complete: requirements/peers.txt | $(BIN)/python
	@echo "Installing requirements/peers.txt into $(PEERS) …"
	@rm -rf $(PEERS)
	@$(BIN)/python -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip install -qq --no-deps --require-hashes -r $<
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"Comity needs Python 3.11 or newer; this is {sys.version.split()[0]}")'
	@echo "A new environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

# The checkout itself, editable: reinstalled only where its metadata change.
$(STAMPS)/comity: pyproject.toml $(STAMPS)/runtime $(STAMPS)/build
	@$(PIP) --no-build-isolation --editable .
	@# What every command imports, so that it starts quickly also where Python is told to write no byte code.
	@$(BIN)/python -m compileall -q src/comity $(VENV)/lib/python*/site-packages/{click,msgspec,rich,tomli}
	@touch $@

# One stamp a locked set: every file pinned by hash, so nothing is resolved here.
$(STAMPS)/%: requirements/%.txt | $(BIN)/python
	@echo "Installing requirements/$*.txt …"
	@mkdir -p $(STAMPS)
	@$(PIP) --require-hashes -r $<
	@touch $@
