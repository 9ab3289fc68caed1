# Unstick. `make help` lists what there is.
SHELL := /bin/bash
.DELETE_ON_ERROR:
ARCH ?= amd64

# ---- settings of a build; different flags, different folder
VARIANT :=
OBJ := build/obj/$(ARCH)$(VARIANT)
PROGRAM := build/$(if $(filter amd64,$(ARCH)),unstick.cgi,$(ARCH)/unstick.cgi)
# Small everywhere, fast where bytes are moved: the whole program may not be larger than 8 MB.
CXXFLAGS ?= -Os
FAST := base/text jobs/log $(addprefix storage/,dump dump_writer gzip_members mysql restore restore_sender sql_lexer \
  sql_rows sql_source sql_splitter sql_statement sql_text sql_unpack sql_unpack_zip)
$(FAST:%=$(OBJ)/src/%.o): CXXFLAGS += -O2
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow
LANGUAGE := -std=c++20 -Isrc -ffunction-sections -fdata-sections -MMD -MP

-include build/deps/$(ARCH)/flags.mk
CXX := $(or $(DEPS_CXX),g++)
STRIP := $(patsubst %g++,%strip,$(CXX))

SOURCES := $(sort $(shell find src -name '*.cpp'))
ENGINE := $(filter-out src/main.cpp,$(SOURCES))
OBJECTS := $(SOURCES:%.cpp=$(OBJ)/%.o) $(OBJ)/assets.o

.PHONY: all
all: $(PROGRAM)  ## build the static program (ARCH=arm64 for aarch64)

.PHONY: help
help:  ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ---- dependencies: Debian packages, and the four libraries that have no usable static archive there
.PHONY: install-deps
install-deps:  ## install the Debian packages that building and testing need (as root; else say which)
	@packaging/install-packages build test $(if $(filter arm64,$(ARCH)),arm64)

