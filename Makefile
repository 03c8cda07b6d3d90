# Everything from a fresh checkout: `make demo` to see it work, `make test` to check it.
# Recipes are plain POSIX shell, so that they run under dash as under bash.

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$python; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
# In the environment, so that removing it also forgets that it was complete.
INSTALLED := $(VENV)/.installed
# Any of them will do; tests/browser looks for the same.
BROWSERS := chromium chromium-browser google-chrome

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help demo test venv setup lint format unit slow browser browser-tests docker-tests docs examples doctor \
	constraints clean

help: ## Show what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

demo: setup ## Run the suite on scripted critics, no API key needed, and show the results
	$(BIN)/peer-preservation demo

test: setup lint unit slow browser-tests docker-tests ## Run every check: lint, types, tests without and with Docker

venv: $(INSTALLED) ## Make the virtual environment .venv with the package and its tools

setup: venv ## Get Docker and the suite's image ready (touches nothing that works already)
	@$(BIN)/peer-preservation setup

lint: venv ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@for task in exfiltration score_inflation shutdown_tampering alignment_faking; do \
		echo "inspect-evals-lint tasks/$$task.py"; \
		$(BIN)/inspect-evals-lint --task tasks/$$task.py --preset single-eval --select IEBP,IESC || exit 1; done

format: venv ## Bring the code into the common style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

unit: venv ## Run the tests that need no Docker
	$(BIN)/pytest -m "not docker and not browser and not slow" --numprocesses auto

slow: venv ## Run the tests that need no Docker but time: the wheel, the notebooks, the longest searches
	$(BIN)/pytest -m "slow and not docker and not browser" --numprocesses auto

browser: ## Get Chromium for the tests of the report's page (touches nothing where there is one)
	@for name in $(BROWSERS); do command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing chromium, about 20 seconds"; \
		apt-get update -qq || true; \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			chromium fonts-dejavu-core >/dev/null && exit 0; fi; \
	echo "The tests of the report's page need a browser, one of: $(BROWSERS). Install the package" \
		"chromium (or what your system calls it) and run make again." >&2; exit 1

browser-tests: venv browser ## Run the tests of the report's page in a browser
	$(BIN)/pytest -m browser

# pytest fails when it finds no test, so this cannot pass without having run any.
docker-tests: setup ## Run the tests that need Docker
	$(BIN)/pytest -m docker

docs: venv ## Write the pages of docs/ that are made from the code (parameters, keys, critics, models, data)
	$(BIN)/peer-preservation reference docs

examples: setup ## Make the logs in logs/examples anew, with scripted critics
	$(BIN)/peer-preservation examples

doctor: venv ## Tell what is ready and what is missing
	$(BIN)/peer-preservation doctor

$(INSTALLED): pyproject.toml constraints.txt
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 or newer is needed, and none was found on PATH: install it, or name" \
			"it with \`make PYTHON=/path/to/python3 ...\`." >&2; exit 1; fi
	@# Debian and Ubuntu leave venv's own pip out of the interpreter's package.
	@if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
		package=$$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "installing $$package"; \
			apt-get update -qq || true; \
			DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
				"$$package" || exit 1; \
		else \
			echo "$(PYTHON) cannot make virtual environments: install the package $$package" \
				"(or what your system calls it) and run make again." >&2; exit 1; fi; fi
	@# An environment that a moved or removed interpreter left behind is made anew.
	@$(BIN)/python -c '' 2>/dev/null || { echo "making $(VENV) with $(PYTHON)"; \
		$(PYTHON) -m venv --clear $(VENV); }
	$(BIN)/python -m pip install --progress-bar off -e '.[dev]' -c constraints.txt
	@touch $@

# Resolved for the oldest Python that pyproject.toml allows, whichever runs this: Debian 12 has
# 3.11.2, and some packages' newest releases leave the early 3.11 out.
constraints: ## Renew constraints.txt: the newest versions that pyproject.toml allows
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	$(PYTHON) -m venv "$$folder/venv" && \
	echo "resolving, about a minute" && \
	"$$folder/venv/bin/python" -m pip install -q --dry-run --ignore-installed \
		--only-binary :all: --python-version 3.11.0 --target "$$folder/target" \
		--report "$$folder/report.json" '.[dev,google,openai,anthropic]' && \
	"$$folder/venv/bin/python" -c "$$AS_CONSTRAINTS" "$$folder/report.json" >"$$folder/all" && \
	cp "$$folder/all" constraints.txt && wc -l constraints.txt

define AS_CONSTRAINTS
import json, sys
found = (item["metadata"] for item in json.load(open(sys.argv[1]))["install"])
lines = {f"{it['name']}=={it['version']}" for it in found if it["name"] != "peer-preservation"}
print("\n".join(sorted(lines, key=str.lower)))
endef
export AS_CONSTRAINTS

clean: ## Remove the environment and what tools left behind; Docker's images stay
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf src/*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
