# Fil rouge on a machine that has only Python 3.11 or later: everything goes into .venv.
# The packages installed are those of the lock files, checked by their hashes.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --quiet --disable-pip-version-check install
SELF   := $(PIP) --no-deps --no-build-isolation --editable .
UV     := uv==0.13.8
AUDIT  := pip-audit==2.10.1
ARGS   ?=
# One more than the cores: many a test waits for a silence.
TESTERS := $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1) + 1 )))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help chat bot test test-browser faults fuzz bench check words lock audit clean

help: ## cette liste
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

chat: $(VENV)/runtime ## la conversation, ici, dans ce terminal
	@$(BIN)/filrouge chat $(ARGS)

bot: $(VENV)/runtime ## le bot Telegram (FILROUGE_TOKEN, ou le fichier .env)
	@$(BIN)/filrouge bot $(ARGS)

test: $(VENV)/dev ## les tests (un seul : make test ARGS=tests/test_x.py)
	@$(BIN)/python -m pytest -n $(TESTERS) --dist worksteal $(ARGS)

# Chromium and npm come from the system; axe-core from npm, at the version of the lock file.
test-browser: $(VENV)/dev ## la page web dans un vrai navigateur (installe Chromium, npm et axe-core)
	@{ command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null || \
		$(call system,chromium)
	@command -v npm >/dev/null || $(call system,npm)
	@npm --prefix tests/browser ci --no-audit --no-fund --loglevel=error
	@$(BIN)/python -m pytest tests/browser $(ARGS)

# A package of the system, on Debian and Ubuntu; elsewhere, what to install.
system = { command -v apt-get >/dev/null && \
	$$(command -v sudo) apt-get install --yes --no-install-recommends $(1) || \
	{ echo "Installez « $(1) », puis relancez : make test-browser" >&2; exit 1; }; }

faults: $(VENV)/dev ## la campagne de pannes : 700 morts subites, une demi-heure (ARGS="--kills 50")
	@$(BIN)/python -m tests.faults.campaign $(ARGS)

fuzz: $(VENV)/dev ## des entrées abîmées, une minute par cible (ARGS="--seconds 600 --only files")
	@$(BIN)/python -m tests.fuzz $(ARGS)

bench: $(VENV)/dev $(VENV)/rival ## ce que coûte un tour, à côté d’autres robots (BENCH_FULL=1 : en grand)
	@BENCH_AIOGRAM=$(VENV)/bench/bin/python $(BIN)/python -m tests.bench $(ARGS)

check: $(VENV)/dev ## style, types, étages de la maison, contenu
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/filrouge check

words: $(VENV)/dev ## met à jour les traductions de l'interface (templates/locale) d'après les modèles
	@$(BIN)/filrouge words

lock: $(VENV)/pyvenv.cfg ## recalcule les deux fichiers de versions (UPGRADE=--upgrade pour les monter)
	@$(BIN)/python -m venv $(VENV)/locker
	@$(VENV)/locker/bin/python -m pip --quiet --disable-pip-version-check install $(UV)
	@$(COMPILE) --group build --output-file requirements.lock pyproject.toml
	@$(COMPILE) --group build --extra dev --constraints requirements.lock \
		--output-file requirements-dev.lock pyproject.toml
	@$(COMPILE) --group bench --output-file tests/bench/aiogram.lock

# Names no index and no path: where packages come from is the affair of each machine.
UPGRADE ?=
COMPILE  = $(VENV)/locker/bin/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-annotate --custom-compile-command "make lock" $(UPGRADE)

audit: $(VENV)/pyvenv.cfg ## cherche des failles connues dans les versions figées
	@$(BIN)/python -m venv $(VENV)/auditor
	@if $(VENV)/auditor/bin/python -m pip --quiet --disable-pip-version-check install $(AUDIT); then \
		$(BIN)/python .ci/audit $(VENV)/auditor/bin/pip-audit requirements.lock; \
	else echo "pip-audit n'a pas pu être installé : RIEN n'a été vérifié." >&2; fi

clean: ## efface l'environnement et les caches ; jamais les données
	@rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache \
		.hypothesis .coverage htmlcov
	@find bot tests -type d -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# The stamps: an environment is rebuilt only when what it must hold has changed.
$(VENV)/runtime: requirements.lock pyproject.toml $(VENV)/pyvenv.cfg
	@echo "Installation de ce qu'il faut dans $(VENV)…" >&2
	@$(PIP) --require-hashes --requirement requirements.lock
	@$(SELF)
	@touch $@

$(VENV)/dev: requirements-dev.lock pyproject.toml $(VENV)/pyvenv.cfg
	@echo "Installation de ce qu'il faut dans $(VENV)…" >&2
	@$(PIP) --require-hashes --requirement requirements-dev.lock
	@$(SELF)
	@touch $@ $(VENV)/runtime

# The other robot of the bench: without it, the rest is measured all the same.
$(VENV)/rival: tests/bench/aiogram.lock $(VENV)/pyvenv.cfg
	@$(BIN)/python -m venv $(VENV)/bench
	@$(VENV)/bench/bin/python -m pip --quiet --disable-pip-version-check install \
		--require-hashes --requirement tests/bench/aiogram.lock && touch $@ || \
		echo "aiogram n'a pas pu être installé : la mesure se passera de lui." >&2

$(VENV)/pyvenv.cfg:
	@command -v $(PYTHON) >/dev/null || { \
		echo "Python est introuvable : installez Python 3.11 ou plus récent." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Il faut Python 3.11 ou plus récent ; ici : $$($(PYTHON) --version 2>&1)." >&2; \
		echo "Si vous en avez un autre : make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Il manque le module venv de Python (Debian, Ubuntu : apt install python3-venv)." >&2; \
		exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); \
		echo "L'environnement $(VENV) n'a pas pu être créé (message ci-dessus)." >&2; exit 1; }
