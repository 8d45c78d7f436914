# Thin doors to the same steps that CI takes. `make help` lists them.
VENV := .venv
PYTHON ?= python3
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help run test check bench assets requirements translations

help: ## list what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.product: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.tools: requirements-dev.txt $(VENV)/.product
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

run: $(VENV)/.product ## set up if need be, then serve the community on http://127.0.0.1:8000
	@exec $(BIN)/python -m deploy.run

test: $(VENV)/.tools ## the tests, on SQLite, PostgreSQL and in Chromium (REQUIRE=all: nothing skipped)
	@$(BIN)/python -m tests.run

check: $(VENV)/.tools ## lint, types, templates, translations, migrations, architecture, assets
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/python -m pytest tests/architecture tests/i18n -q -m "not slow"

bench: $(VENV)/.tools ## the benchmarks: floors and product in turns, ratios into bench/RESULTS.md (20 minutes)
	@$(BIN)/python -m bench $(BENCH)

assets: ## build static/dist from static/css, static/js and the npm packages
	npm ci --no-audit --no-fund
	node static/build.mjs

requirements: $(VENV)/.tools ## pin requirements*.in with hashes
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements-dev.in -o requirements-dev.txt

translations: $(VENV)/.tools ## gather what pages say, and compile what translators made of it
	$(BIN)/python translations/catalog.py
