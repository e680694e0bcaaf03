// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Names from BTF and kallsyms, kept once found. */
#include "user/io/kernel/kernel_names.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/io/btf/kernel_btf.h"

#define REASONS_MAX 512 /* 6.18 has 128 */
/* Places that drop a few connects' packets; beyond, the oldest is looked up again */
#define FUNCTIONS_MAX 64
#define REASON_PREFIX "SKB_DROP_REASON_"

struct function {
	uint64_t address;
	char name[EVENT_SYMBOL_MAX];
};

struct kernel_names {
	struct function functions[FUNCTIONS_MAX];
	unsigned function_count;
};

/* Of the one kernel that there is: each lane that read them would map all of its BTF, 5 MB. */
static char reasons[REASONS_MAX][EVENT_SYMBOL_MAX];
static pthread_once_t are_reasons_read = PTHREAD_ONCE_INIT;

static void keep_reason(void *context, const char *name, int64_t value)
{
	(void)context;
	if (!strncmp(name, REASON_PREFIX, strlen(REASON_PREFIX)))
		name += strlen(REASON_PREFIX);
	if (value > 0 && value < REASONS_MAX)
		snprintf(reasons[value], EVENT_SYMBOL_MAX, "%s", name);
}

static void read_reasons(void)
{
	kernel_btf_enum("skb_drop_reason", keep_reason, NULL);
}

struct kernel_names *kernel_names_new(void)
{
	return calloc(1, sizeof(struct kernel_names));
}

void kernel_names_free(struct kernel_names *names)
{
	free(names);
}

void kernel_names_drop_reason(uint32_t reason, char *name)
{
	pthread_once(&are_reasons_read, read_reasons);
	name[0] = '\0';
	if (reason > 0 && reason < REASONS_MAX && reasons[reason][0])
		memcpy(name, reasons[reason], EVENT_SYMBOL_MAX);
	else if (reason > 0)
		snprintf(name, EVENT_SYMBOL_MAX, "reason-%u", reason);
}

/*
 * The last text symbol that begins at or before the address. kallsyms is not in the order of
 * addresses, and has some 200,000 lines.
 */
static void find_symbol(uint64_t address, char *name)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[512], symbol[256], type;
	uint64_t best = 0;

	name[0] = '\0';
	while (file && fgets(line, sizeof(line), file)) {
		char *end;
		uint64_t start = strtoull(line, &end, 16);

		if (start > address || start <= best ||
		    sscanf(end, " %c %255s", &type, symbol) != 2 || !strchr("tTwW", type))
			continue;
		best = start;
		snprintf(name, EVENT_SYMBOL_MAX, "%.*s", EVENT_SYMBOL_MAX - 1, symbol);
	}
	if (file)
		fclose(file);
}

void kernel_names_function(struct kernel_names *names, uint64_t address, char *name)
{
	struct function *function;

	for (unsigned i = 0; i < names->function_count && i < FUNCTIONS_MAX; i++) {
		if (names->functions[i].address == address) {
			memcpy(name, names->functions[i].name, EVENT_SYMBOL_MAX);
			return;
		}
	}
	function = &names->functions[names->function_count++ % FUNCTIONS_MAX];
	function->address = address;
	find_symbol(address, function->name);
	memcpy(name, function->name, EVENT_SYMBOL_MAX);
}
