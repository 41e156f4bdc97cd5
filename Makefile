# Everything is in launcher, which needs nothing but Python; without make: python3 -m launcher demo
PYTHON ?= python3

.PHONY: help demo test check faults bench run setup stop
help:
	@echo 'make demo [ONCE=1]   the product with two firms, sample bills and a stand-in for Xero'
	@echo 'make test            all checks and tests;  make check: the fast part of them'
	@echo 'make run             the processes without the demo data'
	@echo 'make faults          the long fault runs;   make bench: the benchmarks'
	@echo 'make setup, stop     only install;          stop what runs from this folder'
	@echo 'Settings: WEB_PORT EMULATOR_PORT LOCAL_DIR PYTHON DATABASE_URL REDIS_URL; see docs/settings.md'

demo test check faults bench run setup stop:
	@command -v "$(PYTHON)" >/dev/null || { echo "There is no $(PYTHON) here: install Python 3.11 or newer (apt-get install python3 python3-venv)." >&2; exit 1; }
	@exec "$(PYTHON)" -m launcher $@
