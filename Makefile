# The commands of this project; CI runs the same.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: help test quick check story run lock docs crash soak bench bench-search clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(STAMP): requirements-dev.lock
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $(STAMP)

test: check ## Everything: lint, types, imports, all tests, coverage
	$(BIN)/coverage erase
	$(BIN)/python -m pytest -n 3 --dist worksteal --cov --cov-report=
	$(BIN)/coverage report --fail-under=90
	$(BIN)/coverage report --fail-under=100 --include='bot/domain/*,bot/service/*'
	$(BIN)/python -m pytest -n 2 -q tests/crash

quick: $(STAMP) ## What one runs while coding
	$(BIN)/ruff check .
	$(BIN)/python -m pytest -n 2 -m 'not slow' -q tests/unit tests/contracts

check: $(STAMP) ## Lint, format, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports

crash: $(STAMP) ## Kill the bot at every named point, and at random times (minutes)
	EVERY_POINT=1 $(BIN)/python -m pytest -n 2 -q tests/crash

soak: $(STAMP) ## Two hours of traffic with faults on every side, in scaled time (minutes)
	$(BIN)/python -m pytest -q -s tests/soak

bench: $(STAMP) ## What README's figures come from; fails where a bound is missed (a minute)
	$(BIN)/python -m benchmarks.ledger
	$(BIN)/python -m benchmarks.report

bench-search: $(STAMP) ## Whether words are found in a million prompts in time; fails where a bound is missed (minutes)
	$(BIN)/python -m benchmarks.search

story: $(STAMP) ## What members live through, in the terminal, with no key at all
	$(BIN)/python -m sandbox.story

run: $(STAMP) ## Run the bot with config.toml
	$(BIN)/python -m bot run

lock: $(STAMP) ## Pin the dependencies anew
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --no-header --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

docs: $(STAMP) ## Write the generated pages docs/errors.md and docs/reliability.md anew
	UPDATE_DOCS=1 $(BIN)/python -m pytest -q tests/e2e/test_errors.py tests/e2e/test_reliability.py

clean: ## Remove the environment and what tests leave behind
	rm -rf .venv .coverage* .pytest_cache .ruff_cache .hypothesis .import_linter_cache
