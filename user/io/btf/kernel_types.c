// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * First the strings are gone through for the wanted names, each of which BTF has once; from then on
 * names are numbers, and the types need no look at a string.
 */
#include "user/io/btf/kernel_types.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/io/btf/kernel_btf.h"

#define NAMES_MAX    1024 /* the programs' records have some 170 */
#define BUCKETS	     2048 /* a power of two */
#define FOUND_MAX    1024
#define STRIDE	     64 /* of so many types the place of one is kept */
#define TRACE_PREFIX "btf_trace_"
#define OWN_PREFIX   "ktp_" /* of records that are ours, and no kernel's */

struct wanted {
	char name[64];
	size_t length;
	uint16_t next;	 /* in its bucket: index + 1; 0 ends it */
	bool may_be_cut; /* a record of the programs has this name */
};

struct found {
	uint32_t id;
	uint32_t kind;
	uint32_t name_off;
	bool may_be_cut;
};

struct kernel_types {
	struct kernel_btf btf;
	struct wanted names[NAMES_MAX];
	unsigned name_count;
	uint16_t buckets[BUCKETS]; /* of names, by what they look like */
	uint32_t offsets[BUCKETS]; /* of those that are there; open addressing, 0: free */
	uint16_t name_at[BUCKETS]; /* whose they are */
	struct found found[FOUND_MAX];
	unsigned found_count;
	uint32_t type_count;
	uint32_t *places; /* in the section, of the types 1, 1 + STRIDE, … */
};

/* Enough to pass over nearly all strings that are not wanted. */
static unsigned bucket_of(const char *name, size_t length)
{
	return ((unsigned char)name[0] * 67u + (unsigned char)name[length - 1] * 5u +
		(unsigned char)name[length / 2] * 29u + (unsigned)length * 263u) %
	       BUCKETS;
}

static struct wanted *find_wanted(struct kernel_types *types, const char *name, size_t length)
{
	uint16_t index = types->buckets[bucket_of(name, length)];

	while (index) {
		struct wanted *wanted = &types->names[index - 1];

		if (wanted->length == length && !memcmp(wanted->name, name, length))
			return wanted;
		index = wanted->next;
	}
	return NULL;
}

static void want(struct kernel_types *types, const char *name, bool may_be_cut)
{
	size_t length = strlen(name);
	struct wanted *wanted = length ? find_wanted(types, name, length) : NULL;
	unsigned bucket;

	if (wanted)
		wanted->may_be_cut |= may_be_cut;
	if (wanted || !length || length >= sizeof(wanted->name) || types->name_count == NAMES_MAX)
		return;
	bucket = bucket_of(name, length);
	wanted = &types->names[types->name_count++];
	memcpy(wanted->name, name, length);
	wanted->length = length;
	wanted->may_be_cut = may_be_cut;
	wanted->next = types->buckets[bucket];
	types->buckets[bucket] = (uint16_t)types->name_count;
}

static void want_records(struct kernel_types *types, const struct btf *programs)
{
	for (uint32_t id = 1; id < btf__type_cnt(programs); id++) {
		const struct btf_type *type = btf__type_by_id(programs, id);
		const char *name = btf__name_by_offset(programs, type->name_off);

		if (btf_is_typedef(type))
			want(types, name, true);
		if (!btf_is_composite(type) || !strncmp(name, OWN_PREFIX, strlen(OWN_PREFIX)))
			continue;
		want(types, name, true);
		for (uint32_t i = 0; i < btf_vlen(type); i++)
			want(types, btf__name_by_offset(programs, btf_members(type)[i].name_off),
			     false);
	}
}

static void want_names(struct kernel_types *types, const char *const *names, const char *prefix)
{
	char name[sizeof(types->names[0].name)];

	for (; *names; names++) {
		snprintf(name, sizeof(name), "%s%s", prefix, *names);
		want(types, name, false);
	}
}

/* Its slot, or the free one where it would be. */
static unsigned slot_of(const struct kernel_types *types, uint32_t offset)
{
	unsigned slot = offset * 2654435761u % BUCKETS;

	while (types->offsets[slot] && types->offsets[slot] != offset)
		slot = (slot + 1) % BUCKETS;
	return slot;
}

static void find_names(struct kernel_types *types)
{
	const char *begin = types->btf.strings, *end = begin + types->btf.string_bytes;
	size_t length;

	for (const char *name = begin; name < end; name += length + 1) {
		struct wanted *wanted;
		unsigned slot;

		length = strlen(name);
		wanted = length ? find_wanted(types, name, length) : NULL;
		if (!wanted)
			continue;
		slot = slot_of(types, (uint32_t)(name - begin));
		types->offsets[slot] = (uint32_t)(name - begin);
		types->name_at[slot] = (uint16_t)(wanted - types->names);
	}
}

static bool has_name_of_interest(uint32_t kind)
{
	return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION || kind == BTF_KIND_TYPEDEF ||
	       kind == BTF_KIND_FUNC;
}

