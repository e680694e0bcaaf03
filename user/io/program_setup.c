// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Read-only data and the maps' sizes. */
#include "user/io/program_setup.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "include/ktp_config.h"
#include "include/ktp_follow.h"
#include "ktcping.skel.h"
#include "user/io/kernel_names.h"

_Static_assert(PROGRAM_RINGS_MAX == KTP_RINGS_MAX, "as many as the kernel side has");

struct kernel_fit kernel_fit_newest(void)
{
	return (struct kernel_fit){.kfree_skb_args = 4, .retransmit_skb_args = 3, .can_print_symbols = true, .has_rdonly_cast = true};
}

struct kernel_fit kernel_fit_look(void)
{
	return (struct kernel_fit){
		.kfree_skb_args = kernel_tracepoint_args("kfree_skb"),
		.retransmit_skb_args = kernel_tracepoint_args("tcp_retransmit_skb"),
		.has_rdonly_cast = kernel_has_function("bpf_rdonly_cast"),
		.can_print_symbols = libbpf_probe_bpf_helper(BPF_PROG_TYPE_TRACEPOINT, BPF_FUNC_snprintf, NULL) == 1,
	};
}

uint32_t program_ring_bytes(const struct program_sizes *sizes)
{
	size_t bytes = (size_t)sysconf(_SC_PAGESIZE);

	while (bytes < sizes->ring_bytes)
		bytes *= 2;
	return (uint32_t)bytes;
}

int program_configure(struct ktcping_bpf *skeleton, const struct program_sizes *sizes, const struct kernel_fit *fit)
{
	struct ktp_config *config = &skeleton->rodata->ktp_config;
	struct stat namespace;

	config->filter = KTP_FILTER_OWN;
	config->tgid = (uint32_t)getpid();
	config->kfree_skb_args = fit->kfree_skb_args;
	config->retransmit_skb_args = fit->retransmit_skb_args;
	config->can_print_symbols = fit->can_print_symbols;
	config->has_path = sizes->has_path;
	config->forgets_at_close = sizes->forgets_at_close;
	config->netns = sizes->netns;
	config->has_rdonly_cast = fit->has_rdonly_cast;
	config->has_one_ring = sizes->rings == 1;
	bpf_map__set_max_entries(skeleton->maps.ktp_one_ring,
				 sizes->rings == 1 ? program_ring_bytes(sizes) : (uint32_t)sysconf(_SC_PAGESIZE));
	bpf_map__set_max_entries(skeleton->maps.ktp_sockets, sizes->attempts);
	bpf_map__set_max_entries(skeleton->maps.ktp_tuples, sizes->attempts * KTP_TUPLES_MAX);
	bpf_map__set_max_entries(skeleton->maps.ktp_isns, sizes->has_path ? sizes->attempts : 1);
	if (stat("/proc/self/ns/pid", &namespace) < 0)
		return -errno;
	config->pidns_dev = (uint64_t)major(namespace.st_dev) << 20 | minor(namespace.st_dev); /* as the kernel itself writes a dev_t */
	config->pidns_ino = namespace.st_ino;
	return 0;
}

void program_raise_memlock(void)
{
	struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};

	setrlimit(RLIMIT_MEMLOCK, &unlimited);
}
