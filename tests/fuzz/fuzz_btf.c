// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The kernel's own description of its types, as any bytes. The enum is called "e"; a blob that
 * lacks the header gets one.
 */
#include <errno.h>
#include <linux/btf.h>
#include <string.h>

#include "tests/fuzz/bytes.h"
#include "tests/fuzz/fuzz.h"
#include "user/io/kernel/kernel_btf.h"

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
	kernel_btf_read_name(blob, count, "RED");
}

static void read_with_header(struct bytes *rest)
{
	static const char strings[] = "\0e\0RED";
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
	free(exact);
	if (count)
		read_with_header(&rest);
}
