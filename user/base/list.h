/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A list whose nodes are members of what is listed. It owns nothing. Zeroed it is empty.
 *
 *	struct job {
 *		struct list_node node;
 *		…
 *	};
 *	list_append(&jobs, &job->node);
 *	for (struct list_node *node = jobs.first; node; node = node->next)
 *		work(list_item(node, struct job, node));
 */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stddef.h>

struct list_node {
	struct list_node *next;
	struct list_node *previous;
};

struct list {
	struct list_node *first; /* NULL: empty */
	struct list_node *last;
};

/* What the node, which is not NULL, is a member of. */
#define list_item(node, type, member) ((type *)(((char *)(node)) - offsetof(type, member)))

static inline void list_append(struct list *list, struct list_node *node)
{
	*node = (struct list_node){.previous = list->last};
	*(list->last ? &list->last->next : &list->first) = node;
	list->last = node;
}

static inline void list_prepend(struct list *list, struct list_node *node)
{
	*node = (struct list_node){.next = list->first};
	*(list->first ? &list->first->previous : &list->last) = node;
	list->first = node;
}

/* All of more behind those of list; more is empty then. */
static inline void list_move(struct list *list, struct list *more)
{
	if (!more->first)
		return;
	more->first->previous = list->last;
	*(list->last ? &list->last->next : &list->first) = more->first;
	list->last = more->last;
	*more = (struct list){NULL, NULL};
}

static inline void list_remove(struct list *list, struct list_node *node)
{
	*(node->previous ? &node->previous->next : &list->first) = node->next;
	*(node->next ? &node->next->previous : &list->last) = node->previous;
}

/* The first one, removed; NULL when there is none. */
static inline struct list_node *list_take(struct list *list)
{
	struct list_node *node = list->first;

	if (!node)
		return NULL;
	list->first = node->next;
	*(node->next ? &node->next->previous : &list->last) = NULL;
	return node;
}

#endif
