# Clients: what is generated for each language, from one image of the contract, and the check that
# every client works. Java and Rust make their stubs while they build, of clients/sage.binpb and of
# the copy that Rust's package takes along; C# makes them of proto/ itself. What offers the stubs of
# all services to a language, and Python's client that waits, is written by deploy.client_stubs.

GO_PLUGINS := build/go
# Empty where there is no Go: then what is generated for Go stays as it is.
GO := $(shell command -v go 2>/dev/null)
GENERATED += clients/python/sage clients/python/buf clients/typescript/src/gen \
  clients/sage.binpb clients/rust/sage.binpb clients/rust/src/contract.rs clients/go/stubs.go \
  clients/java/src/main/java/video/sage/client/ServiceStubs.java \
  clients/csharp/Client/SageClient.Stubs.cs clients/typescript/src/contract.ts \
  clients/python/sage_client/stubs.py clients/python/sage_client/synchronous.py $(if $(GO),clients/go/sage)

$(GO_PLUGINS)/.installed: clients/clients.mk
	@$(STEP) "Go's generators" $(LOGS)/go-plugins.log env GOBIN=$(CURDIR)/$(GO_PLUGINS) \
	  go install google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.12
	@$(STEP) "Go's gRPC generator" $(LOGS)/go-plugins.log env GOBIN=$(CURDIR)/$(GO_PLUGINS) \
	  go install google.golang.org/grpc/cmd/protoc-gen-go-grpc@v1.6.2
	@touch $@

.PHONY: clients
clients: $(PYTHON_READY) $(NODE_READY) $(if $(GO),$(GO_PLUGINS)/.installed) ## Generates the clients' stubs from the contract
	mkdir -p build $(OUT)/clients/python $(OUT)/clients/rust
	buf build --output build/sage.binpb
	python -m deploy.client_image build/sage.binpb $(OUT)/clients/sage.binpb
	rm -rf $(OUT)/clients/python/sage $(OUT)/clients/python/buf
	python -m grpc_tools.protoc --descriptor_set_in=build/sage.binpb \
	  --python_out=$(OUT)/clients/python --grpc_python_out=$(OUT)/clients/python \
	  --mypy_out=quiet:$(OUT)/clients/python --mypy_grpc_out=quiet:$(OUT)/clients/python \
	  $$(cd proto && find sage -name '*.proto' | sort) buf/validate/validate.proto
	find $(OUT)/clients/python/buf $(OUT)/clients/python/sage -type d -exec touch {}/__init__.py {}/py.typed ';'
	find $(OUT)/clients/python/buf -name '*_grpc.py*' -delete
	buf generate $(OUT)/clients/sage.binpb --path sage --template clients/buf.gen.yaml --output $(OUT)
	$(if $(GO),buf generate $(OUT)/clients/sage.binpb --path sage --template clients/go/buf.gen.yaml --output $(OUT),@echo "clients/go: left as it is, there is no Go here")
	cp $(OUT)/clients/sage.binpb $(OUT)/clients/rust/sage.binpb
	python -m deploy.client_stubs $(OUT)/clients/sage.binpb $(OUT)

.PHONY: test-clients
test-clients: setup ## Builds each client and runs its example, where its language is installed
	pytest tests/clients/examples.py -n 0 -rs
