# `make setup` needs python3 >= 3.11 and make, nothing else. PYTHON=python3.13 tries another one.
PYTHON ?= python3
BIN := .venv/bin
PIP := .ci/pip-26.3-py3-none-any.whl/pip

.PHONY: setup test check lock clean

setup: .venv/ready

# pip comes from its own wheel in the checkout, because Debian's python3 may lack ensurepip.
.venv/ready: requirements.lock pyproject.toml
	rm -rf .venv
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "python3 >= 3.11 is needed; this is " + sys.version)'
	$(PYTHON) -m venv --without-pip .venv
	$(BIN)/python $(PIP) install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	$(BIN)/python $(PIP) install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

test: setup
	$(BIN)/pytest -n auto -q

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n auto -q

lock: setup
	$(BIN)/python $(PIP) install --quiet --target .venv/uv uv
	.venv/uv/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
		--extra dev --no-header --output-file requirements.lock pyproject.toml

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis
