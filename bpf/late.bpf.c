// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Connects that were under way before the watch began: found by going through the files of watched
 * processes, once. From then on they are followed like others. What is known of their past is what
 * the socket itself remembers.
 */
#include "bpf/socket.bpf.h"
#include "bpf/watched.bpf.h"

#define IS_TOO_OLD_MS 3600000u

/* As the kernel's own programs have it: a task outside of our pid namespace has no number here. */
static __always_inline __u32 number_of(const struct task_struct *task)
{
	if (ktp_config.is_initial_pidns)
		return BPF_CORE_READ(task, tgid);
	return ktp_number_here(BPF_CORE_READ(task, signal, pids[KTP_PIDTYPE_TGID]));
}

static __always_inline bool is_of_interest(const struct task_struct *task)
{
	__u32 own = number_of(task), child = ktp_child_key(BPF_CORE_READ(task, tgid));

	return bpf_map_lookup_elem(&ktp_tasks, &own) || bpf_map_lookup_elem(&ktp_tasks, &child);
}

/*
 * tcp_connect() stamps it, by the clock of timestamps: in ms, but where a route asks for
 * microseconds (features tcp_usec_ts, 6.7).
 */
static __always_inline __u32 age_of(const struct tcp_sock *tp)
{
	__u32 began_ms = BPF_CORE_READ(tp, retrans_stamp),
	      age_ms = (__u32)(bpf_ktime_get_ns() / 1000000) - began_ms;

	return began_ms && age_ms < IS_TOO_OLD_MS ? age_ms : 0;
}

static __always_inline bool is_mapped(const __u8 *address)
{
	const __u32 *words = (const __u32 *)address;

	return !words[0] && !words[1] && words[2] == __builtin_bswap32(0xffff);
}

/*
 * What comes back for it, where nothing rewrites it; what its next SYN has on the wire is learned
 * from that.
 */
static __always_inline void expect_answers(const struct sock *sk, struct ktp_socket *socket,
					   const struct ktp_attempt *attempt)
{
	const struct sock_common *common = &sk->__sk_common;
	struct ktp_tuple tuple = {.netns = socket->netns};

	tuple.local_port = BPF_CORE_READ(common, skc_num);
	tuple.remote_port = __builtin_bswap16(BPF_CORE_READ(common, skc_dport));
	tuple.family = BPF_CORE_READ(common, skc_family);
	if (tuple.family == AF_INET6) {
		BPF_CORE_READ_INTO(&tuple.local, common, skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO(&tuple.remote, common, skc_v6_daddr);
	}
	if (tuple.family != AF_INET6 || is_mapped(tuple.remote)) {
		__builtin_memset(tuple.local, 0, 32);
		tuple.family = AF_INET;
		BPF_CORE_READ_INTO((__be32 *)tuple.local, common, skc_rcv_saddr);
		BPF_CORE_READ_INTO((__be32 *)tuple.remote, common, skc_daddr);
	}
	socket->isn = BPF_CORE_READ((const struct tcp_sock *)sk, snd_una);
	/* An answer may come from elsewhere */
	bpf_map_update_elem(&ktp_isns, &socket->isn, attempt, BPF_ANY);
	if (ktp_register_tuple(&tuple, attempt))
		return;
	socket->tuples[0] = tuple;
	socket->tuple_count = 1;
}

/*
 * These two are not inlined, so that the one's stack is free for the other. Returns false for one
 * that two watched processes share, or admitted meanwhile.
 */
static __noinline bool admit_late(const struct sock *sk, __u64 cookie)
{
	bool is_fresh;

	return !ktp_followed(cookie) && admit(sk, cookie, 0, &is_fresh) && is_fresh;
}

static __noinline int follow_calls(__u64 key, __u64 cookie, __u32 tgid)
{
	struct ktp_watched_socket watched = {.tgid = tgid,
					     .attempt = {.cookie = cookie, .number = 1}};

	if (bpf_map_update_elem(&ktp_watched_sockets, &key, &watched, BPF_ANY))
		ktp_lost(0, KTP_LOSS_MAP);
	return 0;
}

static __always_inline bool follow_late(const struct sock *sk, __u64 cookie, __u32 tgid)
{
	struct ktp_attempt attempt = {.cookie = cookie, .number = 1};
	struct ktp_socket *socket;

	if (!admit_late(sk, cookie))
		return false;
	__sync_fetch_and_add(&ktp_shared.active, 1);
	socket = ktp_followed(cookie);
	if (!socket)
		return false;
	socket->watched = (__u64)sk;
	expect_answers(sk, socket, &attempt);
	follow_calls((__u64)sk, cookie, tgid);
	return true;
}

static __always_inline void fill(struct ktp_late *late, const struct task_struct *task,
				 const struct sock *sk, __u64 cookie)
{
	const struct tcp_sock *tp = (const struct tcp_sock *)sk;
	const struct sock_common *common = &sk->__sk_common;

	late->cookie = cookie;
	late->number = 1;
	late->pid = number_of(task);
	BPF_CORE_READ_STR_INTO(&late->comm, task, group_leader, comm);
	late->netns = ktp_sock_netns(sk);
	late->age_ms = age_of(tp);
	late->retransmits = BPF_CORE_READ(tp, total_retrans);
	late->isn = BPF_CORE_READ(tp, snd_una);
	late->family = BPF_CORE_READ(common, skc_family);
	late->source_port = BPF_CORE_READ(common, skc_num);
	late->destination_port = __builtin_bswap16(BPF_CORE_READ(common, skc_dport));
	if (late->family == AF_INET6) {
		BPF_CORE_READ_INTO(&late->source, common, skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO(&late->destination, common, skc_v6_daddr);
	} else {
		BPF_CORE_READ_INTO((__be32 *)late->source, common, skc_rcv_saddr);
		BPF_CORE_READ_INTO((__be32 *)late->destination, common, skc_daddr);
	}
}

/* Its arguments: struct bpf_iter_meta *, struct task_struct *, u32 fd, struct file *. */
SEC("?ktp_iter/task_file")
int ktp_look_back(unsigned long long *ctx)
{
	struct bpf_iter_meta *meta = (struct bpf_iter_meta *)ctx[0];
	struct task_struct *task = (struct task_struct *)ctx[1];
	struct file *file = (struct file *)ctx[3];
	struct ktp_late late = {};
	struct socket *socket;
	struct sock *sk;
	__u64 cookie;

	if (!task || !file || !is_of_interest(task))
		return 0;
	socket = bpf_sock_from_file(file);
	sk = socket ? socket->sk : NULL;
	if (!sk || sk->sk_protocol != IPPROTO_TCP || sk->__sk_common.skc_state != KTP_SYN_SENT)
		return 0;
	cookie = bpf_get_socket_cookie(sk);
	fill(&late, task, sk, cookie);
	if (follow_late(sk, cookie, BPF_CORE_READ(task, tgid)))
		bpf_seq_write(meta->seq, &late, sizeof(late));
	return 0;
}

char LICENSE[] SEC("license") __weak = "Dual BSD/GPL";
