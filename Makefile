# make demo, make test; see README.md
.DELETE_ON_ERROR:
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
# what was compiled lies apart from the sources; without it each of some hundred processes of a
# test run compiles all over again whatever it imports
export PYTHONPYCACHEPREFIX := $(CURDIR)/var/pycache

NODE_SOURCES := agents/pyproject.toml agents/setup.cfg agents/__init__.py \
  $(shell find agents/node agents/protocol -name '*.py' -o -name '*.c' -o -name '*.cu' -o -name '*.ptx')

.PHONY: demo test checks bench soak structure strings pictures lock clean

.venv/installed: requirements.lock
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep -o '^uv==[^ ]*' requirements.lock)"
	$(BIN)/uv pip sync --quiet --require-hashes requirements.lock
	touch $@

.venv/node-installed: .venv/installed $(NODE_SOURCES)
	rm -rf build/node
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --reinstall ./agents
	touch $@

env: .venv/installed .venv/node-installed

demo: env
	@DEBUG=1 $(BIN)/python manage.py demo $(if $(ONCE),--once)

test: env
	@PATH="$(CURDIR)/$(BIN):$$PATH" ./.ci/checks

BENCHES := age billing chaos chinese heartbeats invoice ledger pages replay rescreen reserve screening search

bench: env
	@[[ " $(BENCHES) " == *" $(NAME) "* && -n "$(NAME)" ]] || { echo "usage: make bench NAME=...  one of: $(BENCHES)"; exit 2; }
	@$(BIN)/python -m bench.$(NAME)

soak: env
	@ROUNDS=$(or $(ROUNDS),1) $(BIN)/python -m bench.soak

# after migrations were added, so that an empty database need not replay them
structure: env
	@$(BIN)/python -m marketplace.config.history

# after texts of templates, forms and the lists of web/said changed
strings: env
	@$(BIN)/python -m tests.catalogues

# the main pages as docs/pages.md shows them; needs chromium
pictures: env
	@mkdir -p docs/pictures
	@PICTURES="$(CURDIR)/docs/pictures" $(BIN)/python -m pytest -q -rs tests/browser/test_pictures.py

lock:
	$(BIN)/uv pip compile --quiet --generate-hashes --all-extras --universal --python-version 3.11 --no-annotate --no-header pyproject.toml -o requirements.lock

clean:
	rm -rf var build
