// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Lines of all lanes to one output, whole. */
#include "user/app/run/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#include "user/app/terminal.h"
#include "user/app/xalloc.h"
#include "user/core/verdict/facts_read.h"
#include "user/io/clock.h"
#include "user/render/text/live.h"
#include "user/words/explain.h"

/* A line of many waits no longer for others to be written with it */
#define FLUSH_NS      (10 * MILLISECOND_NS)
#define FLUSH_BYTES   65536
#define LIVE_AFTER_NS SECOND_NS

FILE *output_of(struct lane *lane)
{
	if (!lane->out) {
		lane->out = must(open_memstream(&lane->text, &lane->text_bytes));
		lane->flush_ns = lane->run->policy.keeps_targets ? 0 : clock_now_ns() + FLUSH_NS;
	}
	return lane->out;
}

static void clear_live(struct run *run)
{
	if (run->has_live_line)
		live_clear(run->out);
	run->has_live_line = false;
}

FILE *output_lock(struct run *run)
{
	pthread_mutex_lock(&run->out_lock);
	clear_live(run);
	return run->out;
}

/* The stream itself only remembers that a write failed. */
void output_unlock(struct run *run)
{
	if ((fflush(run->out) != 0 || ferror(run->out)) && !run->output_error)
		__atomic_store_n(&run->output_error, errno ? errno : EIO, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&run->out_lock);
}

bool output_has_failed(const struct run *run)
{
	return __atomic_load_n(&run->output_error, __ATOMIC_ACQUIRE);
}

void output_flush(struct lane *lane)
{
	if (!lane->out)
		return;
	fclose(lane->out);
	fwrite(lane->text, 1, lane->text_bytes, output_lock(lane->run));
	output_unlock(lane->run);
	free(lane->text);
	lane->out = NULL;
	lane->text = NULL;
	lane->flush_ns = UINT64_MAX;
}

void output_flush_if_due(struct lane *lane, uint64_t now_ns)
{
	if (lane->out && (now_ns >= lane->flush_ns || ftello(lane->out) >= FLUSH_BYTES))
		output_flush(lane);
}

void output_say(struct lane *lane, const char *format, ...)
{
	va_list arguments;

	output_flush(lane);
	output_lock(lane->run);
	fputs("ktcping: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	output_unlock(lane->run);
}

static void show_waiting(struct run *run, uint64_t now_ns)
{
	struct lane *lane = &run->lanes[0];
	const struct probe *probe = lane->probes.deadlines.first == NO_PROBE
					    ? NULL
					    : probe_at(lane, lane->probes.deadlines.first);
	const struct attempt *attempt =
		probe ? correlator_find(lane->intake.correlator, probe->socket.key) : NULL;
	char waiting[EXPLAIN_MAX];
	char title[TITLE_MAX];
	struct facts facts;

	if (!attempt || now_ns - probe->began_ns < LIVE_AFTER_NS)
		return;
	facts_read(attempt, UINT64_MAX, &facts);
	live_write(run->out, &run->style,
		   run->style.label_width ? target_title(probe->target, run->options, title) : "",
		   explain_waiting(&facts, waiting), (double)(now_ns - probe->began_ns) / 1e9,
		   terminal_columns(run->out));
	run->has_live_line = true;
}

static uint64_t targets_of(const struct run *run)
{
	uint64_t total;

	if (run->options->is_all_addresses ||
	    __builtin_mul_overflow(run->hosts.target_count, run->origin_count, &total))
		return UINT64_MAX;
	return run->hosts.target_count == UINT64_MAX ? UINT64_MAX : total;
}

static void show_progress(struct run *run, uint64_t now_ns)
{
	struct progress_report report = {.total = targets_of(run),
					 .elapsed_ns = now_ns - run->session.started_ns};

	if (report.elapsed_ns < LIVE_AFTER_NS)
		return;
	for (unsigned i = 0; i < run->lane_count; i++) {
		struct lane *lane = &run->lanes[i];

		pthread_mutex_lock(&lane->tally_lock);
		report.done += lane->tally.stats.probes + lane->tally.not_probed;
		report.open += tally_status(&lane->tally, STATUS_OPEN);
		pthread_mutex_unlock(&lane->tally_lock);
		report.in_flight += __atomic_load_n(&lane->pending, __ATOMIC_RELAXED);
	}
	live_write_progress(run->out, &run->style, &report, terminal_columns(run->out));
	run->has_live_line = true;
}

void output_show_live(struct run *run, uint64_t now_ns)
{
	if (!run->is_live || now_ns < run->live_ns)
		return;
	run->live_ns = now_ns + LIVE_EVERY_NS;
	pthread_mutex_lock(&run->out_lock);
	if (run->policy.keeps_targets)
		show_waiting(run, now_ns);
	else
		show_progress(run, now_ns);
	pthread_mutex_unlock(&run->out_lock);
}
