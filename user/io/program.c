// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Open, configure, load, attach. First as for a new kernel; only if that is refused is the kernel's BTF asked what it lacks. */
#include "user/io/program.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "include/ktp_config.h"
#include "include/ktp_follow.h"
#include "ktcping.skel.h"
#include "user/io/kernel_names.h"
#include "user/io/refusal.h"

#define LOG_BYTES 4096

enum need {
	MUST,	    /* without it no verdict could be trusted */
	SHOULD,	    /* without it some say less */
	SUBSTITUTE, /* only where drops have no reason (before 5.17) */
};

/* Every program costs some milliseconds to verify and attach, so none is loaded that another one makes needless. */
static const struct hook {
	const char *program;
	const char *tracepoint;
	enum need need;
} hooks[] = {
	{"ktp_state", "inet_sock_set_state", MUST},
	{"ktp_xmit", "net_dev_start_xmit", MUST},
	{"ktp_receive", "netif_receive_skb", MUST},
	{"ktp_drop", "kfree_skb", MUST},
	{"ktp_queue", "net_dev_queue", SHOULD},
	{"ktp_retransmit", "tcp_retransmit_skb", SHOULD},
	{"ktp_reset_received", "tcp_receive_reset", MUST}, /* the proof of closed */
	{"ktp_reset_sent", "tcp_send_reset", SHOULD},
	{"ktp_error_report", "inet_sk_error_report", SHOULD}, /* from 5.15 on */
	{"ktp_bad_checksum", "tcp_bad_csum", SUBSTITUTE},     /* from 5.14 on */
};
#define HOOK_COUNT (sizeof(hooks) / sizeof(hooks[0]))

struct programs {
	struct ktcping_bpf *skeleton;
	char hooks[256];
};

/* libbpf prints by a global function; this is what it said last, for the message. */
static char libbpf_log[LOG_BYTES];

static int keep_log(enum libbpf_print_level level, const char *format, va_list arguments)
{
	size_t used = strlen(libbpf_log);
	char *text, *tail;
	int length;

	if (level > LIBBPF_WARN)
		return 0;
	length = vasprintf(&text, format, arguments);
	if (length < 0)
		return 0;
	/* A verifier's dump comes as one long piece, its complaint at the end: what matters is the tail. */
	tail = length < LOG_BYTES ? text : text + length - LOG_BYTES + 1;
	if (used + strlen(tail) >= LOG_BYTES)
		used = 0;
	memcpy(libbpf_log + used, tail, strlen(tail) + 1);
	free(text);
	return 0;
}

static int configure(struct ktcping_bpf *skeleton, size_t ring_bytes, uint32_t attempts)
{
	struct ktp_config *config = &skeleton->rodata->ktp_config;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t ring = page;
	struct stat namespace;

	if (stat("/proc/self/ns/pid", &namespace) < 0)
		return -errno;
	while (ring < ring_bytes)
		ring *= 2;
	config->pidns_dev = (uint64_t)major(namespace.st_dev) << 20 | minor(namespace.st_dev); /* as the kernel itself writes a dev_t */
	config->pidns_ino = namespace.st_ino;
	config->filter = KTP_FILTER_OWN;
	config->tgid = (uint32_t)getpid();
	config->kfree_skb_args = 4;
	config->retransmit_skb_args = 3;
	config->can_print_symbols = 1;
	bpf_map__set_max_entries(skeleton->maps.ktp_ring, (uint32_t)ring);
	bpf_map__set_max_entries(skeleton->maps.ktp_sockets, attempts);
	bpf_map__set_max_entries(skeleton->maps.ktp_tuples, attempts * KTP_TUPLES_MAX);
	return 0;
}

static void fit_to_newest(struct ktcping_bpf *skeleton)
{
	for (size_t i = 0; i < HOOK_COUNT; i++)
		bpf_program__set_autoload(bpf_object__find_program_by_name(skeleton->obj, hooks[i].program), hooks[i].need != SUBSTITUTE);
}

/* What this kernel's BTF says it has. Sets *ret_missing when a must-have is not there. */
static void fit_to_kernel(struct ktcping_bpf *skeleton, const char **ret_missing)
{
	struct ktp_config *config = &skeleton->rodata->ktp_config;

	config->kfree_skb_args = kernel_tracepoint_args("kfree_skb");
	config->retransmit_skb_args = kernel_tracepoint_args("tcp_retransmit_skb");
	config->can_print_symbols = libbpf_probe_bpf_helper(BPF_PROG_TYPE_TRACEPOINT, BPF_FUNC_snprintf, NULL) == 1;
	for (size_t i = 0; i < HOOK_COUNT; i++) {
		bool is_there = kernel_tracepoint_args(hooks[i].tracepoint) > 0;

		bool is_needed = hooks[i].need != SUBSTITUTE || config->kfree_skb_args < 3;

		bpf_program__set_autoload(bpf_object__find_program_by_name(skeleton->obj, hooks[i].program), is_there && is_needed);
		if (!is_there && hooks[i].need == MUST && !*ret_missing)
			*ret_missing = hooks[i].tracepoint;
	}
}

