# `python3` and `make` are enough: uv is fetched into .venv when the machine has none.
.DEFAULT_GOAL := run
PYTHON ?= python3
UV := $(shell command -v uv || echo .venv/bin/uv)

.venv/bin/uv:
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check uv

.venv/.ready: pyproject.toml uv.lock $(filter .venv/bin/uv,$(UV))
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	$(UV) sync --frozen --quiet --inexact --no-python-downloads --compile-bytecode --python .venv/bin/python
	@.venv/bin/python -m compileall -q bot flows storage translations workers
	@touch $@

.PHONY: setup run test check bench chaos screenshots clean vendor

setup: .venv/.ready  ## the environment, from the lock file, compiled: a first start is as quick as the next, also where Python may write no bytecode

run: setup  ## Sayso on http://127.0.0.1:8000
	.venv/bin/sayso up

test: setup  ## the whole suite, on SQLite, PostgreSQL and a real queue server
	.venv/bin/python -m pytest -n 2 --dist worksteal

check: setup  ## lint, types, import contracts
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: setup  ## our figures beside their floors
	.venv/bin/python -m bench

CYCLES ?= 50
SEED ?= 1
chaos: setup  ## kill processes during broadcasts, CYCLES times on both stores; SEED makes the same plans again
	.venv/bin/python -m tests.chaos --cycles $(CYCLES) --seed $(SEED)

screenshots: setup  ## the pictures in docs/, drawn anew with made-up people
	.venv/bin/python -m tests.screenshots

clean:
	rm -rf .venv

SHELL := /bin/bash
NHSUK := nhsuk-frontend@10.6.1
HTMX := htmx.org@4.0.1
STATIC := bot/console/static

vendor:  ## fetch the design system and htmx again, at the versions named here, without their fonts and logos
	@folder=$$(mktemp -d) && cd $$folder && npm pack --silent $(NHSUK) $(HTMX) && \
	for file in *.tgz; do tar xzf $$file --one-top-level=$${file%%-[0-9]*}; done && cd $(CURDIR) && \
	$(PYTHON) -c "import re,sys; css = open(sys.argv[1]).read(); css = re.sub(r'@font-face\{[^}]*\}', '', css); \
	css = css.replace('Frutiger W01,', '').replace('/assets/images/', ''); open(sys.argv[2], 'w').write(css)" \
	$$folder/nhsuk-frontend/package/dist/nhsuk/nhsuk-frontend.min.css $(STATIC)/nhsuk.css && \
	cp $$folder/nhsuk-frontend/package/dist/nhsuk/assets/images/nhsuk-icon-arrow-{down,up,up-down}.svg \
	   $$folder/nhsuk-frontend/package/dist/nhsuk/assets/images/nhsuk-icon-cross.svg $(STATIC)/ && \
	cp $$folder/htmx.org/package/dist/htmx.min.js $(STATIC)/htmx.js && rm -r $$folder
