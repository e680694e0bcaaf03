// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Nearly always nothing has been read anew: then it costs one load. */
#include "user/io/kernel/missed.h"

bool missed_hear(struct missed_reader *reader, struct lost_event *ret_lost)
{
	struct missed *missed = reader->missed;
	uint64_t count;

	if (__atomic_load_n(&missed->read_ns, __ATOMIC_ACQUIRE) == reader->read_ns)
		return false;
	pthread_mutex_lock(&missed->lock);
	count = missed->count - reader->seen;
	if (count)
		*ret_lost = (struct lost_event){.from_ns = reader->from_ns,
						.to_ns = missed->read_ns,
						.count = reader->counts ? count : 0};
	reader->seen = missed->count;
	reader->from_ns = missed->before_ns;
	reader->read_ns = missed->read_ns;
	pthread_mutex_unlock(&missed->lock);
	return count > 0;
}
