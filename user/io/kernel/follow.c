// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The maps of include/ktp_follow.h. */
#include "user/io/kernel/follow.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <unistd.h>

#include "include/ktp_config.h"
#include "include/ktp_follow.h"
#include "ktcping.skel.h"
#include "user/io/pidfd.h"

int follow_task(const struct ktcping_bpf *skeleton, uint32_t tgid, bool has_hidden_calls)
{
	uint32_t visibility = has_hidden_calls ? KTP_CALLS_HIDDEN : KTP_CALLS_SEEN;

	if (bpf_map_update_elem(bpf_map__fd(skeleton->maps.ktp_tasks), &tgid, &visibility,
				BPF_ANY) < 0)
		return -errno;
	if (!skeleton->rodata->ktp_config
		     .is_initial_pidns) /* the kernel side learns its number when it connects */
		return 0;
	/* The kernel side may have found out meanwhile that it makes some. */
	bpf_map_update_elem(bpf_map__fd(skeleton->maps.ktp_users), &tgid, &visibility,
			    has_hidden_calls ? BPF_ANY : BPF_NOEXIST);
	__atomic_store_n(&skeleton->bss->ktp_shared.seen[tgid & (KTP_SEEN_BYTES - 1)], 1,
			 __ATOMIC_SEQ_CST);
	return 0;
}

/*
 * The kernel side takes out a task that ends, but for one that had ended when it was put in, or
 * whose end it did not see.
 */
static bool is_alive(const struct ktcping_bpf *skeleton, uint32_t key)
{
	bool is_child = key >> 31; /* by its number in the initial pid namespace */

	if (is_child && !skeleton->rodata->ktp_config.is_initial_pidns)
		return true;
	return !pidfd_has_ended((pid_t)(key & ~(1u << 31)));
}

bool follow_has_tasks(const struct ktcping_bpf *skeleton)
{
	int tasks = bpf_map__fd(skeleton->maps.ktp_tasks);
	uint32_t key, *previous = NULL;

	while (bpf_map_get_next_key(tasks, previous, &key) == 0) {
		if (is_alive(skeleton, key))
			return true;
		previous = &key;
	}
	return false;
}

int follow_look_back(const struct ktcping_bpf *skeleton,
		     void (*take)(void *context, const struct ktp_late *late), void *context)
{
	const struct bpf_program *program = skeleton->progs.ktp_look_back;
	struct bpf_link *link =
		bpf_program__fd(program) < 0 ? NULL : bpf_program__attach_iter(program, NULL);
	int fd = link ? bpf_iter_create(bpf_link__fd(link)) : -1, error = errno;
	struct ktp_late late;

	while (fd >= 0 && read(fd, &late, sizeof(late)) == sizeof(late))
		take(context, &late);
	if (fd >= 0)
		close(fd);
	bpf_link__destroy(link);
	return fd >= 0 ? 0 : error ? -error : -ENOENT;
}

/* What programs ask about the socket. At its address there may be another one by now. */
static void forget_watched(const struct ktcping_bpf *skeleton, uint64_t key, uint64_t cookie)
{
	int watched_sockets = bpf_map__fd(skeleton->maps.ktp_watched_sockets);
	struct ktp_watched_socket watched;

	if (bpf_map_lookup_elem(watched_sockets, &key, &watched) < 0 ||
	    watched.attempt.cookie != cookie)
		return;
	bpf_map_delete_elem(watched_sockets, &key);
	if (watched.mptcp)
		bpf_map_delete_elem(watched_sockets, &watched.mptcp);
}

/* What the kernel side counts in it meanwhile may be lost, of a socket that has its answer. */
int follow_keep(const struct ktcping_bpf *skeleton, uint64_t cookie)
{
	int sockets = bpf_map__fd(skeleton->maps.ktp_sockets);
	struct ktp_socket socket;

	if (bpf_map_lookup_elem(sockets, &cookie, &socket) < 0)
		return -errno;
	socket.is_kept = 1;
	return bpf_map_update_elem(sockets, &cookie, &socket, BPF_EXIST) < 0 ? -errno : 0;
}

void follow_forget(const struct ktcping_bpf *skeleton, uint64_t cookie, uint32_t number)
{
	int sockets = bpf_map__fd(skeleton->maps.ktp_sockets);
	int tuples = bpf_map__fd(skeleton->maps.ktp_tuples);
	bool is_ours = skeleton->rodata->ktp_config.filter == KTP_FILTER_OWN;
	struct ktp_attempt owner;
	struct ktp_socket socket;

	if (bpf_map_lookup_elem(sockets, &cookie, &socket) < 0 ||
	    socket.number != number) /* it connects anew */
		return;
	for (unsigned i = 0; i < socket.tuple_count && i < KTP_TUPLES_MAX;
	     i++) /* unless a later attempt has it by now */
		if (bpf_map_lookup_elem(tuples, &socket.tuples[i], &owner) == 0 &&
		    owner.cookie == cookie)
			bpf_map_delete_elem(tuples, &socket.tuples[i]);
	if (!is_ours)
		forget_watched(skeleton, socket.watched, cookie);
	if (socket.isn)
		bpf_map_delete_elem(bpf_map__fd(skeleton->maps.ktp_isns), &socket.isn);
	if (bpf_map_delete_elem(sockets, &cookie) == 0 && !is_ours)
		/* The kernel side counted it */
		__atomic_fetch_sub(&skeleton->bss->ktp_shared.active, 1, __ATOMIC_SEQ_CST);
}
