# The commands of this project; CI runs the same.

PYTHON ?= python3
# A version of pip to install with instead of the one that Python brings along; CI names the oldest that counts.
WITH_PIP ?=
# What `make simulate` is to play.
ARGS ?=

BIN := .venv/bin
# A stamp is written after all else went well. It bears Python's version: an environment of another one is made anew.
STAMP := .venv/.installed-$(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
RUNTIME := $(STAMP)-runtime
DEV := $(STAMP)-dev
PIP := $(BIN)/python -m pip --disable-pip-version-check
# A lock is installed as it stands: nothing is resolved anew, since an older pip would, and refuses what it then finds.
INSTALL := $(PIP) install --quiet --no-deps --require-hashes -r

# Where tests and the story keep their files: in memory, if it has room and programs may be run there, since on a disk every commit of
# every database waits. Else, as without `make`, where Python puts temporary files.
MEMORY := $(shell grep -qs '^[^ ]* /dev/shm [^ ]* [^ ]*noexec' /proc/mounts || \
  df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 >= 1048576 { print "/dev/shm" }')
IN_MEMORY := $(if $(MEMORY),TMPDIR=$(MEMORY))

# What the tests and their many processes import is compiled once, also where the environment has that switched off.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help install test quick check story run lock docs crash soak simulate bench bench-search clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# What the program and the story need. When a lock changes, all begins anew: nothing is left that only the former one pinned.
$(RUNTIME): requirements.lock requirements-dev.lock
	@command -v $(PYTHON) >/dev/null || { \
	  echo 'Python 3.11 or newer is needed, and $(PYTHON) is not there: install it' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, \
	and $(PYTHON) is %d.%d: install one and name it, such as make PYTHON=python3.12" % sys.version_info[:2])'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  echo '$(PYTHON) comes without venv and pip: install them (on Debian and Ubuntu: apt install python3-venv)' >&2; exit 1; }
	rm -rf .venv
	$(PYTHON) -m venv .venv
	$(if $(WITH_PIP),$(PIP) install --quiet pip==$(WITH_PIP))
	$(INSTALL) requirements.lock
	$(PIP) check
	touch $@

# What developers need beside it. requirements-dev.lock holds all that requirements.lock holds.
$(DEV): $(RUNTIME)
	$(INSTALL) requirements-dev.lock
	$(PIP) check
	touch $@

install: $(RUNTIME) ## Install what the program needs into .venv, as `make story` and `make run` do

test: check ## Everything: lint, types, imports, all tests, coverage
	$(BIN)/coverage erase
	$(IN_MEMORY) $(BIN)/python -m pytest -n 4 --dist worksteal -m 'not untraced' --cov --cov-report=
	$(BIN)/coverage report --fail-under=90
	$(BIN)/coverage report --fail-under=100 --include='bot/domain/*,bot/service/*'
	$(IN_MEMORY) $(BIN)/python -m pytest -n 4 -q -m untraced tests/e2e tests/crash

quick: $(DEV) ## What one runs while coding
	$(BIN)/ruff check .
	$(IN_MEMORY) $(BIN)/python -m pytest -n 2 -m 'not slow' -q tests/unit tests/contracts

check: $(DEV) ## Lint, format, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports

crash: $(DEV) ## Kill the bot at every named point, and at random times (minutes)
	EVERY_POINT=1 $(BIN)/python -m pytest -n 2 -q tests/crash

soak: $(DEV) ## Traffic with faults on every side, hours of outage, bad days, a clock that is set; in scaled time (20 minutes)
	$(BIN)/python -m pytest -q -s tests/soak

simulate: $(DEV) ## Days of the whole service on virtual time, each from a seed; ARGS="--seeds 100 --from 1", "--seed 7" or --report
	$(BIN)/python -m simulation $(ARGS)

bench: $(DEV) ## The quota check and a server's report with a million rows of the ledger; fails where a bound is missed (minutes)
	$(BIN)/python -m benchmarks.ledger
	$(BIN)/python -m benchmarks.report

bench-search: $(DEV) ## Whether words are found in a million prompts in time; fails where a bound is missed (minutes)
	$(BIN)/python -m benchmarks.search

story: $(RUNTIME) ## What members live through, in the terminal, with no key at all
	$(IN_MEMORY) $(BIN)/python -m sandbox.story

run: $(RUNTIME) ## Run the bot with config.toml
	$(BIN)/python -m bot run

lock: $(DEV) ## Pin the dependencies anew
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-strip-extras --no-emit-index-url --no-annotate --no-header pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	  --no-emit-index-url --no-annotate --no-header --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

docs: $(DEV) ## Write the generated pages docs/simulation.md, docs/errors.md and docs/reliability.md anew
	$(BIN)/python -m simulation --page
	UPDATE_DOCS=1 $(BIN)/python -m pytest -q tests/e2e/operator/test_errors.py tests/e2e/operator/test_reliability.py

clean: ## Remove the environment and what tests leave behind
	rm -rf .venv .coverage* .pytest_cache .ruff_cache .hypothesis .import_linter_cache
