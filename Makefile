# The commands of this repository; `make` alone lists them. Set-up steps are in .ci/setup.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Everything that is built or fetched lives outside the checkout, so that a fresh clone starts warm.
BUILD_CACHE ?= $(HOME)/.cache/lodestar
CARGO_TARGET_DIR ?= $(BUILD_CACHE)/target
LODESTAR_TEST_MODELS ?= $(BUILD_CACHE)/models
# NATIVE=1 builds the quickest program, for processors like this one alone, beside the portable one: llama.cpp then
# uses all instructions that there are. A target's flags replace those of .cargo/config.toml, so these are repeated.
ifeq ($(NATIVE),1)
PROCESSOR := $(shell { grep -m 1 '^flags' /proc/cpuinfo || uname -a; } 2>/dev/null | cksum | cut -d ' ' -f 1)
CARGO_TARGET_DIR := $(BUILD_CACHE)/native-$(PROCESSOR)
HOST := $(shell PATH="$(HOME)/.cargo/bin:$$PATH" rustc -vV | sed -n 's/^host: //p' | tr a-z- A-Z_)
export CARGO_TARGET_$(HOST)_RUSTFLAGS := --cfg erase_components -C target-cpu=native
endif
# Leptos compiles the output's name in; unless every cargo command sees it, each would rebuild what another built.
LEPTOS_OUTPUT_NAME := lodestar
LEPTOS_SITE_ROOT := $(CARGO_TARGET_DIR)/site
PATH := $(BUILD_CACHE)/tools/bin:$(HOME)/.cargo/bin:$(CURDIR)/style/node_modules/.bin:$(PATH)
export BUILD_CACHE CARGO_TARGET_DIR LODESTAR_TEST_MODELS LEPTOS_OUTPUT_NAME LEPTOS_SITE_ROOT PATH

BINARY := $(CARGO_TARGET_DIR)/release/lodestar
EMBEDDING := all-MiniLM-L6-v2
DATA = $${LODESTAR_DATA__DIR:-data}

# The crates that run on the server. Linted, tested and built in one profile with one set of features, so that
# llama.cpp and every dependency are compiled once.
SERVER_CRATES := $(addprefix -p ,domain knowledge store inference integrations llama services app server) --features app/ssr
# What cargo-leptos builds for the browser, in its own folder and profile.
BROWSER := --target wasm32-unknown-unknown --profile wasm-release --target-dir $(CARGO_TARGET_DIR)/front

.PHONY: help run dev build models setup test lint format unit peer fuzz contract advisories durability end2end bench soak screenshots clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build models ## Set up, build and serve on http://127.0.0.1:3000; quicker models with NATIVE=1
	@mkdir -p "$(DATA)/models"
	@cp -n "$(LODESTAR_TEST_MODELS)/$(EMBEDDING)".{gguf,toml} "$(DATA)/models/"
	@exec $(BINARY) serve

dev: ## Serve a debug build, rebuilt and reloaded on every change
	@.ci/setup build
	@npm --prefix style run --silent assets
	@cargo run --package server -- models pull
	@cargo leptos watch --split -- serve

build: ## Build the release binary and its site, unless they are up to date
	@.ci/setup build
	@.ci/build

models: build ## Fetch the embedding model, in both of its forms, into the cache
	@for model in $(EMBEDDING) $(EMBEDDING)-q8; do \
		test -e "$(LODESTAR_TEST_MODELS)/$$model.toml" || LODESTAR_MODELS__DIR="$(LODESTAR_TEST_MODELS)" $(BINARY) models pull $$model; \
	done

setup: ## Install whatever building and testing need
	@.ci/setup build test

test: ## Set up, then run every check; the last line counts the end-to-end tests
	@.ci/setup build test
	@.ci/test

