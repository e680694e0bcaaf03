// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Linked by index. */
#include "user/core/correlate/slot_lists.h"

static void append(struct correlator *c, struct list *list, uint32_t at)
{
	slot_at(c, at)->next_dirty = NO_SLOT;
	if (list->last == NO_SLOT)
		list->first = at;
	else
		slot_at(c, list->last)->next_dirty = at;
	list->last = at;
}

void dirty_add(struct correlator *c, uint32_t at)
{
	struct slot *slot = slot_at(c, at);

	if (slot->is_dirty)
		return;
	slot->is_dirty = true;
	append(c, slot_ready_ns(slot) > c->drained_ns ? &c->young : &c->dirty, at);
}

uint32_t dirty_take(struct correlator *c)
{
	uint32_t at = c->dirty.first;

	c->dirty.first = slot_at(c, at)->next_dirty;
	if (c->dirty.first == NO_SLOT)
		c->dirty.last = NO_SLOT;
	slot_at(c, at)->is_dirty = false;
	return at;
}

void dirty_drain(struct correlator *c, uint64_t drained_ns)
{
	if (drained_ns <= c->drained_ns)
		return;
	c->drained_ns = drained_ns;
	if (c->young.first == NO_SLOT)
		return;
	if (c->dirty.last == NO_SLOT)
		c->dirty.first = c->young.first;
	else
		slot_at(c, c->dirty.last)->next_dirty = c->young.first;
	c->dirty.last = c->young.last;
	c->young = (struct list){NO_SLOT, NO_SLOT};
}

void closed_add(struct correlator *c, uint32_t at, uint64_t now_ns)
{
	struct slot *slot = slot_at(c, at);

	if (slot->closed_ns)
		return;
	slot->closed_ns = now_ns ? now_ns : 1; /* 0 is: still open */
	slot->next_closed = NO_SLOT;
	/* Nothing was sent, nothing is to come; a probe without a port tries again: it leaves. */
	if (slot->verdict && verdict_has(slot->verdict, VERDICT_LACKS_PORT) &&
	    now_ns > c->watch_on_ns) {
		slot->closed_ns -= c->watch_on_ns;
		slot->next_closed = c->closed.first;
		c->closed.first = at;
		if (c->closed.last == NO_SLOT)
			c->closed.last = at;
		return;
	}
	if (c->closed.last == NO_SLOT)
		c->closed.first = at;
	else
		slot_at(c, c->closed.last)->next_closed = at;
	c->closed.last = at;
}

void awaiting_app_add(struct correlator *c, uint32_t at)
{
	struct slot *slot = slot_at(c, at);

	slot->decided_ns = c->drained_ns ? c->drained_ns : 1; /* 0 is: not decided */
	slot->is_awaiting_app = true;
	slot->next_awaiting = NO_SLOT;
	slot->previous_awaiting = c->awaiting_app.last;
	if (c->awaiting_app.last == NO_SLOT)
		c->awaiting_app.first = at;
	else
		slot_at(c, c->awaiting_app.last)->next_awaiting = at;
	c->awaiting_app.last = at;
}

void awaiting_app_remove(struct correlator *c, uint32_t at)
{
	struct slot *slot = slot_at(c, at);

	if (!slot->is_awaiting_app)
		return;
	slot->is_awaiting_app = false;
	if (slot->previous_awaiting == NO_SLOT)
		c->awaiting_app.first = slot->next_awaiting;
	else
		slot_at(c, slot->previous_awaiting)->next_awaiting = slot->next_awaiting;
	if (slot->next_awaiting == NO_SLOT)
		c->awaiting_app.last = slot->previous_awaiting;
	else
		slot_at(c, slot->next_awaiting)->previous_awaiting = slot->previous_awaiting;
}
