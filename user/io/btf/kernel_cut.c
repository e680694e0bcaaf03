// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* From the programs' records to whatever lies within them, each type once, as they are met. */
#include "user/io/btf/kernel_cut.h"

#include <bpf/btf.h>
#include <errno.h>

#include "user/io/btf/kernel_types.h"

#define TYPES_MAX     4096
#define MODIFIERS_MAX 16 /* const, volatile and their like on one another */
#define POINTER_ID    1	 /* in the cut: all pointers are one, to void */

struct cut {
	const struct kernel_types *types;
	struct btf *btf;
	uint32_t ids[TYPES_MAX]; /* the kernel's, of the cut's types from POINTER_ID + 1 on */
	uint32_t count;
};

/* What can lie within a record; all else comes by pointer only. */
static bool is_value(const struct btf_type *type)
{
	return btf_is_int(type) || btf_is_float(type) || btf_is_any_enum(type) ||
	       btf_is_array(type) || btf_is_typedef(type) || btf_is_composite(type);
}

/* Its id in the cut, where it will be if it is not yet; 0: void, or there is no room. */
static int cut_id(struct cut *cut, uint32_t id)
{
	const struct btf_type *type = kernel_types_at(cut->types, id);
	uint32_t i = 0;

	for (int modifiers = 0; type && btf_is_mod(type); modifiers++) {
		id = modifiers < MODIFIERS_MAX ? type->type : 0; /* it may lead back to itself */
		type = kernel_types_at(cut->types, id);
	}
	if (type && btf_is_ptr(type))
		return POINTER_ID;
	if (!type || !is_value(type))
		return 0;
	while (i < cut->count && cut->ids[i] != id)
		i++;
	if (i == TYPES_MAX)
		return 0;
	if (i == cut->count)
		cut->ids[cut->count++] = id;
	return (int)i + POINTER_ID + 1;
}

static int add_members(struct cut *cut, const struct btf_type *type)
{
	const struct btf_member *members = btf_members(type);
	int result = 0;

	for (uint32_t i = 0; i < btf_vlen(type) && result == 0; i++)
		if (!members[i].name_off || kernel_types_is_wanted(cut->types, members[i].name_off))
			result = btf__add_field(
				cut->btf, kernel_types_name(cut->types, members[i].name_off),
				cut_id(cut, members[i].type), btf_member_bit_offset(type, i),
				btf_member_bitfield_size(type, i));
	return result;
}

/* Returns its id, or -errno. */
static int add_type(struct cut *cut, const struct btf_type *type)
{
	const char *name = kernel_types_name(cut->types, type->name_off);
	const struct btf_array *array = btf_array(type);
	int id = -EOPNOTSUPP, result;

	switch (btf_kind(type)) {
	case BTF_KIND_INT:
		return btf__add_int(cut->btf, name, type->size, btf_int_encoding(type));
	case BTF_KIND_FLOAT:
		return btf__add_float(cut->btf, name, type->size);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return btf__add_enum(cut->btf, name, type->size);
	case BTF_KIND_ARRAY:
		return btf__add_array(cut->btf, cut_id(cut, array->index_type),
				      cut_id(cut, array->type), array->nelems);
	case BTF_KIND_TYPEDEF:
		return btf__add_typedef(cut->btf, name, cut_id(cut, type->type));
	case BTF_KIND_STRUCT:
		id = btf__add_struct(cut->btf, name, type->size);
		break;
	case BTF_KIND_UNION:
		id = btf__add_union(cut->btf, name, type->size);
		break;
	}
	if (id < 0)
		return id;
	result = add_members(cut, type);
	return result < 0 ? result : id;
}

static int add_all(struct cut *cut)
{
	uint32_t id;
	int result = btf__add_ptr(cut->btf, 0);

	for (unsigned i = 0; (id = kernel_types_record(cut->types, i)); i++)
		cut_id(cut, id);
	for (uint32_t i = 0; i < cut->count && result >= 0; i++)
		result = add_type(cut, kernel_types_at(cut->types, cut->ids[i]));
	return result < 0 ? result : cut->count == TYPES_MAX ? -E2BIG : 0;
}

struct btf *kernel_cut(const struct kernel_types *types)
{
	struct cut cut = {.types = types, .btf = btf__new_empty()};
	int result = cut.btf ? add_all(&cut) : -errno;

	if (result == 0)
		return cut.btf;
	btf__free(cut.btf);
	errno = -result;
	return NULL;
}
