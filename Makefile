# `make demo` and `make test` need only python3 (3.11+), pip, git and make.
PYTHON ?= python3
UV := .tools/uv/bin/uv
UV_VERSION := 0.13.8
RUN := $(UV) run --frozen --no-sync
export UV_PROJECT_ENVIRONMENT := .venv
export UV_PYTHON_DOWNLOADS := never

.PHONY: help demo test setup format lint types walls unit pages docs wheel bench gallery screenshots studio-media clean

help:
	@echo "make demo    set everything up and make two real clips on previz"
	@echo "make test    set everything up and run every check and test"
	@echo "make docs    build the documentation as a site that works offline, in site/"
	@echo "make wheel   build the wheel and try it as people install it (needs the network)"
	@echo "make bench   run the benchmarks (not part of the tests)"
	@echo "make gallery draw docs/gallery anew: sheets of all that previz makes"
	@echo "make screenshots  take the pictures of the studio anew, in docs/pictures/studio (needs a Chromium)"
	@echo "make studio-media  render the thumbnails of the studio's camera moves anew"
	@echo "make format  format the code and refresh the generated pages"

# uv goes into a folder of its own: no system package and no activated environment is needed.
$(UV):
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target .tools/uv "uv==$(UV_VERSION)"

.venv/ready: $(UV) pyproject.toml uv.lock
	$(UV) sync --frozen --all-extras --python $(PYTHON)
	@touch $@

setup: .venv/ready

demo: setup
	.venv/bin/callsheet demo

test: setup lint types walls unit pages

format: setup
	$(RUN) ruff format .
	$(RUN) ruff check --fix .
	$(RUN) python -m tools.generate

lint: setup
	$(RUN) ruff format --check .
	$(RUN) ruff check .

types: setup
	$(RUN) basedpyright

walls: setup
	$(RUN) lint-imports

# In the order of their names: the folders come first, and with them the pages and stories that take longest. They wait
# for other processes much of the time, which leaves room for three at once on two cores.
unit: setup
	$(RUN) pytest -n 3 --dist loadfile --no-loadscope-reorder

pages: setup
	$(RUN) python -m tools.generate --check

docs: setup
	$(RUN) python -m tools.site

# Needs the network: it installs as people do.
wheel: setup
	$(RUN) python -m tools.try_wheel

gallery: setup
	$(RUN) python -m tools.gallery

screenshots: setup
	$(RUN) python -m tools.screenshots

studio-media: setup
	$(RUN) python -m tools.studio_media

bench: setup
	$(RUN) python -m benchmarks

clean:
	rm -rf .venv .tools demo dist site
