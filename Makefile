# communique - a press office of record. `make help` says what there is.
#
# One Makefile, not recursive. A folder below src/ is a layer and becomes one
# archive in build/lib; a program or a unit test is linked with its layer's archive
# and those below, in the order of LAYERS, and with the libraries these need. So
# an arrow that points upward does not link.

VERSION  := 0.1.0
PREFIX   ?= /usr/local
DESTDIR  ?=
BUILD    ?= build
PORT     ?= 8080
STATE    ?= build/run

CC       ?= cc
CFLAGS   ?= -O2 -g
WERROR   ?= -Werror
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wmissing-prototypes \
            -Wstrict-prototypes -Wvla $(WERROR)
HARDEN   ?= -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2
LDHARDEN ?= -pie -Wl,-z,relro -Wl,-z,now
# The prefix map: what is built does not tell where, so that it is the same everywhere.
COMPILE   = $(CC) -std=c11 -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -Iinclude -I$(BUILD)/gen \
            $(WARNINGS) $(CPPFLAGS) $(CFLAGS) $(HARDEN) -ffile-prefix-map='$(CURDIR)=.' -pthread -MMD -MP

# make V=1 shows the commands whole.
Q := $(if $(V),,@)

# The layers, from the top down, and what each needs from outside.
LAYERS   := operator cli web desk newsroom render search ledger store release locale sign base
LIBS_operator := -lcurl
LIBS_cli      := -lcurl -ljansson
LIBS_web      := -lfcgi -ldeflate -lbrotlienc
LIBS_desk     :=
LIBS_newsroom :=
LIBS_render   :=
LIBS_search   := -lstemmer
LIBS_ledger   :=
LIBS_store    := -llmdb
LIBS_release  :=
LIBS_locale   :=
LIBS_sign     := -lsodium
LIBS_base     := -lutf8proc

# Which layers a layer may use: itself and those below.
BELOW_base     := base
BELOW_sign     := sign base
BELOW_locale   := locale base
BELOW_release  := release base
BELOW_store    := store base
BELOW_ledger   := ledger release sign base
BELOW_search   := search base
BELOW_render   := render release locale base
BELOW_desk     := desk render release locale sign base
BELOW_newsroom := newsroom search ledger store release locale sign base
BELOW_web      := web desk newsroom render search ledger store release locale sign base
BELOW_cli      := cli desk render ledger release locale sign base
BELOW_operator := operator web desk newsroom render search ledger store release locale sign base

archives = $(foreach l,$(BELOW_$(1)),$(BUILD)/lib/$(l).a)
libs     = $(foreach l,$(BELOW_$(1)),$(LIBS_$(l))) -pthread

SOURCES  := $(foreach l,$(LAYERS),$(wildcard src/$(l)/*.c))
PROGRAMS := $(BUILD)/communique $(BUILD)/communiqued
UNIT     := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/*/*_test.c))

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all run test check unit audit crash abuse fuzz fuzz-built asan tsan bench lint format install uninstall sbom deb deb-check clean help needs-run needs-test needs-bench man

all: $(PROGRAMS) man                    ## build both programs and their manual pages

# --- what is made from other files --------------------------------------------
# src/build/embed.c turns message files and theme files into C.

