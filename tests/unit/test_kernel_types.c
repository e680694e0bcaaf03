/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is found in the kernel's types, and the records cut out of them: made by hand, and the
 * running kernel's own as libbpf has them.
 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <criterion/criterion.h>
#include <errno.h>

#include "include/ktp_config.h"
#include "ktcping.skel.h"
#include "user/io/btf/kernel_btf.h"
#include "user/io/btf/kernel_cut.h"
#include "user/io/btf/kernel_types.h"

static const char *const names[] = {"has_this", "lacks_this", "a_function", NULL};
static const char *const tracepoints[] = {"kfree_skb", "net_dev_queue", NULL};

/* The kernel's: ids in the order of these lines. */
enum { INT = 1, POINTER, PROTOTYPE, TO_PROTOTYPE, TRACE, INNER, CONST, OUTER, FUNCTION };

static struct btf *kernel(void)
{
	struct btf *btf = btf__new_empty();

	btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	btf__add_ptr(btf, OUTER);
	btf__add_func_proto(btf, 0);
	btf__add_func_param(btf, "__data", POINTER);
	btf__add_func_param(btf, "skb", POINTER);
	btf__add_func_param(btf, "reason", INT);
	btf__add_ptr(btf, PROTOTYPE);
	btf__add_typedef(btf, "btf_trace_kfree_skb", TO_PROTOTYPE);
	btf__add_struct(btf, NULL, 8);
	btf__add_field(btf, "unknown", INT, 0, 0);
	btf__add_field(btf, "known", INT, 32, 0);
	btf__add_const(btf, INNER);
	btf__add_struct(btf, "outer", 32);
	btf__add_field(btf, "unknown", POINTER, 0, 0);
	btf__add_field(btf, NULL, CONST, 64, 0);
	btf__add_field(btf, "next", POINTER, 128, 0);
	btf__add_field(btf, "bits", INT, 195, 2);
	btf__add_func(btf, "a_function", BTF_FUNC_GLOBAL, PROTOTYPE);
	btf__add_str(btf, "has_this");
	return btf;
}

/* The programs' own view: in another order, without the members between. */
static struct btf *programs(void)
{
	struct btf *btf = btf__new_empty();

	btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	btf__add_struct(btf, "outer", 12);
	btf__add_field(btf, "bits", 1, 0, 0);
	btf__add_field(btf, "known", 1, 32, 0);
	btf__add_field(btf, "next", 1, 64, 0);
	btf__add_struct(btf, "ktp_own", 4);
	btf__add_field(btf, "unknown", 1, 0, 0);
	return btf;
}

struct both {
	struct btf *kernel, *programs, *cut;
	struct kernel_types *types;
};

static struct both look(void)
{
	struct both both = {.kernel = kernel(), .programs = programs()};
	struct kernel_btf sections;
	uint32_t bytes;
	const void *blob = btf__raw_data(both.kernel, &bytes);

	cr_assert_eq(kernel_btf_sections(blob, bytes, &sections), 0);
	both.types = kernel_types_of(&sections,
				     &(struct kernel_wanted){both.programs, names, tracepoints});
	cr_assert(both.types);
	both.cut = kernel_cut(both.types);
	cr_assert(both.cut);
	return both;
}

static void release(struct both *both)
{
	btf__free(both->cut);
	kernel_types_free(both->types);
	btf__free(both->programs);
	btf__free(both->kernel);
}

Test(kernel_types, ids_are_the_kernels_own)
{
	struct both both = look();

	cr_expect_eq(kernel_types_id(both.types, BTF_KIND_STRUCT, "outer"), OUTER);
	cr_expect_eq(kernel_types_id(both.types, BTF_KIND_FUNC, "a_function"), FUNCTION);
	cr_expect_eq(kernel_types_id(both.types, BTF_KIND_STRUCT, "a_function"), 0);
	cr_expect_eq(kernel_types_tracepoint(both.types, "kfree_skb"), TRACE);
	cr_expect_eq(kernel_types_tracepoint(both.types, "net_dev_queue"), 0);
	release(&both);
}

Test(kernel_types, the_hidden_argument_of_a_tracepoint_does_not_count)
{
	struct both both = look();

	cr_expect_eq(kernel_types_tracepoint_args(both.types, "kfree_skb"), 2);
	cr_expect_eq(kernel_types_tracepoint_args(both.types, "net_dev_queue"), 0);
	release(&both);
}

Test(kernel_types, a_name_is_there_whatever_has_it)
{
	struct both both = look();

	cr_expect(kernel_types_has(both.types, "has_this"));
	cr_expect_not(kernel_types_has(both.types, "lacks_this"));
	release(&both);
}

static const struct btf_member *find_member(const struct btf *btf, const struct btf_type *type,
					    const char *name)
{
	for (int i = 0; i < btf_vlen(type); i++)
		if (!strcmp(btf__name_by_offset(btf, btf_members(type)[i].name_off), name))
			return &btf_members(type)[i];
	return NULL;
}

