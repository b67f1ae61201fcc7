# Two commands do all of it: `make run` and `make test`. `make help` lists the rest.
# What a target needs is set up by itself (dev/setup.py); only Python 3.8 or newer, make and git have to be there.

PYTHON ?= python3
APP := .venv/bin
CHECKED := backend actions bot dev tests

.DEFAULT_GOAL := help
.PHONY: help setup run test lint format bench eval logs clean train lock python

help: ## what can be made
	@echo "秦皇岛城市管家 · QHD Concierge"
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)$$/\1|\2/' | while IFS='|' read -r name what; do printf '  make %-8s %s\n' "$$name" "$$what"; done
	@echo "PORT=8100 VAR_DIR=var2 make run starts a second copy beside the first."

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null || { echo "$(PYTHON) does not run here or is older than 3.8: install Python 3.8 or newer and run this again." >&2; exit 1; }

setup: python ## install everything, train the model, migrate and seed the database
	@$(PYTHON) dev/setup.py all

run: python ## set up what is missing and serve http://127.0.0.1:8000 (PORT=… for another port)
	@$(PYTHON) dev/setup.py run && exec $(APP)/python dev/guarded.py TERM $(APP)/python -m dev.run

test: python ## set up what is missing; checks, then all tests on SQLite and on PostgreSQL (ARGS=… goes to pytest)
	@$(PYTHON) dev/setup.py test
	@$(MAKE) --no-print-directory checks
	$(APP)/python -m dev.both_databases $(NO_DATABASE) -- $(ARGS)

# Nothing in these depends on the kind of database; once is enough.
NO_DATABASE := bot browser channels city_pack dev fakes support flows/test_dialogues.py

.PHONY: checks
checks:
	$(APP)/ruff check $(CHECKED)
	$(APP)/ruff format --check $(CHECKED)
	$(APP)/mypy
	$(APP)/lint-imports

lint: python ## the checks alone: ruff, mypy, import-linter
	@$(PYTHON) dev/setup.py test
	@$(MAKE) --no-print-directory checks

format: python ## put the code in order (ruff)
	@$(PYTHON) dev/setup.py test
	$(APP)/ruff check --fix $(CHECKED)
	$(APP)/ruff format $(CHECKED)

bench: python ## measure speed; prints tables, writes JSON
	@$(PYTHON) dev/setup.py test
	$(APP)/python -m dev.bench $(ARGS)

eval: python ## how well the bot understands the test set; ARGS=--publish writes docs/eval
	@$(PYTHON) dev/setup.py test
	$(APP)/python -m dev.eval $(ARGS)

logs: python ## follow the logs of all processes (Ctrl-C ends it)
	@$(PYTHON) dev/setup.py app && $(APP)/python -m dev.logs

train: python ## train the bot's model again
	@$(PYTHON) dev/setup.py train

lock: python ## lock the dependencies anew from the .in files
	@$(PYTHON) dev/lock.py

clean: ## remove both environments and caches; var/ (your data) stays
	rm -rf .venv bot/.venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
