# SPDX-FileCopyrightText: 2026 The Homeward authors
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# The front door. Meson does the building; `make help` lists what there is.
#
#   CC       compiler of `make`                    gcc
#   PREFIX   where `make install` puts things      /usr/local
#   DESTDIR  staging folder of `make install`
#   AREAS    what `make test` runs                 all of it (see tools/test.sh)
#   SECONDS_EACH, MINUTES                          how long `make fuzz` and `make soak` run

ifeq ($(origin CC),default)
CC := gcc
endif
PREFIX ?= /usr/local
SECONDS_EACH ?= 120
MINUTES ?= 30
MIN_BRANCH ?= 90
PROGRAM := build/src/cli/homeward

.PHONY: all demo test bench fuzz soak coverage install clean help
.DEFAULT_GOAL := all

all:
	@tools/install-deps build
	@[ -f build/build.ninja ] || CC=$(CC) meson setup build --prefix=$(PREFIX) -Dtests=disabled
	@ninja -C build

demo:
	@tools/install-deps build demo
	@$(MAKE) --no-print-directory all
	@sh tools/demo.sh $(PROGRAM)

test:
	@tools/install-deps build test demo
	@tools/test.sh $(AREAS)

bench: all
	@meson test -C build --benchmark --verbose

fuzz:
	@tools/install-deps build test
	@tools/fuzz.sh $(SECONDS_EACH)

soak:
	@tools/install-deps build test
	@tools/soak.sh $(MINUTES)

coverage:
	@tools/install-deps build test
	@tools/coverage.sh $(MIN_BRANCH)

install: all
	@meson configure build -Dprefix=$(PREFIX)
	@meson install -C build $(if $(DESTDIR),--destdir '$(abspath $(DESTDIR))')

clean:
	@rm -rf build build-* demo-out

help:
	@echo 'make            build the program and the library in build/'
	@echo 'make demo       run the main job on a synthetic nation and show the result'
	@echo 'make test       prove it: every checker, suite, sanitizer and fuzz target; about half an hour on two cores'
	@echo 'make bench      time single ratios and loading, beside the recorded times of the peers'
	@echo 'make fuzz       run every fuzz target longer (SECONDS_EACH=120)'
	@echo 'make soak       repeat suites with new seeds and fuzz, for MINUTES=30'
	@echo 'make coverage   branch coverage of src/kinship and src/formats, in build-coverage/; fails below MIN_BRANCH=90'
	@echo 'make install    install below PREFIX=/usr/local (DESTDIR for packages)'
	@echo 'make clean      remove what was built'
