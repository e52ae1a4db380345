# narrative-review: every stage of a review as a target. `make` alone explains them.
# Stages work on REVIEW=folder; without it on demo/, a copy of the example in examples/mentoring, and say so.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
REVIEW ?= demo
FILE ?= review.zip
READY := $(VENV)/.ready

ifeq ($(origin REVIEW),file)
SAY = @echo "No REVIEW=folder given: working on the example, a copy of examples/mentoring in demo/"
FOLDER = demo/protocol.toml
else
SAY = @true
FOLDER =
endif

.DEFAULT_GOAL := help
.PHONY: help setup demo search dedupe screen snowball fulltext extract report flow tables archive status check test format bench docs clean

help: ## Explain every target
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'
	@echo "  Stages take REVIEW=folder; without it they work on the example."

$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("narrative-review needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

setup: $(READY) ## Make .venv and install everything into it

demo/protocol.toml:
	@mkdir -p demo
	@cp -R examples/mentoring/. demo/

demo: $(READY) ## Run the example review from import to report, and say what was found
	@rm -rf demo
	@$(MAKE) --no-print-directory demo/protocol.toml
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh examples/mentoring/run.sh demo

search: $(READY) $(FOLDER) ## Import new export files, then run or resume the searches
	$(SAY)
	@# A file that is not there yet keeps nobody from searching; it still ends the target with its exit code.
	$(BIN)/review import -C $(REVIEW); imported=$$?; $(BIN)/review search -C $(REVIEW) && exit $$imported

dedupe: $(READY) $(FOLDER) ## Merge duplicate records into reports
	$(SAY)
	$(BIN)/review dedupe -C $(REVIEW)

screen: $(READY) $(FOLDER) ## Open the screening pages in a browser
	$(SAY)
	$(BIN)/review serve -C $(REVIEW)

snowball: $(READY) $(FOLDER) ## Search backward and forward from the included studies
	$(SAY)
	$(BIN)/review snowball -C $(REVIEW)

fulltext: $(READY) $(FOLDER) ## List the full texts still to be got
	$(SAY)
	$(BIN)/review fulltext -C $(REVIEW)

extract: $(READY) $(FOLDER) ## Show which studies are extracted, appraised and coded
	$(SAY)
	$(BIN)/review extract status -C $(REVIEW)
	$(BIN)/review appraise status -C $(REVIEW)
	$(BIN)/review code status -C $(REVIEW)

report: $(READY) $(FOLDER) ## Write everything to out/: diagram, tables, appendix, manifest
	$(SAY)
	$(BIN)/review report -C $(REVIEW)

flow: $(READY) $(FOLDER) ## Write the PRISMA flow diagram only
	$(SAY)
	$(BIN)/review report -C $(REVIEW) --only flow

tables: $(READY) $(FOLDER) ## Write the tables only
	$(SAY)
	$(BIN)/review report -C $(REVIEW) --only tables

archive: $(READY) $(FOLDER) ## Write the whole review as one file: FILE=review.zip
	$(SAY)
	$(BIN)/review archive -C $(REVIEW) $(FILE)

status: $(READY) $(FOLDER) ## Show where the review stands and what comes next
	$(SAY)
	$(BIN)/review status -C $(REVIEW)

check: $(READY) ## Format, lint, types, import levels, docs lists: what CI runs beside the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_house.py

test: $(READY) ## Run the tests, a process per core and one more: browsers keep them waiting
	$(BIN)/python -m pytest -q -n $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )) --dist loadfile

format: $(READY) ## Bring the code into the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY) ## Measure speed and memory on synthetic data (some minutes)
	$(BIN)/python bench/formats.py
	$(BIN)/python bench/importing.py
	$(BIN)/python bench/dedupe.py
	$(BIN)/python bench/voting.py
	$(BIN)/python bench/load.py
	$(BIN)/python bench/painting.py
	$(BIN)/python bench/retraining.py
	$(BIN)/python bench/reports.py

docs: $(READY) ## Write the lists in docs/ that follow from the code
	$(BIN)/python docs/write.py

clean: ## Remove demo/, caches and build leftovers; a review of yours is never touched
	rm -rf demo build *.egg-info .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +
