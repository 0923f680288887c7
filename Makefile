# Two commands: `make demo` shows the portal with the demo city, `make test` checks everything.
# Both install what they need into .venv and node_modules of this folder first.

PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
RUN := .venv/bin/python
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml

.PHONY: help demo test format lock clean
.DEFAULT_GOAL := help

help:
	@echo "make demo [PORT=8000]   the portal with the demo city on http://localhost:PORT/"
	@echo "make test               lint, types and all tests"
	@echo "make format             formats Python and templates"
	@echo "make lock               writes the lock files anew (needs uv)"
	@echo "make clean              removes what the other targets made, the demo's database included"

demo:
	@$(PYTHON) scripts/install.py demo
	@PORTAL_MODE=demo HOST="$(HOST)" $(RUN) manage.py demo --port "$(PORT)"

test:
	@$(PYTHON) scripts/install.py dev
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check
	find templates demo -name '*.html' -print0 | xargs -0 .venv/bin/djade --check
	PORTAL_MODE=test $(RUN) -m mypy
	$(RUN) manage.py makemigrations --check --dry-run
	$(RUN) -m pytest

format:
	$(RUN) -m ruff check --fix
	$(RUN) -m ruff format
	find templates demo -name '*.html' -print0 | xargs -0 .venv/bin/djade

lock:
	$(LOCK) -o requirements.txt
	$(LOCK) --group demo -o requirements-demo.txt
	$(LOCK) --group dev -o requirements-dev.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --group node -o requirements-node.txt

clean:
	@$(PYTHON) -m portal.embedded remove
	rm -rf .venv node_modules static/vendor staticfiles .pytest_cache .mypy_cache .ruff_cache .hypothesis
