// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * connect() by io_uring: no call of its own, but a request that is submitted and completed. Other
 * requests about the socket are not looked at.
 */
#include "bpf/call_report.bpf.h"
#include "bpf/fd.bpf.h"
#include "bpf/handover.bpf.h"

#define IORING_OP_CONNECT 16
#define REQ_F_FIXED_FILE  1

/*
 * Two entries in the same map: by the socket, for its admission, and by the request, for its
 * completion. Addresses in the kernel are no thread's number.
 */
static __always_inline int take_submit(const struct io_kiocb *req)
{
	struct ktp_syscall syscall = {.fd = KTP_FD_URING, .call = KTP_CALL_CONNECT};
	__u64 key = (__u64)req;

	if (req->opcode != IORING_OP_CONNECT)
		return 0;
	/* The one before, if it never said that it was complete */
	bpf_map_delete_elem(&ktp_requests, &key);
	/* An index into the ring's own table: seen only when its socket connects. */
	if (BPF_CORE_READ(req, flags) & REQ_F_FIXED_FILE)
		return 0;
	ktp_note_offsets();
	syscall.sk = ktp_socket_of(BPF_CORE_READ(req, cqe.fd));
	if (!syscall.sk || !ktp_is_watched((const struct sock *)syscall.sk))
		return 0;
	syscall.enter_ns = bpf_ktime_get_ns();
	syscall.begins = ktp_is_unconnected(syscall.sk);
	if (bpf_map_update_elem(&ktp_requests, &key, &syscall, BPF_ANY) ||
	    bpf_map_update_elem(&ktp_requests, &syscall.sk, &syscall, BPF_ANY))
		ktp_lost(0, KTP_LOSS_MAP);
	return 0;
}

SEC("?ktp_tp/io_uring_submit_req")
int BPF_PROG(ktp_uring_submit, const struct io_kiocb *req)
{
	ktp_leave_preemptible_mark(ctx, KTP_TURN_URING_SUBMIT, (__u64)req, 0);
	return take_submit(req);
}

SEC("?ktp_tp/io_uring_submit_req")
int BPF_PROG(ktp_uring_submit_again, const struct io_kiocb *req)
{
	return KTP_TAKE_OVER(ctx, KTP_TURN_URING_SUBMIT, (__u64)req, 0, take_submit(req));
}

static __always_inline int take_complete(__u64 req, const struct io_uring_cqe *cqe)
{
	struct ktp_syscall *syscall = bpf_map_lookup_elem(&ktp_requests, &req);
	int result;
	__u64 sk;

	/* Another's by now? */
	if (!syscall || BPF_CORE_READ((const struct io_kiocb *)req, opcode) != IORING_OP_CONNECT)
		return 0;
	sk = syscall->sk;
	bpf_map_delete_elem(&ktp_requests, &req);
	syscall = bpf_map_lookup_elem(&ktp_requests, &sk);
	if (!syscall)
		return 0;
	result = BPF_CORE_READ(cqe, res);
	ktp_report_connect(syscall, result);
	bpf_map_delete_elem(&ktp_requests, &sk);
	return 0;
}

SEC("?ktp_tp/io_uring_complete")
int BPF_PROG(ktp_uring_complete, const struct io_ring_ctx *ring, __u64 req,
	     const struct io_uring_cqe *cqe)
{
	ktp_leave_preemptible_mark(ctx, KTP_TURN_URING_COMPLETE, req, 0);
	return take_complete(req, cqe);
}

SEC("?ktp_tp/io_uring_complete")
int BPF_PROG(ktp_uring_complete_again, const struct io_ring_ctx *ring, __u64 req,
	     const struct io_uring_cqe *cqe)
{
	return KTP_TAKE_OVER(ctx, KTP_TURN_URING_COMPLETE, req, 0, take_complete(req, cqe));
}

char LICENSE[] SEC("license") __weak = "Dual BSD/GPL";
