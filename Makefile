# One entry point for people and for CI. `make help` lists it.
PYTHON ?= python3
PORT ?= 8000
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help run setup test test-elsewhere lowest fuzz soak lint lint-page format bench lock client dist lambda image clean

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{printf "  make %-14s %s\n", $$1, $$2}'

run: $(VENV)/.run ## set up what the service needs and serve it at http://127.0.0.1:$(PORT)
	PORT=$(PORT) $(BIN)/cocktailspace serve

setup: $(VENV)/.dev ## set up .venv with everything, tests and tools included

test: $(VENV)/.dev ## run all tests
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

test-elsewhere: $(VENV)/.dev ## run tests as on other processors, slow and busy machines, far away; ON="busy zen" for some
	$(BIN)/python -m tests.elsewhere $(ON)

lowest: ## run the tests with the lowest versions that pyproject.toml allows, on the oldest Python
	$(PYTHON) -m venv $(VENV)-lowest && $(VENV)-lowest/bin/pip install --quiet uv
	$(VENV)-lowest/bin/uv pip install --quiet --python $(VENV)-lowest/bin/python \
		--resolution lowest-direct --editable '.[analytics,aws,cluster,mcp,postgres]' --group build --group dev
	$(VENV)-lowest/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

fuzz: $(VENV)/.dev ## thousands of made-up requests against a running server
	HYPOTHESIS_PROFILE=random FUZZ_EXAMPLES=100 $(BIN)/python -m pytest -s tests/api/test_schema.py

soak: $(VENV)/.dev ## the long versions: model check, load, kills of the server and of the job
	LOAD_WRITES=500 LOAD_KILLS=50 JOB_KILLS=200 BURST_WRITES=250 POSTGRES_KILLS=20 POSTGRES_FAILOVERS=5 WRITERS_STEPS=200 \
		$(BIN)/python -m pytest -s tests/load tests/refresh/test_processes.py tests/catalogue/test_writers_at_once.py
	HYPOTHESIS_PROFILE=random MODEL_EXAMPLES=10000 $(BIN)/python -m pytest -s --timeout 0 tests/refresh/test_model.py tests/catalogue/test_history.py

lint: $(VENV)/.dev lint-page ## ruff, mypy strict, the import rules; types and lint of the page's JavaScript
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

ifneq ($(and $(shell command -v node),$(shell command -v npm)),)
lint-page: node_modules/.package-lock.json
	node_modules/.bin/biome lint --error-on-warnings
	node_modules/.bin/tsc --project jsconfig.json
else ifeq ($(REQUIRE_ALL),1)
lint-page:
	@echo "Node.js and npm are needed to check the page's JavaScript (REQUIRE_ALL=1)" >&2; exit 1
else
lint-page:
	@echo "The page's JavaScript is not checked: Node.js or npm is not on this machine"
endif

format: $(VENV)/.dev ## let ruff format and mend what it can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(VENV)/.dev ## measure; prints the tables of benchmarks/README.md
	$(BIN)/python -m benchmarks

lock: ## resolve the dependencies anew into requirements/
	$(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/pip install --quiet uv
	$(LOCK) $(ANYWHERE) --extra analytics --group build -o requirements/run.txt
	$(LOCK) $(ANYWHERE) --extra analytics --extra aws --extra cluster --extra mcp --extra postgres --group build --group dev -c requirements/run.txt -o requirements/dev.txt
	$(LOCK) --universal --python-version 3.13 --extra analytics --extra aws --extra cluster --extra postgres -c requirements/dev.txt -o requirements/job.txt
	$(LOCK) --python-platform aarch64-manylinux_2_28 --python-version 3.13 --extra aws --extra postgres -c requirements/dev.txt -o requirements/lambda.txt
	$(VENV)-lock/bin/uv pip compile $(LOCKED) --group pyproject.toml:client $(ANYWHERE) -o requirements/client.txt
	rm -rf $(VENV)-lock

LOCKED := --quiet --generate-hashes --no-annotate --no-header
LOCK := $(VENV)-lock/bin/uv pip compile $(LOCKED) pyproject.toml
ANYWHERE := --universal --python-version 3.11

client: $(VENV)/.dev ## generate a typed Python client from the API's description, and use it
	BIN=$(abspath $(BIN)) scripts/try-client.sh

dist: $(VENV)/.dev ## build wheel and sdist into dist/, the same bytes from the same commit
	rm -rf dist
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m build --no-isolation --outdir dist .

lambda: ## build the packages for AWS Lambda into build/lambda/
	scripts/build-lambda.sh

image: ## build both images without docker; run a job and a server in them (root, buildah, debootstrap)
	scripts/try-image.sh

clean: ## remove what was set up and computed here, data/ aside
	find src -name __pycache__ -prune -exec rm -rf {} +
	rm -rf .venv .venv-* node_modules build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

node_modules/.package-lock.json: package-lock.json
	npm ci --no-audit --no-fund --prefer-offline
	touch $@

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.13")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements/run.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	$(PIP) install --require-hashes -r requirements/dev.txt
	touch $@
