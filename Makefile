# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Builds ./ktcping; everything else goes to .output/. `make help` lists the targets.

OUTPUT := .output
# Apart from the programs: .output/tests/unit is one, not the directory of its objects.
OBJ := $(OUTPUT)/obj
CLANG ?= clang
BPFTOOL ?= bpftool
CFLAGS ?= -O2 -g
CFLAGS_ALL = -std=c17 -Wall -Wextra -D_GNU_SOURCE -I. -I$(OUTPUT) $(CFLAGS)
LDLIBS_ALL = -lbpf -lelf -lz -lmnl -lpthread -lm $(LDLIBS)

# bpf_tracing.h must know whose registers it reads.
ARCH := $(patsubst aarch64,arm64,$(patsubst ppc64%,powerpc,$(patsubst i%86,x86,$(patsubst x86_64,x86,$(shell uname -m)))))
# BPF_PROG() gives every program a `ctx`, wanted or not.
BPF_CFLAGS = -target bpf -O2 -g -Wall -Wextra -Wno-unused-parameter -D__TARGET_ARCH_$(ARCH) -Ivmlinux -I.

# Debian keeps bpftool, ip and nft where only root's PATH looks.
export PATH := $(PATH):/usr/sbin:/sbin

# One job a processor, unless make was told otherwise or is not the outermost one (which then hands out the jobs).
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif

ifeq ($(V),1)
say =
else
say = @printf '  %-8s %s\n' '$(1)' '$(2)';
MAKEFLAGS += --no-print-directory
endif

BPF_OBJECTS := $(patsubst %.c,$(OBJ)/%.o,$(sort $(wildcard bpf/*.bpf.c)))
SKELETON := $(OUTPUT)/ktcping.skel.h
MAIN_OBJECT := $(OBJ)/user/main.o
SOURCES := $(filter-out user/share/%,$(sort $(wildcard user/*/*.c user/*/*/*.c user/*/*/*/*.c)))
OBJECTS := $(patsubst %.c,$(OBJ)/%.o,$(SOURCES))
# All but main(), for the tests to link with.
LIBRARY := $(OUTPUT)/libktcping.a

# What is installed beside the program is made from its tables of options and verdicts.
SHARE := $(OUTPUT)/share/ktcping.8 $(OUTPUT)/share/ktcping.bash
GENERATE := $(OUTPUT)/generate
GENERATE_OBJECTS := $(patsubst %.c,$(OBJ)/%.o,$(sort $(wildcard user/share/*.c)))

PREFIX ?= /usr/local
INSTALLED_PROGRAM = $(DESTDIR)$(PREFIX)/sbin/ktcping
INSTALLED_PAGE = $(DESTDIR)$(PREFIX)/share/man/man8/ktcping.8
INSTALLED_COMPLETION = $(DESTDIR)$(PREFIX)/share/bash-completion/completions/ktcping

all: ktcping $(SHARE) ## build ./ktcping, its man page and completion (default)

ktcping: $(MAIN_OBJECT) $(LIBRARY)
	$(call say,LINK,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $^ $(LDLIBS_ALL)

# Made anew, because ar keeps the members whose source is gone.
$(LIBRARY): $(OBJECTS)
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^

$(OBJ)/%.o: %.c Makefile
	$(call say,CC,$<)mkdir -p $(@D) && $(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# Before the first build no .d file tells who includes the skeleton.
$(filter $(OBJ)/user/io/% $(OBJ)/user/app/%,$(OBJECTS)): | $(SKELETON)

$(OBJ)/%.bpf.o: %.bpf.c Makefile
	$(call say,BPF,$<)mkdir -p $(@D) && $(CLANG) $(BPF_CFLAGS) -MMD -MP -c -o $@ $<

# Linking makes maps and types common; it also leaves out DWARF, which would fill the skeleton.
$(OUTPUT)/ktcping.bpf.o: $(BPF_OBJECTS)
	$(call say,BPFLINK,$@)$(BPFTOOL) gen object $@ $^

# What bpftool writes is not for clang-tidy to judge.
$(SKELETON): $(OUTPUT)/ktcping.bpf.o
	$(call say,SKEL,$@){ echo '/* NOLINTBEGIN */' && $(BPFTOOL) gen skeleton $< name ktcping_bpf && echo '/* NOLINTEND */'; } > $@

$(GENERATE): $(GENERATE_OBJECTS) $(LIBRARY)
	$(call say,LINK,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $^ $(LDLIBS_ALL)

$(OUTPUT)/share/%: user/share/%.in $(GENERATE)
	$(call say,GEN,$@)mkdir -p $(@D) && $(GENERATE) < $< > $@

install: all ## install program, man page and completion below $(DESTDIR)$(PREFIX) (/usr/local)
	install -D -m 755 ktcping '$(INSTALLED_PROGRAM)'
	install -D -m 644 $(OUTPUT)/share/ktcping.8 '$(INSTALLED_PAGE)'
	install -D -m 644 $(OUTPUT)/share/ktcping.bash '$(INSTALLED_COMPLETION)'

uninstall: ## remove exactly what install put there
	rm -f '$(INSTALLED_PROGRAM)' '$(INSTALLED_PAGE)' '$(INSTALLED_COMPLETION)'

deps: ## install what is missing (apt), or say what it is
	@user/share/deps.sh

# deps comes first and alone: nothing can be built beside it.
test: ## deps, build, and all tests; the scenarios need root
	@$(MAKE) deps
	@$(MAKE) run-tests

demo: ## deps, build, and a tour in network namespaces; needs root
	@$(MAKE) deps
	@$(MAKE) run-demo

bench: ## deps, build, and figures of accuracy, speed and overhead; needs root
	@$(MAKE) deps
	@$(MAKE) run-bench

clean: ## remove all that was built
	rm -rf $(OUTPUT) ktcping

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1\t\2/p' Makefile tests/tests.mk | expand -t 20

include tests/tests.mk

.PHONY: all install uninstall deps test demo bench clean help
# A half-written file is worse than none.
.DELETE_ON_ERROR:
# Keep the intermediate .bpf.o: without this, make deletes it and builds it anew the next time.
.SECONDARY:

-include $(OBJECTS:.o=.d) $(MAIN_OBJECT:.o=.d) $(GENERATE_OBJECTS:.o=.d) $(BPF_OBJECTS:.o=.d)