lint: ## Check formatting, lints (warnings are errors) and the dependency rules
	@.ci/setup build test
	@cargo fmt --all --check
	@cargo clippy --release $(SERVER_CRATES) --all-targets -- --deny warnings
	@cargo clippy $(BROWSER) -p app --features app/hydrate -- --deny warnings
	@cargo clippy $(BROWSER) -p frontend -- --deny warnings
	@cargo deny --locked check --hide-inclusion-graph --allow unused-wrapper bans licenses sources
	@cd end2end && npm run --silent check

format: ## Format the Rust sources
	@cargo fmt --all

unit: models ## Run unit and integration tests, on SQLite and on a PostgreSQL of their own
	@.ci/setup test
	@.ci/postgres run cargo nextest run --cargo-profile release --no-fail-fast --status-level slow $(SERVER_CRATES)

peer: models ## Run the tests of the client of model servers with a real llama-server, which is built first
	@.ci/setup peers
	@export LODESTAR_TEST_LLAMA_SERVER="$(BUILD_CACHE)/peers/bin/llama-server"; \
		export LODESTAR_TEST_PEER_MODEL="$$(cd end2end && node --input-type=module -e 'import { model } from "./bench/engine/models.mjs"; console.log(model("tiny", "Q8_0"));')"; \
		cargo nextest run --cargo-profile release --run-ignored ignored-only $(SERVER_CRATES) -E 'test(/^peer::/)'

FUZZ_SECONDS ?= 600
fuzz: ## Look for bytes that upset the reader of model files, for FUZZ_SECONDS (600)
	@.ci/setup fuzz
	@mkdir -p "$(BUILD_CACHE)/fuzz/found"
	@cd server/crates/llama/fuzz && CARGO_TARGET_DIR="$(BUILD_CACHE)/fuzz" cargo fuzz run --sanitizer none gguf \
		"$(BUILD_CACHE)/fuzz/found" corpus/gguf -- -max_total_time=$(FUZZ_SECONDS) -dict=gguf.dict -timeout=5 -rss_limit_mb=1024

end2end: models ## Run the end-to-end tests in Chromium; ARGS goes to playwright
	@.ci/setup test
	@cargo build --quiet --release $(SERVER_CRATES) --example tiny
	@cd end2end && E2E_BINARY="$(BINARY)" npx playwright test $(ARGS)

contract: models ## Hold the API against its own document with Schemathesis
	@.ci/setup test
	@cd end2end && E2E_BINARY="$(BINARY)" node contract.mjs

# Not a part of `make test`: the database of known weaknesses is a git repository, which not every machine can reach.
advisories: ## Look for known weaknesses of the crates in Cargo.lock, in the database of RustSec
	@.ci/setup test
	@cargo deny check --hide-inclusion-graph advisories

durability: models ## Kill, stop, back up, fill and migrate the server while people write, and look for what was lost
	@.ci/setup test
	@cd end2end && E2E_BINARY="$(BINARY)" ../.ci/postgres run node durability.mjs

screenshots: models ## Take the product's screenshots that the landing page and the README show
	@.ci/setup test
	@cd end2end && E2E_BINARY="$(BINARY)" E2E_SCREENSHOTS=../public/screenshots npx playwright test shots

bench: models ## Measure pages, embeddings and the engine beside llama.cpp's programs (BENCH=full: more); writes target/bench/*.json
	@.ci/setup test peers $(if $(filter full,$(BENCH)),vectors)
	@cd end2end && E2E_BINARY="$(BINARY)" node bench/run.mjs
	@cd end2end && E2E_BINARY="$(BINARY)" ../.ci/postgres run node bench/http.mjs
	@cd end2end && E2E_BINARY="$(BINARY)" node bench/engine/run.mjs

soak: models ## Mixed load with cancels and engine kills, for 10 minutes (SOAK_MINUTES=...)
	@.ci/setup test peers
	@cd end2end && E2E_BINARY="$(BINARY)" node bench/engine/soak.mjs

clean: ## Remove what was built; keep models and data
	@rm -rf "$(CARGO_TARGET_DIR)" "$(BUILD_CACHE)"/native-* "$(BUILD_CACHE)/fuzz" target style/node_modules end2end/node_modules end2end/output
