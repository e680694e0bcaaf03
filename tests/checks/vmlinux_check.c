/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Holds the types in a BPF object's BTF against the running kernel's: usage: vmlinux_check OBJECT.
 *
 * Offsets may differ, CO-RE finds them; names, kinds and sizes may not. Prints a line for each
 * difference and exits 1, or exits 0.
 */
#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct comparison {
	const struct btf *ours;
	const struct btf *kernel;
	unsigned checked_count;
	unsigned wrong_count;
};

/* What stays of a type when names and qualifiers are gone. */
struct shape {
	__u16 kind;
	__s64 size_bytes;
};

static const struct btf_type *type_plain(const struct btf *btf, __u32 id)
{
	const struct btf_type *type = btf__type_by_id(btf, id);

	while (btf_is_mod(type) || btf_is_typedef(type))
		type = btf__type_by_id(btf, type->type);
	return type;
}

static struct shape shape_of(const struct btf *btf, __u32 id)
{
	const struct btf_type *type = type_plain(btf, id);
	struct shape shape = {.kind = btf_kind(type), .size_bytes = btf__resolve_size(btf, id)};

	/* Grown since, or fields left out here: the members are compared one by one. */
	if (btf_is_composite(type)) {
		shape.kind = BTF_KIND_STRUCT;
		shape.size_bytes = 0;
	}
	return shape;
}

/*
 * Anonymous structs and unions around a member do not count, neither here nor for CO-RE. A
 * bit-field matches only one of as many bits (0: none): it cannot be loaded as a whole.
 */
static bool member_find(const struct btf *btf, const struct btf_type *type, const char *name,
			__u32 bits, __u32 *ret_type)
{
	const struct btf_member *member = btf_members(type);

	for (__u16 i = 0; i < btf_vlen(type); i++, member++) {
		const char *found = btf__name_by_offset(btf, member->name_off);
		const struct btf_type *inner = type_plain(btf, member->type);

		if (strcmp(found, name) == 0 && btf_member_bitfield_size(type, i) == bits) {
			*ret_type = member->type;
			return true;
		}
		if (!*found && btf_is_composite(inner) &&
		    member_find(btf, inner, name, bits, ret_type))
			return true;
	}
	return false;
}

static void wrong(struct comparison *comparison, const char *type, const char *member,
		  const char *what)
{
	printf("%s.%s: %s\n", type, member, what);
	comparison->wrong_count++;
}

static void members_compare(struct comparison *comparison, const char *name,
			    const struct btf_type *ours, const struct btf_type *kernel)
{
	const struct btf_member *member = btf_members(ours);

	for (__u16 i = 0; i < btf_vlen(ours); i++, member++) {
		const char *member_name = btf__name_by_offset(comparison->ours, member->name_off);
		struct shape want = shape_of(comparison->ours, member->type), have;
		__u32 kernel_type;

		comparison->checked_count++;
		if (!member_find(comparison->kernel, kernel, member_name,
				 btf_member_bitfield_size(ours, i), &kernel_type)) {
			wrong(comparison, name, member_name,
			      "the running kernel has no such member");
			continue;
		}
		have = shape_of(comparison->kernel, kernel_type);
		if (want.kind != have.kind)
			wrong(comparison, name, member_name,
			      "is of another kind in the running kernel");
		else if (want.size_bytes != have.size_bytes)
			wrong(comparison, name, member_name,
			      "has another size in the running kernel");
		/* A member's own type without a name, or a typedef's, is met nowhere else. */
		if (have.kind == BTF_KIND_STRUCT && want.kind == BTF_KIND_STRUCT)
			members_compare(comparison, member_name,
					type_plain(comparison->ours, member->type),
					type_plain(comparison->kernel, kernel_type));
	}
}

static bool enumerator_is_same(const struct btf *btf, const struct btf_type *type, const char *name,
			       __u32 value)
{
	const struct btf_enum *enumerator = btf_enum(type);

	for (__u16 i = 0; i < btf_vlen(type); i++, enumerator++)
		if (strcmp(btf__name_by_offset(btf, enumerator->name_off), name) == 0)
			return (__u32)enumerator->val == value;
	return false;
}

static void enumerators_compare(struct comparison *comparison, const char *name,
				const struct btf_type *ours, const struct btf_type *kernel)
{
	const struct btf_enum *enumerator = btf_enum(ours);

	for (__u16 i = 0; i < btf_vlen(ours); i++, enumerator++) {
		const char *enumerator_name =
			btf__name_by_offset(comparison->ours, enumerator->name_off);

		comparison->checked_count++;
		if (!enumerator_is_same(comparison->kernel, kernel, enumerator_name,
					enumerator->val))
			wrong(comparison, name, enumerator_name,
			      "the running kernel has no such value");
	}
}

static void type_compare(struct comparison *comparison, const struct btf_type *ours)
{
	const char *name = btf__name_by_offset(comparison->ours, ours->name_off);
	__s32 id = btf__find_by_name_kind(comparison->kernel, name, btf_kind(ours));
	const struct btf_type *kernel = id > 0 ? btf__type_by_id(comparison->kernel, id) : NULL;

	if (!kernel)
		wrong(comparison, name, "*", "the running kernel has no such type");
	else if (btf_is_enum(ours))
		enumerators_compare(comparison, name, ours, kernel);
	else
		members_compare(comparison, name, ours, kernel);
}

int main(int argc, char **argv)
{
	struct comparison comparison = {0};

	if (argc != 2) {
		fprintf(stderr, "usage: vmlinux_check OBJECT\n");
		return 1;
	}
	comparison.ours = btf__parse(argv[1], NULL);
	comparison.kernel = comparison.ours ? btf__load_vmlinux_btf() : NULL;
	if (!comparison.kernel) {
		fprintf(stderr, "vmlinux_check: cannot read the BTF of %s: %s\n",
			comparison.ours ? "the running kernel" : argv[1], strerror(errno));
		return 1;
	}
	for (__u32 id = 1; id < btf__type_cnt(comparison.ours); id++) {
		const struct btf_type *type = btf__type_by_id(comparison.ours, id);

		if (type->name_off && (btf_is_composite(type) || btf_is_enum(type)))
			type_compare(&comparison, type);
	}
	printf("vmlinux.h: %u members and values, %u differ from the running kernel\n",
	       comparison.checked_count, comparison.wrong_count);
	return comparison.wrong_count > 0 || comparison.checked_count == 0;
}
