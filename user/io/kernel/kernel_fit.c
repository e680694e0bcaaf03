// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* By the kernel's BTF, and a helper tried out. */
#include "user/io/kernel/kernel_fit.h"

#include <bpf/libbpf.h>

#include "user/io/kernel/kernel_btf.h"
#include "user/io/kernel/kernel_names.h"

/* What a tracepoint is entered with. Before, that was without preemption. */
#define PREEMPTIBLE_GUARD "class_srcu_fast_notrace_t"

struct kernel_fit kernel_fit_newest(void)
{
	return (struct kernel_fit){.kfree_skb_args = 4,
				   .retransmit_skb_args = 3,
				   .uring_complete_args = 3,
				   .can_print_symbols = true,
				   .has_rdonly_cast = true,
				   .can_allocate = true,
				   .is_preemptible = kernel_btf_has_name(PREEMPTIBLE_GUARD)};
}

struct kernel_fit kernel_fit_look(void)
{
	return (struct kernel_fit){
		.kfree_skb_args = kernel_tracepoint_args("kfree_skb"),
		.retransmit_skb_args = kernel_tracepoint_args("tcp_retransmit_skb"),
		.uring_complete_args = kernel_tracepoint_args("io_uring_complete"),
		.has_rdonly_cast = kernel_has_function("bpf_rdonly_cast"),
		.can_allocate = kernel_has_function("bpf_mem_alloc_init"),
		.is_preemptible = kernel_btf_has_name(PREEMPTIBLE_GUARD),
		.can_print_symbols = libbpf_probe_bpf_helper(BPF_PROG_TYPE_TRACEPOINT,
							     BPF_FUNC_snprintf, NULL) == 1,
	};
}