/* Open and load; is_fitted: with the kernel's BTF asked first. A failed object cannot be loaded again, so each try opens its own. */
static int try_load(struct programs *programs, size_t ring_bytes, uint32_t attempts, bool is_fitted, const char **ret_missing)
{
	int result;

	ktcping_bpf__destroy(programs->skeleton);
	libbpf_log[0] = '\0';
	programs->skeleton = ktcping_bpf__open();
	if (!programs->skeleton)
		return -errno;
	result = configure(programs->skeleton, ring_bytes, attempts);
	if (result < 0)
		return result;
	if (is_fitted)
		fit_to_kernel(programs->skeleton, ret_missing);
	else
		fit_to_newest(programs->skeleton);
	return *ret_missing ? -ESRCH : ktcping_bpf__load(programs->skeleton);
}

static void note_missing(struct programs *programs, const char *tracepoint)
{
	size_t used = strlen(programs->hooks);

	snprintf(programs->hooks + used, sizeof(programs->hooks) - used, "%s%s", used ? ", " : "without ", tracepoint);
}

/* The skeleton keeps links, and destroys them with itself. */
static void keep_link(struct programs *programs, const struct bpf_program *program, struct bpf_link *link)
{
	struct bpf_object_skeleton *skeleton = programs->skeleton->skeleton;

	for (int i = 0; i < skeleton->prog_cnt; i++)
		if (*skeleton->progs[i].prog == program)
			*skeleton->progs[i].link = link;
}

/* Each by itself: one that is refused costs only its own evidence. */
static int attach(struct programs *programs, const char **ret_missing)
{
	for (size_t i = 0; i < HOOK_COUNT; i++) {
		struct bpf_program *program = bpf_object__find_program_by_name(programs->skeleton->obj, hooks[i].program);
		struct bpf_link *link = bpf_program__autoload(program) ? bpf_program__attach(program) : NULL;

		if (link) {
			keep_link(programs, program, link);
		} else if (hooks[i].need == MUST) {
			*ret_missing = hooks[i].tracepoint;
			return errno ? -errno : -ESRCH;
		} else if (hooks[i].need == SHOULD) {
			note_missing(programs, hooks[i].tracepoint);
		}
	}
	if (!programs->hooks[0])
		snprintf(programs->hooks, sizeof(programs->hooks), "all hooks");
	return 0;
}

/* Before 5.11 maps count against RLIMIT_MEMLOCK; later kernels do not care, and not being allowed to is no failure by itself. */
static void raise_memlock(void)
{
	struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};

	setrlimit(RLIMIT_MEMLOCK, &unlimited);
}

struct programs *programs_load(size_t ring_bytes, uint32_t attempts, struct error *ret_error)
{
	struct programs *programs = calloc(1, sizeof(*programs));
	const char *missing = NULL;
	struct refusal refusal;
	int result;

	if (!programs) {
		error_set(ret_error, -ENOMEM, "cannot observe the kernel: out of memory");
		return NULL;
	}
	libbpf_set_print(keep_log);
	raise_memlock();
	result = try_load(programs, ring_bytes, attempts, false, &missing);
	if (result < 0 && result != -EPERM)
		result = try_load(programs, ring_bytes, attempts, true, &missing);
	if (result == 0)
		result = attach(programs, &missing);
	if (result == 0)
		return programs;
	refusal = refusal_look(result, missing, libbpf_log);
	refusal_explain(&refusal, ret_error);
	programs_free(programs);
	return NULL;
}

void programs_free(struct programs *programs)
{
	if (!programs)
		return;
	ktcping_bpf__destroy(programs->skeleton);
	free(programs);
}

int programs_ring_fd(const struct programs *programs)
{
	return bpf_map__fd(programs->skeleton->maps.ktp_ring);
}

struct ktp_shared *programs_shared(const struct programs *programs)
{
	return &programs->skeleton->bss->ktp_shared;
}

const char *programs_hooks(const struct programs *programs)
{
	return programs->hooks;
}

void programs_forget(const struct programs *programs, uint64_t cookie)
{
	int sockets = bpf_map__fd(programs->skeleton->maps.ktp_sockets);
	int tuples = bpf_map__fd(programs->skeleton->maps.ktp_tuples);
	struct ktp_attempt owner;
	struct ktp_socket socket;

	if (bpf_map_lookup_elem(sockets, &cookie, &socket) < 0)
		return;
	for (unsigned i = 0; i < socket.tuple_count && i < KTP_TUPLES_MAX; i++) /* unless a later attempt has it by now */
		if (bpf_map_lookup_elem(tuples, &socket.tuples[i], &owner) == 0 && owner.cookie == cookie)
			bpf_map_delete_elem(tuples, &socket.tuples[i]);
	bpf_map_delete_elem(sockets, &cookie);
}
