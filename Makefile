# `make help` explains. Nothing here needs more than Python 3.11 and a shell; the tests also need Java 17 and Maven.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
SOURCES := switchyard services cli proto tests
# Two workers: the tests of this group share nothing but the processor.
PARALLEL ?= -n 2

.PHONY: help install run demo test lint types architecture contract unit fast slow integration e2e e2e-embedded e2e-kafka failure soak soak-pieces soak-failure soak-computed bench \
	proto metrics topics format clean doctor

help: ## Show this help
	@echo "Switchyard: make TARGET [ARGS='...']"
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z0-9 -]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Use it
install: .venv/.installed ## Make .venv and install everything from requirements.lock, hashes checked

.venv/.installed: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; say which by: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what requirements.lock names ..."
	@if [ -x $(BIN)/uv ]; then $(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r requirements.lock; \
		else $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock; fi
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: install ## Start the whole platform here until Ctrl-C (ARGS='--broker kafka', '--port gateway=9080', '--ports free')
	@$(BIN)/switchyard up $(ARGS)

demo: install ## Replay a bank's busiest hour against the running platform and compare the figures
	@$(BIN)/switchyard demo $(ARGS)

doctor: install ## Say what this machine lacks, and what to do about it
	@$(BIN)/switchyard doctor $(ARGS)

##@ Prove it
test: install lint types fast slow ## Everything that CI runs, in at most 15 minutes

fast: install ## Architecture, contracts and unit tests
	@echo "== architecture, contract, unit"
	@$(BIN)/pytest tests/architecture tests/contract tests/unit $(PARALLEL) $(ARGS)

slow: integration e2e failure ## Services with real broker and database, all together from outside, and failures (a tenth of the soak)

# Tests of one file share a service and a broker, so a file is not divided.
integration: install ## Each service with a real broker and database
	@echo "== integration"
	@$(BIN)/pytest tests/integration $(PARALLEL) --dist loadfile $(ARGS)

# The two platforms side by side: tests mostly wait.
e2e: install ## The whole platform from outside, on the embedded broker and on Apache Kafka
	@echo "== e2e, on the embedded broker and on Apache Kafka"
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target e2e-embedded e2e-kafka

e2e-embedded: install
	@$(BIN)/pytest tests/e2e -m "not kafka" $(ARGS)

e2e-kafka: install
	@$(BIN)/pytest tests/e2e -m kafka $(ARGS)

# Two workers with a broker and a database each: what is under test mostly waits. No limit of seconds is judged here.
failure: install ## What must survive kills, lost replies and poison: about a tenth of the soak
	@echo "== failure, about a tenth of the soak"
	@$(BIN)/pytest tests/failure -n 2 --dist loadfile $(ARGS)

architecture contract unit: install ## Each of them alone
	@$(BIN)/pytest tests/$@ $(ARGS)

soak: install ## The same and more in full, well over an hour; pieces by ARGS="tests/failure/test_zombie_router.py"
	@$(if $(findstring tests/,$(ARGS)),$(MAKE) --no-print-directory soak-pieces,\
		$(MAKE) --no-print-directory --keep-going soak-failure soak-computed)

soak-pieces: install
	@SOAK=1 $(BIN)/pytest -vv --timeout=14400 $(ARGS)

# They judge seconds, so each has the machine to itself.
soak-failure: install
	@echo "== soak: failure tests, one after another"
	@SOAK=1 $(BIN)/pytest tests/failure -vv --timeout=14400 $(ARGS)

# They only compute, so they share the processors.
soak-computed: install
	@echo "== soak: routing under random faults, and against the plain rules"
	@SOAK=1 $(BIN)/pytest tests/unit/routing_under_faults tests/unit/routing/test_model.py $(PARALLEL) --timeout=14400 $(ARGS)

bench: install ## Measure against a peer or a floor in the same run, and write docs/performance.md
	@$(BIN)/python -m tests.bench $(ARGS)

##@ Work on it
lint: install ## Ruff, import contracts, buf lint
	@echo "== lint"
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check --quiet $(SOURCES)
	@$(BIN)/lint-imports --config importlinter.ini --no-logo > .import-lint.log 2>&1 \
		|| { cat .import-lint.log; exit 1; }
	@rm -f .import-lint.log
	@cd proto && ../$(BIN)/buf lint

types: install ## mypy, strict
	@echo "== types"
	@$(BIN)/mypy $(SOURCES)

format: install ## Let ruff write the format and mend what it can
	@$(BIN)/ruff format $(SOURCES)
	@$(BIN)/ruff check --fix $(SOURCES)

proto: install ## After a change of a contract: generate its Python, freeze new messages and the image
	@$(BIN)/python -P proto/generate.py
	@$(BIN)/python -P proto/freeze.py

metrics: install ## Write docs/metrics.md from what the services declare
	@$(BIN)/python -m tests.contract.metrics.page

topics: install ## List topics, owners, readers and messages
	@$(BIN)/switchyard topics list

clean: ## Remove what was built and cached; data in var/ stays
	@rm -rf build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .import-lint.log
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
