/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One enum out of BTF: hand-made blobs, cut at every length in buffers of exactly that
 * size, and the running kernel's own.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/io/btf/kernel_btf.h"

#define INFO(kind, count) ((uint32_t)(kind) << 24 | (count))

enum { NAME_OTHER = 1, NAME_COLOUR = 7, NAME_RED = 14, NAME_BLUE = 18 };
static const char strings[] = "\0other\0colour\0RED\0BLUE";

/* Each kind of type once, a line each, with the enum in question at the end. */
/* clang-format off */
static const uint32_t types[] = {
	NAME_OTHER, INFO(BTF_KIND_INT, 0), 4, 32,
	NAME_OTHER, INFO(BTF_KIND_PTR, 0), 1,
	0, INFO(BTF_KIND_ARRAY, 0), 0, 1, 1, 5,
	NAME_OTHER, INFO(BTF_KIND_STRUCT, 2), 8, 1, 1, 0, 1, 1, 32,
	NAME_OTHER, INFO(BTF_KIND_UNION, 1), 8, 1, 1, 0,
	NAME_OTHER, INFO(BTF_KIND_ENUM, 1), 4, NAME_RED, 9,
	NAME_COLOUR, INFO(BTF_KIND_ENUM, 0), 4, /* declared only */
	NAME_OTHER, INFO(BTF_KIND_FWD, 0), 0,
	NAME_COLOUR, INFO(BTF_KIND_TYPEDEF, 0), 1,
	0, INFO(BTF_KIND_VOLATILE, 0), 1,
	0, INFO(BTF_KIND_CONST, 0), 1,
	0, INFO(BTF_KIND_RESTRICT, 0), 1,
	NAME_OTHER, INFO(BTF_KIND_FUNC, 0), 1,
	0, INFO(BTF_KIND_FUNC_PROTO, 1), 1, 1, 1,
	NAME_OTHER, INFO(BTF_KIND_VAR, 0), 1, 0,
	NAME_OTHER, INFO(BTF_KIND_DATASEC, 1), 8, 1, 0, 8,
	NAME_OTHER, INFO(BTF_KIND_FLOAT, 0), 8,
	NAME_OTHER, INFO(BTF_KIND_DECL_TAG, 0), 1, 0,
	NAME_OTHER, INFO(BTF_KIND_TYPE_TAG, 0), 1,
	NAME_OTHER, INFO(BTF_KIND_ENUM64, 1), 8, NAME_RED, 1, 2,
	NAME_COLOUR, INFO(BTF_KIND_ENUM, 2), 4, NAME_RED, 1, NAME_BLUE, (uint32_t)-7,
};
/* clang-format on */

struct blob {
	struct btf_header header;
	uint8_t types[sizeof(types)];
	char strings[sizeof(strings)];
};

static struct blob blob(void)
{
	struct blob blob = {
		.header = {.magic = BTF_MAGIC,
			   .version = BTF_VERSION,
			   .hdr_len = sizeof(struct btf_header),
			   .type_len = sizeof(types),
			   .str_off = sizeof(types),
			   .str_len = sizeof(strings)},
	};

	memcpy(blob.types, types, sizeof(types));
	memcpy(blob.strings, strings, sizeof(strings));
	return blob;
}

struct taken {
	int count;
	int64_t red, blue;
};

static void take(void *context, const char *name, int64_t value)
{
	struct taken *taken = context;

	taken->count++;
	if (!strcmp(name, "RED"))
		taken->red = value;
	if (!strcmp(name, "BLUE"))
		taken->blue = value;
}

/* From memory of exactly this size. */
static int read_enum(const struct blob *blob, size_t bytes, const char *name,
		     struct taken *ret_taken)
{
	void *copy = malloc(bytes ? bytes : 1);
	int result;

	*ret_taken = (struct taken){0};
	memcpy(copy, blob, bytes);
	result = kernel_btf_read_enum(copy, bytes, name, take, ret_taken);
	free(copy);
	return result;
}

