# Two commands for a newcomer: `make demo` and `make test`. Each sets up what it needs by itself.
PYTHON := $(shell for name in python3.11 python3.12 python3; do \
	if command -v $$name >/dev/null 2>&1 && \
	   $$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null; \
	then command -v $$name; break; fi; done)
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help setup setup-test demo lint test coverage clean

help: ## Show the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s'|'

setup: python ## Set up what running needs
	@$(PYTHON) -m tools.setup

setup-test: python ## Set up what the tests need too
	@$(PYTHON) -m tools.setup --test

demo: setup ## Set up, load the digital factory and serve it
	@exec $(BIN)/knockon serve --demo all

lint: setup-test ## Check style, types, imports and conventions
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.check_conventions

test: lint ## Set up, check, and run every test
	@rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest
	NUMBA_DISABLE_JIT=1 $(BIN)/coverage run -m pytest -q -m "not slow" tests/engine
	@$(MAKE) --no-print-directory coverage

coverage: ## Hold the last test run against the coverage we promise
	$(BIN)/coverage combine -q
	$(BIN)/python -m tools.check_coverage

messages: setup-test ## Bring the translation catalogues up to date with the sources
	$(BIN)/python -m tools.catalogues update

clean: ## Remove everything that setup made (not the data)
	rm -rf .venv .tools frontend/node_modules src/knockon/web/static/knockon/dist
	find src -name '*.mo' -delete

.PHONY: python messages
python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or 3.12 is needed. On Debian: apt-get install python3 python3-venv"; exit 1; }
