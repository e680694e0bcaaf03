// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What a slot is in a list of, it has a node for. */
#include "user/core/correlate/slot_lists.h"

void dirty_add(struct correlator *c, uint32_t at)
{
	struct slot *slot = slot_at(c, at);

	if (slot->is_dirty)
		return;
	slot->is_dirty = true;
	list_append(slot_ready_ns(slot) > c->drained_ns ? &c->young : &c->dirty, &slot->dirty);
}

struct slot *dirty_take(struct correlator *c)
{
	struct list_node *node = list_take(&c->dirty);
	struct slot *slot = node ? list_item(node, struct slot, dirty) : NULL;

	if (slot)
		slot->is_dirty = false;
	return slot;
}

void dirty_drain(struct correlator *c, uint64_t drained_ns)
{
	if (drained_ns <= c->drained_ns)
		return;
	c->drained_ns = drained_ns;
	list_move(&c->dirty, &c->young);
}

void closed_add(struct correlator *c, uint32_t at, uint64_t now_ns)
{
	struct slot *slot = slot_at(c, at);

	if (slot->closed_ns)
		return;
	slot->closed_ns = now_ns ? now_ns : 1; /* 0 is: still open */
	/* Nothing was sent, nothing is to come; a probe without a port tries again: it leaves. */
	if (slot->verdict && verdict_has(slot->verdict, VERDICT_LACKS_PORT) &&
	    now_ns > c->watch_on_ns) {
		slot->closed_ns -= c->watch_on_ns;
		list_prepend(&c->closed, &slot->closed);
	} else {
		list_append(slot->is_watched ? &c->watched : &c->closed, &slot->closed);
	}
}

struct slot *closed_first(const struct list *closed)
{
	return closed->first ? list_item(closed->first, struct slot, closed) : NULL;
}

void awaiting_app_add(struct correlator *c, uint32_t at)
{
	struct slot *slot = slot_at(c, at);

	slot->decided_ns = c->drained_ns ? c->drained_ns : 1; /* 0 is: not decided */
	slot->is_awaiting_app = true;
	list_append(&c->awaiting_app, &slot->awaiting);
}

void awaiting_app_remove(struct correlator *c, uint32_t at)
{
	struct slot *slot = slot_at(c, at);

	if (!slot->is_awaiting_app)
		return;
	slot->is_awaiting_app = false;
	list_remove(&c->awaiting_app, &slot->awaiting);
}

struct slot *awaiting_app_first(const struct correlator *c)
{
	return c->awaiting_app.first ? list_item(c->awaiting_app.first, struct slot, awaiting)
				     : NULL;
}
