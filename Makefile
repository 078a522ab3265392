# SAGE. `make run` and `make test` need python3 (3.11+), node (20.19+) and make; they install the rest.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash
BIN := .venv/bin
NODE_BIN := web/node_modules/.bin
LOGS := build/logs
STEP := python3 deploy/step.py
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/$(NODE_BIN):$(PATH)
# Without it every process that is started compiles SAGE's modules anew.
unexport PYTHONDONTWRITEBYTECODE
# Neither pip nor npm has anything to tell about newer versions of themselves.
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export npm_config_update_notifier := false

# Nearly every step of the set-up and of the checks keeps one core busy.
SIDE_BY_SIDE := $(MAKE) --no-print-directory -j2

PYTHON_READY := .venv/.installed
NODE_READY := web/node_modules/.installed
WEB_READY := web/dist/index.html
# Drawn by code at set-up; the build of the page takes them along.
SAMPLE_READY := web/public/sample/second-cut.mp4
WEB_SOURCES := $(shell find web/src web/public -type f -not -path '*/sample/*' 2>/dev/null) $(wildcard web/*.json web/*.ts web/*.html)
API_LINTER := build/go/api-linter
CHECKED := services gateway deploy clients/python/sage_cli clients/python/sage_client tests

.PHONY: help
help: ## Shows the commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

# --- set-up: each stamp is younger than what it was made of

.PHONY: setup
setup: ## Installs everything and builds the web page
	@$(SIDE_BY_SIDE) $(PYTHON_READY) $(WEB_READY)

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

$(SAMPLE_READY): $(PYTHON_READY) $(wildcard deploy/sample/*.py)
	@$(STEP) "Sample films" $(LOGS)/sample.log $(BIN)/python -m deploy.sample $(@D)

$(WEB_READY): $(NODE_READY) $(SAMPLE_READY) $(WEB_SOURCES)
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
	python -m gateway.openapi build/sage.binpb $(OUT)/web/public $(OUT)/gateway/descriptor/tools.json

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

# Those that take longest come first.
CHECKS := check-types check-page proto-check check-style check-contract breaking

.PHONY: lint
lint: setup ## Checks style, types, layers, the contract and the manifests
	@$(SIDE_BY_SIDE) $(CHECKS) check-manifests

.PHONY: check-types
check-types: $(PYTHON_READY)
	mypy $(CHECKED)

.PHONY: check-page
check-page: $(NODE_READY)
	npm --prefix web run --silent lint

# Among all other tests, `make test` has these too.
.PHONY: check-manifests
check-manifests: $(PYTHON_READY)
	pytest -q -n 0 tests/unit/deploy/k8s

.PHONY: check-style
check-style: $(PYTHON_READY) $(NODE_READY)
	ruff check .
	ruff format --check .
	lint-imports
	buf lint
	hadolint deploy/images/Containerfile

# By Google's rules for APIs. Some imports are found in the image alone.
.PHONY: check-contract
check-contract: $(NODE_READY) $(if $(GO),$(API_LINTER))
	$(if $(GO),buf build --output build/linted.binpb,@echo "proto: not linted by api-linter, there is no Go here")
	$(if $(GO),cd proto && $(CURDIR)/$(API_LINTER) --config linting/api-linter.yaml --set-exit-status \
	  --output-format github --descriptor-set-in ../build/linted.binpb $$(find sage -name '*.proto' | sort))

$(API_LINTER): proto/linting/go.mod proto/linting/go.sum
	@$(STEP) "api-linter" $(LOGS)/api-linter.log go -C proto/linting build \
	  -o $(CURDIR)/$@ github.com/googleapis/api-linter/cmd/api-linter
	@touch $@

.PHONY: test-page
test-page: $(NODE_READY)
	npm --prefix web run --silent test

.PHONY: test-programs
test-programs: $(PYTHON_READY) ## Finds, or installs in CI, what the tests need: PostgreSQL, kustomize
	@python -m tests.postgresql
	@python -m tests.kustomize

.PHONY: test
test: setup ## Sets everything up, checks it, and tests the code and running services
	@$(SIDE_BY_SIDE) $(CHECKS) test-page test-programs
	pytest --durations=15

.PHONY: test-browser
test-browser: setup ## Works with the page in Chromium, which is found or installed
	@python -m tests.chromium
	pytest tests/e2e -n 2 --durations=5

# A file stays with one worker, so that what its tests share is made once.
.PHONY: unit
unit: setup test-page ## Runs the unit tests that take no time, of Python and the page
	pytest tests/unit -m "not slow" --dist=loadfile --durations=5

.PHONY: animation
animation: setup ## Makes the animated picture of the README anew
	@python -m tests.chromium
	python -m docs.make_animation

.PHONY: fuzz
fuzz: setup ## Makes 10,000 calls at random, in each way, to a SAGE of its own (CALLS=, SEED=)
	python -m tests.fuzz $(if $(CALLS),--calls $(CALLS)) $(if $(SEED),--seed $(SEED))

.PHONY: bench
bench: setup ## Measures speed and memory: alignment, exports, embedding, uploads
	OPENBLAS_NUM_THREADS=1 python -m tests.bench.alignment
	python -m tests.bench.exports
	python -m tests.bench.local_engine
	python -m tests.bench.upload_memory

.PHONY: bench-load
bench-load: setup test-programs ## Measures how much SAGE does for how many people, and what gives in first
	python -m tests.bench.load $(if $(PEOPLE),--people $(PEOPLE)) $(if $(SERVER),--server $(SERVER))

.PHONY: bench-alignment
bench-alignment: setup ## Measures how well differences are found (DATA=folder with a truth.json)
	OPENBLAS_NUM_THREADS=1 python -m tests.bench.alignment $(if $(DATA),--data $(DATA))

.PHONY: bench-sensitivity
bench-sensitivity: setup ## Halves and doubles each number of the tuning (PACKAGE=segments, frames, ...)
	OPENBLAS_NUM_THREADS=1 python -m tests.bench.sensitivity $(PACKAGE)

.PHONY: bench-long
bench-long: setup ## Measures how long two videos of two hours take to compare, and how much memory
	OPENBLAS_NUM_THREADS=1 python -m tests.bench.long_videos

.PHONY: bench-cases
bench-cases: setup ## Says which pairs of a folder come out right (DATA=folder, SERVER=a running SAGE)
	python -m tests.bench.cases "$(DATA)" $(if $(SERVER),--server $(SERVER))

.PHONY: bench-carry
bench-carry: setup ## Carries subtitles, markers and chapters over 200 random edits of real clips (EDITS=, KEEP=folder)
	OPENBLAS_NUM_THREADS=1 python -m tests.bench.carry_over --edits $(or $(EDITS),200) --jobs 2 $(if $(KEEP),--keep $(KEEP))

# --- running

.PHONY: preflight
preflight:
	@python3 deploy/preflight.py --port

.PHONY: run
run: preflight setup ## Sets everything up and starts SAGE (SAGE_PORT, SAGE_HOME)
	@exec $(BIN)/python -m deploy.embedded

.PHONY: backup
backup: $(PYTHON_READY) ## Backs up what SAGE remembers, running or not (TO=folder; SAGE_HOME)
	@python -m deploy.operations backup "$(TO)"

.PHONY: restore
restore: $(PYTHON_READY) ## Restores a backup where there is nothing, or what was lost (FROM=folder, LOST=; SAGE_HOME)
	@python -m deploy.operations restore "$(FROM)" $(if $(LOST),--lost $(LOST))

.PHONY: clean
clean: ## Removes what was installed and built; what SAGE remembers in .sage stays
	rm -rf .venv build web/node_modules web/dist clients/typescript/node_modules clients/typescript/dist \
	  clients/java/target clients/rust/target .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