Test(kernel_cut, has_what_the_programs_know_where_the_kernel_has_it)
{
	struct both both = look();
	int id = btf__find_by_name_kind(both.cut, "outer", BTF_KIND_STRUCT);
	const struct btf_type *outer, *inner;
	const struct btf_member *member;

	cr_assert_gt(id, 0);
	outer = btf__type_by_id(both.cut, (uint32_t)id);
	cr_expect_eq(outer->size, 32);
	cr_expect_not(find_member(both.cut, outer, "unknown"));
	member = find_member(both.cut, outer, "bits");
	cr_assert(member);
	cr_expect_eq(btf_member_bit_offset(outer, (uint32_t)(member - btf_members(outer))), 195);
	cr_expect_eq(btf_member_bitfield_size(outer, (uint32_t)(member - btf_members(outer))), 2);
	member = find_member(both.cut, outer, "next");
	cr_assert(member);
	cr_expect(btf_is_ptr(btf__type_by_id(both.cut, member->type)));
	member = find_member(both.cut, outer, "");
	cr_assert(member);
	inner = btf__type_by_id(both.cut, member->type);
	cr_expect_eq(inner->size, 8);
	cr_expect(find_member(both.cut, inner, "known"));
	cr_expect_not(find_member(both.cut, inner, "unknown"));
	release(&both);
}

/* As the kernel writes them, but const of const of itself. */
Test(kernel_cut, modifiers_in_a_circle_end)
{
	struct btf *looped = btf__new_empty(), *own = btf__new_empty();
	struct kernel_btf sections;
	struct kernel_types *types;
	struct btf *cut;
	uint32_t bytes;
	const void *blob;

	btf__add_const(looped, 2);
	btf__add_const(looped, 1);
	btf__add_struct(looped, "outer", 4);
	btf__add_field(looped, "known", 1, 0, 0);
	btf__add_struct(own, "outer", 4);
	btf__add_field(own, "known", 0, 0, 0);
	blob = btf__raw_data(looped, &bytes);
	cr_assert_eq(kernel_btf_sections(blob, bytes, &sections), 0);
	types = kernel_types_of(&sections, &(struct kernel_wanted){own, names, tracepoints});
	cr_assert(types);
	cut = kernel_cut(types);
	cr_expect(cut);
	btf__free(cut);
	kernel_types_free(types);
	btf__free(own);
	btf__free(looped);
}

static void expect_same_record(const struct btf *cut, const struct btf *all, uint32_t id)
{
	const struct btf_type *type = btf__type_by_id(cut, id), *original;
	const char *name = btf__name_by_offset(cut, type->name_off);
	int found = btf__find_by_name_kind(all, name, btf_kind(type));

	cr_assert_gt(found, 0, "%s", name);
	original = btf__type_by_id(all, (uint32_t)found);
	cr_expect_eq(type->size, original->size, "%s", name);
	for (uint32_t i = 0; i < btf_vlen(type); i++) {
		const char *member = btf__name_by_offset(cut, btf_members(type)[i].name_off);
		const struct btf_member *same = find_member(all, original, member);

		cr_assert(same, "%s.%s", name, member);
		if (member[0])
			cr_expect_eq(btf_member_bit_offset(type, i),
				     btf_member_bit_offset(
					     original, (uint32_t)(same - btf_members(original))),
				     "%s.%s", name, member);
	}
}

/* Of a name that is there twice libbpf's look-up has the first one only. */
Test(kernel_cut, records_of_the_running_kernel_are_as_libbpf_has_them)
{
	struct btf *all = btf__load_vmlinux_btf(), *cut;
	struct ktcping_bpf *skeleton = ktcping_bpf__open();
	const char *last = "";
	struct kernel_types *types;
	unsigned records = 0;

	if (!all)
		cr_skip("no readable BTF here");
	cr_assert(skeleton);
	types = kernel_types_new(
		&(struct kernel_wanted){bpf_object__btf(skeleton->obj), names, tracepoints});
	cr_assert(types);
	cut = kernel_cut(types);
	cr_assert(cut);
	for (uint32_t id = 1; id < btf__type_cnt(cut); id++) {
		const struct btf_type *type = btf__type_by_id(cut, id);
		const char *name = btf__name_by_offset(cut, type->name_off);

		if (!btf_is_struct(type) || !name[0] || !strcmp(name, last) ||
		    kernel_types_id(types, BTF_KIND_STRUCT, name) == 0)
			continue;
		expect_same_record(cut, all, id);
		records++;
		last = name;
	}
	cr_expect_gt(records, 20);
	cr_expect_lt(btf__type_cnt(cut), 2000);
	btf__free(cut);
	kernel_types_free(types);
	ktcping_bpf__destroy(skeleton);
	btf__free(all);
}
