# Two commands matter: `make demo` and `make test`. Both set everything up first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: setup setup-encoder demo demo-stop test faults prove check format lock lock-image clean

setup: $(INSTALLED)

# The installer itself comes from the lock, so that no version is left to chance.
$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else "sidak needs Python 3.11, 3.12 or 3.13; set PYTHON=…")'
	$(PYTHON) -m venv $(VENV)
	sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/installer.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(VENV)/installer.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes --no-deps -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $(INSTALLED)

# What teaching the encoder needs beside that: gigabytes, and only for `sidak train --model encoder`.
setup-encoder: setup
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r requirements-encoder.lock

demo: setup
	$(BIN)/sidak demo

demo-stop:
	$(BIN)/sidak demo --stop

test: setup
	$(BIN)/python -m pytest

# A month of all sources by a simulated clock, some minutes of ours: the loss ledger balances to the post.
prove: setup
	SIDAK_TEST_DAYS=30 SIDAK_TEST_POSTS_A_DAY=12 $(BIN)/python -m pytest -q -s tests/collectors/month

# Write collectors/FAULTS.md from what the fault matrix sees.
faults: setup
	SIDAK_TEST_WRITE_FAULTS=1 $(BIN)/python -m pytest -q tests/collectors/test_fault_matrix.py tests/collectors/channels/test_channel_faults.py -k "lasting_fault or clock or table"

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet pyproject.toml
lock: setup
	$(LOCK) --extra airflow --extra dev -o requirements.lock
	$(LOCK) --extra encoder --constraint requirements.lock -o requirements-encoder.lock

# What the image runs: the same versions, without what only development needs, with what only a deployment does.
lock-image: setup
	$(BIN)/uv pip compile --universal --python-version 3.12 --generate-hashes --no-annotate --no-header --extra airflow --quiet pyproject.toml deploy/requirements.in -c requirements.lock -o deploy/requirements.lock

clean:
	rm -rf $(VENV) .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
