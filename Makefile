# SAGE. `make run` and `make test` need python3 (3.11+), node (20.19+) and make; they install the rest.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash
BIN := .venv/bin
NODE_BIN := web/node_modules/.bin
LOGS := build/logs
STEP := python3 deploy/step.py
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/$(NODE_BIN):$(PATH)
# Neither pip nor npm has anything to tell about newer versions of themselves.
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export npm_config_update_notifier := false

PYTHON_READY := .venv/.installed
NODE_READY := web/node_modules/.installed
WEB_READY := web/dist/index.html
WEB_SOURCES := $(shell find web/src web/public -type f 2>/dev/null) $(wildcard web/*.json web/*.ts web/*.html)
CHECKED := services gateway deploy clients/python/sage_cli clients/python/sage_client tests

.PHONY: help
help: ## Shows the commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

# --- set-up: each stamp is younger than what it was made of

.PHONY: setup
setup: $(PYTHON_READY) $(NODE_READY) $(WEB_READY) ## Installs everything and builds the web page

$(PYTHON_READY): requirements.lock pyproject.toml
	@python3 deploy/preflight.py
	@test -x $(BIN)/python || $(STEP) "Python environment" $(LOGS)/venv.log python3 -m venv --clear .venv
	@$(STEP) "Python packages" $(LOGS)/pip.log $(BIN)/python -m pip install --require-hashes --no-deps -r requirements.lock
	@$(STEP) "SAGE's own package" $(LOGS)/sage.log $(BIN)/python -m pip install --no-deps --no-build-isolation -e .
	@touch $@

$(NODE_READY): web/package.json web/package-lock.json
	@python3 deploy/preflight.py
	@$(STEP) "Node packages" $(LOGS)/npm.log npm --prefix web ci
	@touch $@

$(WEB_READY): $(NODE_READY) $(WEB_SOURCES)
	@$(STEP) "Web page" $(LOGS)/web.log npm --prefix web run build
	@touch $@

.PHONY: lock
lock: $(PYTHON_READY) ## Pins the Python dependencies of pyproject.toml anew
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --no-header --all-extras --quiet pyproject.toml -o requirements.lock

# --- the contract: one image, and all that is generated from it, below the folder OUT

OUT := .

.PHONY: proto
proto: clients ## Generates all stubs, Envoy's descriptor and the API's page from the contract
	mkdir -p $(OUT)/gateway/descriptor
	buf generate build/sage.binpb --output $(OUT)
	buf build --exclude-source-info --output $(OUT)/gateway/descriptor/sage.binpb
	python -m gateway.bindings $(OUT)/gateway/descriptor/sage.binpb
	python -m gateway.openapi build/sage.binpb $(OUT)/web/public

GENERATED := web/src/gen gateway/descriptor web/public/openapi.json web/public/docs/api/index.html
include clients/clients.mk

.PHONY: proto-check
proto-check: $(PYTHON_READY) $(NODE_READY) ## Fails when what is generated is not what the contract says
	@rm -rf build/proto-check
	@$(MAKE) -s --no-print-directory proto OUT=build/proto-check
	@for each in $(GENERATED); do \
	  diff -rq -x __pycache__ $$each build/proto-check/$$each || { echo "$$each is stale: make proto"; exit 1; }; \
	done

# What main held before: on a branch the main that it came from, on main itself the commit before.
.PHONY: breaking
breaking: $(NODE_READY) ## Fails when the contract breaks clients of the main before
	@base=$$(git rev-parse -q --verify origin/main 2>/dev/null); \
	if [ -z "$$base" ] || [ "$$base" = "$$(git rev-parse HEAD)" ]; then base=$$(git rev-parse -q --verify HEAD~1 2>/dev/null); fi; \
	if [ -n "$$base" ] && git cat-file -e "$$base:buf.yaml" 2>/dev/null; then buf breaking --against ".git#ref=$$base"; \
	else echo "no earlier contract to compare with"; fi

# --- the cluster

K8S := deploy/k8s
.PHONY: k8s
k8s: $(PYTHON_READY) ## Renders the gateway's configuration and the dashboards for the cluster
	python -m deploy.k8s.dashboards
	python -m gateway.render --settings $(K8S)/base/settings.env --output $(K8S)/base/envoy.yaml
	python -m gateway.render --settings $(K8S)/base/settings.env \
	  --settings $(K8S)/overlays/production/settings.env --output $(K8S)/overlays/production/envoy.yaml

.PHONY: images
images: $(PYTHON_READY) ## Builds the container images that are not there yet
	@python -m deploy.images

.PHONY: test-k8s
test-k8s: $(PYTHON_READY) ## Builds the images and runs them as pods: kills, rolling restarts (root, podman)
	@if python -m tests.containers; then python -m deploy.images && pytest tests/k8s -n 0 --durations=5; fi

# --- checks

.PHONY: lint
lint: setup proto-check breaking ## Checks style, types, layers and the contract
	ruff check .
	ruff format --check .
	mypy $(CHECKED)
	lint-imports
	buf lint
	hadolint deploy/images/Containerfile
	npm --prefix web run --silent lint

.PHONY: test-programs
test-programs: $(PYTHON_READY) ## Finds or installs Chromium, and in CI PostgreSQL, for the tests
	@python -m tests.chromium
	@python -m tests.postgresql
	@python -m tests.kustomize

.PHONY: test
test: lint test-programs ## Sets everything up and runs every test
	npm --prefix web run --silent test
	pytest --durations=15

.PHONY: unit
unit: setup ## Runs the unit tests that take no time, of Python and the page
	npm --prefix web run --silent test
	pytest tests/unit -m "not slow" --durations=5

.PHONY: animation
animation: setup test-programs ## Makes the animated picture of the README anew
	python -m docs.make_animation

.PHONY: bench
bench: setup ## Measures speed and memory: alignment, embedding, uploads
	OPENBLAS_NUM_THREADS=1 python -m tests.bench.alignment
	python -m tests.bench.local_engine
	python -m tests.bench.upload_memory

.PHONY: bench-alignment
bench-alignment: setup ## Measures how well differences are found (DATA=folder with a truth.json)
	OPENBLAS_NUM_THREADS=1 python -m tests.bench.alignment $(if $(DATA),--data $(DATA))

.PHONY: bench-cases
bench-cases: setup ## Says which pairs of a folder come out right (DATA=folder, SERVER=a running SAGE)
	python -m tests.bench.cases "$(DATA)" $(if $(SERVER),--server $(SERVER))

# --- running

.PHONY: preflight
preflight:
	@python3 deploy/preflight.py --port

.PHONY: run
run: preflight setup ## Sets everything up and starts SAGE (SAGE_PORT, SAGE_HOME)
	@exec $(BIN)/python -m deploy.embedded

.PHONY: clean
clean: ## Removes what was installed and built; what SAGE remembers in .sage stays
	rm -rf .venv build web/node_modules web/dist clients/typescript/node_modules clients/typescript/dist \
	  clients/java/target clients/rust/target .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
