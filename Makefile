# SAGE. `make run` and `make test` need python3 (3.11+), node 20+ and make; they install the rest.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash
BIN := .venv/bin
NODE_BIN := web/node_modules/.bin
PROTO_FILES := $(shell find proto -name '*.proto')
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/$(NODE_BIN):$(PATH)

.PHONY: help
help: ## Shows the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

.PHONY: proto
proto: $(BIN)/.installed web/node_modules/.installed ## Generates the stubs and Envoy's descriptor from the contract
	buf build --output build/sage.binpb
	rm -rf clients/python/sage clients/python/buf && mkdir -p clients/python gateway/descriptor
	python -m grpc_tools.protoc --descriptor_set_in=build/sage.binpb \
	  --python_out=clients/python --grpc_python_out=clients/python \
	  --mypy_out=quiet:clients/python --mypy_grpc_out=quiet:clients/python \
	  $$(cd proto && find sage -name '*.proto' | sort) buf/validate/validate.proto
	find clients/python/buf clients/python/sage -type d -exec touch {}/__init__.py {}/py.typed ';'
	find clients/python/buf -name '*_grpc.py*' -delete
	buf generate build/sage.binpb
	buf build --exclude-source-info --output gateway/descriptor/sage.binpb
