// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Items in their order, whichever is removed. */
#include <criterion/criterion.h>

#include "user/base/list.h"

struct item {
	char name;
	struct list_node node;
};

static char *names_of(const struct list *list, char *text)
{
	size_t length = 0;
	const struct list_node *last = NULL;

	for (struct list_node *node = list->first; node; node = node->next) {
		text[length++] = list_item(node, struct item, node)->name;
		last = node;
	}
	cr_expect_eq(list->last, last);
	text[length] = '\0';
	return text;
}

Test(list, items_stay_in_order_whichever_is_removed)
{
	static const char *const left[] = {"bc", "ac", "ab"};

	for (size_t removed = 0; removed < 3; removed++) {
		struct item items[] = {{.name = 'a'}, {.name = 'b'}, {.name = 'c'}};
		struct list list = {0};
		char text[4];

		for (size_t i = 0; i < 3; i++)
			list_append(&list, &items[i].node);
		cr_expect_str_eq(names_of(&list, text), "abc");
		list_remove(&list, &items[removed].node);
		cr_expect_str_eq(names_of(&list, text), left[removed]);
		list_append(&list, &items[removed].node);
		cr_expect_eq(list_item(list.last, struct item, node), &items[removed]);
	}
}

Test(list, is_empty_when_all_are_taken)
{
	struct item items[] = {{.name = 'a'}, {.name = 'b'}};
	struct list list = {0};

	cr_expect_null(list_take(&list));
	list_append(&list, &items[0].node);
	list_append(&list, &items[1].node);
	cr_expect_eq(list_take(&list), &items[0].node);
	cr_expect_eq(list_take(&list), &items[1].node);
	cr_expect_null(list_take(&list));
	cr_expect_null(list.last);
}