GEN      := $(BUILD)/gen/messages.c $(BUILD)/gen/theme.c $(BUILD)/gen/desk.c $(BUILD)/gen/schema.c
MESSAGES := $(wildcard src/locale/*.messages)
THEME    := $(sort $(wildcard src/theme/*))
DESK     := $(sort $(wildcard src/desk/*.js src/desk/*.css src/desk/*.html))
SCHEMA   := $(sort $(wildcard src/schema/*.json))

$(BUILD)/tools/embed: src/build/embed.c | ready
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE -O1 -Wall -Wextra $(WERROR) -o $@ $<

$(BUILD)/gen/messages.c: $(BUILD)/tools/embed $(MESSAGES)
	@mkdir -p $(@D)
	$(Q)$(BUILD)/tools/embed messages $@ $(MESSAGES)

$(BUILD)/gen/theme.c: $(BUILD)/tools/embed $(THEME)
	@mkdir -p $(@D)
	$(Q)$(BUILD)/tools/embed theme $@ $(THEME)

$(BUILD)/gen/desk.c: $(BUILD)/tools/embed $(DESK)
	@mkdir -p $(@D)
	$(Q)$(BUILD)/tools/embed desk $@ $(DESK)

$(BUILD)/gen/schema.c: $(BUILD)/tools/embed $(SCHEMA)
	@mkdir -p $(@D)
	$(Q)$(BUILD)/tools/embed schema $@ $(SCHEMA)

# They include the private headers that declare them, so that the compiler compares.
$(BUILD)/obj/gen/messages.o $(BUILD)/obj/gen/theme.o $(BUILD)/obj/gen/desk.o \
$(BUILD)/obj/gen/schema.o: COMPILE += -Isrc

# --- layers ---------------------------------------------------------------------

$(BUILD)/obj/%.o: src/%.c | ready
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(COMPILE) -c -o $@ $<

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(COMPILE) -c -o $@ $<

objects = $(patsubst src/%.c,$(BUILD)/obj/%.o,$(wildcard src/$(1)/*.c)) $(EXTRA_$(1))
EXTRA_locale := $(BUILD)/obj/gen/messages.o
EXTRA_render := $(BUILD)/obj/gen/theme.o $(BUILD)/obj/gen/schema.o
EXTRA_desk   := $(BUILD)/obj/gen/desk.o

define LAYER_RULE
$(BUILD)/lib/$(1).a: $(call objects,$(1))
	@mkdir -p $$(@D)
	@rm -f $$@
	$(Q)$(AR) rcs $$@ $$^
endef
$(foreach l,$(LAYERS),$(eval $(call LAYER_RULE,$(l))))

# --- programs -----------------------------------------------------------------------

$(BUILD)/communique: $(BUILD)/obj/communique.o $(call archives,cli)
	@echo "  LINK  $@"
	$(Q)$(CC) $(CFLAGS) $(LDHARDEN) $(LDFLAGS) -o $@ $^ $(call libs,cli)

$(BUILD)/communiqued: $(BUILD)/obj/communiqued.o $(call archives,operator)
	@echo "  LINK  $@"
	$(Q)$(CC) $(CFLAGS) $(LDHARDEN) $(LDFLAGS) -o $@ $^ $(call libs,operator)

# communique.conf(5) gets its list from the program's own table.
MAN := $(patsubst src/man/%,$(BUILD)/man/%,$(wildcard src/man/*.[1-8])) $(BUILD)/man/communique.conf.5

$(BUILD)/man/communique.conf.5: src/man/communique.conf.5.head src/man/communique.conf.5.tail \
                                $(BUILD)/communiqued
	@mkdir -p $(@D)
	$(Q){ cat src/man/communique.conf.5.head; $(BUILD)/communiqued config --manual; \
	  cat src/man/communique.conf.5.tail; } > $@

$(BUILD)/man/%: src/man/%
	@mkdir -p $(@D)
	@cp $< $@

man: $(MAN)

# --- tests ---------------------------------------------------------------------------------
# tests/unit/<layer>/<noun>_test.c links with that layer and those below, no more.

define UNIT_RULE
$(BUILD)/tests/unit/$(1)/%: tests/unit/$(1)/%.c $(call archives,$(1))
	@mkdir -p $$(@D)
	@echo "  TEST  $$<"
	$(Q)$$(COMPILE) -Itests -o $$@ $$< $$(filter %.a,$$^) $(call libs,$(1)) -lcmocka
endef
$(foreach l,$(LAYERS),$(eval $(call UNIT_RULE,$(l))))

# What tests of the whole program drive.
TOOLS := $(patsubst tests/tools/%.c,$(BUILD)/tests/tools/%,$(wildcard tests/tools/*.c))

$(BUILD)/tests/tools/%: tests/tools/%.c $(call archives,render)
	@mkdir -p $(@D)
	@echo "  TEST  $<"
	$(Q)$(COMPILE) -Isrc -o $@ $< $(filter %.a,$^) $(call libs,render) -ljansson

# The services with a hole in them, for tests/takeover: no other program has that object.
HOLE := $(BUILD)/tests/takeover/communiqued

$(HOLE): tests/takeover/hole.c $(BUILD)/obj/communiqued.o $(call archives,operator)
	@mkdir -p $(@D)
	@echo "  TEST  $<"
	$(Q)$(COMPILE) -Isrc -o $@ $(filter %.c %.o %.a,$^) $(call libs,operator) \
		-Wl,--wrap=public_answer,--wrap=desk_answer,--wrap=confine

# tests/fuzz/<layer>/<name>_fuzz.c: with replay.c, or (`make fuzz`) with libFuzzer in its place.
FUZZ := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/fuzz/*/*_fuzz.c))
FUZZ_MAIN := tests/fuzz/replay.c
FUZZ_LINK :=

