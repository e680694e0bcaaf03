// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* By the kernel's types alone. */
#include "user/io/kernel/kernel_fit.h"

#include "user/io/btf/kernel_types.h"

/* What a tracepoint is entered with. Before, that was without preemption. */
#define PREEMPTIBLE_GUARD "class_srcu_fast_notrace_t"
#define RDONLY_CAST	  "bpf_rdonly_cast"
#define MAP_ALLOCATOR	  "bpf_mem_alloc_init"
#define FILE_ITERATOR	  "bpf_iter_task_file"
/* Of enum bpf_func_id */
#define PRINT_HELPER "BPF_FUNC_snprintf"

const char *const kernel_fit_names[] = {PREEMPTIBLE_GUARD, RDONLY_CAST,	 MAP_ALLOCATOR,
					FILE_ITERATOR,	   PRINT_HELPER, NULL};

struct kernel_fit kernel_fit_look(const struct kernel_types *types)
{
	unsigned retransmit_skb_args = kernel_types_tracepoint_args(types, "tcp_retransmit_skb");

	return (struct kernel_fit){
		.kfree_skb_args = kernel_types_tracepoint_args(types, "kfree_skb"),
		.retransmit_skb_args = retransmit_skb_args,
		.uring_complete_args = kernel_types_tracepoint_args(types, "io_uring_complete"),
		.can_print_symbols = kernel_types_has(types, PRINT_HELPER),
		.has_rdonly_cast = kernel_types_id(types, BTF_KIND_FUNC, RDONLY_CAST),
		.sk_buff_id = kernel_types_id(types, BTF_KIND_STRUCT, "sk_buff"),
		.net_device_id = kernel_types_id(types, BTF_KIND_STRUCT, "net_device"),
		.can_allocate = kernel_types_id(types, BTF_KIND_FUNC, MAP_ALLOCATOR),
		.can_look_back = retransmit_skb_args >= 3 &&
				 kernel_types_id(types, BTF_KIND_FUNC, FILE_ITERATOR),
		.is_preemptible = kernel_types_has(types, PREEMPTIBLE_GUARD),
	};
}
