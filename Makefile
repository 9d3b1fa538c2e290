# Patto: the few commands of every day. Python 3.11 or newer and make are all they need.

PYTHON ?= python3
BIN := .venv/bin
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url

.PHONY: run install test check prove bench catalogue manual revision lock

run: .venv/run.stamp  ## install, migrate, load the demo district, generate its contracts, serve
	$(BIN)/patto demo

install: .venv/run.stamp  ## the program for an installation, compiled, as docs/production.md wants it
	$(BIN)/pybabel --quiet compile --directory admin/translations
	$(BIN)/python -m compileall -q core admin plugins seed demo migrations

test: .venv/dev.stamp  ## the tests, on SQLite and PostgreSQL
	$(BIN)/pytest tests/e2e tests -m "not proof" --numprocesses 2 --dist loadfile --no-loadscope-reorder  # the longest first

prove: .venv/dev.stamp  ## the proofs, and the table of their figures
	$(BIN)/pytest tests/proofs --numprocesses 2 --dist worksteal

check: .venv/dev.stamp  ## the house rules that a machine can see
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest tests/house
	set -e; folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	PATTO_DATA_DIR=$$folder $(BIN)/patto db upgrade; PATTO_DATA_DIR=$$folder $(BIN)/patto db check

bench: .venv/dev.stamp  ## the speeds, as ratios within one run
	set -e; for file in $$(grep -l __main__ bench/*.py); do $(BIN)/python -m bench.$$(basename $$file .py); done

catalogue: .venv/dev.stamp  ## bring the English catalogue up to the sentences of the code, then compile it
	$(BIN)/pybabel --quiet extract --mapping pyproject.toml --no-location --sort-output --project Patto --output-file .venv/messages.pot .
	$(BIN)/pybabel --quiet update --input-file .venv/messages.pot --output-dir admin/translations --width 110 --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel --quiet compile --directory admin/translations

manual: .venv/dev.stamp  ## take the pictures of the manual anew, in a browser
	PATTO_MANUAL=1 $(BIN)/pytest tests/e2e/test_manual.py --numprocesses 0

revision: .venv/dev.stamp  ## the next migration: make revision SAYS="What is lent"
	$(BIN)/python -m migrations.revise "$(SAYS)"

lock: .venv/dev.stamp  ## choose the newest versions that pyproject.toml allows
	$(COMPILE) --upgrade --output-file requirements.lock pyproject.toml
	$(COMPILE) --upgrade --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

.venv/run.stamp: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

.venv/dev.stamp: requirements-dev.lock .venv/run.stamp
	$(BIN)/pip install --quiet --disable-pip-version-check --requirement requirements-dev.lock
	touch $@
