PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# Many tests wait more than they compute.
TESTS_AT_ONCE ?= 3

.DEFAULT_GOAL := help
.PHONY: help setup run split demo format lint types contracts test e2e e2e-quick chaos api-test contract bench bench-frameworks cli-page clean

help:  ## What can be done here
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

setup: $(INSTALLED)  ## Make .venv and install everything into it

$(INSTALLED): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[embedded,node,dev]'
	@touch $@

run: setup  ## Start Thakur Deploy on its usual data directory
	$(BIN)/thakur serve

split: setup  ## The roles in three processes, as the Procfile names them; Ctrl-C ends them and their applications
	@trap : INT; PATH=$(abspath $(BIN)):$$PATH $(BIN)/honcho start; $(BIN)/thakur stop

demo: setup  ## The whole story on this computer: a simulated GitHub, connect, push, watch it go live; QUICK=1 deploys an example and ends
	$(BIN)/python -m examples.demo $(if $(QUICK),--quick)

format: setup  ## Put every file into its one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: setup  ## Format, rules and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: setup  ## mypy, strict
	$(BIN)/mypy

test: lint types  ## The fast suite: lint, types, every test but the e2e ones (under 5 minutes)
	$(BIN)/python -m pytest -n $(TESTS_AT_ONCE) --dist worksteal

e2e-quick: setup  ## One Hono application and one plain folder through the real path (under 3 minutes)
	$(BIN)/python -m pytest tests/e2e -m quick

e2e: setup  ## The whole path with real frameworks, hostile builds and switches under load
	$(BIN)/python -m pytest tests/e2e

chaos: setup  ## Kill, reboot, upgrade and delete under strict load, and a table of it (ten minutes); PART=deaths for a part
	$(BIN)/python -m pytest -s $(if $(PART),tests/chaos/test_$(PART).py,tests/chaos)

SCHEMATHESIS := .venv-api/bin/schemathesis

$(SCHEMATHESIS):
	$(PYTHON) -m venv .venv-api
	.venv-api/bin/python -m pip install --quiet --disable-pip-version-check schemathesis==4.32.5

api-test: setup $(SCHEMATHESIS)  ## schemathesis against a throw-away server, by its own OpenAPI document (five minutes)
	PYTHONPATH=tests $(BIN)/python tests/api/conforming.py $(abspath $(SCHEMATHESIS))

CONTRACT := .venv-contract/bin/python

$(CONTRACT): tests/contract/requirements.txt
	$(PYTHON) -m venv .venv-contract
	$(CONTRACT) -m pip install --quiet --disable-pip-version-check -r tests/contract/requirements.txt
	@touch $@

tests/contract/node_modules: tests/contract/package-lock.json
	cd tests/contract && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

contract: setup $(CONTRACT) tests/contract/node_modules  ## GitHub's documents and others' clients against the stand-in, 329 payloads against Thakur (two minutes, needs node)
	THAKUR_TESTS_SKIP=never $(BIN)/python -m pytest tests/contract

bench: setup  ## The proxy against nginx in interleaved runs
	$(BIN)/python -m bench.small_get

bench-frameworks: setup  ## Every common framework, freshly generated, through a real server, and a table; NAMES="next nuxt" for some
	PYTHONPATH=tests $(BIN)/python -m bench.frameworks $(NAMES)

cli-page: setup  ## Make docs/cli.md of the command's own help
	$(BIN)/python -m thakur.cli.reference > docs/cli.md

clean:  ## Remove what setup and the tests made here
	rm -rf $(VENV) .venv-api .venv-contract tests/contract/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
