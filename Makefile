# Everything is `python3 -m dev COMMAND`; these are the short names. `make help` tells them.
PYTHON ?= python3
DEV = $(PYTHON) -m dev

.DEFAULT_GOAL := help
.PHONY: help demo install test manual lint format bench lock upgrade clean

help: ## Tell what can be made.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## A running clinic with demo data; Ctrl-C stops it. FRESH=1 begins with new data, SIZE=large has 100000 consultations.
	@$(DEV) demo $(if $(FRESH),--fresh) $(if $(SIZE),--size $(SIZE))

install: ## Install everything that is missing, for tests too.
	@$(DEV) install

test: ## Every test. ONLY=dev|sidecar|addon|stack|calls runs a part; ARGS go to pytest.
	@$(DEV) test $(if $(ONLY),--only $(ONLY)) -- $(ARGS)

manual: ## Tell which numbers of the two user manuals are shown by which tests, and which are not yet.
	@$(DEV) manual

lint: ## Check style and types; changes nothing.
	@$(DEV) lint

format: ## Mend what the linters can mend by themselves. PATHS names files and folders.
	@$(DEV) format $(PATHS)

bench: ## Measure, one table. NAME=record runs one script; QUICK=1 is short; JSON=1 ends with JSON.
	@$(DEV) bench $(NAME) $(if $(QUICK),--quick) $(if $(JSON),--json)

lock: ## Make the locks after a change of requirements.
	@$(DEV) lock

upgrade: ## Make the locks with the newest versions.
	@$(DEV) lock --upgrade

clean: ## Stop the embedded PostgreSQL and remove everything that was installed or built.
	@$(DEV) clean
