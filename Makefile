# dhi-ls: two targets for everybody, the rest for those who work on it.
#   make run    build dhi-ls and check the example definitions
#   make test   everything that needs only Go
SHELL := /bin/bash
GO ?= go
BIN := bin/dhi-ls

# What is stamped into the program: of the last commit, so that the same commit
# gives the same bytes. Without git, set them.
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null | sed 's/^v//' | grep . || echo dev)
COMMIT ?= $(shell git rev-parse HEAD 2>/dev/null)
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
DATE := $(shell date -u -d @$(SOURCE_DATE_EPOCH) +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -r $(SOURCE_DATE_EPOCH) +%Y-%m-%dT%H:%M:%SZ)
LDFLAGS := -s -w -buildid= -X main.version=$(VERSION) -X main.commit=$(COMMIT) -X main.date=$(DATE)
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
ACTIONLINT := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
FUZZTIME ?= 60s
APT_JUDGES ?= $(CURDIR)/bin/apt

.PHONY: all build run test test-apt test-build race lint fuzz soak bench bench-build findings fixes docs clean

all: build

build: ## build bin/dhi-ls
	CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/dhi-ls

run: build ## check the example definitions; the bad image shows what findings look like
	$(BIN) check examples/good
	@echo
	$(BIN) check --fail-on error examples/bad || test $$? -eq 1

test: ## everything that needs only Go
	$(GO) test ./...

test-apt: ## real archives: lists of files, and closures beside those of each Debian release's own apt, on the machine's archive; DHI_CORPUS adds a catalog's selections
	index/testdata/apt/unpack.sh trixie $(APT_JUDGES)/trixie
	DHI_APT_TESTS=1 DHI_APT_JUDGES="trixie=$(APT_JUDGES)/trixie/apt-get" DHI_APT_SETS=$${DHI_APT_SETS:-1000} DHI_APT_CORPUS=$${DHI_APT_CORPUS:-100000} \
	  DHI_APT_RANDOM=$${DHI_APT_RANDOM:-100} $(GO) test ./index -run 'TestAptJudge|TestRealContents' -count=1 -v -timeout 6h

race: ## the same under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race ./...

lint: ## gofmt, go vet for each system, staticcheck; actionlint and shellcheck for what CI runs
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	GOOS=windows $(GO) vet -trimpath ./... # shares what is compiled with the releases
	GOOS=darwin $(GO) vet -trimpath ./...
	$(GO) run $(STATICCHECK) ./...
	$(GO) run $(ACTIONLINT)
	shellcheck -x -S warning .ci/run $$(git ls-files '*.sh')

fuzz: ## minutes of fuzzing, each target FUZZTIME long
	@for pkg in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "== $$pkg $$f"; $(GO) test $$pkg -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x || exit 1; \
	  done; done

test-build: ## real builds against a BuildKit of its own; needs Linux and root, installs runc
	$(GO) vet -tags buildkit ./buildrunner/... ./cmd/... ./lsp
	testdata/buildkit/run.sh $(GO) test -count=1 -tags buildkit -timeout 20m ./buildrunner/... ./cmd/... ./lsp
	testdata/buildkit/leaves-nothing.sh

soak: ## 100,000 random edits and requests over 50 documents
	$(GO) test ./lsp -run TestSoak -v -timeout 1h -args -soak 100000 -soakdocs 50

bench: build ## figures beside floors of the same run; DHI_CORPUS names a catalog, else one is generated
	$(GO) run ./cmd/dhi-dev bench -bin $(BIN)

bench-build: ## what a warm build adds to the bare solve; as test-build
	testdata/buildkit/run.sh $(GO) test -tags buildkit -run '^$$' -bench WarmBuild -benchtime 30x ./buildrunner

findings: ## write docs/catalog-findings.md from the unpacked corpus
	$(GO) run ./cmd/dhi-dev findings

fixes: ## which real mistakes are found, by class
	$(GO) run ./cmd/dhi-dev fixes

docs: ## write the table of the rules, the outputs in the rule pages and the reference of commands
	$(GO) test ./analysis/rules -run TestPages -update
	$(GO) run ./cmd/dhi-dev ruledocs
	$(GO) test ./cmd/dhi-ls -run TestCommandReference -update

# A version that is no release becomes one that dpkg and apk order before all.
RELEASE ?= $(shell echo '$(VERSION)' | grep -Ex '[0-9]+\.[0-9]+\.[0-9]+(-(alpha|beta|rc)[0-9]*)?' || echo 0.0.0-git$(subst :,,$(subst -,,$(subst T,,$(subst Z,,$(DATE))))))

release: ## archives, packages, SBOMs, formula and checksums of all platforms (or PLATFORMS), in dist
	SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) $(GO) run ./cmd/dhi-dev release -version '$(RELEASE)' -commit '$(COMMIT)' -platforms '$(PLATFORMS)' -out dist

IMAGE_OUTPUT ?= type=oci,dest=dist/dhi-ls_$(RELEASE)_image.tar

image: ## the container image for amd64 and arm64 as an OCI archive (or as IMAGE_OUTPUT says), with docker buildx
	SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) $(GO) run ./cmd/dhi-dev release -stage -version '$(RELEASE)' -commit '$(COMMIT)' -platforms linux/amd64,linux/arm64 -out dist/image
	docker buildx build --file .ci/image/Dockerfile --platform linux/amd64,linux/arm64 --provenance=false \
	  --build-arg VERSION='$(RELEASE)' --build-arg COMMIT='$(COMMIT)' --build-arg DATE='$(DATE)' --build-arg SOURCE_DATE_EPOCH='$(SOURCE_DATE_EPOCH)' \
	  --output '$(IMAGE_OUTPUT),rewrite-timestamp=true' dist/image/stage

test-dist: ## a release made twice and used; the recipes for CI with the real tools; needs Linux, root and the network
	$(GO) vet -tags dist ./cmd/dhi-dev/...
	$(GO) test -tags dist -count=1 -timeout 60m ./cmd/dhi-dev/...

.PHONY: release image test-dist

clean:
	rm -rf bin dist

.PHONY: test-editors vsix

test-editors: build ## real editors, installed on Debian with npm and apt, against the real server
	editors/test/install.sh
	DHI_LS=$(CURDIR)/$(BIN) editors/test/run.sh

# TARGETS are some of the platforms of editors/vscode/scripts/targets.mjs.
vsix: build ## the VS Code extension with its server, a file per platform (or TARGETS, such as linux-x64), in dist
	@node -e 'process.exit(parseInt(process.versions.node) < 22 ? 1 : 0)' || { echo "make vsix needs Node 22 or later; this is $$(node --version || echo none)"; exit 1; }
	cd editors/vscode && { [ -d node_modules ] || npm ci --no-audit --no-fund; } && \
	  node scripts/prepare.mjs $(CURDIR)/$(BIN) && npx tsc --noEmit && \
	  SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) node scripts/vsix.mjs --commit '$(COMMIT)' --out $(CURDIR)/dist $(TARGETS)