Test(kernel_btf, finds_the_enum_behind_every_other_kind_of_type)
{
	struct blob whole = blob();
	struct taken taken;

	cr_assert_eq(read_enum(&whole, sizeof(whole), "colour", &taken), 2);
	cr_expect_eq(taken.count, 2);
	cr_expect_eq(taken.red, 1);
	cr_expect_eq(taken.blue, -7);
}

Test(kernel_btf, what_is_not_there_has_no_values)
{
	struct blob whole = blob();
	struct taken taken;

	cr_expect_eq(read_enum(&whole, sizeof(whole), "taste", &taken), 0);
	cr_expect_eq(taken.count, 0);
}

Test(kernel_btf, cut_anywhere_is_refused)
{
	struct blob whole = blob();
	struct taken taken;

	/* The struct itself may be padded behind its strings. */
	for (size_t bytes = 0; bytes < offsetof(struct blob, strings) + sizeof(strings); bytes++) {
		cr_expect_eq(read_enum(&whole, bytes, "colour", &taken), -EBADMSG, "%zu bytes",
			     bytes);
		cr_expect_eq(taken.count, 0, "%zu bytes", bytes);
	}
}

/* The header claims fewer types than there are: the last one ends early. */
Test(kernel_btf, a_type_that_ends_early_is_refused)
{
	struct blob cut = blob();
	struct taken taken;

	for (uint32_t bytes = sizeof(types) - 4 * 4; bytes < sizeof(types); bytes++) {
		cut.header.type_len = bytes;
		cr_expect_eq(read_enum(&cut, sizeof(cut), "colour", &taken), -EBADMSG,
			     "%u bytes of types", bytes);
	}
}

Test(kernel_btf, lies_in_the_header_are_refused)
{
	struct taken taken;
	struct blob lie;

#define expect_refused(member, value)                                                              \
	lie = blob();                                                                              \
	lie.header.member = value;                                                                 \
	cr_expect_eq(read_enum(&lie, sizeof(lie), "colour", &taken), -EBADMSG, #member " = " #value)
	expect_refused(magic, 0x9feb); /* the other byte order */
	expect_refused(hdr_len, UINT32_MAX);
	expect_refused(type_off, UINT32_MAX);
	expect_refused(type_off, 2);
	expect_refused(type_len, UINT32_MAX);
	expect_refused(str_off, UINT32_MAX);
	expect_refused(str_len, UINT32_MAX);
	expect_refused(str_len, 0);
	expect_refused(str_len, 3); /* ends in the middle of a name */
#undef expect_refused
}

Test(kernel_btf, an_unknown_kind_is_refused_because_its_length_is_not_known)
{
	struct blob unknown = blob();
	struct taken taken;
	uint32_t info = INFO(31, 0);

	memcpy(unknown.types + 4, &info, sizeof(info));
	cr_expect_eq(read_enum(&unknown, sizeof(unknown), "colour", &taken), -EBADMSG);
}

Test(kernel_btf, a_name_beyond_the_strings_is_empty)
{
	struct blob odd = blob();
	struct taken taken;
	uint32_t beyond = 100000;

	memcpy(odd.types + sizeof(types) - 16, &beyond, sizeof(beyond)); /* RED's */
	cr_assert_eq(read_enum(&odd, sizeof(odd), "colour", &taken), 2);
	cr_expect_eq(taken.red, 0);
	cr_expect_eq(taken.blue, -7);
}

static void look_for_netfilter(void *context, const char *name, int64_t value)
{
	if (!strcmp(name, "SKB_DROP_REASON_NETFILTER_DROP"))
		*(int64_t *)context = value;
}

Test(kernel_btf, the_running_kernel_names_its_drop_reasons)
{
	int64_t netfilter = 0;
	int result = kernel_btf_enum("skb_drop_reason", look_for_netfilter, &netfilter);

	if (result <= 0)
		cr_skip("no readable BTF with drop reasons here: %d", result);
	cr_expect_gt(result, 10);
	cr_expect_gt(netfilter, 0);
}