define FUZZ_RULE
$(BUILD)/tests/fuzz/$(1)/%: tests/fuzz/$(1)/%.c $$(FUZZ_MAIN) $(call archives,$(1))
	@mkdir -p $$(@D)
	@echo "  TEST  $$<"
	$(Q)$$(COMPILE) -Itests -o $$@ $$(filter %.c %.a,$$^) $(call libs,$(1)) -lm $$(FUZZ_LINK)
endef
$(foreach l,$(LAYERS),$(eval $(call FUZZ_RULE,$(l))))

# What stops or fails a program at a step on disk, or has it begin anew, for tests/crash.
SHIM := $(patsubst tests/%.c,$(BUILD)/tests/%.so,$(wildcard tests/crash/*.c))

$(SHIM): $(BUILD)/tests/crash/%.so: tests/crash/%.c | ready
	@mkdir -p $(@D)
	@echo "  TEST  $<"
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE -O1 -Wall -Wextra $(WERROR) -shared -fPIC -o $@ $< -ldl

unit: $(UNIT) $(FUZZ) $(TOOLS) $(HOLE) $(BUILD)/bench/load                           ## build the unit tests

check: all unit                      ## the fast tests: unit, golden, vectors
	tests/run check

test: all unit $(SHIM)               ## everything: installs what is missing, then all tests
	tests/run all

SECONDS ?= 60
fuzz:                                   ## each fuzz target for SECONDS=60, with clang and its libFuzzer
	src/build/needs.sh lint
	$(MAKE) BUILD=$(BUILD)/fuzz CC=clang FUZZ_MAIN= FUZZ_LINK=-fsanitize=fuzzer HARDEN=-fPIE \
		CFLAGS="-O1 -g -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all -fno-omit-frame-pointer" fuzz-built
	BUILD=$(BUILD)/fuzz tests/fuzz/run.sh $(SECONDS) $(TARGETS)
fuzz-built: $(FUZZ)

crash: all $(SHIM)                      ## the crash tests in their long form: 2000 kills, some minutes
	CRASH=long KILLS=2000 tests/crash/run.sh

abuse: all                              ## a million requests to the desk that are wrong: some minutes
	REQUESTS=1000000 tests/http/run.sh tests/http/abuse.test.mjs

audit: all                              ## Lighthouse on the pages that matter most: some minutes
	@src/build/needs.sh test
	BUILD=$(BUILD) node tests/browser/audit.mjs

asan:                                   ## the unit tests with address and undefined-behaviour checks
	$(MAKE) BUILD=$(BUILD)/asan CFLAGS="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer" \
		HARDEN="-fPIE" asan-built
	BUILD=$(BUILD)/asan tests/run unit
asan-built: all $(UNIT) $(FUZZ)

# The tests with threads in them, in a build of their own. The sanitizer makes gcc see warnings
# where there are none.
THREADED := web/loop_test web/ready_test store/copy_test store/growth_test store/txn_test

UNDER_LOAD := takeover public embargo revisions search backup torture cache feeds refusals verify witness

tsan:                                   ## what has threads, with ThreadSanitizer: unit tests, both services
	$(MAKE) BUILD=$(BUILD)/tsan CFLAGS="-O1 -g -fsanitize=thread -fno-omit-frame-pointer" \
		HARDEN="-fPIE" WERROR= $(THREADED:%=$(BUILD)/tsan/tests/unit/%) tsan-built
	BUILD=$(BUILD)/tsan TSAN_OPTIONS=halt_on_error=1 tests/run unit $(THREADED)
	BUILD=$(BUILD)/tsan TSAN_OPTIONS=halt_on_error=1 tests/http/run.sh $(UNDER_LOAD:%=tests/http/%.test.mjs)
tsan-built: all $(TOOLS)

# Beside what it is measured against: tests/bench/README.md.
BENCH := $(addprefix $(BUILD)/bench/,load trivial scale path search)

$(BUILD)/bench/%: tests/bench/%.c $(call archives,web)
	@mkdir -p $(@D)
	@echo "  BENCH $<"
	$(Q)$(COMPILE) -o $@ $< $(call archives,web) $(call libs,web) -lm

# Xapian speaks C++ alone.
$(BUILD)/bench/search: tests/bench/search/search.c $(wildcard tests/bench/search/*.h) \
		tests/bench/search/xapian.cc $(call archives,web)
	@mkdir -p $(@D)
	@echo "  BENCH $<"
	$(Q)$(CXX) -O2 -Wall -Wextra -Werror -fPIE -c -o $@.o tests/bench/search/xapian.cc
	$(Q)$(COMPILE) -Wno-deprecated-declarations -o $@ $< $@.o $(call archives,web) $(call libs,web) \
		-lsqlite3 -lxapian -lstdc++ -lm

bench: all $(BENCH)                     ## how fast it is, next to floors (BENCH_QUICK=1, BENCH_FULL=1)
	BUILD=$(BUILD) node tests/bench/run.mjs $(PARTS)

lint:                                   ## both compilers without a warning, the format, banned words
	src/build/needs.sh lint
	$(MAKE) BUILD=$(BUILD)/gcc CC=gcc all unit
	$(MAKE) BUILD=$(BUILD)/clang CC=clang all unit
	clang-format --dry-run -Werror $(wildcard include/*/*.h src/*.c src/*/*.[ch] tests/unit/*/*.[ch] tests/tools/*.c tests/crash/*.c tests/fuzz/*.[ch] tests/fuzz/*/*.c tests/bench/*.[ch])
	for script in $(wildcard src/build/*.sh tests/run tests/*/*.sh .ci/run); do \
		bash -n $$script || exit 1; done

format:                                 ## lay out all C files as .clang-format says
	@clang-format -i $(wildcard include/*/*.h src/*.c src/*/*.[ch] tests/unit/*/*.[ch] tests/tools/*.c tests/crash/*.c tests/fuzz/*.[ch] tests/fuzz/*/*.c tests/bench/*.[ch])

# --- what must be installed --------------------------------------------------------------------
# `run` and `test` install what they need; everything else only says what is missing.

ifneq ($(filter test,$(MAKECMDGOALS)),)
ready: needs-test
else ifneq ($(filter run check asan,$(MAKECMDGOALS)),)
ready: needs-run
else ifneq ($(filter bench,$(MAKECMDGOALS)),)
ready: needs-bench
else
ready:
endif
.PHONY: ready asan-built tsan-built

needs-run:
	@src/build/needs.sh run
needs-test:
	@src/build/needs.sh test
needs-bench:
	@src/build/needs.sh bench

run: all                                ## a demonstration site on http://127.0.0.1:8080 (PORT=8081 STATE=folder for others)
	@exec env PORT=$(PORT) STATE=$(STATE) BUILD=$(BUILD) src/build/run.sh

# --- what goes elsewhere ---------------------------------------------------------------------

INSTALLER = BUILD="$(BUILD)" PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" UNITDIR="$(UNITDIR)" src/build/install.sh

install: all                            ## to /usr/local (PREFIX=/usr for another, DESTDIR=folder to pack)
	$(Q)$(INSTALLER) install

uninstall:                              ## takes away what install put there, and nothing else
	$(Q)$(INSTALLER) uninstall

sbom: all                               ## what the programs are made of: build/sbom/*.cdx.json
	@mkdir -p $(BUILD)/sbom
	$(Q)for program in $(notdir $(PROGRAMS)); do \
		src/build/sbom.sh $$program $(BUILD)/$$program >$(BUILD)/sbom/$$program.cdx.json || exit 1; done
	@ls $(BUILD)/sbom/*.cdx.json

deb:                                    ## Debian packages in build/deb, the same bytes everywhere (MAINTAINER=)
	@src/build/needs.sh deb
	@BUILD="$(BUILD)" VERSION="$(VERSION)" MAINTAINER="$(MAINTAINER)" src/build/deb.sh

deb-check:                              ## the packages: lintian, built twice, and a machine upgraded under load (root)
	@src/build/needs.sh deb-check
	$(MAKE) all
	BUILD="$(BUILD)" tests/package/run.sh tests/package/*.test.mjs

clean:                                  ## remove everything that was made
	rm -rf build

help:                                   ## this list
	@awk -F':.*## *' '/^[a-z-]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' Makefile

-include $(shell find $(BUILD)/obj $(BUILD)/tests -name '*.d' 2>/dev/null)
