// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The kernel's own description of its types, as any bytes. The enum is called "e", and so is the
 * record that is cut out; a blob that lacks the header gets one.
 */
#include <bpf/btf.h>
#include <errno.h>
#include <string.h>

#include "tests/fuzz/bytes.h"
#include "tests/fuzz/fuzz.h"
#include "user/io/btf/kernel_btf.h"
#include "user/io/btf/kernel_cut.h"
#include "user/io/btf/kernel_types.h"

struct taken {
	int count;
	size_t bytes;
};

static void take(void *context, const char *name, int64_t value)
{
	struct taken *taken = context;

	(void)value;
	taken->count++;
	taken->bytes += strlen(name);
}

static void read_enum(const uint8_t *blob, size_t count)
{
	struct taken taken = {0};
	int result = kernel_btf_read_enum(blob, count, "e", take, &taken);

	FUZZ_CHECK(result == -EBADMSG || result == taken.count);
}

static void cut(const struct kernel_btf *btf, const struct btf *programs)
{
	static const char *const names[] = {"RED", NULL}, *const tracepoints[] = {"kfree_skb",
										  NULL};
	const struct kernel_wanted wanted = {programs, names, tracepoints};
	struct kernel_types *types = kernel_types_of(btf, &wanted);

	if (!types)
		return;
	kernel_types_has(types, "RED");
	kernel_types_tracepoint_args(types, "kfree_skb");
	btf__free(kernel_cut(types));
	kernel_types_free(types);
}

static void cut_out(const uint8_t *blob, size_t count)
{
	struct btf *programs = btf__new_empty();
	struct kernel_btf btf;

	FUZZ_CHECK(programs && btf__add_struct(programs, "e", 4) > 0 &&
		   btf__add_field(programs, "RED", 0, 0, 0) == 0);
	if (kernel_btf_sections(blob, count, &btf) == 0)
		cut(&btf, programs);
	btf__free(programs);
}

static void read_with_header(struct bytes *rest)
{
	static const char strings[] = "\0e\0RED\0btf_trace_kfree_skb";
	struct btf_header header = {.magic = BTF_MAGIC,
				    .version = BTF_VERSION,
				    .hdr_len = sizeof(header),
				    .type_len = (uint32_t)rest->left,
				    .str_off = (uint32_t)rest->left,
				    .str_len = sizeof(strings)};
	uint8_t *blob = malloc(sizeof(header) + rest->left + sizeof(strings));

	FUZZ_CHECK(blob);
	memcpy(blob, &header, sizeof(header));
	memcpy(blob + sizeof(header), rest->at, rest->left);
	memcpy(blob + sizeof(header) + rest->left, strings, sizeof(strings));
	read_enum(blob, sizeof(header) + rest->left + sizeof(strings));
	cut_out(blob, sizeof(header) + rest->left + sizeof(strings));
	free(blob);
}

void fuzz_btf(const uint8_t *bytes, size_t count)
{
	struct bytes rest = {bytes, count};
	uint8_t *exact;

	/* Aligned, as a mapped file is, and of exactly that size. */
	exact = calloc(count ? count : 1, 1);
	FUZZ_CHECK(exact);
	if (count)
		memcpy(exact, bytes, count);
	read_enum(exact, count);
	cut_out(exact, count);
	free(exact);
	if (count)
		read_with_header(&rest);
}
