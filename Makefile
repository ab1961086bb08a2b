# Verbs of the project. `make run` and `make test` are all a newcomer needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help

UV := .tools/bin/uv
RUN := $(UV) run --frozen --no-sync
PORT ?= 8080

.PHONY: help setup run test lint check train docs bench standins clean

help: ## Show these verbs
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: .tools/.synced ## Get uv and both locked environments

run: setup ## Run everything on this machine and print the address (PORT=8080)
	@$(RUN) chungtay run --demo --port $(PORT)

test: setup ## Lint, types, import rules, content and all tests
	@./scripts/test

lint: setup ## Formatting, lint, types and import rules only
	@$(RUN) ruff format --check . && $(RUN) ruff check . && $(RUN) mypy && $(RUN) lint-imports

check: setup ## Check the policy content
	@$(RUN) chungtay check

train: setup ## Train the Rasa model if its inputs changed
	@$(RUN) chungtay train

docs: setup ## Write the pages of docs/ that are made from the code
	@$(RUN) chungtay docs

bench: setup ## Messages per second, beside stock Rasa (several minutes)
	@$(RUN) python benchmarks/conversation.py

standins: setup ## Servers that imitate Zalo and Telegram, with phones to write from (SYSTEM=http://127.0.0.1:8080)
	@$(RUN) python -m tests.standins $(if $(SYSTEM),--system $(SYSTEM))

clean: ## Remove environments, models and the embedded database (all stored conversations!)
	rm -rf .venv nlu/.venv .tools var

# Each environment is synced again only when its lock file is newer than the last sync. Compiled once here, or every
# start of Rasa compiles 5,000 files again wherever Python may not write beside them.
.tools/.synced: scripts/get-uv pyproject.toml uv.lock nlu/pyproject.toml nlu/uv.lock
	@./scripts/get-uv
	@echo "Environment of Chung Tay (Python 3.12)"
	@$(UV) sync --frozen --python 3.12 --compile-bytecode
	@echo "Environment of Rasa (Python 3.10; about 1.6 GB, the first time takes a while)"
	@cd nlu && ../$(UV) sync --frozen --python 3.10 --compile-bytecode
	@touch $@
