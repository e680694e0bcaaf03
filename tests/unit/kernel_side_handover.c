/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel side's handover, compiled for user space: its helpers answer as the call that is being
 * made would have it.
 */
#include "tests/unit/kernel_side_handover.h"

/*
 * What only clang's BPF target has. The structs of vmlinux.h then have the layout written there,
 * which serves as well as any kernel's.
 */
#define __builtin_preserve_access_index(expression) (expression)
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "include/ktp_handover.h"

#define TASKS  8
#define CPUS   4
#define SPARES 16

struct spare {
	struct ktp_marks_key key;
	struct ktp_marks marks;
	bool is_used;
};

static struct {
	const struct handover_call *call;
	struct task_struct task; /* the current one */
	bool has_storage, has_room;
	struct ktp_task_marks stored[TASKS + CPUS]; /* the idle tasks' behind the others */
	bool is_stored[TASKS + CPUS];
	struct spare spares[SPARES];
	struct ktp_handover handovers[CPUS * KTP_TURNS];
} kernel;

static __u32 current_cpu(void)
{
	return kernel.call->cpu;
}

static struct task_struct *current_task(void)
{
	return &kernel.task;
}

static long current_registers(struct task_struct *task)
{
	(void)task;
	return (long)kernel.call->stack_end;
}

static void *get_storage(void *map, void *task, void *value, __u64 flags)
{
	unsigned index = kernel.call->task ? kernel.call->task : TASKS + kernel.call->cpu;

	(void)map, (void)task, (void)value;
	if (flags && kernel.has_storage)
		kernel.is_stored[index] = true;
	return kernel.is_stored[index] ? &kernel.stored[index] : NULL;
}

static struct spare *find_spare(const struct ktp_marks_key *key, bool is_new)
{
	for (int i = 0; i < SPARES; i++) {
		struct spare *spare = &kernel.spares[i];

		if (is_new ? !spare->is_used
			   : spare->is_used && spare->key.task == key->task &&
				     spare->key.turn == key->turn)
			return spare;
	}
	return NULL;
}

/* Of two maps, told apart by their keys. */
static void *look_up(void *map, const void *key);

static long update(void *map, const void *key, const void *value, __u64 flags)
{
	struct spare *spare = kernel.has_room ? find_spare(key, true) : NULL;

	(void)map, (void)flags;
	if (!spare)
		return -1;
	*spare = (struct spare){.key = *(const struct ktp_marks_key *)key,
				.marks = *(const struct ktp_marks *)value,
				.is_used = true};
	return 0;
}

#define bpf_get_smp_processor_id current_cpu
#define bpf_get_current_task_btf current_task
#define bpf_task_pt_regs	 current_registers
#define bpf_task_storage_get	 get_storage
#define bpf_map_lookup_elem	 look_up
#define bpf_map_update_elem	 update
#include "bpf/handover.bpf.h"

static void *look_up(void *map, const void *key)
{
	struct spare *spare;

	if (map == &ktp_handovers)
		return &kernel.handovers[*(const __u32 *)key];
	spare = find_spare(key, false);
	return spare ? &spare->marks : NULL;
}

static void make(const struct handover_call *call)
{
	kernel.call = call;
	kernel.task = (struct task_struct){.stack = (void *)call->stack, .pid = (int)call->task};
}

void handover_reset(int has_storage, int has_room)
{
	__builtin_memset(&kernel, 0, sizeof(kernel));
	kernel.has_storage = has_storage;
	kernel.has_room = has_room;
}

void handover_allow_storage(void)
{
	kernel.has_storage = true;
}

static struct ktp_handover *handover_of(const struct handover_call *call)
{
	make(call);
	return &kernel.handovers[call->cpu * KTP_TURNS + KTP_TURN_STATE];
}

void handover_first(const struct handover_call *call)
{
	ktp_leave_task_mark(handover_of(call), (const void *)call->at, KTP_TURN_STATE, call->object,
			    call->detail);
}

/* As KTP_TAKE_OVER() has it. */
int handover_second_interrupted(const struct handover_call *call,
				void (*meanwhile)(const struct handover_call *),
				const struct handover_call *by)
{
	struct ktp_handover *handover = handover_of(call);
	bool takes_over = !ktp_take_task_mark((const void *)call->at, KTP_TURN_STATE, call->object,
					      call->detail);

	handover->takeovers += takes_over;
	if (meanwhile)
		meanwhile(by);
	make(call);
	ktp_clear_interrupts_mark((const void *)call->at, KTP_TURN_STATE);
	return takes_over;
}

int handover_second(const struct handover_call *call)
{
	return handover_second_interrupted(call, NULL, NULL);
}

struct handover_counts handover_count(void)
{
	struct handover_counts counts = {0};

	for (int i = 0; i < CPUS * KTP_TURNS; i++) {
		counts.takeovers += kernel.handovers[i].takeovers;
		counts.overwritten += kernel.handovers[i].overwritten;
	}
	return counts;
}