DEPS_READY := build/deps/$(ARCH)/flags.mk
$(DEPS_READY): packaging/static-deps $(wildcard packaging/pins packaging/certificates.S packaging/patches/*)
	@packaging/install-packages build $(if $(filter arm64,$(ARCH)),arm64)
	@packaging/static-deps $(ARCH)
	@touch $@

# ---- the program
$(OBJ)/%.o: %.cpp | $(DEPS_READY)
	@mkdir -p $(@D)
	$(CXX) $(LANGUAGE) $(WARNINGS) $(CXXFLAGS) $(DEPS_CXXFLAGS) -c $< -o $@

$(OBJ)/assets.cpp: www/style.css www/origin.js www/script.js www/console.js
	@mkdir -p $(@D)
	@{ echo '#include "web/assets.h"'; echo 'namespace web {'; \
	   echo 'const std::string_view kStyle = R"www('; cat www/style.css; echo ')www";'; \
	   echo 'const std::string_view kOriginScript = R"www('; cat www/origin.js; echo ')www";'; \
	   echo 'const std::string_view kScript = R"www('; cat www/script.js; echo ')www";'; \
	   echo 'const std::string_view kConsoleScript = R"www('; cat www/console.js; echo ')www";'; echo '}'; } > $@

$(OBJ)/assets.o: $(OBJ)/assets.cpp | $(DEPS_READY)
	$(CXX) $(LANGUAGE) $(WARNINGS) $(CXXFLAGS) -c $< -o $@

$(PROGRAM): $(OBJECTS) $(DEPS_READY)
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) -Wl,--gc-sections $(DEPS_STATIC) $(filter %.o,$^) $(DEPS_LIBS) -o $@.unstripped
	$(STRIP) -o $@ $@.unstripped

# ---- the folder to upload
BUNDLE := build/bundle/unstick-$(ARCH)
.PHONY: bundle
bundle: $(BUNDLE).zip  ## build the zip that users upload, and the same unpacked

$(BUNDLE).zip: $(PROGRAM) packaging/bundle packaging/HOSTING.txt LICENSE $(wildcard www/*)
	@mkdir -p $(@D)
	@packaging/install-packages build
	@packaging/bundle $(PROGRAM) build/deps/$(ARCH) $@

# ---- trying and testing
.PHONY: demo test sweep bench real asan emulate fuzz
demo:  ## a broken sample site on a real Apache and MariaDB, repaired through HTTP
	@packaging/install-packages build test
	@$(MAKE) --no-print-directory bundle
	@tests/fixture/build
	@/usr/bin/python3 tests/demo.py

test:  ## everything that CI runs
	@tests/all

sweep:  ## backups and restores that go wrong at every place, and 1.5 million rows; `make test` takes a sample
	@packaging/install-packages build test
	@$(MAKE) --no-print-directory all dump-tool
	@tests/fixture/build
	@UNSTICK_SWEEP=full tests/run sweep

bench:  ## our figures and the peers', as ratios
	@packaging/install-packages build test
	@$(MAKE) --no-print-directory bundle dump-tool
	@tests/fixture/build
	@tests/bench/run

real:  ## try a real release: make real MAUTIC=DIR, and exchange it for another: NEXT=DIR-OR-ZIP
	@packaging/install-packages build test
	@$(MAKE) --no-print-directory bundle command-table
	@tests/real/run "$(MAUTIC)" "$(NEXT)"

# Linked dynamically, as sanitizers must be, and not stripped. The three checks that are off make g++ 12 take no address of
# a function for a constant; AddressSanitizer sees a null pointer that is used.
ASAN := VARIANT=-asan PROGRAM=build/asan/unstick.cgi DEPS_STATIC=tests/asan/options.cpp STRIP='strip -X' \
  CXXFLAGS='-O1 -g1 -fno-omit-frame-pointer -fno-pie -no-pie -fsanitize=address,undefined -fno-sanitize-recover=all \
  -fno-sanitize=null,nonnull-attribute,returns-nonnull-attribute'
asan:  ## all tests on a build with address and undefined-behaviour sanitizers
	@packaging/install-packages build test
	@$(MAKE) --no-print-directory $(ASAN) all unit-tests
	@tests/fixture/build
	@tests/asan/run

emulate:  ## a few cases of every kind on the aarch64 program, under qemu-user
	@packaging/install-packages build test arm64
	@$(MAKE) --no-print-directory ARCH=arm64
	@UNSTICK_MACHINE=aarch64 UNSTICK_PROGRAM=build/arm64/unstick.cgi /usr/bin/python3 -m pytest -q \
	  tests/emulation tests/system/test_shipped_file.py tests/system/test_bundle.py

# The readers of foreign files, by clang's fuzzer. What it finds is left in build/fuzz/TARGET; an input that shows
# something new belongs into tests/fuzz/corpus/TARGET, which `make test` runs without clang.
FUZZ := VARIANT=-fuzz CXX=clang++ CXXFLAGS='-O1 -g1 -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
  -fno-sanitize-recover=all'
FUZZ_SECONDS ?= 600
fuzz:  ## the configuration parser and the SQL splitter under a fuzzer, FUZZ_SECONDS=600 each
	@packaging/install-packages build fuzz
	@$(MAKE) --no-print-directory -j"$$(nproc)" $(FUZZ) fuzz-programs
	@tests/fuzz/run $(FUZZ_SECONDS)

# ---- unit tests
# One Catch2 program of all tests/unit/*/*_test.cpp, linked dynamically: build/unit/$(ARCH)$(VARIANT)/tests.
UNIT_TESTS := $(sort $(shell find tests/unit -name '*_test.cpp' 2>/dev/null))
UNIT_OBJECTS := $(UNIT_TESTS:%.cpp=$(OBJ)/%.o)
UNIT_PROGRAM := build/unit/$(ARCH)$(VARIANT)/tests

# Run once, and Catch2's header is large: the compiler's time counts, so the header is compiled once.
PRECOMPILED := $(OBJ)/tests/unit/precompiled.h
$(UNIT_OBJECTS) $(PRECOMPILED).gch: override CXXFLAGS += -O0
$(UNIT_OBJECTS): LANGUAGE += -Itests -include $(PRECOMPILED)
$(UNIT_OBJECTS): $(PRECOMPILED).gch

$(PRECOMPILED).gch: | $(DEPS_READY)
	@mkdir -p $(@D)
	@echo '#include <catch2/catch.hpp>' > $(PRECOMPILED)
	$(CXX) $(LANGUAGE) $(WARNINGS) $(CXXFLAGS) $(DEPS_CXXFLAGS) -x c++-header $(PRECOMPILED) -o $@

# Each fuzz target twice: under libFuzzer, and with a main that only runs kept inputs.
FUZZ_TARGETS := $(patsubst tests/fuzz/%_fuzz.cpp,%,$(sort $(wildcard tests/fuzz/*_fuzz.cpp)))
FUZZ_SEEN := $(filter src/base/% src/platform/% src/storage/%,$(ENGINE))
FUZZ_PROGRAMS := $(FUZZ_TARGETS:%=build/fuzz/%_fuzz)
REPLAYS := $(FUZZ_TARGETS:%=build/unit/$(ARCH)$(VARIANT)/replay_%)

.PHONY: unit-tests
unit-tests: $(UNIT_PROGRAM) $(REPLAYS)  ## build the unit tests' programs

$(UNIT_PROGRAM): $(UNIT_OBJECTS) $(ENGINE:%.cpp=$(OBJ)/%.o) $(OBJ)/assets.o $(DEPS_READY)
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) $(filter %.o,$^) $(DEPS_LIBS) $(DEPS_TEST_LIBS) -o $@

-include $(UNIT_OBJECTS:.o=.d) $(wildcard $(OBJ)/tests/*/*.d)

$(REPLAYS): build/unit/$(ARCH)$(VARIANT)/replay_%: $(OBJ)/tests/fuzz/%_fuzz.o $(OBJ)/tests/fuzz/standalone_main.o \
  $(FUZZ_SEEN:%.cpp=$(OBJ)/%.o)
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) $^ $(DEPS_LIBS) -o $@

.PHONY: fuzz-programs
fuzz-programs: $(FUZZ_PROGRAMS)

$(FUZZ_PROGRAMS): build/fuzz/%_fuzz: $(OBJ)/tests/fuzz/%_fuzz.o $(FUZZ_SEEN:%.cpp=$(OBJ)/%.o)
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) -fsanitize=fuzzer $^ $(DEPS_LIBS) -o $@

-include $(FUZZ_TARGETS:%=$(OBJ)/tests/fuzz/%_fuzz.d) $(OBJ)/tests/fuzz/standalone_main.d

# The engine's dump as a program of its own, for tests/database.
DUMP_TOOL := build/unit/$(ARCH)$(VARIANT)/dump_tool
.PHONY: dump-tool
dump-tool: $(DUMP_TOOL)

$(DUMP_TOOL): $(OBJ)/tests/database/dump_tool.o $(ENGINE:%.cpp=$(OBJ)/%.o) $(OBJ)/assets.o $(DEPS_READY)
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) $(filter %.o,$^) $(DEPS_LIBS) -o $@

# The engine's zip files and trees as a program of its own, for tests and benchmarks.
FILE_TOOL := build/unit/$(ARCH)$(VARIANT)/file_tool
.PHONY: file-tool
file-tool: $(FILE_TOOL)

$(OBJ)/tests/files/file_tool.o: LANGUAGE += -Itests
$(FILE_TOOL): $(OBJ)/tests/files/file_tool.o $(ENGINE:%.cpp=$(OBJ)/%.o) $(OBJ)/assets.o
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) $^ $(DEPS_LIBS) -o $@

# What Mautic's table of console commands offers a version, for tests/real.
COMMAND_TABLE := build/unit/$(ARCH)$(VARIANT)/command_table
.PHONY: command-table
command-table: $(COMMAND_TABLE)

$(COMMAND_TABLE): $(OBJ)/tests/real/command_table.o $(ENGINE:%.cpp=$(OBJ)/%.o) $(OBJ)/assets.o $(DEPS_READY)
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) $(filter %.o,$^) $(DEPS_LIBS) -o $@
# ---- end of unit tests

.PHONY: clean
clean:  ## delete what was built, but keep the libraries and what was downloaded
	rm -rf build/obj build/unit build/asan build/fuzz/*_fuzz build/unstick.cgi* build/bundle

-include $(OBJECTS:.o=.d)
