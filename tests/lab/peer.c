/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The scripted peer as the test sees it: the shared memory and its log. */
#include "tests/lab/peer.h"

#include <stddef.h>
#include <sys/mman.h>

struct peer *peer_new(void)
{
	void *memory = mmap(NULL, sizeof(struct peer), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void peer_free(struct peer *peer)
{
	if (peer)
		munmap(peer, sizeof(*peer));
}

bool peer_event_get(const struct peer *peer, uint64_t index, struct peer_event *ret_event)
{
	uint64_t count = __atomic_load_n(&peer->event_count, __ATOMIC_ACQUIRE);

	if (index >= count || count - index > PEER_LOG_EVENTS)
		return false;
	*ret_event = peer->log[index % PEER_LOG_EVENTS];
	return true;
}

bool peer_event_find(const struct peer *peer, enum peer_event_kind kind, uint16_t port, unsigned n,
		     struct peer_event *ret_event)
{
	uint64_t count = __atomic_load_n(&peer->event_count, __ATOMIC_ACQUIRE);
	uint64_t index = count > PEER_LOG_EVENTS ? count - PEER_LOG_EVENTS : 0;
	struct peer_event event;

	for (; index < count; index++) {
		if (!peer_event_get(peer, index, &event) || event.kind != kind ||
		    event.port != port)
			continue;
		if (n-- == 0) {
			*ret_event = event;
			return true;
		}
	}
	return false;
}
