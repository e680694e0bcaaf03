# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Tests, checks and benchmarks. Test binaries take Criterion's options, as in:
#	make run-unit TEST_FLAGS='--filter trace/*'
#	KTCPING_RECEIVE=interrupts make run-scenarios	packets of every lab are received by interrupt (or: threads)

TESTS := $(OUTPUT)/tests
TEST_FLAGS ?=
# A scenario mostly waits for timers of the kernel, so that more of them than processors may run at once.
SCENARIO_JOBS ?= 8
# Their probes are claimed about a second time as scans; see scenario_probe().
SCAN_SUITES := blocked|cgroup|closed|crossing|damage|detours|ecn|elsewhere|filtered|half_open|headers|hooks|hops|martians
SCAN_SUITES := $(SCAN_SUITES)|intercepted|invalid|nat|neighbours|open|pairing|paths|qdisc|rules|syn_proxy|unreachable|waits
# For each fuzz target.
FUZZ_SECONDS ?= 60

test_objects = $(patsubst %.c,$(OBJ)/%.o,$(sort $(wildcard $(1))))
UNIT_OBJECTS := $(call test_objects,tests/unit/*.c)
SCENARIO_OBJECTS := $(call test_objects,tests/scenarios/*.c tests/property/*.c)
LAB_SHELL_OBJECT := $(OBJ)/tests/lab/lab_shell.o
LAB_OBJECTS := $(filter-out $(LAB_SHELL_OBJECT) %.bpf.o,$(call test_objects,tests/lab/*.c))
DEMO_OBJECTS := $(call test_objects,tests/demo/*.c)
BENCH_OBJECTS := $(call test_objects,tests/bench/*.c)
BENCH_LIB_OBJECTS := $(call test_objects,tests/bench/lib/*.c)
TEST_OBJECTS := $(UNIT_OBJECTS) $(SCENARIO_OBJECTS) $(LAB_SHELL_OBJECT) $(LAB_OBJECTS) $(DEMO_OBJECTS) $(BENCH_OBJECTS) $(BENCH_LIB_OBJECTS)
# All but what a fuzzer calls: the unit tests run them, too.
FUZZ_OBJECTS := $(filter-out %/entry.o,$(call test_objects,tests/fuzz/*.c))
TEST_OBJECTS += $(FUZZ_OBJECTS) $(call test_objects,tests/checks/*.c tests/kernels/*.c)
# Each file in tests/lab/liars/ is a program of that name, but what they share, the parts of `ways`, and what is preloaded or speaks to the kernel by itself.
LIARS := $(OUTPUT)/liars
LIAR_OBJECTS := $(call test_objects,tests/lab/liars/*.c)
TEST_OBJECTS += $(filter-out %/yes-connect.o %/narrow.o,$(LIAR_OBJECTS))
LIAR_SHARED := $(OBJ)/tests/lab/liars/target.o
WAY_OBJECTS := $(filter $(OBJ)/tests/lab/liars/way_%,$(LIAR_OBJECTS))
LIAR_PROGRAMS := $(patsubst $(OBJ)/tests/lab/liars/%.o,$(LIARS)/%,$(filter-out $(LIAR_SHARED) $(WAY_OBJECTS) %/yes-connect.o %/narrow.o,$(LIAR_OBJECTS)))
LIAR_PROGRAMS += $(LIARS)/yes-connect.so $(LIARS)/connects-go
ifeq ($(ARCH),x86)
LIAR_PROGRAMS += $(LIARS)/narrow
endif
# Each file in tests/bench/ is a program.
BENCHES := $(patsubst $(OBJ)/tests/bench/%.o,$(OUTPUT)/bench/%,$(BENCH_OBJECTS))

# The program itself only writes JSON; these read it.
TEST_LDLIBS = -ljansson $(LDLIBS_ALL)

link = $(call say,LINK,$@)mkdir -p $(@D) && $(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $^

$(TESTS)/unit: $(UNIT_OBJECTS) $(FUZZ_OBJECTS) $(LIBRARY)
	$(link) -lcriterion $(TEST_LDLIBS)

$(TESTS)/scenarios: $(SCENARIO_OBJECTS) $(LAB_OBJECTS) $(LIBRARY) | $(TESTS)/clock_steps.so $(TESTS)/no_ipv6.so $(TESTS)/paths.bpf.o $(TESTS)/cgroup.bpf.o $(TESTS)/kernel_can
	$(link) -lcriterion $(TEST_LDLIBS)

$(OBJ)/tests/unit/test_kernel_types.o $(OBJ)/tests/scenarios/test_loading.o: | $(SKELETON)
# It includes what is the kernel side's, whose macros are GNU C.
$(OBJ)/tests/unit/kernel_side.o $(OBJ)/tests/unit/kernel_side_handover.o: CFLAGS_ALL += -std=gnu17 -Ivmlinux

# What guest.sh asks in another kernel.
$(TESTS)/handovers: $(OBJ)/tests/kernels/handovers.o $(LAB_OBJECTS) $(LIBRARY)
	$(link) $(TEST_LDLIBS)

# To be preloaded by a scenario.
$(TESTS)/%.so: tests/scenarios/preload/%.c
	$(call say,CC,$<)mkdir -p $(@D) && $(CC) $(CFLAGS_ALL) -fPIC -shared -o $@ $<

$(LIARS)/yes-connect.so: tests/lab/liars/yes-connect.c
	$(call say,CC,$<)mkdir -p $(@D) && $(CC) $(CFLAGS_ALL) -fPIC -shared -o $@ $< -ldl

# 32 bits, without any library, for which the compiler alone is enough; where it makes no such programs, the scenario is skipped.
$(LIARS)/narrow: tests/lab/liars/narrow.c
	$(call say,CC32,$<)mkdir -p $(@D) && $(CC) -std=c17 -Wall -Wextra -O2 -m32 -ffreestanding -fno-stack-protector -fno-pie -nostdlib -static -no-pie \
		-o $@ $< 2>$@.log || echo 'no 32-bit programs here, so that their scenario will be skipped: $@.log'

# What tests/may_skip rests on.
$(TESTS)/kernel_can: $(OBJ)/tests/checks/kernel_can.o
	$(link)

# Its own cache, so that nothing is left anywhere else.
$(LIARS)/connects-go: tests/scenarios/clients/connects.go
	$(call say,GO,$<)mkdir -p $(@D) && CGO_ENABLED=0 GO111MODULE=off GOCACHE=$(abspath $(OBJ)/go) go build -o $@ $< 2>$@.log || \
		echo 'no Go programs here, so that their scenarios will be skipped: $@.log'

$(LIARS)/ways: $(WAY_OBJECTS)
$(filter-out %.so %/narrow %/connects-go,$(LIAR_PROGRAMS)): $(LIARS)/%: $(OBJ)/tests/lab/liars/%.o $(LIAR_SHARED)
	$(link) -lpthread

# For ip, tc and the scenarios to load: against the system's own headers, whose asm/ only the compiler for user space knows to find.
$(TESTS)/%.bpf.o: tests/lab/%.bpf.c
	$(call say,BPF,$<)mkdir -p $(@D) && $(CLANG) -target bpf -O2 -g -Wall -Wextra \
		-idirafter /usr/include/$(shell $(CC) -print-multiarch) -c -o $@ $<

$(OUTPUT)/lab: $(LAB_SHELL_OBJECT) $(LAB_OBJECTS) $(LIBRARY)
	$(link) $(TEST_LDLIBS)

$(OUTPUT)/demo: $(DEMO_OBJECTS) $(LAB_OBJECTS) $(LIBRARY)
	$(link) $(TEST_LDLIBS)

$(BENCHES): $(OUTPUT)/bench/%: $(OBJ)/tests/bench/%.o $(BENCH_LIB_OBJECTS) $(LAB_OBJECTS) $(LIBRARY) | $(TESTS)/hooks.bpf.o
	$(link) $(TEST_LDLIBS)

# Without names in the file system of others: /etc/hosts is one of its own.
RUN_PROGRAMS := $(OUTPUT)/lab 'PATH=$$PATH:/usr/sbin:/sbin exec unshare -m python3 tests/programs/run.py
PROGRAM_SECONDS ?= 60
PROGRAMS_BUILT := $(OUTPUT)/programs/connect-rust $(OUTPUT)/programs/Connects.class

RUN_SCANS = env KTCPING_AS_SCAN=1 tests/run_scenarios.sh $(TESTS)/scenarios --jobs $(SCENARIO_JOBS) --verbose \
	--filter '@($(SCAN_SUITES))/*' $(TEST_FLAGS)

# In one recipe, because two Criterion runs at once would mix their lines. --verbose names every skipped test and why.
run-tests: all $(TESTS)/unit $(TESTS)/scenarios $(OUTPUT)/lab $(LIAR_PROGRAMS) $(PROGRAMS_BUILT)
	@KTCPING_ROOT=. tests/timed.sh 'unit tests, traces, golden files' $(TESTS)/unit --verbose $(TEST_FLAGS)
	@KTCPING_ROOT=. tests/timed.sh scenarios tests/run_scenarios.sh $(TESTS)/scenarios --jobs $(SCENARIO_JOBS) --verbose $(TEST_FLAGS)
	@KTCPING_ROOT=. tests/timed.sh 'scenarios as scans' $(RUN_SCANS)
	@command -v python3 >/dev/null || { echo 'no python3 here, so that real programs are not watched'; exit 0; }; \
		tests/timed.sh 'programs under watch' $(RUN_PROGRAMS) --seconds $(PROGRAM_SECONDS)'

run-unit: $(TESTS)/unit ## unit tests, traces and golden files: no root, no network
	@KTCPING_ROOT=. $< $(TEST_FLAGS)

run-scenarios: all $(TESTS)/scenarios $(OUTPUT)/lab $(LIAR_PROGRAMS) ## against the kernel: root
	@KTCPING_ROOT=. tests/run_scenarios.sh $(TESTS)/scenarios --jobs $(SCENARIO_JOBS) --verbose $(TEST_FLAGS)

run-scans: all $(TESTS)/scenarios $(OUTPUT)/lab $(LIAR_PROGRAMS) ## the scenarios with a verdict, each probe as a scan: root
	@KTCPING_ROOT=. $(RUN_SCANS)

record-traces: all $(TESTS)/scenarios $(TESTS)/unit $(LIAR_PROGRAMS) ## the scenarios' events anew into tests/traces: root, FILTER (all with a verdict)
	@KTCPING_ROOT=. tests/record_traces.sh $(TESTS)/scenarios $(TESTS)/unit $(FILTER)

# Each is an attempt of 2.5 s, 300 at a time; what is wrong names the seed.
run-property: all $(TESTS)/scenarios ## random schedules of the peer against the oracle: root, KTCPING_SCHEDULES (10000) KTCPING_SEED (1)
	@KTCPING_ROOT=. KTCPING_SCHEDULES=$(or $(KTCPING_SCHEDULES),10000) $(TESTS)/scenarios --jobs 2 --filter 'property/*' $(TEST_FLAGS)

# What the clients say of ports that are open, closed, silent and refused is not looked at: only what watch says of the clients.
run-honest: all $(TESTS)/scenarios $(LIAR_PROGRAMS) ## watch accuses no real client: root, KTCPING_CONNECTS (1000, by each client in each family)
	@KTCPING_ROOT=. KTCPING_CONNECTS=$(or $(KTCPING_CONNECTS),1000) $(TESTS)/scenarios --jobs 1 --filter 'honest/*' $(TEST_FLAGS)

# By its own target, for it installs some sixty programs.
test-programs: ## deps, programs (apt), build, and what watch says of each of them in every situation: root; PROGRAMS='--only curl,psql --oracle'
	@$(MAKE) deps
	@tests/programs/install.sh
	@$(MAKE) run-programs PROGRAMS='$(or $(PROGRAMS),--all)'

run-programs: all $(OUTPUT)/lab $(LIAR_PROGRAMS) $(PROGRAMS_BUILT)
	@$(RUN_PROGRAMS) $(PROGRAMS)'

$(OUTPUT)/programs/connect-rust: tests/programs/connect.rs
	$(call say,RUST,$<)mkdir -p $(@D) && rustc -O -o $@ $< 2>$@.log || echo 'no Rust programs here: $@.log'

$(OUTPUT)/programs/Connects.class: tests/scenarios/clients/Connects.java
	$(call say,JAVA,$<)mkdir -p $(@D) && javac -d $(@D) $< 2>$@.log || echo 'no Java programs here: $@.log'

run-demo: all $(OUTPUT)/lab $(OUTPUT)/demo $(LIAR_PROGRAMS)
	@$(OUTPUT)/demo

run-kernels: all $(TESTS)/handovers ## on other kernels, in an emulator: KERNELS='IMAGE...' (see tests/kernels/run.sh)
	@tests/kernels/run.sh $(KERNELS)

run-bench: all $(BENCHES)
	@tests/bench/run.sh

# Built apart, with the sanitizers, from what needs no kernel. The -D of entry.c is its target's function.
FUZZ := $(OUTPUT)/fuzz
FUZZ_TARGETS := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_SOURCES := $(filter user/base/% user/core/% user/words/% user/render/%,$(SOURCES))
FUZZ_SOURCES += $(wildcard user/io/files/trace*.c user/io/files/event_fields.c user/io/kernel/kernel_btf.c)
FUZZ_SOURCES += $(filter-out %/entry.c,$(wildcard tests/fuzz/*.c))
FUZZ_BUILT := $(patsubst %.c,$(FUZZ)/obj/%.o,$(sort $(FUZZ_SOURCES)))
FUZZ_FLAGS := -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all -fsanitize=address,undefined

fuzz: $(patsubst %,$(FUZZ)/%,$(FUZZ_TARGETS)) ## any bytes into the parsers and the core: FUZZ_SECONDS (60) for each target
	@tests/fuzz/run.sh '$(FUZZ_SECONDS)' '$(FUZZ)' $(FUZZ_TARGETS)

$(FUZZ)/obj/%.o: %.c Makefile tests/tests.mk
	$(call say,FUZZCC,$<)mkdir -p $(@D) && $(CLANG) $(CFLAGS_ALL) $(FUZZ_FLAGS),fuzzer-no-link -MMD -MP -c -o $@ $<

$(patsubst %,$(FUZZ)/%,$(FUZZ_TARGETS)): $(FUZZ)/%: tests/fuzz/entry.c $(FUZZ_BUILT)
	$(call say,FUZZLINK,$@)$(CLANG) $(CFLAGS_ALL) $(FUZZ_FLAGS),fuzzer -DFUZZ_TARGET=fuzz_$* -o $@ $^ -ljansson -lm || \
		{ echo 'cannot link $@: if libclang_rt.fuzzer is what is missing, apt install libclang-rt-dev' >&2; exit 1; }

CHECKS := check-layers check-pure check-headers check-words check-format check-lint check-shell
check: $(CHECKS) ## layers, purity, headers, words, format, lint, shell

check-layers: ## no include goes up or round, headers keep their promises, no folder is too full
	@tests/checks/layers.sh
	@tests/checks/circles.sh
	@tests/checks/promises.sh
	@tests/checks/rooms.sh

check-pure: $(filter $(OBJ)/user/base/% $(OBJ)/user/core/% $(OBJ)/user/words/% $(OBJ)/user/app/report/%,$(OBJECTS)) ## base, core, words and reports call nothing that is not pure
	@tests/checks/pure.sh $^

check-headers: ## every header compiles alone, the shared ones for both sides
	@CC='$(CC)' CFLAGS='$(CFLAGS_ALL)' CLANG='$(CLANG)' BPF_CFLAGS='$(BPF_CFLAGS)' tests/checks/headers.sh

check-words: ## words and names that were given up are not used
	@tests/checks/words.sh

check-format: ## clang-format has nothing to change
	@tests/checks/format.sh

format: ## let clang-format change what it wants
	@tests/checks/format.sh --in-place

check-lint: $(SKELETON) ## clang-tidy
	@CFLAGS='$(CFLAGS_ALL)' tests/checks/lint.sh

check-shell: ## shellcheck
	@tests/checks/shell.sh

vmlinux-check: $(TESTS)/vmlinux_check $(TESTS)/vmlinux.o ## every member in vmlinux.h is in the running kernel
	@$^

$(TESTS)/vmlinux_check: $(OBJ)/tests/checks/vmlinux_check.o
	$(link) -lbpf -lelf -lz

# A variable of each type, so that clang writes all of them into the BTF of this object.
$(TESTS)/vmlinux.o: vmlinux/vmlinux.h tests/tests.mk
	$(call say,BPF,$<)mkdir -p $(@D) && { echo '#include "vmlinux.h"'; \
		sed -n 's/^\(struct\|union\|enum\) \([a-z0-9_]*\) {$$/\1 \2 a_\2;/p' $<; } | $(CLANG) $(BPF_CFLAGS) -x c -c -o $@ -

.PHONY: test-programs run-programs run-tests run-unit run-scenarios run-scans record-traces run-property run-honest run-demo run-kernels run-bench fuzz format check $(CHECKS) vmlinux-check

-include $(TEST_OBJECTS:.o=.d) $(FUZZ_BUILT:.o=.d)