static void note_type(struct kernel_types *types, uint32_t id, const struct btf_type *type)
{
	uint32_t kind = BTF_INFO_KIND(type->info);
	unsigned slot;

	if (!type->name_off || !has_name_of_interest(kind))
		return;
	slot = slot_of(types, type->name_off);
	if (!types->offsets[slot] || types->found_count == FOUND_MAX)
		return;
	types->found[types->found_count++] =
		(struct found){.id = id,
			       .kind = kind,
			       .name_off = type->name_off,
			       .may_be_cut = kind != BTF_KIND_FUNC &&
					     types->names[types->name_at[slot]].may_be_cut};
}

static int find_types(struct kernel_types *types)
{
	const struct kernel_btf *btf = &types->btf;
	size_t at = 0, bytes;

	types->places = malloc((btf->type_bytes / sizeof(struct btf_type) / STRIDE + 1) *
			       sizeof(*types->places));
	if (!types->places)
		return -ENOMEM;
	for (; btf->type_bytes - at >= sizeof(struct btf_type); at += bytes) {
		const struct btf_type *type = (const struct btf_type *)(btf->types + at);

		bytes = kernel_btf_type_bytes(type, btf->type_bytes - at);
		if (!bytes)
			return -EBADMSG;
		if (types->type_count % STRIDE == 0)
			types->places[types->type_count / STRIDE] = (uint32_t)at;
		note_type(types, ++types->type_count, type);
	}
	return 0;
}

struct kernel_types *kernel_types_of(const struct kernel_btf *btf,
				     const struct kernel_wanted *wanted)
{
	struct kernel_types *types = calloc(1, sizeof(*types));
	int result;

	if (!types)
		return NULL;
	types->btf = *btf;
	want_records(types, wanted->programs);
	want_names(types, wanted->names, "");
	want_names(types, wanted->tracepoints, TRACE_PREFIX);
	find_names(types);
	result = find_types(types);
	if (result == 0)
		return types;
	types->btf.map = NULL; /* still the caller's */
	kernel_types_free(types);
	errno = -result;
	return NULL;
}

struct kernel_types *kernel_types_new(const struct kernel_wanted *wanted)
{
	struct kernel_btf btf;
	struct kernel_types *types;
	int result = kernel_btf_open(&btf);

	if (result < 0) {
		errno = -result;
		return NULL;
	}
	types = kernel_types_of(&btf, wanted);
	if (!types)
		kernel_btf_close(&btf);
	return types;
}

void kernel_types_free(struct kernel_types *types)
{
	if (!types)
		return;
	kernel_btf_close(&types->btf);
	free(types->places);
	free(types);
}

bool kernel_types_is_wanted(const struct kernel_types *types, uint32_t name_off)
{
	return name_off && types->offsets[slot_of(types, name_off)];
}

bool kernel_types_has(const struct kernel_types *types, const char *name)
{
	for (unsigned slot = 0; slot < BUCKETS; slot++)
		if (types->offsets[slot] && !strcmp(types->names[types->name_at[slot]].name, name))
			return true;
	return false;
}

uint32_t kernel_types_id(const struct kernel_types *types, uint32_t kind, const char *name)
{
	for (unsigned i = 0; i < types->found_count; i++)
		if (types->found[i].kind == kind &&
		    !strcmp(kernel_types_name(types, types->found[i].name_off), name))
			return types->found[i].id;
	return 0;
}

uint32_t kernel_types_tracepoint(const struct kernel_types *types, const char *tracepoint)
{
	char name[sizeof(types->names[0].name)];

	snprintf(name, sizeof(name), TRACE_PREFIX "%s", tracepoint);
	return kernel_types_id(types, BTF_KIND_TYPEDEF, name);
}

/* A typedef of a pointer to its prototype, whose first argument is hidden: void *__data. */
unsigned kernel_types_tracepoint_args(const struct kernel_types *types, const char *tracepoint)
{
	uint32_t id = kernel_types_tracepoint(types, tracepoint);
	const struct btf_type *type = id ? kernel_types_at(types, id) : NULL;

	for (int i = 0; i < 2 && type; i++)
		type = kernel_types_at(types, type->type);
	return type && btf_is_func_proto(type) && btf_vlen(type) ? btf_vlen(type) - 1u : 0;
}

const struct btf_type *kernel_types_at(const struct kernel_types *types, uint32_t id)
{
	const struct btf_type *type;
	size_t at;

	if (!id || id > types->type_count)
		return NULL;
	at = types->places[(id - 1) / STRIDE];
	type = (const struct btf_type *)(types->btf.types + at);
	for (uint32_t i = (id - 1) % STRIDE; i; i--) {
		at += kernel_btf_type_bytes(type, types->btf.type_bytes - at);
		type = (const struct btf_type *)(types->btf.types + at);
	}
	return type;
}

const char *kernel_types_name(const struct kernel_types *types, uint32_t name_off)
{
	return kernel_btf_string(&types->btf, name_off);
}

uint32_t kernel_types_record(const struct kernel_types *types, unsigned index)
{
	for (unsigned i = 0; i < types->found_count; i++)
		if (types->found[i].may_be_cut && !index--)
			return types->found[i].id;
	return 0;
}
